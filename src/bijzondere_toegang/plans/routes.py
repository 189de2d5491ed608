"""The page of the perspective plan: goals in own words, who does what when, why this help, who said yes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from bijzondere_toegang.cases.codes import code_for
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.errors import NotAllowed, NotThere
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import Scope, decide
from bijzondere_toegang.people.visits import Reading
from bijzondere_toegang.plans.asked import Asked, asked_about
from bijzondere_toegang.plans.guards import concept_changed, concept_complete, concept_there
from bijzondere_toegang.plans.ladder import code_of
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.plans.queries import concept_now, content_of, current_plan, foster_goals, goals, plans, stays
from bijzondere_toegang.plans.sound import lacking, listed

router = APIRouter()

_HOLDERS = ("provider.named", "referrer.own", "referrer.delegate")


@router.get("/zaken/{reference}/plan")
def show_plan(visit: Reading, reference: str, versie: str = "") -> Response:
    """The current version, or another with `?versie=2`. A foster parent gets the own part only."""
    scene = desk_of(visit, reference)
    scope = reading_scope(scene)
    plan = _chosen(scene, versie)
    note_look(visit, scene, "plan", Permission.PLAN_READ)
    own_part = scope == "own_part"
    own_concept = concept_now(scene)
    known = [*plans(scene), *([own_concept] if own_concept else [])]
    return pages_of(visit.request).page(
        visit.request,
        "plans/plan.html",
        layout=layout_of(scene),
        scene=scene,
        case=scene.case,
        **shell(visit),
        plan=plan,
        is_current=plan is current_plan(scene),
        content=content_of(plan),
        goals=foster_goals(plan) if own_part else goals(plan),
        ladder=code_of(plan.ladder_step) if plan else "",
        asked=_shown(asked_about(scene, plan), scene, own_part) if plan else (),
        mine=scene.sight.parties,
        holds_record=holds_record(scene),
        own_part=own_part,
        versions=plans(scene),
        names=names_of(scene.tx, [who for one in known for who in (one.written_by, one.confirmed_by)]),
        **_concept(scene, own_concept),
        stays=() if own_part else stays(scene),
        code="" if own_part or plan is None else code_for(scene, "agree_plan", plan.agreed_at),
    )


def _concept(scene: Scene, plan: Plan | None) -> dict[str, Any]:
    """What the provider reads of the concept, and whether it can be written on or put up now."""
    words = lacking(plan) if plan else []
    writes = scene.case.stage in scene.workflow.sources_of(scene.workflow.steps["put_up_plan"])
    ready = writes and not any(guard(scene) for guard in (concept_there, concept_complete, concept_changed))
    return {"concept": plan, "lacking": listed(words) if words else None, "writes": writes, "ready": ready}


def reading_scope(scene: Scene) -> Scope:
    """How much of the plan opens to this person. Raises NotAllowed; a plan can't be ticked for a confidant yet."""
    decision = decide(Permission.PLAN_READ, scene.sight.facts)
    if not decision.allowed or decision.scope == "ticked":
        raise NotAllowed
    return decision.scope


def layout_of(scene: Scene) -> str:
    return "web/base.html" if scene.by.is_professional else "web/family.html"


def holds_record(scene: Scene) -> bool:
    """Whoever answers for the plan reads everybody's words and where the young person stays."""
    return any(row.relation in _HOLDERS for row in scene.sight.access)


def _chosen(scene: Scene, version: str) -> Plan | None:
    if not version:
        return current_plan(scene)
    found = next((plan for plan in plans(scene) if str(plan.version) == version), None)
    if found is None:
        raise NotThere
    return found


def _shown(asked: list[Asked], scene: Scene, own_part: bool) -> list[Asked]:
    return [one for one in asked if not own_part or one.party.id in scene.sight.parties]
