"""The steps as a family knows them: six, with a day and a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from markupsafe import Markup

from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.queries import conferences
from bijzondere_toegang.decisions.queries import decisions
from bijzondere_toegang.family.news import Shown, history
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.plans.queries import plans

STEPS = ("referral", "talk", "choice", "plan", "help", "look")
AT: Mapping[str, int] = MappingProxyType(
    {
        "draft": 0, "registered": 0, "supplementing": 0,
        "preparing": 1, "conference_planned": 1, "conference_open": 1,
        "formalising": 2, "referrer_decision": 2, "placing": 2, "placement_returned": 2,
        "planning": 3, "in_care": 4, "evaluating": 5, "closing": 5,
    }
)  # fmt: skip
"""Which of `STEPS` a stage belongs to; a final stage belongs to none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the path, as `parts.steps` draws it: `state` is done, here or empty."""

    label: Markup
    note: Markup
    state: str


def path_of(reader: Reader, seen: Shown, say: Voice) -> list[Step]:
    days = dict(_days(reader, seen))
    here = _here(reader, seen)
    ended = reader.scene.workflow.stages[seen.stage].final
    return [
        _step(name, index, here, ended, days.get(name), say)
        for index, name in enumerate(STEPS)
        if _kept(index, here, ended)
    ]


def _here(reader: Reader, seen: Shown) -> int:
    """The step the family is at; beyond the last one when all is done."""
    if seen.stage in AT:
        return AT[seen.stage]
    if seen.stage == "closed":
        return len(STEPS)
    return max((AT.get(moment.stage, 0) for moment in history(reader.scene) if seen.tells(moment.at)), default=0)


def _kept(index: int, here: int, ended: bool) -> bool:
    """What never comes any more is not shown as if it would."""
    return not ended or index <= here


def _step(name: str, index: int, here: int, ended: bool, day: date | None, say: Voice) -> Step:
    state = "done" if index < here else "here" if index == here else ""
    label = say(f"family.step.{name}")
    if state == "here" and ended:
        return Step(label, say("family.path.stopped"), "done")
    key = {"done": "family.path.done", "here": "family.path.now", "": f"family.step.{name}.later"}[state]
    words = say(key)
    return Step(label, _dated(day, words, say) if day and state else words, state)


def _dated(day: date, words: Markup, say: Voice) -> Markup:
    said = say.day(day)
    return say("family.path.dated", dag=said[:1].upper() + said[1:], woorden=words)


def _days(reader: Reader, seen: Shown) -> Iterator[tuple[str, date]]:
    """The day that says most about each step, as far as it may be told."""
    case = reader.scene.case
    found: dict[str, datetime | None] = {
        "referral": case.registered_at,
        "talk": next((row.starts_at for row in conferences(reader.scene) if row.state != "cancelled"), None),
        "choice": _latest(seen, [row.issued_at for row in decisions(reader.scene)]),
        "plan": _latest(seen, [row.agreed_at for row in plans(reader.scene)]),
    }
    yield from ((name, local_day(at)) for name, at in found.items() if at is not None)
    if case.help_started_on is not None:
        yield "help", case.help_started_on
    if case.evaluation_due_on is not None:
        yield "look", case.evaluation_due_on


def _latest(seen: Shown, moments: list[datetime | None]) -> datetime | None:
    return max((at for at in moments if at is not None and seen.tells(at)), default=None)
