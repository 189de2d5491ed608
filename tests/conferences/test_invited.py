"""Guests and confidants: let in by a link and a code, they read what was ticked, until a day or until it is ended."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Invitation, Item
from bijzondere_toegang.conferences.models import Seat
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.conferences.walk import PLAN, planned
from tests.entrance import CSRF, PASSWORD, ask, choose, deliver, tokens, words_of
from tests.family.walk import in_care
from tests.statements import statements
from tests.support import Site, take

MAIL = "gast@example.org"
CODE = re.compile(r'class="handed-code">(\d{6})<')
OTHER_PAGES = (
    "/plan", "/besluit", "/betrokkenen", "/wie-ziet-dit", "/evaluaties", "/overleg", "/stappen/add_statement",
    "/inzage", "/tijdlijn",
)  # fmt: skip


@pytest.fixture
def reference(site: Site) -> str:
    """A case for which a table is planned, with two statements that the chair and the mother read."""
    reference = planned(site)
    for words in ("Woordaangevinkt", "Woordvananderen"):
        take(site, "referrer", reference, "add_statement", tekst=words, wieMagLezen=["voorzitter", "moeder"])
    site.move(minutes=1)
    return reference


def item(site: Site, words: str) -> str:
    """The id of the statement with these words."""
    with site.database.read() as tx:
        rows = list(tx.exec(select(Item).where(Item.kind == "statement")).all())
        unseal_rows(tx, rows)
        return next(str(row.id) for row in rows if row.text is not None and row.text.reveal() == words)


def party(site: Site, reference: str, who: str) -> str:
    """The id of this member of the family."""
    with site.database.read() as tx:
        its = select(CaseAccess.party_id).where(CaseAccess.account_id == site.who(who, reference))
        return str(tx.exec(its).one())


def post(site: Site, who: str, reference: str, step: str, **given: Any) -> Response:
    """What somebody sends with the form of a step."""
    home = f"/mijn-plan/{reference}" if who in ("moeder", "jeugdige", "vader") else f"/zaken/{reference}"
    sent = {"_stap": step, "_revisie": str(site.case(reference).revision), **given}
    return site.as_(who, reference).post(f"{home}/stappen", data=sent)


def invite(site: Site, reference: str, who: str = "chair", **given: Any) -> Response:
    step, more = ("invite_guest", {"rol": "school"}) if who == "chair" else ("invite_confidant", {"plan": "nee"})
    told = {"naam": "Gijs Gast", "email": MAIL, "totEnMet": site.on.isoformat(), **more, **given}
    return post(site, who, reference, step, **told)


def code_in(answer: Response) -> str:
    found = CODE.search(answer.text)
    assert answer.status_code == 200 and found, answer.text
    return found[1]


def welcomed(site: Site, token: str, code: str) -> Response:
    """A stranger's browser sends the form behind the link."""
    browser = site.anonymous()
    found = CSRF.search(browser.get("/inloglink").text)
    assert found
    return browser.post(f"/welkom/{token}", data={"_csrf": found[1], "wachtwoord": PASSWORD, "code": code})


def account_of(site: Site) -> UUID:
    """The account of the one who is invited."""
    with site.database.read() as tx:
        return tx.exec(select(Invitation.account_id)).one()


def guest(site: Site) -> TestClient:
    return site.client(account_of(site))


