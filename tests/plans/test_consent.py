"""Who is asked for consent, by age and framework, and what their answer does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from bijzondere_toegang.plans.asked import consents
from tests.plans.walk import PROVIDER, agree, everybody_agrees, put_in_planning, put_up, say
from tests.support import Site, scene, take


def asked(site: Site, reference: str) -> dict[str, str]:
    with site.database.read() as tx:
        found = consents(scene(site, tx, PROVIDER, reference))
        return {one.word.text.removeprefix("consent.of."): one.answer for one in found}


def born(site: Site, reference: str, years_ago: int) -> None:
    """Make the young person this old today."""
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        for age in (12, 16, 18):
            setattr(case, f"turns_{age}_on", site.on + timedelta(days=365 * (age - years_ago) - 30))
        tx.add(case)


def test_a_youth_of_thirteen_and_both_parents_are_asked(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)

    say(site, "moeder", reference)

    assert asked(site, reference) == {"jeugdige": "missing", "moeder": "given", "vader": "missing"}


def test_under_twelve_only_the_parents_are_asked(site: Site) -> None:
    reference = put_in_planning(site)
    born(site, reference, 10)
    put_up(site, reference)

    assert set(asked(site, reference)) == {"moeder", "vader"}


def test_from_sixteen_only_the_youth_is_asked(site: Site) -> None:
    reference = put_in_planning(site)
    born(site, reference, 16)
    put_up(site, reference)

    assert set(asked(site, reference)) == {"jeugdige"}


def test_a_measure_asks_consent_for_medical_treatment_only(site: Site) -> None:
    reference = put_in_planning(site, framework="compulsory")
    put_up(site, reference)
    without = asked(site, reference)
    put_up(site, reference, medischeBehandeling=True)

    assert without == {}
    assert set(asked(site, reference)) == {"jeugdige", "moeder", "vader"}


def test_who_is_not_asked_has_no_such_step(site: Site) -> None:
    reference = put_in_planning(site, framework="compulsory")
    put_up(site, reference)

    with pytest.raises(NotAllowed):
        take(site, "moeder", reference, "consent", versie="1", antwoord="ja")


def test_an_answer_counts_for_the_version_that_was_read(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    put_up(site, reference, resultaat="Iets anders")

    with pytest.raises(Incomplete) as refused:
        take(site, "moeder", reference, "consent", versie="1", antwoord="ja")

    assert [fault.pointer for fault in refused.value.faults] == ["/versie"]


def test_a_no_holds_the_plan_up_until_it_becomes_a_yes(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    everybody_agrees(site, reference)
    say(site, "jeugdige", reference, "nee")

    with pytest.raises(NotNow, match="Geen toestemming"):
        take(site, PROVIDER, reference, "agree_plan")

    say(site, "jeugdige", reference)
    take(site, PROVIDER, reference, "agree_plan")


def test_consent_can_be_withdrawn_while_help_runs(site: Site) -> None:
    reference = put_in_planning(site)
    agree(site, reference)

    take(site, "moeder", reference, "withdraw_consent", woorden="Het gaat te snel.")

    assert asked(site, reference)["moeder"] == "withdrawn"
    assert site.case(reference).stage == "in_care"
    with pytest.raises(NotNow):
        take(site, "moeder", reference, "withdraw_consent")


def test_a_foster_parent_without_an_account_is_recorded_and_nobody_else_waits_for_it(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference, deelPleegouder="Elke zondag belt moeder.")
    everybody_agrees(site, reference)
    party = foster_parent(site, reference)
    said = {"wie": party, "hoe": "papier", "antwoord": "ja", "datum": site.on.isoformat()}

    with pytest.raises(NotNow, match="Nog geen antwoord"):
        take(site, PROVIDER, reference, "agree_plan")
    take(site, PROVIDER, reference, "record_consent", **said)
    take(site, PROVIDER, reference, "agree_plan")

    assert asked(site, reference)["pleegouder"] == "given"
    assert site.case(reference).stage == "in_care"


def foster_parent(site: Site, reference: str) -> str:
    """A foster parent of this young person, without an account."""
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        party = Party(case_id=case.id, position=9, kind="foster_parent", word="pleegouder")
        tx.add(party)
        return str(party.id)


def test_a_parent_with_an_account_answers_in_person(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    for who in ("jeugdige", "vader"):
        say(site, who, reference)

    with pytest.raises(NotNow, match="Nog geen antwoord"):
        take(site, PROVIDER, reference, "agree_plan")


def test_a_foster_parent_reads_the_own_part_only(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference, deelPleegouder="Elke zondag belt moeder.")
    party = foster_parent(site, reference)
    account = login_for(site, reference, party)

    page = site.as_(account).get(f"/zaken/{reference}/plan").text

    assert "Elke zondag belt moeder." in page
    assert "Het gewicht is weer gezond." not in page
    assert "Roos" not in page


def login_for(site: Site, reference: str, party: str) -> UUID:
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        account_id = site.cast["analist"]
        tx.add(
            CaseAccess(
                account_id=account_id, case_id=case.id, relation="foster_parent", party_id=UUID(party), since=site.at
            )
        )
    return account_id
