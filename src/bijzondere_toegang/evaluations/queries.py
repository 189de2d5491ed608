"""Reading evaluations: what each voice scored per goal, how far they are apart, and how a case closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.evaluations.models import Closing, Evaluation, FollowUp, Score
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.plans.queries import Goal, goals, plans

FAMILY = ("youth", "parent", "foster_parent")
VOICES = {
    "youth": "youth",
    "parent": "parent",
    "foster_parent": "foster_parent",
    "provider.named": "provider",
    "referrer.own": "referrer",
    "referrer.delegate": "referrer",
    "gi.involved": "gi",
}
"""The voice in which somebody with this relation to the case scores."""


@dataclass(frozen=True, slots=True)
class GoalScores:
    """A goal of one evaluation with the last score of each person."""

    goal: Goal
    scores: tuple[Score, ...]

    @property
    def family(self) -> float | None:
        return _mean(score.value for score in self.scores if score.voice in FAMILY)

    @property
    def provider(self) -> float | None:
        return _mean(score.value for score in self.scores if score.voice == "provider")

    @property
    def gap(self) -> float | None:
        """How far the family and the provider are apart; None while one of them gave no score."""
        if self.family is None or self.provider is None:
            return None
        return round(abs(self.family - self.provider), 1)


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """An evaluation, unsealed, with its goals; `number` and days stand on the row."""

    row: Evaluation
    goals: tuple[GoalScores, ...]

    @property
    def agreements(self) -> list[dict[str, str]]:
        """[{wat, wie, wanneer}], once care was continued."""
        found: list[dict[str, str]] = (self.row.content.data() if self.row.content else {}).get("afspraken", [])
        return found

    @property
    def agreed(self) -> list[tuple[str, str, date]]:
        """The agreements as what, who, and by which day."""
        return [(row["wat"], row["wie"], date.fromisoformat(row["wanneer"])) for row in self.agreements]


@dataclass(frozen=True, slots=True)
class Trend:
    """One goal over the evaluations, oldest first: (number, family, provider)."""

    text: str
    points: tuple[tuple[int, float | None, float | None], ...]


def evaluations(scene: Scene) -> list[EvaluationView]:
    """All evaluations of the case, newest first, in a fixed number of statements."""
    return scene.once("evaluations", lambda: _read(scene))


def _read(scene: Scene) -> list[EvaluationView]:
    rows = _rows(scene)
    given = scene.tx.exec(select(Score).where(Score.case_id == scene.case.id).order_by(col(Score.at))).all()
    unseal_rows(scene.tx, [*rows, *given])
    by_id = {plan.id: plan for plan in plans(scene)}
    last = {(score.evaluation_id, score.account_id, score.goal): score for score in given}
    return [EvaluationView(row, _goals(row, by_id, list(last.values()))) for row in rows]


def _rows(scene: Scene) -> Sequence[Evaluation]:
    query = select(Evaluation).where(Evaluation.case_id == scene.case.id)
    return scene.tx.exec(query.order_by(col(Evaluation.number).desc())).all()


def _goals(row: Evaluation, by_id: dict[UUID, Plan], given: Sequence[Score]) -> tuple[GoalScores, ...]:
    plan = by_id.get(row.plan_id) if row.plan_id else None
    mine = [score for score in given if score.evaluation_id == row.id]
    return tuple(GoalScores(goal, tuple(score for score in mine if score.goal == goal.number)) for goal in goals(plan))


def open_evaluation(scene: Scene) -> EvaluationView | None:
    return next((view for view in evaluations(scene) if view.row.state == "open"), None)


def trends(views: Iterable[EvaluationView]) -> list[Trend]:
    """Goals followed by their words over evaluations and versions of the plan."""
    points = [
        (scored.goal.text, view.row.number, scored.family, scored.provider)
        for view in views
        for scored in view.goals
        if scored.scores
    ]
    ordered = sorted(points, key=lambda point: (point[0], point[1]))
    return [Trend(text, tuple(point[1:] for point in found)) for text, found in groupby(ordered, lambda p: p[0])]


def voice_of(scene: Scene) -> str:
    """The voice of the person who looks; empty for somebody without one."""
    return next((VOICES[row.relation] for row in scene.sight.access if row.relation in VOICES), "")


def closing(scene: Scene) -> Closing | None:
    """How the case ends or ended: the last proposal or early end, unsealed."""
    return scene.once("closing", lambda: _read_closing(scene))


def _read_closing(scene: Scene) -> Closing | None:
    query = select(Closing).where(Closing.case_id == scene.case.id).order_by(col(Closing.proposed_at).desc())
    found = scene.tx.exec(query).first()
    unseal_rows(scene.tx, [found])
    return found


def follow_ups(scene: Scene) -> Sequence[FollowUp]:
    """The moments after closing, in order, unsealed."""
    query = select(FollowUp).where(FollowUp.case_id == scene.case.id).order_by(col(FollowUp.due_on))
    found = scene.tx.exec(query).all()
    unseal_rows(scene.tx, found)
    return found


def _mean(values: Iterable[int]) -> float | None:
    found = list(values)
    return round(sum(found) / len(found), 1) if found else None