def steps_of(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        entries = tx.exec(select(TimelineEntry).where(TimelineEntry.chain == case.id)).all()
        return [entry.step for entry in sorted(entries, key=lambda one: one.seq) if entry.step]


def successor(site: Site, reference: str) -> str:
    leads = site.who("chair", reference)
    return next(str(site.who(one)) for one in ("anneke", "joris") if site.who(one) != leads)


# ── Getting in ──


def test_a_guest_gets_in_by_a_link_and_the_code_and_reads_what_was_ticked_alone(site: Site, reference: str) -> None:
    deliver(site)
    answer = invite(site, reference, stukken=[item(site, "Woordaangevinkt")])
    [token] = tokens(deliver(site), MAIL)

    asked = site.anonymous().get(f"/welkom/{token}").text
    came = welcomed(site, token, code_in(answer))
    page = guest(site).get(f"/uitgenodigd/{reference}").text

    assert "Code van zes cijfers" in asked and "Geboortedatum" not in asked
    assert came.status_code == 303
    assert guest(site).get("/").headers["location"] == "/mijn-plan"
    assert guest(site).get("/mijn-plan").headers["location"] == f"/uitgenodigd/{reference}"
    assert "Woordaangevinkt" in page and "Woordvananderen" not in page
    assert "heeft u uitgenodigd." in page
    assert steps_of(site, reference)[-1] == "invite_guest"


def test_the_mail_names_nobody_and_the_code_is_kept_nowhere(site: Site, reference: str) -> None:
    deliver(site)
    code = code_in(invite(site, reference))

    mails = [one for one in deliver(site) if one["To"] == MAIL]
    [mail] = [one for one in mails if tokens([one], MAIL)]
    with site.database.read() as tx:
        account = tx.exec(select(Account).where(col(Account.handed_code).is_not(None))).one()

    assert len(mails) == 2, "the link, and the day of the talk for a calendar"
    assert reference not in words_of(mail) and not any("Gijs" in str(one) or code in words_of(one) for one in mails)
    assert account.handed_code and code not in account.handed_code


def test_after_five_wrong_codes_the_link_is_dead(site: Site, reference: str) -> None:
    deliver(site)
    code = code_in(invite(site, reference))
    [token] = tokens(deliver(site), MAIL)
    wrong = "000000" if code != "000000" else "111111"

    statuses = [welcomed(site, token, wrong).status_code for _ in range(5)]
    late = welcomed(site, token, code)

    assert statuses == [422, 422, 422, 422, 404]
    assert late.status_code == 404


def test_a_date_of_birth_opens_nothing_and_costs_no_try(site: Site, reference: str) -> None:
    deliver(site)
    code = code_in(invite(site, reference))
    [token] = tokens(deliver(site), MAIL)

    statuses = [choose(site, token, "2012-11-20").status_code for _ in range(6)]

    assert statuses == [422] * 6
    assert welcomed(site, token, code).status_code == 303


def test_a_new_link_asks_the_code_again_and_there_is_none_after_the_end(site: Site, reference: str) -> None:
    code = code_in(invite(site, reference))
    deliver(site)
    site.move(hours=1)

    ask(site, MAIL)
    [token] = tokens(deliver(site), MAIL)

    assert choose(site, token).status_code == 422
    assert welcomed(site, token, code).status_code == 303
    site.move(days=1)
    ask(site, MAIL)
    assert tokens(deliver(site), MAIL) == []


# ── What they see ──


def test_no_other_page_of_the_case_is_there_for_a_guest(site: Site, reference: str) -> None:
    invite(site, reference)
    client = guest(site)

    desks = {path: client.get(f"/zaken/{reference}{path}").status_code for path in OTHER_PAGES}
    homes = {path: client.get(f"/mijn-plan/{reference}{path}").status_code for path in ("", "/verslag", "/documenten")}

    assert set(desks.values()) == {404} and set(homes.values()) == {404}
    assert client.get(f"/zaken/{reference}").headers["location"] == f"/uitgenodigd/{reference}"
    assert client.get(f"/uitgenodigd/{reference}").status_code == 200


def test_a_guest_finds_no_case_by_machine(site: Site, reference: str) -> None:
    invite(site, reference)
    machine = site.api(account_of(site))

    assert machine.get(f"/api/v1/zaken/{reference}").status_code == 404
    assert machine.get(f"/api/v1/zaken/{reference}/tijdlijn").status_code == 404
    assert machine.get("/api/v1/zaken").json()["resultaten"] == []


def test_the_place_of_the_talk_stays_away_while_an_address_is_secret(site: Site, reference: str) -> None:
    invite(site, reference)
    before = guest(site).get(f"/uitgenodigd/{reference}").text
    mother = party(site, reference, "moeder")

    take(site, "referrer", reference, "correct_party", wie=mother, geheimAdres=True, reden="Dreiging.")
    site.move(minutes=1)
    after = guest(site).get(f"/uitgenodigd/{reference}").text

    assert "Stadhuis Venlo, kamer 3" in before and "Stadhuis Venlo, kamer 3" not in after


def test_who_invites_ticks_no_item_they_cannot_read(site: Site, reference: str) -> None:
    take(site, "referrer", reference, "add_statement", tekst="Woordverborgen", wieMagLezen=["moeder"])
    hidden = item(site, "Woordverborgen")

    refused = invite(site, reference, stukken=[hidden])
    form = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/invite_guest").text

    assert refused.status_code == 422
    assert hidden not in form and item(site, "Woordaangevinkt") in form


def test_what_the_inviter_may_read_no_more_closes_for_the_guest_too(site: Site, reference: str) -> None:
    invite(site, reference, stukken=[item(site, "Woordaangevinkt")])
    before = guest(site).get(f"/uitgenodigd/{reference}").text

    take(site, "chair", reference, "hand_over_chair", opvolger=successor(site, reference), reden="Ziek.")
    site.move(minutes=1)
    after = guest(site).get(f"/uitgenodigd/{reference}")

    assert "Woordaangevinkt" in before
    assert after.status_code == 200 and "Woordaangevinkt" not in after.text


def test_every_look_is_written_down_and_the_page_who_sees_this_shows_the_guest(site: Site, reference: str) -> None:
    invite(site, reference)
    guest(site).get(f"/uitgenodigd/{reference}")

    with site.database.read() as tx:
        looked = tx.exec(select(TimelineEntry).where(TimelineEntry.object_kind == "invitation")).all()
    seers = site.as_("chair", reference).get(f"/zaken/{reference}/wie-ziet-dit").text

    assert [(one.role, one.care_relation) for one in looked] == [("guest", "guest.invited")]
    assert "Gijs Gast" in seers and "is uitgenodigd" in seers


def test_the_page_asks_the_same_however_much_was_ticked(site: Site, reference: str) -> None:
    ticked = [item(site, "Woordaangevinkt"), item(site, "Woordvananderen")]
    invite(site, reference, stukken=ticked[:1])
    invite(site, reference, email="tweede@example.org", stukken=ticked)
    with site.database.read() as tx:
        accounts = tx.exec(select(Invitation.account_id)).all()
    asked = []
    for account in accounts:
        client = site.client(account)
        client.get(f"/uitgenodigd/{reference}")
        with statements(site) as ran:
            client.get(f"/uitgenodigd/{reference}")
        asked.append(len(ran))

    assert asked[0] == asked[1]


def test_a_guest_has_a_seat_at_the_table_once_and_hears_when_it_moves(site: Site, reference: str) -> None:
    invite(site, reference)
    post(site, "chair", reference, "end_invitation", wie=str(account_of(site)))
    site.move(minutes=1)
    invite(site, reference, totEnMet=(site.on + timedelta(days=2)).isoformat())
    deliver(site)

    take(site, "chair", reference, "move_conference", **PLAN | {"begintijd": "15:00"}, reden="Later die dag.")
    moved = [one for one in deliver(site) if one["To"] == MAIL]

    with site.database.read() as tx:
        seats = tx.exec(select(Seat).where(Seat.kind == "guest")).all()
    assert len(seats) == 1
    assert len(moved) == 1, "the second invitation stands; the first was ended"


def test_a_guest_reads_no_piece_that_gives_a_secret_address_away(site: Site, reference: str) -> None:
    said = "Zij woont nu bij oma, te bereiken op 06-00 00 01 23."
    take(site, "referrer", reference, "add_statement", tekst=said, wieMagLezen=["voorzitter"])
    invite(site, reference, stukken=[item(site, said), item(site, "Woordaangevinkt")])
    before = guest(site).get(f"/uitgenodigd/{reference}").text

    given = {"geheimAdres": True, "telefoon": "06 00000123", "reden": "Dreiging."}
    take(site, "referrer", reference, "correct_party", wie=party(site, reference, "moeder"), **given)
    site.move(minutes=1)
    after = guest(site).get(f"/uitgenodigd/{reference}").text

    assert "bij oma" in before and "Woordaangevinkt" in before
    assert "bij oma" not in after and "Woordaangevinkt" in after


def test_who_invites_by_machine_is_given_the_code_once(site: Site, reference: str) -> None:
    machine = site.api(site.who("chair", reference))
    given = {"naam": "Gijs Gast", "email": MAIL, "totEnMet": site.on.isoformat(), "rol": "school"}
    revision = site.case(reference).revision

    asked = {"stap": "invite_guest", "revisie": revision, "gegevens": given}
    answer = machine.post(f"/api/v1/zaken/{reference}/stappen", json=asked)
    again = machine.get(f"/api/v1/zaken/{reference}").text
    [token] = tokens(deliver(site), MAIL)

    code = answer.json()["code"]
    assert answer.status_code == 200 and re.fullmatch(r"\d{6}", code) and code not in again
    assert welcomed(site, token, code).status_code == 303


# ── Another choice ──


def test_the_chair_of_now_changes_what_a_guest_reads(site: Site, reference: str) -> None:
    first, second = item(site, "Woordaangevinkt"), item(site, "Woordvananderen")
    invite(site, reference, stukken=[first])
    take(site, "chair", reference, "hand_over_chair", opvolger=successor(site, reference), reden="Ziek.")
    site.move(minutes=1)
    take(site, "chair", reference, "declare_independence", band=False)
    site.move(minutes=1)
    row = {"genodigden.0.wie": str(account_of(site))}

    form = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/tick_for_guests").text
    changed = post(site, "chair", reference, "tick_for_guests", **row, **{"genodigden.0.stukken": [second]})
    page = guest(site).get(f"/uitgenodigd/{reference}").text

    assert "Gijs Gast" in form and second in form
    assert changed.status_code == 303
    assert "Woordvananderen" in page and "Woordaangevinkt" not in page
    assert steps_of(site, reference)[-1] == "tick_for_guests"


def test_a_mother_changes_what_her_confidant_reads_and_finds_her_ticks_again(site: Site, reference: str) -> None:
    first, second = item(site, "Woordaangevinkt"), item(site, "Woordvananderen")
    invite(site, reference, "moeder", stukken=[first])
    account = str(account_of(site))
    address = f"/mijn-plan/{reference}/stappen/tick_for_confidants"

    form = site.as_("moeder", reference).get(address).text
    row = {"genodigden.0.wie": account, "genodigden.0.stukken": [second], "genodigden.0.plan": "nee"}
    changed = post(site, "moeder", reference, "tick_for_confidants", **row)
    page = guest(site).get(f"/uitgenodigd/{reference}").text

    assert re.findall(r'value="([0-9a-f-]{36})" checked', form) == [first]
    assert changed.status_code == 303
    assert "Woordvananderen" in page and "Woordaangevinkt" not in page
    assert site.as_("vader", reference).get(address).status_code == 409


# ── The end ──


def test_an_invitation_that_is_ended_shows_nothing_at_the_next_request(site: Site, reference: str) -> None:
    invite(site, reference)
    client, account = guest(site), account_of(site)
    before = client.get(f"/uitgenodigd/{reference}").status_code

    ended = post(site, "chair", reference, "end_invitation", wie=str(account))
    site.move(minutes=1)

    assert (before, ended.status_code) == (200, 303)
    assert site.client(account).get(f"/uitgenodigd/{reference}").status_code == 404
    assert client.get(f"/uitgenodigd/{reference}").headers.get("location", "").startswith("/inloggen")
    assert steps_of(site, reference)[-1] == "end_invitation"


def test_after_the_last_day_the_page_is_gone(site: Site, reference: str) -> None:
    invite(site, reference)

    site.move(days=1)

    assert guest(site).get(f"/uitgenodigd/{reference}").status_code == 404


def test_the_last_day_of_a_guest_lies_within_the_reactions_to_the_minutes(site: Site, reference: str) -> None:
    late = invite(site, reference, totEnMet="2027-06-01")
    past = invite(site, reference, totEnMet="2026-01-01")

    assert (late.status_code, past.status_code) == (422, 422)
    assert "Kies een dag van vandaag tot en met" in late.text and "Gijs Gast" in late.text


def test_every_mistake_in_an_invitation_is_told_at_once(site: Site, reference: str) -> None:
    answer = invite(site, reference, "moeder", email="geen adres", totEnMet="", plan="")

    assert answer.status_code == 422
    assert answer.text.count("Vul een e-mailadres in, zoals naam@voorbeeld.nl.") == 2, "in the summary and by the field"
    assert "Vul een datum in die bestaat" in answer.text and "Maak een keuze." in answer.text
    assert "Gijs Gast" in answer.text and "geen adres" in answer.text


def test_nobody_is_invited_twice_and_who_logs_in_with_that_address_elsewhere_gets_nothing(
    site: Site, reference: str
) -> None:
    first, again = invite(site, reference), invite(site, reference)
    other = invite(site, reference, email="consulent2@example.org")

    assert (first.status_code, again.status_code, other.status_code) == (200, 422, 200)
    assert site.as_("verwijzer2").get(f"/zaken/{reference}").status_code == 404


# ── Confidants ──


def test_what_somebody_of_the_family_ticks_for_a_confidant_no_professional_learns(site: Site, reference: str) -> None:
    deliver(site)
    answer = invite(site, reference, "moeder", stukken=[item(site, "Woordaangevinkt")])
    [token] = tokens(deliver(site), MAIL)

    came = welcomed(site, token, code_in(answer))
    page = guest(site).get(f"/uitgenodigd/{reference}").text
    seers = site.as_("chair", reference).get(f"/zaken/{reference}/wie-ziet-dit").text

    assert came.status_code == 303
    assert "Woordaangevinkt" in page and "Woordvananderen" not in page
    assert "Gijs Gast</b>, vertrouwenspersoon" in seers
    assert not [line for line in re.findall(r"Leest: ?[^<]*", seers) if "Gijs Gast" in line]
    assert steps_of(site, reference)[-1] == "invite_confidant"


def test_who_let_a_confidant_in_ends_it_and_nobody_else_does(site: Site, reference: str) -> None:
    invite(site, reference, "moeder")
    account = account_of(site)

    others = post(site, "vader", reference, "end_confidant", wie=str(account)).status_code
    chair = post(site, "chair", reference, "end_invitation", wie=str(account)).status_code
    own = post(site, "moeder", reference, "end_confidant", wie=str(account)).status_code
    site.move(minutes=1)

    assert (others, chair, own) == (409, 409, 303)
    assert site.client(account).get(f"/uitgenodigd/{reference}").status_code == 404


def test_nobody_else_of_the_family_learns_whom_the_young_person_trusts(site: Site, reference: str) -> None:
    invite(site, reference, "jeugdige", stukken=[item_of_youth(site, reference)])
    page = guest(site).get(f"/uitgenodigd/{reference}").text

    own = site.as_("jeugdige", reference).get(f"/mijn-plan/{reference}/wie-kan-dit-zien").text
    fathers = site.as_("vader", reference)
    theirs = [fathers.get(f"/mijn-plan/{reference}{path}").text.casefold() for path in ("", "/wie-kan-dit-zien")]
    told = site.as_("vvg1", reference).get(f"/zaken/{reference}").text.casefold()

    assert "Woordjongere" in page
    assert "Gijs Gast" in own and "Iemand die je laat meelezen" in own
    assert not [text for text in theirs if "gijs" in text or "nodigde een vertrouwenspersoon uit" in text]
    assert "vertrouwenspersoon uit" not in told and "gijs" not in told


def item_of_youth(site: Site, reference: str) -> str:
    take(site, "jeugdige", reference, "add_statement", tekst="Woordjongere", wieMagLezen=[])
    site.move(minutes=1)
    return item(site, "Woordjongere")


def test_a_confidant_reads_no_more_of_what_was_shielded_from_who_let_them_in(site: Site, reference: str) -> None:
    ticked = item(site, "Woordaangevinkt")
    invite(site, reference, "moeder", stukken=[ticked])
    before = guest(site).get(f"/uitgenodigd/{reference}").text

    mother = party(site, reference, "moeder")
    take(site, "referrer", reference, "shield_item", stuk=ticked, voor=mother, reden="Dit geeft ruzie.")
    site.move(minutes=1)
    after = guest(site).get(f"/uitgenodigd/{reference}")

    assert "Woordaangevinkt" in before
    assert after.status_code == 200 and "Woordaangevinkt" not in after.text


def test_who_lost_authority_lets_nobody_read_along_any_more(site: Site, reference: str) -> None:
    invite(site, reference, "moeder", plan="ja", stukken=[item(site, "Woordaangevinkt")])
    lost = {"gezag": "nee", "gezagBron": "gezagsregister", "gezagOp": site.on.isoformat(), "reden": "Gezien."}

    take(site, "referrer", reference, "correct_party", wie=party(site, reference, "moeder"), **lost)
    site.move(minutes=1)
    after = guest(site).get(f"/uitgenodigd/{reference}")

    assert after.status_code == 200
    assert "Woordaangevinkt" not in after.text and "Er staat nu niets voor u klaar om te lezen." in after.text


def test_the_plan_is_read_by_the_confidant_for_whom_it_was_ticked_alone(site: Site) -> None:
    reference = in_care(site)
    until = (site.on + timedelta(days=30)).isoformat()
    invite(site, reference, "moeder", plan="ja", totEnMet=until)
    invite(site, reference, "jeugdige", plan="nee", totEnMet=until, email="tweede@example.org")
    with site.database.read() as tx:
        accounts = {row.with_plan: row.account_id for row in tx.exec(select(Invitation)).all()}

    pages = {ticked: site.client(one).get(f"/uitgenodigd/{reference}").text for ticked, one in accounts.items()}

    assert "Elke week twee keer behandeling thuis." in pages[True]
    assert "Elke week twee keer behandeling thuis." not in pages[False]
    assert site.client(accounts[True]).get(f"/zaken/{reference}/plan").status_code == 404


def test_somebody_who_reads_along_can_be_stopped_after_the_case_has_ended(site: Site, reference: str) -> None:
    invite(site, reference, "moeder", totEnMet=(site.on + timedelta(days=30)).isoformat())
    take(site, "referrer", reference, "withdraw", reden="Hulp is niet meer nodig.", watNu="Niets.")
    site.move(minutes=1)
    account = account_of(site)

    ended = post(site, "moeder", reference, "end_confidant", wie=str(account)).status_code
    site.move(minutes=1)

    assert ended == 303
    assert site.client(account).get(f"/uitgenodigd/{reference}").status_code == 404


def test_a_parent_lets_nobody_read_what_the_young_person_said(site: Site, reference: str) -> None:
    take(site, "jeugdige", reference, "add_statement", tekst="Woordjongere", wieMagLezen=["moeder"])
    site.move(minutes=1)
    words = item(site, "Woordjongere")

    reads = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/stappen/invite_confidant").text
    refused = invite(site, reference, "moeder", stukken=[words])

    assert words not in reads
    assert refused.status_code == 422
