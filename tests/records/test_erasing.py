"""Destroying a part of a record: who asks, advises, decides and executes; what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import CaseAccess, Party
from bijzondere_toegang.db import ERASED, DataKey, Erased, Secret, unseal_rows, vault_of
from bijzondere_toegang.errors import NotNow
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.records import journal
from bijzondere_toegang.records.models import Erasure
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.verify import verify_all
from tests.support import Part, Site, join, register_sample, take

YOUNG = 5
"""The sample with a child under twelve, whose parents may ask."""
SECOND = Part("Bo Beheer", "bureau", "administrator", "beheerder2@example.org")


def withdrawn(site: Site, number: int = 1) -> str:
    """A case that ended early: it has the referrer's part alone."""
    reference = register_sample(site, number)
    take(site, "referrer", reference, "withdraw", reden="Het gezin verhuist.", watNu="De huisarts blijft betrokken.")
    return reference


def second_administrator(site: Site) -> UUID:
    with site.database.write() as tx:
        return join(tx, SECOND, site.at)


def the_erasure(site: Site) -> Erasure:
    with site.database.read() as tx:
        return tx.exec(select(Erasure)).one()


def asked(site: Site, reference: str, who: str = "referrer") -> str:
    """Ask, and return the address of the acts on the list."""
    take(site, who, reference, "ask_erasure", deel="verwijzer", reden="Het is lang geleden.")
    return f"/vernietigingen/{the_erasure(site).id}"


def granted(site: Site, reference: str) -> str:
    address = asked(site, reference)
    site.as_("fg").post(f"{address}/advies", data={"advies": "for"})
    take(site, "referrer", reference, "decide_erasure", vernietigen=True, motivering="Niemand heeft er belang bij.")
    return address


def destroyed(site: Site, reference: str | None = None) -> str:
    """A case of which the referrer's part was destroyed."""
    reference = reference or withdrawn(site)
    address = granted(site, reference)
    second = site.client(second_administrator(site))
    site.as_("beheerder").post(f"{address}/uitvoering")
    answer = second.post(f"{address}/uitvoering")
    assert answer.headers["location"] == "/vernietigingen?gedaan=vernietigd", answer.text
    return reference


def test_the_record_holder_decides_after_advice_and_two_administrators_execute(site: Site) -> None:
    reference = destroyed(site)

    with site.database.read() as tx:
        rows = tx.exec(select(DataKey).where(DataKey.owner_id == site.case(reference).id)).all()
        steps = [row.event_type for row in tx.exec(_chain(site, reference)).all()]
        sound = [found for found in verify_all(tx) if isinstance(found, Broken)]
    row = the_erasure(site)
    assert row.state == "executed" and row.confirmed_by != row.executed_by
    assert rows and all(key.wrapped is None and key.erased_at is not None for key in rows)
    assert [step for step in steps if "era" in step] == [
        "ask_erasure", "advise_erasure", "decide_erasure", "confirm_erasure", "erased",
    ]  # fmt: skip
    assert sound == []


def _chain(site: Site, reference: str) -> Any:
    return (
        select(TimelineEntry)
        .where(TimelineEntry.chain == site.case(reference).id, TimelineEntry.action != "R")
        .order_by(TimelineEntry.seq)  # type: ignore[arg-type]
    )


def test_nothing_that_was_written_can_be_read_and_plain_columns_are_empty(site: Site) -> None:
    reference = destroyed(site)

    case = site.case(reference)
    with site.database.read() as tx:
        parties = tx.exec(select(Party)).all()
        unseal_rows(tx, parties)
        family = [account for account in tx.exec(select(Account)).all() if account.login is None]
        commitment = vault_of(tx).commitment(tx, (case.id, "referrer"), "Sam")
    assert case.turns_12_on is case.turns_18_on is case.bsn_key is None
    assert all(party.first_name is None and party.bsn is None for party in parties)
    assert family and all(account.ended_at is not None for account in family)
    assert commitment == ERASED


def test_who_is_family_in_another_case_too_keeps_the_account(site: Site) -> None:
    other, reference = site.case(register_sample(site, 2)), withdrawn(site)
    mother, father = site.who("moeder", reference), site.who("vader", reference)
    with site.database.write() as tx:
        own = tx.exec(select(CaseAccess).where(CaseAccess.account_id == mother)).one()
        there = tx.exec(select(Party).where(Party.case_id == other.id, Party.kind == "parent")).first()
        assert there is not None
        grant(tx, other, mother, own.relation, site.at, party_id=there.id)

    destroyed(site, reference)

    with site.database.read() as tx:
        assert tx.get_one(Account, mother).ended_at is None
        assert tx.get_one(Account, father).ended_at is not None


