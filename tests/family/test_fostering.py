"""Foster parents: how they get in, their own part of the plan, what never reaches them, and when it ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.errors import NotNow
from bijzondere_toegang.plans.models import Consent
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.entrance import choose, deliver, tokens
from tests.plans.walk import GOAL, PROVIDER, everybody_agrees, put_in_planning, put_up
from tests.support import Site, register, sample, take

MAIL = "pleegouder1@example.org"
FOSTER = {
    "voornaam": "Fenna",
    "achternaam": "Verzonnen",
    "relatie": "pleegouder",
    "gezag": "nee",
    "taal": "nl",
    "tolk": False,
    "email": MAIL,
}
PART = {"deelPleegouder": "Elke zondag belt moeder om vier uur."}
SHARED = GOAL | {"tekst": "Elke avond om negen uur naar bed", "ookPleegouder": True, "voor": "2027-02-01"}
CANARIES = (
    "Kerkstraat 161",
    "5998",
    "Elke dag drie keer samen eten",
    "Ik wil gewoon weer met iedereen aan tafel.",
    "Het gewicht is weer gezond.",
    "Elke week twee keer behandeling thuis.",
    "Kanarie van de moeder",
    "Kanarie in vertrouwen",
    "Kanarie van het ja van vader",
    "Gijs",
    "Roos",
)
PAGES = ("", "/documenten", "/stappen/consent", "/stappen/add_statement", "/stappen/add_document")
CLOSED = ("/afspraken", "/opgeschreven", "/verslag", "/wie-kan-dit-zien", "/wie-keek-mee", "/inzage")


def with_foster_parent(**changes: Any) -> dict[str, Any]:
    document = sample(1)
    document["gezin"].append(FOSTER | changes)
    return document


def in_planning(site: Site, **changes: Any) -> str:
    """A case with a foster parent for which a plan is made."""
    return put_in_planning(site, with_foster_parent(**changes))


def foster(site: Site, reference: str) -> TestClient:
    return site.client(site.family(reference)["pleegouder"])


def answer(site: Site, reference: str, step: str, **given: str) -> Response:
    """What the foster parent sends with the form of a step."""
    sent = {"_stap": step, "_revisie": str(site.case(reference).revision), **given}
    return foster(site, reference).post(f"/mijn-plan/{reference}/stappen", data=sent)


def steps_of(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        entries = tx.exec(select(TimelineEntry).where(TimelineEntry.chain == case.id)).all()
        return [entry.step for entry in sorted(entries, key=lambda one: one.seq) if entry.step]


# ── Getting in ──


def test_a_foster_parent_with_an_address_gets_a_link_that_asks_what_families_are_asked(site: Site) -> None:
    reference = register(site, with_foster_parent())

    [token] = tokens(deliver(site), MAIL)
    wrong = site.anonymous().get(f"/welkom/{token}")
    choose(site, token, "2012-11-20")

    assert wrong.status_code in (200, 303)
    assert foster(site, reference).get("/").headers["location"] == "/mijn-plan"
    assert foster(site, reference).get("/mijn-plan").headers["location"] == f"/mijn-plan/{reference}"


def test_a_foster_parent_without_an_address_gets_no_account(site: Site) -> None:
    document = with_foster_parent()
    document["gezin"][-1].pop("email")

    reference = register(site, document)

    assert "pleegouder" not in site.family(reference)


def test_a_foster_parent_who_is_added_later_gets_in_at_once_and_is_told(site: Site) -> None:
    reference = put_in_planning(site)
    deliver(site)
    added = {"relatie": "pleegouder", "voornaam": "Fenna", "achternaam": "Verzonnen", "gezag": "nee", "email": MAIL}

    take(site, "referrer", reference, "add_party", **added, reden="Er is een pleeggezin.")

    assert len(tokens(deliver(site), MAIL)) == 1
    assert foster(site, reference).get(f"/mijn-plan/{reference}").status_code == 200


# ── The own part ──


def test_before_there_is_a_plan_every_stage_reads_the_same(site: Site) -> None:
    reference = in_planning(site)
    told = set()
    for stage in ("registered", "conference_planned", "referrer_decision", "placement_returned"):
        with site.database.write() as tx:
            case = tx.exec(select(Case).where(Case.reference == reference)).one()
            case.stage = stage
            tx.add(case)
        told.add(
            foster(site, reference).get(f"/mijn-plan/{reference}").text.partition("<main")[2].partition("</main>")[0]
        )

    assert len(told) == 1
    assert "Er wordt samen gekeken welke hulp past." in told.pop()


def test_the_api_tells_a_foster_parent_no_more_of_where_the_case_stands_than_the_page(site: Site) -> None:
    reference = in_planning(site)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        case.stage = "referrer_decision"
        tx.add(case)
    machine = site.api(site.family(reference)["pleegouder"])

    told = machine.get(f"/api/v1/zaken/{reference}").json()
    timeline = machine.get(f"/api/v1/zaken/{reference}/tijdlijn")

    [listed] = machine.get("/api/v1/zaken").json()["resultaten"]
    assert (told["fase"], told["gemeente"], told["uiterlijk"]) == ("registered", "", None)
    assert (listed["fase"], listed["gemeente"], listed["uiterlijk"]) == ("registered", "", None)
    assert timeline.status_code in (403, 404)
    assert site.api("referrer", reference).get(f"/api/v1/zaken/{reference}").json()["fase"] == "referrer_decision"


def test_of_the_plan_a_foster_parent_reads_the_part_and_the_ticked_goals_only(site: Site) -> None:
    reference = in_planning(site)
    put_up(site, reference, **PART, doelen=[GOAL, SHARED])

    page = foster(site, reference).get(f"/mijn-plan/{reference}").text
    form = foster(site, reference).get(f"/mijn-plan/{reference}/stappen/consent").text

    for text in (page, form):
        assert "Elke zondag belt moeder om vier uur." in text
        assert "Elke avond om negen uur naar bed" in text
        assert "Elke dag drie keer samen eten" not in text
        assert "Ik wil gewoon weer met iedereen aan tafel." not in text


def test_goals_are_not_for_foster_parents_unless_the_writer_ticks_them(site: Site) -> None:
    reference = in_planning(site)
    put_up(site, reference)

    page = foster(site, reference).get(f"/mijn-plan/{reference}").text

    assert "Elke dag drie keer samen eten" not in page
    assert "stappen/consent" not in page
    assert "Er wordt een plan gemaakt." in page


def test_the_writer_ticks_a_goal_on_the_page_and_finds_the_tick_again(site: Site) -> None:
    reference = in_planning(site)
    client = site.as_(PROVIDER)
    rows = {f"doelen.0.{name}": value for name, value in GOAL.items()}
    rows |= {f"doelen.1.{name}": str(value) for name, value in SHARED.items()} | {"doelen.1.ookPleegouder": "on"}
    head = {"_stap": "write_plan", "_revisie": str(site.case(reference).revision)}

    sent = client.post(f"/zaken/{reference}/stappen", data=head | rows)
    form = client.get(f"/zaken/{reference}/stappen/write_plan").text

    ticks = re.findall(r'<input type="checkbox"[^>]*name="doelen\.(\d)\.ookPleegouder"[^>]*>', form)
    ticked = re.findall(r'name="doelen\.(\d)\.ookPleegouder"[^>]* checked', form)
    assert sent.status_code == 303
    assert (ticks[:2], ticked) == (["0", "1"], ["1"])


# ── The own yes ──


def test_a_foster_parent_says_yes_to_the_own_part(site: Site) -> None:
    reference = in_planning(site)
    put_up(site, reference, **PART)
    everybody_agrees(site, reference)
    with pytest.raises(NotNow, match="Nog geen antwoord"):
        take(site, PROVIDER, reference, "agree_plan")

    sent = answer(site, reference, "consent", versie="1", antwoord="ja", woorden="Graag.")
    site.move(minutes=1)
    page = foster(site, reference).get(sent.headers["location"]).text
    take(site, PROVIDER, reference, "agree_plan")

    assert sent.status_code == 303
    assert "Uw antwoord is bewaard." in page
    assert site.case(reference).stage == "in_care"
    assert steps_of(site, reference)[-2:] == ["consent", "agree_plan"]
    after = foster(site, reference).get(f"/mijn-plan/{reference}").text
    assert "Dit hebben we met u afgesproken" in after and "Elke zondag belt moeder om vier uur." in after


def test_a_plan_without_a_part_for_foster_parents_waits_for_none_of_them(site: Site) -> None:
    reference = in_planning(site)
    put_up(site, reference)
    everybody_agrees(site, reference)

    refused = answer(site, reference, "consent", versie="1", antwoord="nee")
    take(site, PROVIDER, reference, "agree_plan")

    assert refused.status_code == 409
    assert site.case(reference).stage == "in_care"
    with site.database.read() as tx:
        assert len(tx.exec(select(Consent)).all()) == 3


def test_a_foster_parent_scores_the_goals_of_the_own_part(site: Site) -> None:
    reference = in_planning(site)
    put_up(site, reference, **PART, doelen=[GOAL, SHARED])
    everybody_agrees(site, reference)
    answer(site, reference, "consent", versie="1", antwoord="ja")
    site.move(minutes=1)
    take(site, PROVIDER, reference, "agree_plan")
    take(site, PROVIDER, reference, "start_evaluation")
    site.move(minutes=1)

    form = foster(site, reference).get(f"/mijn-plan/{reference}/stappen/score").text
    of_others = answer(site, reference, "score", **{"scores.0.doel": "1", "scores.0.cijfer": "2"})
    own = answer(site, reference, "score", **{"scores.0.doel": "2", "scores.0.cijfer": "8"})

    assert "Elke avond om negen uur naar bed" in form and "Elke dag drie keer samen eten" not in form
    assert (of_others.status_code, own.status_code) == (422, 303)
    assert steps_of(site, reference)[-1] == "score"


def test_what_a_foster_parent_writes_is_kept_as_a_statement_of_theirs(site: Site) -> None:
    reference = in_planning(site)

    sent = answer(site, reference, "add_statement", over="Het slapen", tekst="Het slapen gaat beter.")

    assert sent.status_code == 303
    assert steps_of(site, reference)[-1] == "add_statement"


# ── What never reaches them ──


def test_nothing_of_the_family_reaches_a_foster_parent(site: Site) -> None:
    document = with_foster_parent()
    document["gezin"][0]["adres"]["geheim"] = True
    document["jeugdige"]["adres"]["geheim"] = True
    reference = put_in_planning(site, document)
    take(site, "moeder", reference, "add_statement", over="Iets", tekst="Kanarie van de moeder")
    take(site, "jeugdige", reference, "add_statement", over="Iets", tekst="Kanarie in vertrouwen")
    put_up(site, reference, **PART, doelen=[GOAL, SHARED | {"wieDoetWat": "Ophalen bij Kerkstraat 161."}])
    take(site, "vader", reference, "consent", versie="1", antwoord="ja", woorden="Kanarie van het ja van vader")
    client = foster(site, reference)

    texts = {path: client.get(f"/mijn-plan/{reference}{path}") for path in PAGES}

    assert {path: one.status_code for path, one in texts.items()} == dict.fromkeys(PAGES, 200)
    found = {(path, secret) for path, one in texts.items() for secret in CANARIES if secret in one.text}
    assert found == set()


def test_the_other_pages_of_the_family_are_not_there_for_a_foster_parent(site: Site) -> None:
    reference = in_planning(site)
    client = foster(site, reference)

    statuses = {path: client.get(f"/mijn-plan/{reference}{path}").status_code for path in CLOSED}
    desks = {path: client.get(f"/zaken/{reference}{path}").status_code for path in ("", "/plan", "/evaluaties")}

    assert statuses == dict.fromkeys(CLOSED, 404)
    assert desks == {"": 303, "/plan": 303, "/evaluaties": 303}


def test_the_family_still_reads_its_pages_beside_a_foster_parent(site: Site) -> None:
    reference = in_planning(site)
    put_up(site, reference, **PART, doelen=[GOAL, SHARED])

    for who in ("moeder", "jeugdige"):
        client = site.as_(who, reference)
        pages = {
            path: client.get(f"/mijn-plan/{reference}{path}") for path in ("", "/wie-kan-dit-zien", "/wie-keek-mee")
        }
        assert {page.status_code for page in pages.values()} == {200}
        assert MAIL not in "".join(page.text for page in pages.values())


# ── The end ──


def test_when_the_young_person_leaves_the_foster_family_the_next_request_finds_nothing(site: Site) -> None:
    reference = in_planning(site)
    day = site.on.isoformat()
    stay = {"van": day, "soortPlek": "pleeggezin", "plek": "Een pleeggezin", "nachtenPerWeek": 7, "gepland": True}
    take(site, PROVIDER, reference, "record_stay", **stay)
    site.move(minutes=1)
    client = foster(site, reference)
    before = client.get(f"/mijn-plan/{reference}").status_code

    move = {"datum": day, "soortPlek": "groep", "plek": "Een groep", "reden": "breuk", "gepland": False}
    take(site, PROVIDER, reference, "record_move", **move)
    site.move(minutes=1)
    after = client.get(f"/mijn-plan/{reference}")

    assert (before, after.status_code) == (200, 404)
    assert after.text.count("404") == client.get("/mijn-plan/BT-9999").text.count("404")
    assert steps_of(site, reference)[-1] == "record_move"


def test_who_was_foster_parent_is_asked_nothing_any_more_and_no_correction_lets_them_in(site: Site) -> None:
    reference = in_planning(site)
    day = site.on.isoformat()
    stay = {"van": day, "soortPlek": "pleeggezin", "plek": "Een pleeggezin", "nachtenPerWeek": 7, "gepland": True}
    take(site, PROVIDER, reference, "record_stay", **stay, tot=day)
    site.move(minutes=1)
    party = party_of(site, reference)

    take(site, "referrer", reference, "correct_party", wie=party, telefoon="0612345678", reden="Een nieuw nummer.")
    site.move(minutes=1)
    put_up(site, reference, **PART)
    everybody_agrees(site, reference)
    take(site, PROVIDER, reference, "agree_plan")

    assert site.client(account_of(site, party)).get(f"/mijn-plan/{reference}").status_code == 404
    assert site.case(reference).stage == "in_care"


def test_who_has_no_address_for_mail_any_more_is_out(site: Site) -> None:
    reference = in_planning(site)
    account = site.family(reference)["pleegouder"]

    given = {"wie": party_of(site, reference), "weghalen": ["email"], "reden": "Geen pleegouder meer."}
    take(site, "referrer", reference, "correct_party", **given)
    site.move(minutes=1)

    assert site.client(account).get(f"/mijn-plan/{reference}").status_code == 404


def party_of(site: Site, reference: str) -> str:
    with site.database.read() as tx:
        rows = tx.exec(
            select(CaseAccess.party_id)
            .join(Case, Case.id == CaseAccess.case_id)  # type: ignore[arg-type]
            .where(Case.reference == reference, CaseAccess.relation == "foster_parent")
        ).all()
        return str(rows[0])


def account_of(site: Site, party: str) -> Any:
    with site.database.read() as tx:
        rows = tx.exec(select(CaseAccess).where(CaseAccess.relation == "foster_parent")).all()
        return next(row.account_id for row in rows if str(row.party_id) == party)


def test_the_young_person_reads_that_a_foster_parent_sees_a_part(site: Site) -> None:
    reference = register(site, with_foster_parent())
    address = f"/mijn-plan/{reference}/wie-kan-dit-zien"

    youth, mother = (site.as_(who, reference).get(address).text for who in ("jeugdige", "moeder"))

    assert "Je pleegouders" in youth and "Zij zien alleen hun eigen deel van het plan." in youth
    assert "pleegouder" not in mother.split("<main")[1].split("</main>")[0].casefold()
