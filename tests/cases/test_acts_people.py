from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang.cases.acts_people import end_delegation
from bijzondere_toegang.cases.models import CaseAccess, Independence
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.cases.rota import assign_waiting
from bijzondere_toegang.db import NothingChanged, unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow, NotThere
from bijzondere_toegang.people.accounts import add_membership
from tests.cases.acting import leave, mailed, put, seat
from tests.support import Site, register_sample, scene, take


def sees(site: Site, who: Any, reference: str) -> bool:
    with site.database.read() as tx:
        try:
            scene(site, tx, who, reference)
        except NotThere:
            return False
    return True


def test_a_chair_without_a_tie_keeps_the_case(site: Site) -> None:
    reference = register_sample(site, 1)
    chair = site.who("chair", reference)

    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "declare_independence", band=False)

    with site.database.read() as tx:
        assert [row.tie for row in tx.exec(select(Independence)).all()] == [False]
    assert site.who("chair", reference) == chair


def test_a_chair_with_a_tie_loses_the_case_at_once_to_the_next_chair_who_is_told(site: Site) -> None:
    reference = register_sample(site, 1)
    former = site.who("chair", reference)

    take(site, "chair", reference, "declare_independence", band=True, toelichting="De vader is mijn neef.")

    successor = site.who("chair", reference)
    assert {former, successor} == {site.cast["anneke"], site.cast["joris"]}
    assert successor in mailed(site)
    assert not sees(site, former, reference)
    assert sees(site, successor, reference)


def test_what_the_tie_is_stays_sealed(site: Site) -> None:
    reference = register_sample(site, 1)

    take(site, "chair", reference, "declare_independence", band=True, toelichting="De vader is mijn neef.")

    with site.database.read() as tx:
        row = tx.exec(select(Independence)).one()
        unseal_rows(tx, [row])
        assert row.explanation is not None
        assert row.explanation.reveal() == "De vader is mijn neef."


