"""When a case is due and why, and which reminders follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.engine import Due, Workflow, add_working_days, due, reminders
from bijzondere_toegang.reminders.plan import replan

_NAMED_DAYS = ("conference_on", "family_plan_cleared_on", "evaluation_due_on")


def due_of(workflow: Workflow, case: Case) -> Due | None:
    """The due day of the stage the case is in, with how it was counted; None in a final stage."""
    stage = workflow.stages[case.stage]
    if stage.term is None:
        return None
    named = {name: day for name in _NAMED_DAYS if (day := getattr(case, name)) is not None}
    days = case.suspended_days + case.extended_days
    secure = ("next" if case.evaluation_due_on else "first") if case.secure else None
    return due(stage.term, local_day(case.entered_at), case.urgent, named, days, secure)  # type: ignore[arg-type]


ANSWER_IN = 3
"""Working days in which chair or referrer answers who asks for a new conference (CFG)."""
ANSWER = "answer_reconvene"
"""The reminder of that answer. It follows from the case and not from its stage, so every replanning finds it again."""
ANSWERED_BY = ("chair", "referrer")
REVIEW = "review_withholding"
"""The reminder to confirm, or to look again at, what is withheld in the child's interest."""
REVIEW_DAYS = (-5, 0, 7, 14, 28)
"""Days from the day itself (CFG): something forgotten stays withheld, so it is asked for again."""


CAPACITY = "review_incapacity"
"""The reminder to look again at a recorded incapacity."""


def answer_due(case: Case) -> date | None:
    """The last day on which an open question for a new conference is to be answered; None without one."""
    asked = case.reconvene_asked_at
    return add_working_days(local_day(asked), ANSWER_IN) if asked else None


def replan_case(tx: Session, workflow: Workflow, case: Case, at: datetime) -> None:
    """
    Set the due day of the case as it now stands and replan its reminders. While suspended those of the stage rest;
    an open question for a new conference wants its answer all the same.
    """
    found = due_of(workflow, case)
    case.due_on = None if found is None or case.suspended_on else found.day
    stage = workflow.stages[case.stage]
    from_day = case.due_on or local_day(case.entered_at)
    of_stage = () if case.suspended_on is not None else reminders(stage, from_day)
    open_ones = () if stage.final else (*_of_answer(case), *_of_capacity(case))
    replan(tx, case.id, [*of_stage, *open_ones, *_of_review(case)], at)


def _of_review(case: Case) -> Iterator[tuple[str, date, str]]:
    """What is withheld is looked at again, also after the end."""
    if case.hold_review_on is not None:
        days = [case.hold_review_on + timedelta(days=offset) for offset in REVIEW_DAYS]
        yield from ((REVIEW, day, role) for day in days for role in ANSWERED_BY)


def _of_capacity(case: Case) -> Iterator[tuple[str, date, str]]:
    if case.incapacity_review_on is not None:
        days = [case.incapacity_review_on + timedelta(days=offset) for offset in REVIEW_DAYS]
        yield from ((CAPACITY, day, "referrer") for day in days)


def _of_answer(case: Case) -> Iterator[tuple[str, date, str]]:
    day = answer_due(case)
    if day is not None:
        yield from ((ANSWER, day, role) for role in ANSWERED_BY)


def add_suspended_days(case: Case, until: date) -> None:
    """End a suspension: its actual days move the decision term, and those within this stage its term (Awb 4:15)."""
    if case.suspended_on is None:
        return
    in_stage = max(case.suspended_on, local_day(case.entered_at))
    case.suspended_days += max(0, (until - in_stage).days)
    if case.decide_before is not None:
        case.decide_before += timedelta(days=(until - case.suspended_on).days)
    case.suspended_on = None
