"""The traffic light of a due day: late, soon (within two working days) or ok; pages add a shape and a word."""

from __future__ import annotations

from datetime import date
from typing import Literal

from bijzondere_toegang.engine import add_working_days

Light = Literal["late", "soon", "ok"]
SOON = 2
"""Working days."""


def light_of(due_on: date, today: date) -> Light:
    if due_on < today:
        return "late"
    return "soon" if due_on <= add_working_days(today, SOON) else "ok"


def age_on(turns_18_on: date, day: date) -> int:
    """Whole years on the day, from the day somebody turns eighteen."""
    years = day.year - turns_18_on.year
    return 18 + years - ((day.month, day.day) < (turns_18_on.month, turns_18_on.day))