def test_a_tie_asks_what_it_is(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(Incomplete) as refused:
        take(site, "chair", reference, "declare_independence", band=True)

    assert [fault.pointer for fault in refused.value.faults] == ["/toelichting"]


def test_with_no_chair_left_the_administrators_are_told_and_the_case_waits_for_a_chair(site: Site) -> None:
    reference = register_sample(site, 1)
    former = site.who("chair", reference)
    other = next(site.cast[name] for name in ("anneke", "joris") if site.cast[name] != former)
    leave(site, other)

    take(site, former, reference, "declare_independence", band=True, toelichting="Een buurvrouw.")

    assert site.cast["beheerder"] in mailed(site, "urgent")
    assert site.who("referrer", reference) in mailed(site, "urgent")
    assert not sees(site, former, reference)
    with site.database.write() as tx:
        assert assign_waiting(tx, ["registered"], site.at) == 0


def test_a_case_that_waits_for_a_chair_gets_the_one_who_comes(site: Site) -> None:
    reference = register_sample(site, 1)
    former = site.who("chair", reference)
    other = next(site.cast[name] for name in ("anneke", "joris") if site.cast[name] != former)
    leave(site, other)
    take(site, former, reference, "declare_independence", band=True, toelichting="Een buurvrouw.")
    with site.database.write() as tx:
        add_membership(tx, other, "bureau", "chair", site.on)

        given = assign_waiting(tx, ["registered"], site.at)

    assert given == 1
    assert site.who("chair", reference) == other


def test_a_representative_with_a_tie_is_out_and_the_chair_is_told(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="preparing")
    seat(site, reference, "vvg1", "rep.invited", consortium=consortium_of(site, "vincent-van-gogh"))
    before = len(mailed(site))

    take(site, "vvg1", reference, "declare_independence", band=True, toelichting="Zus van moeder.")

    assert not sees(site, "vvg1", reference)
    assert mailed(site)[before:] == [site.who("chair", reference)]


def consortium_of(site: Site, organisation: str) -> str:
    return site.process.region.consortia_of(organisation, site.on)[0].code


def test_the_chair_hands_the_case_to_another_chair_and_sees_it_no_more(site: Site) -> None:
    reference = register_sample(site, 1)
    former = site.who("chair", reference)
    other = next(site.cast[name] for name in ("anneke", "joris") if site.cast[name] != former)

    take(site, former, reference, "hand_over_chair", opvolger=str(other), reden="Te veel zaken.")

    assert site.who("chair", reference) == other
    assert not sees(site, former, reference)
    assert other in mailed(site)


def test_without_another_chair_handing_over_says_why_it_can_not(site: Site) -> None:
    """Of the two chairs one has a tie, so nobody is left."""
    reference = register_sample(site, 1)
    tied = site.who("chair", reference)
    take(site, tied, reference, "declare_independence", band=True, toelichting="Een buurvrouw.")

    with pytest.raises(NotNow) as refused:
        take(site, "chair", reference, "hand_over_chair", opvolger=str(tied), reden="Vakantie.")

    assert "geen andere voorzitter" in str(refused.value)


def test_a_chair_with_a_tie_can_not_be_the_successor(site: Site) -> None:
    reference = register_sample(site, 1)
    tied = site.who("chair", reference)
    take(site, tied, reference, "declare_independence", band=True, toelichting="Een buurvrouw.")
    with site.database.write() as tx:
        add_membership(tx, site.who("notulist"), "bureau", "chair", site.on)

    with pytest.raises(Incomplete) as refused:
        take(site, "chair", reference, "hand_over_chair", opvolger=str(tied), reden="Vakantie.")

    assert [fault.pointer for fault in refused.value.faults] == ["/opvolger"]


def test_a_delegate_sees_the_case_up_to_and_including_the_last_day(site: Site) -> None:
    reference = register_sample(site, 1)

    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-11", reden="Verlof.")

    assert sees(site, "collega", reference)
    site.move(days=2)
    assert sees(site, "collega", reference)
    site.move(days=1)
    assert not sees(site, "collega", reference)
    assert site.cast["collega"] in mailed(site)


def test_a_delegation_that_is_ended_counts_at_the_next_request(site: Site) -> None:
    reference = register_sample(site, 1)
    collega = str(site.who("collega"))
    take(site, "referrer", reference, "delegate", aan=collega, totEnMet="2026-11-20", reden="Verlof.")
    browser = site.as_("collega")
    before = browser.get(f"/zaken/{reference}").status_code

    take(site, "referrer", reference, "end_delegation", wie=collega)

    assert (before, browser.get(f"/zaken/{reference}").status_code) == (200, 404)
    with pytest.raises(NotNow):
        take(site, "referrer", reference, "end_delegation", wie=collega)


def test_a_delegation_that_another_ended_meanwhile_is_not_ended_twice(site: Site) -> None:
    reference = register_sample(site, 1)
    collega = site.who("collega")
    take(site, "referrer", reference, "delegate", aan=str(collega), totEnMet="2026-11-20", reden="Verlof.")

    with pytest.raises(NothingChanged), site.database.write() as tx:
        seen = scene(site, tx, "referrer", reference)
        act = Act(seen, seen.workflow.steps["end_delegation"], Ends(str(collega)))
        others = update(CaseAccess).where(col(CaseAccess.account_id) == collega)
        tx.connection().execute(others.values(until=site.at - timedelta(seconds=1)))
        end_delegation(act)

    assert sees(site, "collega", reference)


@dataclass(frozen=True)
class Ends:
    who: str


def test_ending_a_delegation_leaves_the_look_that_came_with_an_offer(site: Site) -> None:
    reference = register_sample(site, 1)
    collega = str(site.who("collega"))
    take(site, "referrer", reference, "hand_over_referrer", opvolger=collega, reden="Verlof.")

    with pytest.raises(NotNow):
        take(site, "referrer", reference, "end_delegation", wie=collega)

    assert site.as_("collega").get(f"/zaken/{reference}").status_code == 200


@pytest.mark.parametrize("days", [-1, 43])
def test_a_delegation_lasts_from_today_to_six_weeks_at_most(site: Site, days: int) -> None:
    reference = register_sample(site, 1)
    until = (site.on + timedelta(days=days)).isoformat()

    with pytest.raises(Incomplete) as refused:
        take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet=until, reden="Verlof.")

    assert [fault.pointer for fault in refused.value.faults] == ["/totEnMet"]
    assert not sees(site, "collega", reference)


def test_a_colleague_can_not_delegate_to_himself(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-11", reden="Verlof.")

    with pytest.raises(NotAllowed):
        take(site, "collega", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-12-11", reden="Meer.")
