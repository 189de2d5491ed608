"""What the forms of an evaluation and the closing show beforehand."""

from __future__ import annotations

from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.evaluations.queries import closing, open_evaluation
from bijzondere_toegang.plans.ladder import code_of
from bijzondere_toegang.plans.queries import current_plan, goals, reads_foster_part


def own_scores(scene: Scene) -> dict[str, Any]:
    """A row for each goal, with what this person gave before."""
    view, part = open_evaluation(scene), reads_foster_part(scene)
    rows = [scored for scored in view.goals if scored.goal.fostering or not part] if view else []
    return {"scores": [_own(scored.goal.number, scored.scores, scene) for scored in rows]} if view else {}


def _own(number: int, scores: tuple[Any, ...], scene: Scene) -> dict[str, Any]:
    mine = next((score for score in scores if score.account_id == scene.by.account_id), None)
    if mine is None:
        return {"doel": str(number)}
    words = (mine.content.data() if mine.content else {}).get("words", "")
    return {"doel": str(number), "cijfer": mine.value, "woorden": words}


def same_level(scene: Scene) -> dict[str, Any]:
    return {"ladder": code_of(scene.case.ladder_step)} if scene.case.ladder_step else {}


def result_rows(scene: Scene) -> dict[str, Any]:
    return {"resultaten": [{"doel": str(goal.number)} for goal in goals(current_plan(scene))]}


def proposed(scene: Scene) -> dict[str, Any]:
    """What was proposed, for the referrer to go over with the family."""
    found = closing(scene)
    said = found.content.data() if found and found.content else {}
    kept = {name: said[name] for name in ("resultaten", "nazorg", "contact") if said.get(name)}
    return ({} if found and found.reason == "overleden" else result_rows(scene)) | kept
