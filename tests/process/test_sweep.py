"""Every transition is taken once, and in every stage refused to everybody who has no right to it then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import func, select

from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.errors import NotThere, Refused
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.process.model import FAMILY, MUTS, PEOPLE, TRANSITIONS, VVG
from tests.support import Site, make_site, scene
from tests.test_stories import Told

ROLES = {
    "chair": "chair", "referrer": "referrer", "planner": "planner", "vvg1": "rep", "muts1": "rep",
    "zorg_vvg1": "provider", "zorg_muts1": "provider", **dict.fromkeys(FAMILY, "family"),
}  # fmt: skip


class Sweep(Told):
    """A story that, in every stage it comes to, first tries what can't be done there."""

    def __init__(self, site: Site, number: int = 1) -> None:
        super().__init__(site, number)
        self.taken: set[str] = {"register"}
        self.refused: dict[str, set[str]] = {}
        self.swept: set[str] = set()

    def take(self, who: str, step: str, **said: Any) -> None:
        self.sweep()
        super().take(who, step, **said)
        self.taken.add(step)

    def sweep(self) -> None:
        """Try in this stage, as everybody, each transition that leaves another stage or belongs to another."""
        stage = self.stage
        if stage in self.swept:
            return
        self.swept.add(stage)
        before = self.stored()
        for who in PEOPLE:
            for step, status in self.tries(who, stage):
                assert status in (403, 404, 409), (stage, who, step, status)
                self.refused.setdefault(step, set()).add(stage)
        assert self.stored() == before

    def tries(self, who: str, stage: str) -> Iterator[tuple[str, int]]:
        without = [s for s, (froms, _, by) in TRANSITIONS.items() if stage not in froms or ROLES.get(who) not in by]
        with self.site.database.read() as tx:
            try:
                seen = scene(self.site, tx, who, self.reference)
            except NotThere:
                yield from ((step, 404) for step in without)
                return
            for step in without:
                yield step, _status(seen, step)

    def stored(self) -> tuple[str, int, int]:
        case = self.site.case(self.reference)
        with self.site.database.read() as tx:
            count = tx.exec(select(func.count()).select_from(TimelineEntry).where(TimelineEntry.chain == case.id)).one()
        return case.stage, case.revision, count


def _status(seen: Any, step: str) -> int:
    try:
        advance(seen, step, data={}, revision=seen.case.revision)
    except Refused as error:
        return error.status
    return 200


def table(told: Sweep, **values: str) -> None:
    told.take("chair", "plan_conference", datum=told.site.on.isoformat(), vrijeDag=True)
    told.take("chair", "record_attendance")
    told.take("chair", "open_conference")
    told.take("chair", "ask_round")
    told.story.positions(*FAMILY, **values)


def placed_with(told: Sweep, code: str) -> dict[str, str]:
    return {"samenwerkingsverband": code, "waaromDitVerband": "Zij hebben plek."}


def a_long_road(told: Sweep) -> None:
    """From registration to closing by nearly every transition there is."""
    told.take("chair", "declare_independence")
    told.take("chair", "ask_supplement")
    told.take("referrer", "supplement")
    told.take("chair", "take_up")
    told.take("chair", "plan_conference")
    told.take("chair", "cancel_conference")
    table(told)
    told.take("chair", "adjourn")
    table(told)
    told.take("chair", "conclude_consensus")
    told.take("referrer", "reject_outcome")
    table(told, vader="oneens")
    told.take("chair", "conclude_no_consensus")
    told.take("referrer", "decide", vervolg="placing", **placed_with(told, VVG))
    told.story.wait(14)
    told.take("chair", "lapse_placement")
    told.take("chair", "propose_again", samenwerkingsverband=MUTS)
    told.take("referrer", "confirm_outcome")
    told.take("muts1", "return_placement")
    told.take("chair", "reconvene")
    table(told)
    told.take("chair", "conclude_consensus")
    told.take("referrer", "confirm_outcome")
    told.take("vvg1", "accept_placement")
    told.story.plan_to_care(*FAMILY)
    told.story.evaluation(*FAMILY)
    told.take("provider", "revise_plan")
    told.site.move(minutes=1)
    told.story.plan_to_care(*FAMILY)
    told.story.evaluation(*FAMILY)
    told.take("provider", "continue_care")
    told.story.evaluation(*FAMILY)
    told.take("provider", "propose_closing")
    told.take("referrer", "close")
    told.sweep()


def two_short_roads(told: Sweep) -> None:
    """Help elsewhere, undone by a court, and then withdrawn."""
    told.take("chair", "declare_independence")
    told.take("chair", "advise_elsewhere")
    told.take("referrer", "confirm_outcome")
    told.take("referrer", "record_remedy")
    told.take("referrer", "withdraw")
    told.sweep()


def an_early_end(told: Sweep) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    told.take("referrer", "end_care")


@pytest.fixture
def swept(databases: databases.Databases) -> Iterator[list[Sweep]]:
    """Three cases, each on a database of its own."""
    found = []
    for road in (a_long_road, two_short_roads, an_early_end):
        with databases.fresh("sqlite") as database:
            told = Sweep(make_site(database))
            road(told)
            found.append(told)
    yield found


def test_every_transition_is_taken_and_refused_wherever_it_has_no_place(swept: list[Sweep]) -> None:
    stages = set().union(*(told.swept for told in swept))
    taken = set().union(*(told.taken for told in swept))
    refused = {step: set().union(*(told.refused.get(step, set()) for told in swept)) for step in TRANSITIONS}

    assert stages == {stage for froms, targets, _ in TRANSITIONS.values() for stage in froms | targets} - {"draft"}
    assert taken >= TRANSITIONS.keys()
    for step, (sources, _, _) in TRANSITIONS.items():
        assert refused[step] >= stages - sources, step
        assert refused[step] & sources or step == "register", f"{step}: refused to nobody in its own stages"
