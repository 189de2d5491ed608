"""The page of the evaluations: both voices per goal, the gap, the trend, what was agreed, and the closing."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from bijzondere_toegang.cases.items import opinions_open
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.evaluations.queries import (
    EvaluationView,
    GoalScores,
    closing,
    evaluations,
    follow_ups,
    trends,
)
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.visits import Reading
from bijzondere_toegang.plans.queries import goals, plans
from bijzondere_toegang.plans.routes import layout_of, reading_scope

router = APIRouter()


@router.get("/zaken/{reference}/evaluaties")
def show_evaluations(visit: Reading, reference: str) -> Response:
    """Everybody who may read the plan; a foster parent gets the own scores only."""
    scene = desk_of(visit, reference)
    own_part = reading_scope(scene) == "own_part"
    note_look(visit, scene, "evaluations", Permission.PLAN_READ)
    views = [_own(view, scene) for view in evaluations(scene)] if own_part else evaluations(scene)
    found = None if own_part else closing(scene)
    return pages_of(visit.request).page(
        visit.request,
        "evaluations/evaluations.html",
        layout=layout_of(scene),
        scene=scene,
        case=scene.case,
        **shell(visit),
        own_part=own_part,
        views=views,
        youth_words=opinions_open(scene),
        trends=() if own_part else trends(views),
        closing=found,
        results=_results(scene) if found else [],
        said=found.content.data() if found and found.content else {},
        follow_ups=follow_ups(scene) if found else (),
    )


def _own(view: EvaluationView, scene: Scene) -> EvaluationView:
    """Of the goals that are meant for foster parents, without what the family said about them."""
    mine = (_own_scores(scored, scene) for scored in view.goals if scored.goal.fostering)
    return replace(view, goals=tuple(replace(one, goal=replace(one.goal, own_words="")) for one in mine))


def _own_scores(scored: GoalScores, scene: Scene) -> GoalScores:
    return replace(scored, scores=tuple(s for s in scored.scores if s.account_id == scene.by.account_id))


def _results(scene: Scene) -> list[tuple[str, str, str]]:
    """Goal, outcome and words at the closing."""
    found = closing(scene)
    said = found.content.data() if found and found.content else {}
    ended = next((plan for plan in plans(scene) if plan.agreed_at and plan.state in ("ended", "agreed")), None)
    words = {str(goal.number): goal.text for goal in goals(ended)}
    rows = said.get("resultaten", [])
    return [(words.get(row["doel"], row["doel"]), row["uitkomst"], row.get("woorden", "")) for row in rows]