def test_pages_say_in_a_sentence_that_the_record_was_destroyed(site: Site) -> None:
    referrer = site.as_("verwijzer1")
    reference = destroyed(site)

    page = referrer.get(f"/zaken/{reference}")
    machine = site.api("verwijzer1").get(f"/api/v1/zaken/{reference}")
    posted = referrer.post(f"/zaken/{reference}/stappen", data={"_stap": "add_statement", "tekst": "Nog iets."})
    listed = referrer.get("/werkvoorraad?toon=klaar")

    assert page.status_code == machine.status_code == posted.status_code == 410
    told = "Het deel van de verwijzer is vernietigd op maandag 9 november 2026. Daarom was gevraagd, en de verwijzer besloot het"
    assert told in page.text and told in machine.json()["detail"]
    assert "Dit dossier is vernietigd" in page.text and "bewaart nog" not in page.text
    assert "probeer het opnieuw" not in page.text
    assert ERASED not in page.text and reference not in listed.text
    assert site.as_("verwijzer3").get(f"/zaken/{reference}").status_code == 404


def test_the_family_reads_that_a_part_was_destroyed_and_not_whether_somebody_asked(site: Site) -> None:
    other, reference = site.case(register_sample(site, 2)), withdrawn(site)
    mother = site.who("moeder", reference)
    with site.database.write() as tx:
        own = tx.exec(select(CaseAccess).where(CaseAccess.account_id == mother)).one()
        there = tx.exec(select(Party).where(Party.case_id == other.id, Party.kind == "parent")).first()
        assert there is not None
        grant(tx, other, mother, own.relation, site.at, party_id=there.id)
    destroyed(site, reference)

    page = site.client(mother).get(f"/mijn-plan/{reference}")

    assert page.status_code == 410
    assert "vernietigd op maandag 9 november 2026. Dat moest volgens de wet, of het gezin vroeg erom." in page.text
    assert "Daarom was gevraagd" not in page.text


def test_nothing_new_is_sealed_in_a_destroyed_part(site: Site) -> None:
    reference = destroyed(site)

    with pytest.raises(Erased, match="vernietigd"), site.database.write() as tx:
        tx.add(Party(case_id=site.case(reference).id, kind="other", first_name=Secret("Nieuw")))


def test_one_administrator_is_not_two(site: Site) -> None:
    address = granted(site, withdrawn(site))
    one = site.as_("beheerder")

    first, again = one.post(f"{address}/uitvoering"), one.post(f"{address}/uitvoering")

    assert (first.status_code, again.status_code) == (303, 403)
    assert the_erasure(site).state == "granted"


def test_the_record_holder_waits_for_advice(site: Site) -> None:
    reference = withdrawn(site)
    asked(site, reference)

    with pytest.raises(NotNow, match="advies"):
        take(site, "referrer", reference, "decide_erasure", vernietigen=True, motivering="Ja.")


@pytest.mark.parametrize("who", ["verwijzer1", "anneke", "vvg1", "analist", "planner"])
def test_the_list_is_not_there_for_others(site: Site, who: str) -> None:
    address = asked(site, withdrawn(site))
    other = site.as_(who)

    assert other.get("/vernietigingen").status_code == 404
    assert other.post(f"{address}/advies", data={"advies": "for"}).status_code == 404
    assert other.post(f"{address}/uitvoering").status_code == 404
    assert the_erasure(site).state == "asked"


def test_the_list_tells_no_name_and_no_reference(site: Site) -> None:
    reference = withdrawn(site)
    asked(site, reference)

    page = site.as_("fg").get("/vernietigingen")

    assert page.status_code == 200 and "Wacht op advies" in page.text
    assert reference not in page.text and "lang geleden" not in page.text


def test_a_parent_asks_from_the_own_page(site: Site) -> None:
    reference = withdrawn(site, YOUNG)
    take(
        site,
        "referrer",
        reference,
        "record_call",
        metWie="moeder",
        wanneer=site.on.isoformat(),
        gelukt=True,
        wat="Uitgelegd.",
    )
    mother = site.as_("moeder", reference)

    form = mother.get(f"/mijn-plan/{reference}/stappen/ask_erasure")
    sent = mother.post(
        f"/mijn-plan/{reference}/stappen",
        data={
            "_stap": "ask_erasure",
            "_revisie": str(site.case(reference).revision),
            "deel": "verwijzer",
            "reden": "Klaar.",
        },
    )

    assert form.status_code == 200 and "Vraag of wij het dossier vernietigen" in form.text
    assert sent.status_code == 303, sent.text
    assert the_erasure(site).state == "asked"


def test_nothing_is_destroyed_when_it_can_not_be_written_down(site: Site, tmp_path: Path) -> None:
    address = granted(site, withdrawn(site))
    second = site.client(second_administrator(site))
    site.as_("beheerder").post(f"{address}/uitvoering")
    Path("bijzondere-toegang.erasures").mkdir()

    answer = second.post(f"{address}/uitvoering")

    assert answer.status_code == 503
    assert the_erasure(site).state == "granted"


Spoil = Callable[[list[str]], list[str]]


@pytest.mark.parametrize(
    "spoil", [lambda rows: rows[1:], lambda rows: [rows[0].replace("referrer", "provider"), *rows[1:]]]
)
def test_a_journal_that_was_changed_is_noticed(site: Site, spoil: Spoil) -> None:
    destroyed(site)
    file = Path("bijzondere-toegang.erasures")
    rows = file.read_text("ascii").splitlines(keepends=True)
    assert journal.read(file)

    file.write_text("".join(spoil(rows)), "ascii")

    with pytest.raises(journal.JournalBroken, match="line 1"):
        journal.read(file)
