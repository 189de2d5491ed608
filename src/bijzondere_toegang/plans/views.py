"""What the step pages of the plan show above and around their forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.plans.asked import asked_about, consents
from bijzondere_toegang.plans.ladder import code_of
from bijzondere_toegang.plans.queries import concept, concept_now, content_of, goals, plan_up
from bijzondere_toegang.plans.sound import lacking, unsound


def concept_page(scene: Scene) -> Mapping[str, Any]:
    """When the concept was saved last, what time has made unsound in it, and whether a version is up meanwhile."""
    plan = concept(scene)
    return {"concept": plan, "unsound": unsound(scene, plan) if plan else None, "up": plan_up(scene)}


def last_look(scene: Scene) -> Mapping[str, Any]:
    """The whole concept as the others will read it, and who is asked about it; nothing of one that is not whole."""
    plan, up = concept_now(scene), plan_up(scene)
    if plan is None or lacking(plan):
        return {"plan": None}
    return {
        "plan": plan,
        "content": content_of(plan),
        "goals": goals(plan),
        "ladder": code_of(plan.ladder_step),
        "asked": asked_about(scene, plan),
        "asked_again": up is not None and any(not one.is_open for one in asked_about(scene, up)),
    }


def attempts_so_far(scene: Scene) -> Mapping[str, Any]:
    return {"unheard": [one for one in consents(scene) if one.is_open]}
