"""Two at once on one handover: exactly one wins, and the timeline tells of one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import CaseAccess, Handover
from bijzondere_toegang.timeline.record import entries_of
from tests import databases
from tests.support import Part, Site, join, make_site, register_sample, take

ROUNDS = 5


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def asked(site: Site, reference: str, step: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"stap": step, "revisie": site.case(reference).revision, "gegevens": data}


def at_once(site: Site, reference: str, sent: Sequence[tuple[Any, str, dict[str, Any]]]) -> list[int]:
    """What each is answered who sends this at the same moment, having seen the same."""
    gate = threading.Barrier(len(sent))
    ready = [(site.api(who, reference), asked(site, reference, step, data)) for who, step, data in sent]

    def go(one: tuple[Any, dict[str, Any]]) -> int:
        gate.wait()
        status: int = one[0].post(f"/api/v1/zaken/{reference}/stappen", json=one[1]).status_code
        return status

    with ThreadPoolExecutor(len(sent)) as pool:
        return list(pool.map(go, ready))


def done(site: Site, reference: str, step: str) -> int:
    with site.database.read() as tx:
        entries = entries_of(tx, site.case(reference).id, newest=500)
        return [entry.step for entry in entries].count(step)


def owners(site: Site, reference: str) -> list[UUID]:
    with site.database.read() as tx:
        case = site.case(reference)
        rows = tx.exec(select(CaseAccess).where(CaseAccess.case_id == case.id, CaseAccess.relation == "referrer.own"))
        return [row.account_id for row in rows if row.until is None]


def standing(site: Site, reference: str) -> list[UUID]:
    with site.database.read() as tx:
        rows = tx.exec(select(Handover).where(Handover.case_id == site.case(reference).id)).all()
        return [row.offered_to for row in rows if row.answered_at is None]


def test_of_two_who_offer_to_two_colleagues_exactly_one_does(site: Site) -> None:
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        third = join(tx, Part("Derde Venlo", "toegang-venlo", "referrer", "derde@example.org"), site.at)
    offer = {"reden": "Verlof."}

    for _ in range(ROUNDS):
        statuses = at_once(
            site,
            reference,
            [
                ("referrer", "hand_over_referrer", offer | {"opvolger": str(site.cast["collega"])}),
                ("teamleider", "hand_over_referrer", offer | {"opvolger": str(third)}),
            ],
        )

        assert sorted(statuses) == [200, 409]
        assert len(standing(site, reference)) == 1
        take(site, "referrer", reference, "recall_handover")


def test_who_takes_over_twice_at_once_takes_over_once(site: Site) -> None:
    reference = register_sample(site, 1)
    people = ["collega", "verwijzer1"]
    called = {"gezinGebeld": True, "gebeldOp": site.on.isoformat()}

    for number in range(1, ROUNDS + 1):
        to = people[(number - 1) % 2]
        take(site, "referrer", reference, "hand_over_referrer", opvolger=str(site.cast[to]), reden="Verlof.")
        statuses = at_once(site, reference, [(to, "take_over", called)] * 4)

        assert sorted(statuses)[0] == 200 and set(statuses[1:] + statuses[:1]) <= {200, 403, 409}
        assert statuses.count(200) == 1
        assert owners(site, reference) == [site.cast[to]]
        assert done(site, reference, "take_over") == number


def test_taking_over_and_recalling_at_once_is_one_of_the_two(site: Site) -> None:
    reference = register_sample(site, 1)
    called = {"gezinGebeld": True, "gebeldOp": site.on.isoformat()}
    take(site, "referrer", reference, "hand_over_referrer", opvolger=str(site.cast["collega"]), reden="Verlof.")

    statuses = at_once(
        site, reference, [("collega", "take_over", called), ("verwijzer1", "recall_handover", {}), ("collega", "decline_handover", {"reden": "Nee."})]
    )  # fmt: skip

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 403, 404, 409}
    won = [step for step in ("take_over", "recall_handover", "decline_handover") if done(site, reference, step)]
    assert len(won) == 1
    assert owners(site, reference) == [site.cast["collega" if won == ["take_over"] else "verwijzer1"]]
