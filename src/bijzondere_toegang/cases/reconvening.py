"""Who asked for a new conference, and what was answered. A yes is the conference itself; a no has a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess, StepRecord
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.accounts import names_of

ASK, NO, YES = "ask_reconvene", "decline_reconvene", "reconvene"


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody asked, and why."""

    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of the question of this person: still open, or a no with its reason."""

    asked_at: datetime
    answered_at: datetime | None
    reason: str = ""


def askers(scene: Scene) -> list[UUID]:
    """The accounts that asked since the question is open and still have a part in the case."""
    since = scene.case.reconvene_asked_at
    if since is None:
        return []
    query = (
        select(StepRecord.account_id)
        .join(
            CaseAccess,
            (col(CaseAccess.account_id) == col(StepRecord.account_id))
            & (col(CaseAccess.case_id) == col(StepRecord.case_id)),
        )
        .where(StepRecord.case_id == scene.case.id, StepRecord.step == ASK, StepRecord.at >= since, open_at(scene.at))
        .distinct()
    )
    return [account for account in scene.tx.exec(query).all() if account is not None]


def questions(scene: Scene) -> list[Question]:
    """The open questions with who asked and why, oldest first; for who answers them."""
    since = scene.case.reconvene_asked_at
    if since is None:
        return []
    query = select(StepRecord).where(
        StepRecord.case_id == scene.case.id, StepRecord.step == ASK, StepRecord.at >= since
    )
    rows = list(scene.tx.exec(query.order_by(col(StepRecord.at))).all())
    unseal_rows(scene.tx, rows)
    names = names_of(scene.tx, [row.account_id for row in rows])
    return [Question(names.get(row.account_id, "") if row.account_id else "", row.at, _reason(row)) for row in rows]


def answer_to_me(scene: Scene) -> Answer | None:
    """What became of the newest question of this person; None when there was none, or the table met again."""
    return scene.once("reconvening:mine", lambda: _answer_to_me(scene))


def _answer_to_me(scene: Scene) -> Answer | None:
    query = select(StepRecord).where(
        StepRecord.case_id == scene.case.id,
        col(StepRecord.step).in_((NO, YES))
        | ((col(StepRecord.step) == ASK) & (col(StepRecord.account_id) == scene.by.account_id)),
    )
    rows = list(scene.tx.exec(query.order_by(col(StepRecord.at))).all())
    asked = next((row for row in reversed(rows) if row.step == ASK), None)
    if asked is None:
        return None
    after = next((row for row in rows if row.at >= asked.at and row.step != ASK), None)
    if after is None:
        return Answer(asked.at, None) if scene.case.reconvene_asked_at else None
    if after.step == YES:
        return None
    unseal_rows(scene.tx, [after])
    return Answer(asked.at, after.at, _reason(after))


def _reason(row: StepRecord) -> str:
    found = row.answers.data().get("reden", "") if row.answers else ""
    return str(found)
