"""Hard news waits until somebody told it: a call that reached this person, or two attempts and a working day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from bijzondere_toegang.cases.calling import Moment, calls_made, calls_to, is_hard, moments_of, was_told
from bijzondere_toegang.cases.items import Call
from bijzondere_toegang.cases.models import Item, StepRecord
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.family.readers import Reader

WITH_PLAN = frozenset({"planning", "in_care", "evaluating", "closing"})
"""The stages that a foster parent hears of."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What this reader sees of where the case stands.

    `stage` and everything before `until` (None: all) are told; `waiting` is the hard news that is not.
    `unheard` says that the last hard news is shown although nobody could be reached.
    """

    stage: str
    until: datetime | None = None
    waiting: Moment | None = None
    unheard: bool = False
    last: Moment | None = None

    def tells(self, at: datetime | None) -> bool:
        """Whether what happened at this moment may be shown; nothing that did not happen."""
        return at is not None and (self.until is None or at < self.until)


def history(scene: Scene) -> list[Moment]:
    """Every transition, oldest first."""
    return scene.once("family:history", lambda: _history(scene))


def _history(scene: Scene) -> list[Moment]:
    moves = [step.name for step in scene.workflow.steps.values() if step.kind == "transition"]
    rows = scene.tx.exec(
        select(StepRecord.step, StepRecord.stage, StepRecord.at, StepRecord.account_id)
        .where(StepRecord.case_id == scene.case.id, col(StepRecord.step).in_(moves))
        .order_by(col(StepRecord.at), col(StepRecord.revision))
    ).all()
    return moments_of(scene.workflow, scene.case.stage, rows)


def shown(reader: Reader) -> Shown:
    """
    Where the case stands for this reader now. Nobody calls a foster parent with news: they are told so little of where
    the case stands that it gives none away.
    """
    return reader.scene.once("family:shown", lambda: _shown(reader))


def _shown(reader: Reader) -> Shown:
    scene = reader.scene
    if reader.is_foster:
        return Shown(_in_outline(scene))
    told, made, unheard = history(scene), calls(reader), False
    last = told[-1] if told else None
    for moment in told:
        if not is_hard(moment, scene.by.account_id):
            unheard = False
        elif not (since := [call for at, call in made if at >= moment.at]) or not was_told(since, scene.on):
            return Shown(moment.stage, moment.at, waiting=moment, last=_before(told, moment))
        else:
            unheard = not any(call.reached for call in since)
    return Shown(scene.case.stage, unheard=unheard, last=last)


def _in_outline(scene: Scene) -> str:
    """Before there is a plan, and once all is over, every stage is one and the same to a foster parent."""
    stage = scene.case.stage
    if scene.workflow.stages[stage].final:
        return "closed"
    return stage if stage in WITH_PLAN else "registered"


def _before(told: Sequence[Moment], moment: Moment) -> Moment | None:
    index = told.index(moment)
    return told[index - 1] if index else None


def calls(reader: Reader) -> list[tuple[datetime, Call]]:
    """The calls to this person, with the moment they were written down."""
    return reader.scene.once("family:calls", lambda: _calls(reader))


def _calls(reader: Reader) -> list[tuple[datetime, Call]]:
    items = reader.scene.tx.exec(
        select(Item).where(Item.case_id == reader.scene.case.id, Item.kind == "call").order_by(col(Item.created_at))
    ).all()
    unseal_rows(reader.scene.tx, items)
    return calls_to(reader.party, reader.family, calls_made(items))
