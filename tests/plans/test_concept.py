"""The concept is the provider's alone: saved in peace and unfinished, and put up once it is complete."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bijzondere_toegang.cases.access import end, grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.errors import NotNow
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.plans.models import Consent, Plan
from bijzondere_toegang.plans.queries import concept, content_of
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.plans.walk import GOAL, PROVIDER, everybody_agrees, plan, put_in_planning, put_up, say
from tests.support import Site, scene, take

SECRET = "Dit staat alleen in het concept."


def rows(site: Site, reference: str) -> list[tuple[int, str, bool]]:
    """Version, state and whether it was put up, in that order."""
    with site.database.read() as tx:
        case_id = site.case(reference).id
        found = tx.exec(select(Plan).where(Plan.case_id == case_id).order_by(col(Plan.version))).all()
        return [(one.version, one.state, one.put_up_at is not None) for one in found]


def mails(site: Site) -> int:
    with site.database.read() as tx:
        return len(tx.exec(select(Outbox.id)).all())


def consents(site: Site) -> list[tuple[str, bool]]:
    with site.database.read() as tx:
        return sorted((one.answer, one.withdrawn_at is None) for one in tx.exec(select(Consent)).all())


def steps(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        chain = site.case(reference).id
        query = select(TimelineEntry.step).where(
            TimelineEntry.chain == chain, TimelineEntry.step != "", TimelineEntry.outcome == "ok"
        )
        return list(tx.exec(query.order_by(col(TimelineEntry.seq))).all())


def save(site: Site, reference: str, **answers: Any) -> None:
    take(site, PROVIDER, reference, "write_plan", **answers)
    site.move(minutes=1)


def test_a_concept_saved_three_times_sends_no_mail_and_voids_nothing(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    everybody_agrees(site, reference)
    before = mails(site), consents(site)

    for result in ("Een", "Twee", "Drie"):
        save(site, reference, **plan(site, resultaat=result))

    assert (mails(site), consents(site)) == before
    assert rows(site, reference) == [(0, "concept", False), (1, "up", True)]
    assert steps(site, reference)[-3:] == ["write_plan"] * 3
    take(site, PROVIDER, reference, "agree_plan")
    assert site.case(reference).stage == "in_care"


def test_a_concept_may_be_saved_with_next_to_nothing_in_it(site: Site) -> None:
    reference = put_in_planning(site)

    save(site, reference)
    save(site, reference, doelen=[{"tekst": GOAL["tekst"]}], hulp="Hulp thuis")

    with site.database.read() as tx:
        found = concept(scene(site, tx, PROVIDER, reference))
        assert content_of(found) == {"doelen": [{"tekst": GOAL["tekst"]}], "hulp": "Hulp thuis"}
    assert rows(site, reference) == [(0, "concept", False)]


def test_everything_that_lacks_is_named_at_once_where_it_is_put_up(site: Site) -> None:
    reference = put_in_planning(site)
    unfinished = plan(site, ladder="kleinschalig", waaromNietLichter=None, contact=None)
    save(site, reference, **unfinished | {"doelen": [GOAL | {"voor": None}]})

    with pytest.raises(NotNow) as refused:
        take(site, PROVIDER, reference, "put_up_plan")
    page = site.as_(PROVIDER).get(f"/zaken/{reference}/stappen/put_up_plan").text

    for words in ("Klaar op", "Waarom lichtere hulp", "Waarom geen pleeggezin", "Nachten per week", "Wie belt"):
        assert words in page
    assert refused.value.sentence.text == "In het concept ontbreekt nog: {wat}."
    assert rows(site, reference) == [(0, "concept", False)]


def test_a_plan_that_does_not_say_whether_its_help_comes_home_is_not_put_up(site: Site) -> None:
    reference = put_in_planning(site)
    save(site, reference, **plan(site, hulpThuis=None))

    with pytest.raises(NotNow) as refused:
        take(site, PROVIDER, reference, "put_up_plan")

    assert "form.write_plan.hulpThuis" in repr(refused.value.sentence)
    assert rows(site, reference) == [(0, "concept", False)]


def test_nothing_can_be_put_up_before_something_was_written_or_changed(site: Site) -> None:
    reference = put_in_planning(site)
    with pytest.raises(NotNow, match="nog geen concept"):
        take(site, PROVIDER, reference, "put_up_plan")
    put_up(site, reference)

    save(site, reference, **plan(site))

    with pytest.raises(NotNow, match="niets veranderd"):
        take(site, PROVIDER, reference, "put_up_plan")


def test_a_page_that_puts_up_what_is_not_there_or_not_whole_is_refused(site: Site) -> None:
    reference = put_in_planning(site)
    client, address = site.as_(PROVIDER), f"/zaken/{reference}/stappen"

    nothing = client.post(address, data={"_stap": "put_up_plan", "_revisie": str(site.case(reference).revision)})
    save(site, reference, doelen=[{"tekst": GOAL["tekst"]}])
    half = client.post(address, data={"_stap": "put_up_plan", "_revisie": str(site.case(reference).revision)})

    assert (nothing.status_code, half.status_code) == (409, 409)
    assert "nog geen concept" in nothing.text and "ontbreekt nog" in half.text


def test_a_day_that_passed_while_the_plan_was_written_is_asked_again(site: Site) -> None:
    reference = put_in_planning(site)
    save(site, reference, **plan(site, start=None, eind=None, evaluatiedatum=site.on.isoformat()))
    site.move(days=2)

    with pytest.raises(NotNow, match="eerste evaluatie is al voorbij"):
        take(site, PROVIDER, reference, "put_up_plan")


def test_putting_up_asks_everybody_anew_and_tells_referrer_and_family(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    everybody_agrees(site, reference)
    save(site, reference, **plan(site, resultaat="Iets anders"))
    before = mails(site)

    take(site, PROVIDER, reference, "put_up_plan")

    assert rows(site, reference) == [(1, "replaced", True), (2, "up", True)]
    assert mails(site) == before + 4
    with pytest.raises(NotNow, match="Nog geen antwoord"):
        take(site, PROVIDER, reference, "agree_plan")


def test_only_a_version_that_is_put_up_says_whether_the_help_is_medical(site: Site) -> None:
    reference = put_in_planning(site, framework="compulsory")
    put_up(site, reference)

    save(site, reference, **plan(site, medischeBehandeling=True))
    while_written = site.case(reference).medical_treatment
    take(site, PROVIDER, reference, "put_up_plan")

    assert (while_written, site.case(reference).medical_treatment) == (False, True)


@pytest.mark.parametrize("up", [False, True], ids=["nothing up", "a version up"])
def test_nobody_but_the_provider_reads_a_concept(site: Site, up: bool) -> None:
    reference = put_in_planning(site)
    if up:
        put_up(site, reference)
    save(site, reference, **plan(site, resultaat=SECRET, doelen=[GOAL | {"tekst": SECRET, "eigenWoorden": SECRET}]))
    pages = [f"/zaken/{reference}{rest}" for rest in ("", "/plan", "/plan?versie=0", "/evaluaties")]
    pages += [f"/zaken/{reference}/stappen/{step}" for step in ("write_plan", "put_up_plan", "confirm_plan")]
    home = [f"/mijn-plan/{reference}{rest}" for rest in ("", "/afspraken", "/stappen/consent", "/stappen/put_up_plan")]

    others = [site.as_(who, reference).get(page) for who in ("referrer", "chair", "vvg1") for page in pages]
    family = [site.as_(who, reference).get(page) for who in ("moeder", "jeugdige") for page in home]
    machines = [site.api(who, reference).get(f"/api/v1/zaken/{reference}") for who in ("referrer", "moeder", PROVIDER)]
    own = site.as_(PROVIDER).get(f"/zaken/{reference}/stappen/write_plan").text

    assert SECRET in own
    assert not [answer.url for answer in (*others, *family, *machines) if SECRET in answer.text]
    assert not [answer.url for answer in (*others, *family) if "Uw concept" in answer.text]


def test_others_are_told_the_same_with_and_without_a_concept(site: Site) -> None:
    reference = put_in_planning(site)
    case = f"/api/v1/zaken/{reference}"
    referrer, mother = site.api("referrer", reference), site.api("moeder", reference)
    before = [each.get(case).json()["nogNietMogelijk"] for each in (referrer, mother)]

    save(site, reference, **plan(site))

    assert [each.get(case).json()["nogNietMogelijk"] for each in (referrer, mother)] == before


def test_the_provider_sees_on_the_plan_page_where_the_concept_stands(site: Site) -> None:
    reference = put_in_planning(site)
    save(site, reference, **plan(site, contact=None))
    unfinished = site.as_(PROVIDER).get(f"/zaken/{reference}/plan").text
    save(site, reference, **plan(site))

    finished = site.as_(PROVIDER).get(f"/zaken/{reference}/plan").text

    assert "Wie belt het gezin bij vragen" in unfinished and "stappen/put_up_plan" not in unfinished
    assert "stappen/put_up_plan" in finished


def form(site: Site, reference: str, revision: int, **more: str) -> dict[str, str]:
    answers = plan(site)
    goal = {f"doelen.0.{name}": value for name, value in answers.pop("doelen")[0].items()}
    rest = {name: "nee" if value is False else str(value) for name, value in answers.items()}
    return {"_stap": "write_plan", "_revisie": str(revision), **goal, **rest, **more}


def test_two_colleagues_who_save_at_once_lose_neither_text(site: Site) -> None:
    reference = put_in_planning(site)
    revision = site.case(reference).revision
    first, second = site.as_(PROVIDER), site.as_(PROVIDER)

    saved = first.post(f"/zaken/{reference}/stappen", data=form(site, reference, revision, resultaat="Van de een"))
    stale = second.post(f"/zaken/{reference}/stappen", data=form(site, reference, revision, resultaat="Van de ander"))

    assert (saved.status_code, stale.status_code) == (303, 409)
    assert "Van de ander" in stale.text
    assert "Terwijl u bezig was" in stale.text
    assert "Van de een" in second.get(f"/zaken/{reference}/stappen/write_plan").text
    assert steps(site, reference).count("write_plan") == 1


def test_the_two_ways_on_lead_to_the_case_and_to_the_last_look(site: Site) -> None:
    reference = put_in_planning(site)
    client, address = site.as_(PROVIDER), f"/zaken/{reference}/stappen"
    half = form(site, reference, site.case(reference).revision, contact="")

    later = client.post(address, data=half).headers["location"]
    lacking = client.post(
        address, data=form(site, reference, site.case(reference).revision, contact="", _dan="put_up_plan")
    ).headers["location"]
    whole = client.post(address, data=form(site, reference, site.case(reference).revision, _dan="put_up_plan")).headers[
        "location"
    ]

    assert later == f"/zaken/{reference}?gedaan=write_plan"
    assert lacking == f"{address}/write_plan"
    assert whole == f"{address}/put_up_plan"
    look = client.get(whole).text
    assert "Dit leest het gezin" in look and GOAL["eigenWoorden"] in look
    assert re.search(r"Om toestemming vragen we:.*de jeugdige,\s+de moeder,\s+de vader", look, re.S)


def test_the_write_page_links_to_what_still_lacks(site: Site) -> None:
    reference = put_in_planning(site)
    save(site, reference, **plan(site, contact=None))

    page = site.as_(PROVIDER).get(f"/zaken/{reference}/stappen/write_plan").text

    assert 'href="#v-contact">' in page
    assert 'href="#v-resultaat">' not in page


def test_a_concept_of_an_earlier_round_is_only_a_text_to_go_on_from(site: Site) -> None:
    reference = put_in_planning(site)
    save(site, reference, **plan(site, resultaat=SECRET))
    with site.database.write() as tx:
        case = scene(site, tx, PROVIDER, reference).case
        case.entered_at = site.at + timedelta(minutes=1)
        tx.add(case)
    site.move(minutes=2)

    with pytest.raises(NotNow, match="nog geen concept"):
        take(site, PROVIDER, reference, "put_up_plan")

    assert SECRET in site.as_(PROVIDER).get(f"/zaken/{reference}/stappen/write_plan").text
    save(site, reference, **plan(site))
    take(site, PROVIDER, reference, "put_up_plan")
    assert rows(site, reference) == [(1, "up", True)]


def test_the_family_reads_in_every_state_what_is_true(site: Site) -> None:
    reference = put_in_planning(site)
    home = f"/mijn-plan/{reference}"
    save(site, reference, **plan(site))
    mother = site.as_("moeder", reference)

    written = mother.get(home).text
    take(site, PROVIDER, reference, "put_up_plan")
    site.move(minutes=1)
    asked = mother.get(home).text
    say(site, "moeder", reference)
    answered = mother.get(home).text

    assert "De hulpverlener schrijft het plan met u." in written and "Het plan ligt klaar" not in written
    assert "Wij vragen of u het goed vindt." in asked
    assert "Uw antwoord is binnen." in answered


def test_a_provider_of_another_consortium_never_reads_the_concept_of_the_one_before(site: Site) -> None:
    reference = put_in_planning(site)
    save(site, reference, **plan(site, hulp=SECRET))
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        end(tx, case, ("provider.named",), site.at)
        for row in tx.exec(select(Placement).where(Placement.case_id == case.id)).all():
            row.state, row.ended_at = "returned", site.at
        other = Placement(
            case_id=case.id, consortium="sv-mutsaersstichting", state="accepted",
            proposed_at=site.at, accepted_at=site.at,
        )  # fmt: skip
        tx.add(other)
        grant(
            tx,
            case,
            site.cast["zorg_muts1"],
            "provider.named",
            site.at,
            organisation="mutsaersstichting",
            consortium="sv-mutsaersstichting",
        )
    newcomer = site.as_("zorg_muts1")

    seen = [newcomer.get(f"/zaken/{reference}/{page}") for page in ("plan", "stappen/write_plan")]
    take(site, "zorg_muts1", reference, "write_plan", hulp="Eigen tekst.")

    assert [page.status_code for page in seen] == [200, 200]
    assert not any(SECRET in page.text for page in seen)
    with site.database.read() as tx:
        assert content_of(concept(scene(site, tx, "zorg_muts1", reference))) == {"doelen": [], "hulp": "Eigen tekst."}
