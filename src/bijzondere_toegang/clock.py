"""The one place that reads the time. Everything else is told the moment (`at=`) or the day (`on=`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The moment now, aware, in UTC."""
    return datetime.now(UTC)


class MovableClock:
    """A clock for the demo and the tests: the system's time plus an offset that can grow."""

    def __init__(self, offset: timedelta = timedelta(0), base: Clock = system_clock) -> None:
        self.offset = offset
        self._base = base

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def move(self, by: timedelta) -> None:
        self.offset += by


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


def local_day(at: datetime) -> date:
    """The calendar day in the Netherlands on which `at` falls."""
    return at.astimezone(AMSTERDAM).date()


def local_time(at: datetime) -> datetime:
    """`at` as the clock on the wall in the Netherlands shows it."""
    return at.astimezone(AMSTERDAM)


def utc_of(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The UTC moment of a local wall-clock time in the Netherlands."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)
