"""What the forms of the plan offer and show beforehand, for this case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.plans.asked import consents
from bijzondere_toegang.plans.queries import (
    concept,
    content_of,
    current_plan,
    foster_goals,
    goals,
    plans,
    reads_foster_part,
)
from bijzondere_toegang.web.forms import Choice


def plan_version(scene: Scene) -> Sequence[Choice]:
    """Only the newest version: who read an older one is asked to read again."""
    plan = current_plan(scene)
    return [Choice(str(plan.version), str(plan.version))] if plan else []


def without_answer(scene: Scene) -> Sequence[Choice]:
    """Those who are asked about the version that is up and were not heard yet."""
    return [Choice(str(one.party.id), one.party.full_name, one.word.text) for one in consents(scene) if one.is_open]


def plan_goals(scene: Scene) -> Sequence[Choice]:
    """The goals of the current version by number; for a foster parent those of the own part."""
    plan = current_plan(scene)
    found = foster_goals(plan) if reads_foster_part(scene) else goals(plan)
    return [Choice(str(goal.number), goal.text, goal.own_words) for goal in found]


def last_text(scene: Scene) -> dict[str, Any]:
    """The concept, or the newest version, to go on from."""
    newest = concept(scene) or next(iter(plans(scene)), None)
    return dict(content_of(newest))


def this_version(scene: Scene) -> dict[str, Any]:
    offered = plan_version(scene)
    return {"versie": offered[0].value} if offered else {}


def two_attempts(scene: Scene) -> dict[str, Any]:
    """Room for as many as are needed; left empty they are no answer."""
    return {"pogingen": [{}, {}]}
