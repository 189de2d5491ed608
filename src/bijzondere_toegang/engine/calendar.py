"""Working days in the Netherlands: no weekends, no days of the Algemene termijnenwet art. 3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import holidays

# Easter Day and Whit Sunday are holidays too, but always fall in a weekend. 5 May counts in every year, and
# Good Friday is made equal to these days.
_KEYS = {
    "New Year's Day": "new_year",
    "Good Friday": "good_friday",
    "Easter Monday": "easter_monday",
    "King's Day": "kings_day",
    "Liberation Day": "liberation_day",
    "Ascension Day": "ascension_day",
    "Pentecost Monday": "whit_monday",
    "Christmas Day": "christmas_day",
    "Second Day of Christmas": "second_christmas_day",
}
HOLIDAYS: tuple[str, ...] = tuple(_KEYS.values())

_ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether the day counts in a term of working days."""
    return day.weekday() < 5 and holiday(day) is None


def holiday(day: date) -> str | None:
    """The key of the holiday on this day (`holiday.<key>` in the catalogues), or None."""
    return _holidays(day.year).get(day)


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after the day (before it, when n is negative); the day itself for 0."""
    step = _ONE_DAY if n >= 0 else -_ONE_DAY
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def shift_past_free_days(day: date) -> date:
    """The day itself if it is a working day, else the first one after it (Algemene termijnenwet art. 1)."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def skipped(day: date, until: date) -> list[tuple[date, str]]:
    """The holidays outside weekends after `day`, up to and including `until`, each with its key."""
    days = (day + timedelta(days=n) for n in range(1, (until - day).days + 1))
    return [(free, key) for free in days if free.weekday() < 5 and (key := holiday(free))]


@cache
def _holidays(year: int) -> Mapping[date, str]:
    found = holidays.country_holidays(
        "NL", years=year, categories=("public", "optional"), language="en_US", expand=False
    )
    return {day: _KEYS[name] for day, names in found.items() for name in names.split("; ") if name in _KEYS}
