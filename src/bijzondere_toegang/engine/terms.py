"""When a stage is due, and why on that day; pure counting, the days come from the caller."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bijzondere_toegang.engine.calendar import add_working_days, shift_past_free_days, skipped
from bijzondere_toegang.engine.definition import ENTRY, Length, Stage, Term, Unit

Secure = Literal["first", "next"]


class UnknownDay(LookupError):
    """The term is a named day of the case, and that day was not given."""


@dataclass(frozen=True, slots=True)
class Due:
    """The due day and how it was found.

    `amount` and `unit` were counted after `from_day`, which is the day of `counts_from`; amount 0 means the
    named day itself. `skipped` are the holidays left out, `shifted` whether the end fell on a free day and
    moved on.
    """

    day: date
    from_day: date
    counts_from: str
    amount: int
    unit: Unit
    suspended_days: int = 0
    skipped: tuple[tuple[date, str], ...] = ()
    shifted: bool = False

    @property
    def key(self) -> str:
        """The catalogue key of the sentence that says how this day was counted."""
        return f"term.why.{self.unit}" if self.amount else "term.why.named_day"


def due(
    term: Term,
    entered_on: date,
    urgent: bool,
    named_days: Mapping[str, date],
    suspended_days: int = 0,
    secure: Secure | None = None,
) -> Due:
    """The day the term ends. `suspended_days` are the actual days the clock stood still, added at the end.

    A named day that is not known yet is counted from entry instead; raises `UnknownDay` when the term is that
    day itself.
    """
    counted = _counted(term, entered_on, urgent, named_days, suspended_days, secure)
    agreed = named_days.get(term.earlier) if term.earlier else None
    if agreed is None or term.earlier is None or agreed >= counted.day:
        return counted
    return Due(agreed, agreed, term.earlier, 0, "days")


def reminders(stage: Stage, day: date) -> list[tuple[str, date, str]]:
    """Name, day and recipient of each reminder; `day` is the due day, or the day a final stage began."""
    return [(each.name, later(day, each.offset, each.unit), each.to) for each in stage.reminders]


def later(day: date, amount: int, unit: Unit) -> date:
    """The day so much later (earlier when negative); a month ends on its last day if it is too short."""
    if unit == "working_days":
        return add_working_days(day, amount)
    if unit == "months":
        return _months_later(day, amount)
    return day + timedelta(days=amount * (7 if unit == "weeks" else 1))


def _counted(
    term: Term,
    entered_on: date,
    urgent: bool,
    named_days: Mapping[str, date],
    suspended_days: int,
    secure: Secure | None,
) -> Due:
    length = _length(term, urgent, secure)
    counts_from, from_day = _start(term, entered_on, named_days, length)
    found = Due(from_day, from_day, counts_from, length.amount, length.unit)
    if length.amount == 0:
        return found
    return _ended(replace(found, suspended_days=suspended_days), term.shifts)


def _length(term: Term, urgent: bool, secure: Secure | None) -> Length:
    if secure and term.secure:
        return term.secure.first if secure == "first" else term.secure.next
    return Length(amount=term.urgent if urgent and term.urgent is not None else term.amount, unit=term.unit)


def _start(term: Term, entered_on: date, named_days: Mapping[str, date], length: Length) -> tuple[str, date]:
    if term.counts_from in named_days:
        return term.counts_from, named_days[term.counts_from]
    if term.counts_from != ENTRY and length.amount == 0:
        raise UnknownDay(term.counts_from)
    return ENTRY, entered_on


def _ended(found: Due, shifts: bool) -> Due:
    end = later(found.from_day, found.amount, found.unit) + timedelta(days=found.suspended_days)
    in_working_days = found.unit == "working_days"
    day = shift_past_free_days(end) if shifts or in_working_days else end
    left_out = tuple(skipped(found.from_day if in_working_days else end - timedelta(days=1), day))
    return replace(found, day=day, shifted=day != end, skipped=left_out if day != end or in_working_days else ())


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
