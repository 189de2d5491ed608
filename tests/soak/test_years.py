"""Twenty years of reminders with summer time, a clock that jumps, two schedulers and restarts: each goes out once."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, func, select

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.db import Database
from bijzondere_toegang.jobs import tick
from bijzondere_toegang.reminders.models import Outbox, Reminder
from bijzondere_toegang.reminders.plan import replan
from tests import databases
from tests.jobs.test_jobs import Collecting, at_once, count, post_of, quiet
from tests.support import KEYRING, Site, make_site, register_sample

YEARS = int(os.environ.get("BT_YEARS", "20" if os.environ.get("BT_SOAK") else "1"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR, MINUTE, YEAR = timedelta(hours=1), timedelta(minutes=1), timedelta(days=365)
ROUND_EIGHT = (-HOUR - MINUTE, -MINUTE, timedelta(0), MINUTE, HOUR, 3 * HOUR)
"""When schedulers look on a day that something is due, from eight in the morning on the wall."""


class Crash(Exception):
    pass


class Crashing:
    """A database of a process that ends at the very end of its transaction."""

    def __init__(self, opened: Database) -> None:
        self._opened = opened

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._opened.write() as tx:
            yield tx
            raise Crash


def eight(day: date) -> datetime:
    """Eight in the morning in the Netherlands; on the days that the clock changes too."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=AMSTERDAM).astimezone(UTC)


@dataclass
class Years:
    """Two schedulers, a clock for both, and a book that says what must have gone out when."""

    site: Site
    database: databases.Database
    cases: list[UUID]
    dice: random.Random
    now: datetime
    open: list[Database] = field(default_factory=list)
    ahead: dict[tuple[UUID, datetime], None] = field(default_factory=dict)
    """what is planned, by case and moment"""
    due: dict[tuple[UUID, datetime], datetime] = field(default_factory=dict)
    """what fell due, and when somebody first looked after that"""
    jumps: int = 0
    restarts: int = 0

    def begin(self) -> None:
        self.open = [Database(self.database.app_url, KEYRING) for _ in range(2)]

    def plan(self, case: UUID) -> None:
        """The case moves on: what was planned for it goes, and new days come."""
        today = self.now.astimezone(AMSTERDAM).date()
        days = {today + timedelta(days=self.dice.randint(0, 200)) for _ in range(3)}
        days |= {day for day in changes(today.year) if self.dice.random() < 0.3}
        with self.site.database.write() as tx:
            replan(tx, case, [("almost_due", day, "turn") for day in sorted(days)], self.now)
        for key in [
            key for key in self.ahead if key[0] == case and (key[1] > self.now or key[1] not in map(eight, days))
        ]:
            del self.ahead[key]
        self.ahead |= {(case, eight(day)): None for day in days if eight(day) > self.now}

    def look(self) -> None:
        """Both schedulers, in any order or at once; now and then one is restarted, or dies before it commits."""
        first, second = self.dice.sample(self.open, 2)
        told = self.dice.random()
        if told < 0.03:
            with pytest.raises(Crash):
                tick(Crashing(first), self.site.process, self.now)  # type: ignore[arg-type]
        if told < 0.06:
            self.restarts += 1
            for one in self.open:
                one.dispose()
            self.begin()
            first, second = self.open
        if told > 0.9:
            at_once(*(lambda one=one: tick(one, self.site.process, self.now) for one in (first, second)))
        else:
            for one in (first, second):
                tick(one, self.site.process, self.now)
        for key in [key for key in self.ahead if key[1] <= self.now]:
            del self.ahead[key]
            self.due[key] = self.now

    def live(self, until: datetime) -> None:
        while self.now < until:
            today = self.now.astimezone(AMSTERDAM).date()
            busy = any(moment == eight(today) for _, moment in self.ahead) or today in changes(today.year)
            for since in ROUND_EIGHT if busy else (timedelta(0),):
                self.now = max(self.now, eight(today) + since + timedelta(seconds=self.dice.randint(0, 50)))
                self.look()
                if self.dice.random() < 0.05:
                    self.jump(self.dice.choice((HOUR, -HOUR)))
            if self.dice.random() < 0.15:
                self.plan(self.dice.choice(self.cases))
            if self.dice.random() < 1 / 1500:
                self.jump(YEAR)
            self.now = max(eight(today + timedelta(days=1)) - 2 * HOUR, self.now)

    def jump(self, by: timedelta) -> None:
        self.jumps += 1
        self.now += by
        self.look()


def changes(year: int) -> list[date]:
    """The last Sundays of March and October."""
    ends = (date(year, 3, 31), date(year, 10, 31))
    return [end - timedelta(days=(end.weekday() + 1) % 7) for end in ends]


def test_over_twenty_years_no_reminder_is_missed_and_none_goes_out_twice(database: databases.Database) -> None:
    site = make_site(database)
    cases = [site.case(register_sample(site, number)) for number in (1, 2, 3, 4)]
    quiet(site)
    posted = all_of(site, Outbox)
    years = Years(site, database, [case.id for case in cases], random.Random(20), site.at)
    years.begin()
    for case in years.cases:
        years.plan(case)

    years.live(site.at + YEARS * YEAR)
    years.jump(YEAR)

    sent = settled(site)
    missed = [key for key, at in years.due.items() if key not in sent]
    doubled = len(sent) and all_of(site, Outbox) - posted - len(sent)
    print(
        f"{database.kind}: {YEARS} years, {len(years.due)} reminders, {years.jumps} jumps of the clock, "
        f"{years.restarts} restarts: {len(missed)} missed, {doubled} doubled"
    )
    assert len(years.due) > 20 * YEARS
    assert (missed, doubled) == ([], 0)
    assert sent == years.due, "each at the first look after its moment"
    assert count(site, "waiting", Reminder) == 0
    post_of(site, Collecting()).send(years.now)
    assert count(site, "waiting", Outbox) == 0
    for one in years.open:
        one.dispose()


def all_of(site: Site, table: Any) -> int:
    with site.database.read() as tx:
        return tx.exec(select(func.count()).select_from(table)).one()


def settled(site: Site) -> dict[tuple[UUID, datetime], datetime]:
    """What went out, by case and moment; raises when one moment of a case has two rows that did."""
    with site.database.read() as tx:
        rows = tx.exec(
            select(Reminder).join(Case, col(Case.id) == Reminder.case_id).where(Reminder.state == "sent")
        ).all()
    found = {(row.case_id, row.due_at): row.settled_at for row in rows}
    assert len(found) == len(rows)
    return found  # type: ignore[return-value]
