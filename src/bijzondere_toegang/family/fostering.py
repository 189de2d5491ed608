"""
The page of a foster parent: where we are in broad words, the own part of the plan, what is asked, whom to call.

Nothing here comes from the table, the decision, the minutes or the family: only the part of the plan that its writer
meant for foster parents (Jeugdwet 4.1.3 lid 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bijzondere_toegang.evaluations.queries import open_evaluation
from bijzondere_toegang.family.agreed import agreed_part, asked_plan
from bijzondere_toegang.family.doing import Doing, doing_of
from bijzondere_toegang.family.news import WITH_PLAN, Shown, shown
from bijzondere_toegang.family.now import Now
from bijzondere_toegang.family.pages import common
from bijzondere_toegang.family.people import helper
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.plans.asked import consents
from bijzondere_toegang.plans.queries import plan_up

PHASES: Mapping[str, str] = MappingProxyType(
    {
        "registered": "before", "planning": "planning", "in_care": "care", "evaluating": "looking", "closing": "care",
        "closed": "over",
    }
)  # fmt: skip
"""The words for each stage that `news` tells a foster parent of."""


def foster_part_of(visit: Visit, reader: Reader, say: Voice) -> dict[str, Any]:
    """What `family/foster.html` shows."""
    seen = shown(reader)
    draft = asked_plan(reader, seen) if plan_up(reader.scene) is not None else None
    return {
        **common(visit, reader, seen, say),
        "now": _now_of(reader, seen, say, draft is not None and bool(draft)),
        "doing": _doing_of(reader, seen, say),
        "agreed": agreed_part(reader, seen),
        "draft": draft,
        "helper": helper(reader, seen),
        "interpreter": reader.party.interpreter or reader.party.language != "nl",
    }


def _now_of(reader: Reader, seen: Shown, say: Voice, asks: bool) -> Now:
    if asks:
        mine = [one for one in consents(reader.scene) if one.party.id == reader.party.id]
        answered = bool(mine) and not any(one.is_open for one in mine)
        return Now(say("foster.asked"), (say("foster.asked.done" if answered else "foster.asked.now"),), ())
    phase = PHASES[seen.stage]
    return Now(say(f"foster.{phase}"), (say(f"foster.{phase}.next"),), ())


def _doing_of(reader: Reader, seen: Shown, say: Voice) -> Doing:
    """
    Scores are asked about the goals of the own part. A new conference can be asked for once there is a plan: before,
    that the question is open would be news.
    """
    found = doing_of(reader, seen, say)
    hidden = set() if seen.stage in WITH_PLAN else {"ask_reconvene"}
    hidden |= set() if _has_goals(reader) else {"score"}
    first = found.first if found.first and _step_of(found.first.href) not in hidden else None
    return replace(found, first=first, more=tuple(one for one in found.more if _step_of(one.href) not in hidden))


def _has_goals(reader: Reader) -> bool:
    view = open_evaluation(reader.scene)
    return view is not None and any(scored.goal.fostering for scored in view.goals)


def _step_of(href: str) -> str:
    return href.rpartition("/")[2]
