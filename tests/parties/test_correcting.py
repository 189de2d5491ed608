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
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.record import entries_of
from tests.cases.acting import mailed
from tests.routes.stages import Told
from tests.support import Site, register_sample, take

WHY = {"reden": "Gezien in het gezagsregister."}
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


def test_a_father_who_gains_authority_gets_an_account_access_and_mail(site: Site) -> None:
    reference = register_sample(site, 3)

    correct(site, "referrer", reference, "vader", gezag="ja", **NEW_AUTHORITY)

    father = site.who("vader", reference)
    assert father in mailed(site, "news")


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
