"""Corrections of people: what follows in the same transaction, what stays readable, what is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.conferences.models import Seat
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotThere
from bijzondere_toegang.parties.models import PartyChange
from bijzondere_toegang.people.accounts import add_membership, find_account
from bijzondere_toegang.people.links import make_link
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.record import entries_of
from tests.cases.acting import mailed
from tests.entrance import PASSWORD, choose, deliver, log_in, tokens
from tests.parties.test_reading import SIXTEEN
from tests.routes.stages import Told
from tests.support import Site, register, register_sample, sample, take

WHY = {"reden": "Gezien in het gezagsregister."}
MOTHER, BORN = "ouder1m@example.org", "2012-11-20"
NEW_AUTHORITY = {"gezagBron": "gezagsregister", "gezagOp": "2026-11-09"}
NEW_FATHER = {
    "relatie": "vader",
    "voornaam": "Karel",
    "achternaam": "Nieuw",
    "gezag": "ja",
    "email": "karel@example.org",
}


def party_of(site: Site, reference: str, word: str) -> Party:
    with site.database.read() as tx:
        known = select(Party).join(Case, Case.id == Party.case_id)  # type: ignore[arg-type]
        one = tx.exec(
            known.where(Case.reference == reference, Party.word == word).order_by(Party.position.desc())
        ).first()  # type: ignore[attr-defined]
        assert one is not None
        unseal_rows(tx, [one])
        return one


def correct(site: Site, who: str, reference: str, word: str, **changed: Any) -> Case:
    return take(
        site, who, reference, "correct_party", wie=str(party_of(site, reference, word).id), **{**WHY, **changed}
    )


def kept(site: Site, reference: str) -> list[dict[str, Any]]:
    with site.database.read() as tx:
        rows = tx.exec(select(PartyChange)).all()
        unseal_rows(tx, rows)
        return [row.content.data() for row in rows if row.content]


def status(site: Site, who: str | UUID, reference: str, path: str) -> int:
    return site.as_(who, reference).get(path).status_code


def declared(site: Site, reference: str) -> None:
    take(site, "chair", reference, "declare_independence", band=False)


def planned(site: Site, reference: str) -> None:
    declared(site, reference)
    take(site, "chair", reference, "take_up")
    take(site, "chair", reference, "plan_conference", datum="2026-11-16", begintijd="10:00", plaats="Het Gemeentehuis")


def make_link_of(site: Site, account: UUID) -> str:
    with site.database.write() as tx:
        return make_link(tx, account, site.at, known=[BORN])


def second_child(site: Site) -> str:
    """A case of a brother or sister of the young person of sample 1, with the same mother."""
    other = sample(1) | {"bronkenmerk": "DEMO-TWEEDE"}
    other["jeugdige"] |= {"geboortedatum": "2013-05-06", "voornaam": "Zus"}
    return register(site, other)


def open_rows(site: Site, reference: str) -> list[CaseAccess]:
    with site.database.read() as tx:
        rows = tx.exec(select(CaseAccess).where(CaseAccess.case_id == site.case(reference).id)).all()
        return [row for row in rows if row.until is None]


def seated(site: Site) -> dict[UUID | None, bool]:
    with site.database.read() as tx:
        return {seat.party_id: seat.has_position for seat in tx.exec(select(Seat)).all()}


def test_only_what_changed_is_written_and_what_it_was_is_kept(site: Site) -> None:
    reference = register_sample(site, 1)

    correct(site, "referrer", reference, "moeder", telefoon="0612345678", voornaam="Roos")

    changed = party_of(site, reference, "moeder")
    assert (changed.phone and changed.phone.reveal(), changed.called) == ("0612345678", "Roos")
    assert kept(site, reference) == [{"reason": WHY["reden"], "fields": {"telefoon": ["0676066424", "0612345678"]}}]
    with site.database.read() as tx:
        entry = entries_of(tx, site.case(reference).id, newest=1)[0]
        assert (entry.step, set(entry.commitments)) == (
            "correct_party",
            {"wie", "voornaam", "telefoon", "weghalen", "reden"},
        )
        assert "0612345678" not in str(entry.commitments)


def test_a_parent_who_loses_authority_sees_nothing_from_the_next_request(site: Site) -> None:
    reference = register_sample(site, 1)
    mother = site.as_("moeder", reference)
    account = site.who("moeder", reference)
    assert mother.get(f"/mijn-plan/{reference}").status_code == 200
    before = mailed(site).count(account)

    before = mailed(site).count(account)

    correct(site, "referrer", reference, "moeder", gezag="nee", **NEW_AUTHORITY)

    assert mother.get(f"/mijn-plan/{reference}").status_code == 404
    assert mailed(site).count(account) == before
    with site.database.read() as tx:
        rows = tx.exec(select(CaseAccess).where(CaseAccess.account_id == account)).all()
        assert [row.until for row in rows] == [site.at]


def test_authority_that_comes_back_opens_the_same_account(site: Site) -> None:
    reference = register_sample(site, 1)
    account = site.who("moeder", reference)
    correct(site, "referrer", reference, "moeder", gezag="nee", **NEW_AUTHORITY)
    site.move(days=1)

    correct(site, "referrer", reference, "moeder", gezag="ja", **NEW_AUTHORITY)

    assert status(site, account, reference, f"/mijn-plan/{reference}") == 200
    assert account in mailed(site, "news")


def test_a_mother_who_gains_authority_gets_an_account_access_and_mail(site: Site) -> None:
    told = sample(1)
    next(one for one in told["gezin"] if one["relatie"] == "moeder")["gezag"] = "nee"
    reference = register(site, told)

    correct(site, "referrer", reference, "moeder", gezag="ja", **NEW_AUTHORITY)

    mother = site.who("moeder", reference)
    assert mother in mailed(site, "news")
    assert status(site, mother, reference, f"/mijn-plan/{reference}") == 200


def test_a_new_address_takes_mail_and_login_along(site: Site) -> None:
    reference = register_sample(site, 1)
    account = site.who("moeder", reference)
    with site.database.write() as tx:
        tx.add(Outbox(account_id=account, kind="news", created_at=site.at, next_at=site.at, state="failed"))

    correct(site, "referrer", reference, "moeder", email="roos@example.org")

    with site.database.read() as tx:
        found = find_account(tx, "roos@example.org")
        assert found is not None and found.id == account
        assert find_account(tx, "ouder1m@example.org") is None
        failed = tx.exec(select(Outbox).where(Outbox.state == "failed")).all()
        assert len(failed) == 1, "what failed is not sent again by itself"


def test_whoever_got_in_by_the_wrong_address_is_out_at_once(site: Site) -> None:
    reference = register_sample(site, 1)
    first, other = tokens(deliver(site), MOTHER)[0], site.who("moeder", reference)
    assert choose(site, first, BORN).status_code == 303
    stranger, machine = site.as_(other), site.api(other)
    left = make_link_of(site, other)
    assert stranger.get(f"/mijn-plan/{reference}").status_code == 200

    correct(site, "referrer", reference, "moeder", email="roos@example.org")

    assert stranger.get(f"/mijn-plan/{reference}").headers["location"] == "/inloggen"
    assert machine.get(f"/api/v1/zaken/{reference}").status_code == 401
    assert choose(site, left, BORN).status_code == 404
    assert [log_in(site, login).status_code for login in (MOTHER, "roos@example.org")] == [422, 422]
    [anew] = tokens(deliver(site), "roos@example.org")
    assert choose(site, anew, BORN).status_code == 303
    assert log_in(site, "roos@example.org", PASSWORD).status_code == 303


def test_an_account_that_reads_another_case_too_is_not_pointed_at_another_address(site: Site) -> None:
    reference, elsewhere = register_sample(site, 1), second_child(site)
    shared = site.who("moeder", reference)
    assert shared == site.who("moeder", elsewhere)

    correct(site, "referrer", reference, "moeder", email="evil@example.org", voornaam="Anders", telefoon="0600000000")

    with site.database.read() as tx:
        own = tx.get_one(Account, shared)
        unseal_rows(tx, [own])
        assert own.email and own.email.reveal() == MOTHER
        assert own.name and own.name.reveal() == "Roos Smeets"
    assert [status(site, shared, each, f"/mijn-plan/{each}") for each in (reference, elsewhere)] == [404, 200]
    [account] = {
        row.account_id for row in open_rows(site, reference) if row.party_id == party_of(site, reference, "moeder").id
    }
    assert account != shared
    assert [status(site, account, each, f"/mijn-plan/{each}") for each in (reference, elsewhere)] == [200, 404]


def test_the_account_of_a_colleague_who_is_a_parent_too_stays_as_it_is(site: Site) -> None:
    reference = register_sample(site, 1)
    account = site.who("moeder", reference)
    with site.database.write() as tx:
        add_membership(tx, account, "toegang-venlo", "referrer", site.on)

    correct(site, "referrer", reference, "moeder", email="evil@example.org")

    with site.database.read() as tx:
        assert find_account(tx, MOTHER) is not None
    assert status(site, account, reference, f"/mijn-plan/{reference}") == 404


def test_children_of_one_mother_share_her_new_account_once_both_are_corrected(site: Site) -> None:
    reference, elsewhere = register_sample(site, 1), second_child(site)

    for each in (reference, elsewhere):
        correct(site, "referrer", each, "moeder", email="roos@example.org")

    with site.database.read() as tx:
        found = find_account(tx, "roos@example.org")
        assert found is not None
    assert [status(site, found.id, each, f"/mijn-plan/{each}") for each in (reference, elsewhere)] == [200, 200]


def test_a_parent_of_a_youth_of_16_who_is_added_hears_nothing_until_the_youth_agrees(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    planned(site, reference)
    before = mailed(site, "invitation"), mailed(site, "news")

    take(site, "chair", reference, "add_party", **NEW_FATHER, **NEW_AUTHORITY, **WHY)

    one = party_of(site, reference, "vader")
    with site.database.read() as tx:
        held = tx.exec(select(CaseAccess).where(CaseAccess.party_id == one.id)).one()
    assert seated(site)[one.id] is True
    assert held.account_id not in [*mailed(site, "invitation"), *mailed(site, "news")]
    assert mailed(site, "invitation") == before[0]


def test_a_login_that_somebody_else_has_is_left_to_them(site: Site) -> None:
    reference = register_sample(site, 1)
    account = site.who("moeder", reference)

    correct(site, "referrer", reference, "moeder", email="anneke@example.org")

    with site.database.read() as tx:
        chair = find_account(tx, "anneke@example.org")
        own = tx.get(Account, account)
        unseal_rows(tx, [own])
        assert chair is not None and chair.id == site.cast["anneke"]
        assert own is not None and own.email is not None and own.email.reveal() == "anneke@example.org"


def test_another_day_of_birth_moves_the_ages(site: Site) -> None:
    reference = register_sample(site, 1)
    youth = site.as_("jeugdige", reference)
    assert youth.get(f"/mijn-plan/{reference}").status_code == 200

    case = correct(site, "referrer", reference, "jeugdige", geboortedatum="2016-01-02")

    assert [str(day) for day in (case.turns_12_on, case.turns_16_on, case.turns_18_on)] == [
        "2028-01-02", "2032-01-02", "2034-01-02",
    ]  # fmt: skip
    assert youth.get(f"/mijn-plan/{reference}").status_code == 404


def test_a_secret_address_hides_the_place_at_once_and_in_a_new_invitation(site: Site) -> None:
    reference = register_sample(site, 1)
    planned(site, reference)
    before = site.as_("vader", reference).get(f"/mijn-plan/{reference}").text
    invited = len(mailed(site, "invitation"))

    correct(site, "referrer", reference, "moeder", geheimAdres=True)

    assert "Het Gemeentehuis" in before
    assert "Het Gemeentehuis" not in site.as_("vader", reference).get(f"/mijn-plan/{reference}").text
    assert len(mailed(site, "invitation")) == 2 * invited
    with site.database.read() as tx:
        rows = tx.exec(select(Outbox).where(Outbox.kind == "invitation")).all()
        unseal_rows(tx, rows)
        texts = [row.attachment.reveal() for row in rows if row.attachment]
    assert sum("Het Gemeentehuis" in text for text in texts) == invited
    assert any("SEQUENCE:1" in text and "Kijk op de site" in text for text in texts)


def test_all_faults_come_at_once_by_field(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(Incomplete) as shape:
        correct(site, "referrer", reference, "vader", email="geen", straat="Dorpsweg 1", weghalen=["voornaam"])
    with pytest.raises(Incomplete) as facts:
        correct(site, "referrer", reference, "vader", gezag="nee", geboortedatum="1890-01-01", school="De Beuk")
    with pytest.raises(Incomplete) as nothing:
        correct(site, "referrer", reference, "vader", voornaam="Gijs")

    with pytest.raises(Incomplete) as other:
        correct(site, "referrer", reference, "jeugdige", gezag="ja", **NEW_AUTHORITY)

    assert [f.pointer for f in other.value.faults] == ["/wie"]
    assert {f.pointer for f in shape.value.faults} == {"/email", "/postcode", "/plaats", "/voornaam"}
    assert {f.pointer for f in facts.value.faults} == {"/geboortedatum", "/school", "/gezagBron", "/gezagOp"}
    assert [f.pointer for f in nothing.value.faults] == ["/voornaam"]
    assert kept(site, reference) == []


@pytest.mark.parametrize("who", ["planner", "moeder", "teamleider"])
def test_who_may_not_correct_is_refused(site: Site, who: str) -> None:
    reference = register_sample(site, 1)
    declared(site, reference)
    if who == "planner":
        take(site, "chair", reference, "take_up")

    with pytest.raises((NotAllowed, NotThere)):
        correct(site, who, reference, "vader", telefoon="0612345678")

    assert kept(site, reference) == []


def test_a_father_who_turns_up_reads_along_and_sits_at_the_planned_table(site: Site) -> None:
    reference = register_sample(site, 1)
    planned(site, reference)

    take(site, "chair", reference, "add_party", **NEW_FATHER, **NEW_AUTHORITY, **WHY)

    one = party_of(site, reference, "vader")
    account = site.family(reference)["vader"]
    assert one.called == "Karel"
    with site.database.read() as tx:
        held = tx.exec(select(CaseAccess).where(CaseAccess.party_id == one.id)).one()
    assert status(site, held.account_id, reference, f"/mijn-plan/{reference}") == 200
    assert seated(site)[one.id] is True
    assert mailed(site, "invitation")[-1] == held.account_id
    assert account is not None


def test_a_grandparent_is_known_and_reads_nothing(site: Site) -> None:
    reference = register_sample(site, 1)
    planned(site, reference)
    told = {"relatie": "grootouder", "voornaam": "Toos", "achternaam": "Bos", "gezag": "nee"}

    take(site, "referrer", reference, "add_party", **told, **WHY)

    one = party_of(site, reference, "grootouder")
    with site.database.read() as tx:
        assert tx.exec(select(CaseAccess).where(CaseAccess.party_id == one.id)).all() == []
    assert one.id not in seated(site)


def test_who_lost_authority_before_the_opening_has_no_position_and_a_newcomer_has_one(site: Site) -> None:
    reference = register_sample(site, 1)
    planned(site, reference)
    mother = party_of(site, reference, "moeder")

    correct(site, "referrer", reference, "moeder", gezag="nee", **NEW_AUTHORITY)
    take(site, "referrer", reference, "add_party", **NEW_FATHER, **NEW_AUTHORITY, **WHY)

    assert seated(site)[mother.id] is False
    assert seated(site)[party_of(site, reference, "vader").id] is True


def test_the_opening_seats_whoever_was_forgotten(site: Site) -> None:
    told = Told(site)
    told.to_preparing()
    told.take("chair", "plan_conference")
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == told.reference)).one()
        one = Party(case_id=case.id, position=9, kind="parent", word="ouder", authority="yes", first_name=Secret("Noa"))
        tx.add(one)
        tx.flush()
        forgotten = one.id
    for rep in ("vvg1", "muts1"):
        told.take(rep, "declare_independence")
    told.wait(7)
    told.take("chair", "record_attendance")
    assert forgotten not in seated(site)

    told.take("chair", "open_conference")

    assert seated(site)[forgotten] is True
