"""What a family can do against a decision, and until which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bijzondere_toegang.engine import shift_past_free_days

OBJECTION = "bezwaar"
"""With the municipality: six weeks (Awb 6:7), from the day after the decision was made known (Awb 6:8)."""
JUVENILE_COURT = "kinderrechter"
"""A dispute with a certified institution goes to the juvenile judge (BW 1:262b), without a last day."""
TERM = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day of the term; `counted` is the 42nd day, before it moved past a weekend or holiday."""

    notified_on: date
    counted: date
    day: date

    @property
    def shifted(self) -> bool:
        return self.day != self.counted


def remedy_against(authority: str) -> str:
    """Which remedy there is against a decision taken under this authority."""
    return JUVENILE_COURT if authority == "gi" else OBJECTION


def last_day(notified_on: date) -> LastDay:
    """The term runs from the day after `notified_on`, so that its last day is 42 days later (Awb 6:7, 6:8).

    A last day on a Saturday, Sunday or holiday moves on to the first that is not (Algemene termijnenwet 1).
    """
    counted = notified_on + TERM
    return LastDay(notified_on, counted, shift_past_free_days(counted))


def remedy_until(remedy: str, notified_on: date) -> date | None:
    return last_day(notified_on).day if remedy == OBJECTION else None
