"""The clocks of the case: standing still, running again, running longer; and a nudge for whoever waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlmodel import col, select

from bijzondere_toegang.cases.deadlines import add_suspended_days, due_of
from bijzondere_toegang.cases.guards import not_nudged_today, waiting_accounts
from bijzondere_toegang.cases.models import StepRecord
from bijzondere_toegang.cases.process import Act, Scene
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotNow
from bijzondere_toegang.reminders.plan import post

MOST_FREE_DAYS = 10
"""More free days in a row than a Dutch calendar has."""
LONGEST_EXTENSION = 366


def suspend(act: Act) -> None:
    """The clock stands still since a day (Awb 4:15): at the earliest registration, or the last day it ran again."""
    act.case.suspended_on = act.answers.since


def stands_still_once(act: Act) -> Iterator[Fault]:
    case = act.case
    earliest = max(local_day(case.registered_at or case.created_at), _last_resumed(act) or date.min)
    if act.answers.since < earliest:
        yield Fault("/vanaf", N_("Kies {day} of een dag erna."), {"day": earliest})


def _last_resumed(act: Act) -> date | None:
    """The day on which an earlier suspension ended, so that no day counts twice."""
    record = act.tx.exec(
        select(StepRecord)
        .where(StepRecord.case_id == act.case.id, StepRecord.step == "resume")
        .order_by(col(StepRecord.at).desc())
        .limit(1)
    ).first()
    unseal_rows(act.tx, [record])
    found = record.answers.data().get("vanaf") if record is not None and record.answers is not None else None
    return date.fromisoformat(found) if found else None


def resume(act: Act) -> None:
    """The clock runs again from a day; the actual days it stood still are added."""
    add_suspended_days(act.case, act.answers.since)


def runs_after_standstill(act: Act) -> Iterator[Fault]:
    stopped = act.case.suspended_on
    if stopped is not None and act.answers.since < stopped:
        yield Fault("/vanaf", N_("Kies {day} of een dag erna."), {"day": stopped})


def extend_term(act: Act) -> None:
    """The term of this stage ends on the day that was asked, no sooner and no later."""
    ends = due_of(act.scene.workflow, act.case)
    days = _days_until(act, ends.day, act.answers.until) if ends else None
    assert days is not None, "the check saw that a term ends there"
    act.case.extended_days = days


def extension_fits(act: Act) -> Iterator[Fault]:
    until, ends = act.answers.until, due_of(act.scene.workflow, act.case)
    if ends is None or not 0 < (until - ends.day).days <= LONGEST_EXTENSION:
        text = N_("Kies een dag na {day}, hooguit een jaar later.")
        yield Fault("/tot", text, {"day": ends.day if ends else act.on})
    elif _days_until(act, ends.day, until) is None:
        yield Fault("/tot", N_("Op deze dag kan een termijn niet eindigen. Kies een werkdag."))


def _days_until(act: Act, before: date, until: date) -> int | None:
    """The total of added days that makes the term end on exactly that day, weekends and holidays passed over."""
    case, workflow = act.case, act.scene.workflow
    had, gap = case.extended_days, (until - before).days
    try:
        for days in range(had + gap, had + gap + MOST_FREE_DAYS):
            case.extended_days = days
            found = due_of(workflow, case)
            if found is not None and found.day == until:
                return days
    finally:
        case.extended_days = had
    return None


def nudge(act: Act) -> None:
    """One mail to those whose turn it is. Asked again here: two may press at once, and the case is claimed by now."""
    if sentence := not_nudged_today(act.scene):
        raise NotNow(sentence.text, **sentence.params)
    post(act.tx, sorted(set(waiting_accounts(act.scene)) - {act.by.account_id}, key=str), "reminder", act.at)


def from_today(scene: Scene) -> dict[str, object]:
    return {"vanaf": scene.on.isoformat()}
