"""What the log tells of reading in a period: per person, case and day; by whom, how often, and as what."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, tuple_
from sqlmodel import Session, and_, col, or_, select

from bijzondere_toegang.clock import local_day
from bijzondere_toegang.timeline.models import TimelineEntry

AT_ONCE = 2000
MANY_CASES = 20
"""Different cases within an hour (CFG)."""
MANY_TRIES = 5
"""Cases within an hour that were not there for who asked (CFG)."""
HOUR = timedelta(hours=1)
_GLASS = "administrator.break_glass"


@dataclass(slots=True)
class Looked:
    """One person at one case on one day."""

    account_id: UUID
    case_id: UUID
    day: date
    first: datetime
    last: datetime
    role: str
    relation: str
    times: int = 0
    glass: bool = False


@dataclass(slots=True)
class Burst:
    """More cases in an hour than anybody needs: opened, or tried in vain."""

    account_id: UUID
    at: datetime
    role: str
    cases: int
    refused: bool


@dataclass(frozen=True, slots=True)
class _Line:
    id: UUID
    chain: UUID
    at: datetime
    account_id: UUID
    role: str
    relation: str
    outcome: str
    pseudonym: str
    glass: bool

    @property
    def looked(self) -> bool:
        return self.outcome == "ok" and self.chain != self.account_id


class Reading:
    """Gathered from the lines in order of time, person by person."""

    def __init__(self) -> None:
        self.looks: dict[tuple[UUID, UUID, date], Looked] = {}
        self.bursts: dict[tuple[UUID, date, bool], Burst] = {}
        self.entries = 0
        self._windows: dict[tuple[UUID, bool], deque[tuple[datetime, str]]] = {}

    def take(self, line: _Line) -> None:
        self.entries += 1
        if line.looked:
            self._look(line)
            self._window(line, str(line.chain), refused=False, most=MANY_CASES)
        elif line.outcome == "refused 404":
            self._window(line, line.pseudonym or str(line.id), refused=True, most=MANY_TRIES)

    def _look(self, line: _Line) -> None:
        key = (line.account_id, line.chain, local_day(line.at))
        found = self.looks.setdefault(key, Looked(*key, line.at, line.at, line.role, line.relation))
        found.last, found.times = max(found.last, line.at), found.times + 1
        found.glass = found.glass or line.glass or line.relation == _GLASS

    def _window(self, line: _Line, case: str, *, refused: bool, most: int) -> None:
        window = self._windows.setdefault((line.account_id, refused), deque())
        window.append((line.at, case))
        while window[0][0] <= line.at - HOUR:
            window.popleft()
        cases = len({one for _, one in window})
        if cases >= most:
            key = (line.account_id, local_day(line.at), refused)
            burst = self.bursts.setdefault(key, Burst(line.account_id, line.at, line.role, cases, refused))
            burst.cases = max(burst.cases, cases)


def read_between(tx: Session, since: datetime, until: datetime) -> Reading:
    """The period [since, until), in pages of two thousand lines."""
    reading = Reading()
    for line in _lines(tx, since, until):
        reading.take(line)
    return reading


def _lines(tx: Session, since: datetime, until: datetime) -> Iterator[_Line]:
    entry = TimelineEntry
    wanted = and_(
        col(entry.at) >= since,
        col(entry.at) < until,
        col(entry.account_id).is_not(None),
        or_(and_(col(entry.action) == "R", col(entry.outcome) == "ok"), col(entry.outcome) == "refused 404"),
    )
    after: ColumnElement[bool] | None = None
    while True:
        query = select(entry).where(wanted, *([after] if after is not None else []))
        rows = tx.exec(query.order_by(col(entry.at), col(entry.id)).limit(AT_ONCE)).all()
        for row in rows:
            assert row.account_id is not None
            yield _Line(
                row.id, row.chain, row.at, row.account_id, row.role, row.care_relation, row.outcome,
                row.object_pseudonym, row.break_glass,
            )  # fmt: skip
        if len(rows) < AT_ONCE:
            return
        after = tuple_(entry.at, entry.id) > tuple_(rows[-1].at, rows[-1].id)
        tx.expunge_all()


def first_entry(tx: Session) -> datetime | None:
    return tx.exec(select(func.min(TimelineEntry.at))).one()
