"""Eight people accept one placement at once, half of them on the pages and half by machine: exactly one of them does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.story import answers
from tests.support import Part, Site, join, make_site
from tests.test_stories import Told

ROUNDS = 500 if os.environ.get("BT_SOAK") else 10
MEMBERS = {
    "sv-vincent-van-gogh": ("vincent-van-gogh", "koraal"),
    "sv-mutsaersstichting": ("mutsaersstichting", "daelzicht"),
}
PROVIDERS = {"sv-vincent-van-gogh": "vincent-van-gogh", "sv-mutsaersstichting": "mutsaersstichting"}
FAMILY = ("jeugdige", "moeder", "vader")
AT_ONCE = 8

Go = Callable[[], int]


class Racing:
    """A case that is proposed to one consortium after another, and eight representatives of each."""

    def __init__(self, site: Site) -> None:
        self.site = site
        browsers = {code: [site.client(rep) for rep in self._reps(code)] for code in MEMBERS}
        machines = {code: [site.api(rep) for rep in self._reps(code, "m")] for code in MEMBERS}
        self.told = Told(site)
        self.told.story.to_placing(*FAMILY)
        self.clients: dict[str, tuple[list[TestClient], list[TestClient]]] = {
            code: (browsers[code], machines[code]) for code in MEMBERS
        }

    def _reps(self, code: str, kind: str = "b") -> list[UUID]:
        members = MEMBERS[code]
        half = [
            Part(f"Rep {kind}{n}", members[n % 2], "consortium_rep", f"{code}-{kind}{n}@example.org") for n in range(4)
        ]
        with self.site.database.write() as tx:
            return [join(tx, part, self.site.at) for part in half]

    def statuses(self) -> list[int]:
        """What the eight are answered who accept at the same moment, having seen the same."""
        gate = threading.Barrier(AT_ONCE)
        ready = self._ready()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda go: (gate.wait(), go())[1], ready))

    def _ready(self) -> list[Go]:
        case = self.site.case(self.told.reference)
        code = case.proposed_consortium
        schema = {"properties": {"aanbieder": {"enum": [PROVIDERS[code]]}}}
        data = answers("accept_placement", schema, self.site.on)
        typed = data | {"meteenStarten": "ja", "_stap": "accept_placement", "_revisie": str(case.revision)}
        asked = {"stap": "accept_placement", "revisie": case.revision, "gegevens": data}
        browsers, machines = self.clients[code]
        pages, door = f"/zaken/{case.reference}/stappen", f"/api/v1/zaken/{case.reference}/stappen"
        by_page: list[Go] = [lambda one=one: one.post(pages, data=typed).status_code for one in browsers]  # type: ignore[misc]
        by_door: list[Go] = [lambda one=one: one.post(door, json=asked).status_code for one in machines]  # type: ignore[misc]
        return [go for pair in zip(by_page, by_door, strict=True) for go in pair]

    def propose_to_the_other(self) -> None:
        """Through an objection that is upheld: the referrer decides again."""
        case = self.site.case(self.told.reference)
        other = next(code for code in MEMBERS if code != case.accepted_consortium)
        self.told.take("referrer", "record_remedy")
        chosen = {"vervolg": "placing", "samenwerkingsverband": other, "waaromDitVerband": "Zij hebben nu plek."}
        self.told.take("referrer", "decide", trede="3", **chosen)

    def rows(self) -> tuple[int, int]:
        """How many placements were accepted, and how many acceptances the timeline tells."""
        case = self.site.case(self.told.reference)
        with self.site.database.read() as tx:
            accepted = col(Placement.accepted_at).is_not(None)
            placed = tx.exec(select(Placement.id).where(Placement.case_id == case.id, accepted)).all()
            entries = select(TimelineEntry.id).where(TimelineEntry.chain == case.id, TimelineEntry.outcome == "ok")
            told = tx.exec(entries.where(TimelineEntry.step == "accept_placement")).all()
            return len(placed), len(told)


@pytest.fixture
def racing(database: databases.Database) -> Racing:
    return Racing(make_site(database))


def test_of_eight_who_accept_at_once_exactly_one_does_every_time(racing: Racing) -> None:
    for number in range(1, ROUNDS + 1):
        statuses = racing.statuses()

        assert sorted(statuses) in ([200] + [409] * 7, [303] + [409] * 7), (number, statuses)
        assert racing.rows() == (number, number)
        if number < ROUNDS:
            racing.propose_to_the_other()

    kind = "SQLite" if racing.site.database.is_sqlite else "PostgreSQL"
    print(f"{kind}: exactly one of {AT_ONCE} who accept at once in {ROUNDS} of {ROUNDS} rounds")
    with racing.site.database.read() as tx:
        assert [found for found in verify_all(tx) if not isinstance(found, int)] == []
