"""The page of the placement: the brief for a consortium, who helps now, and how each consortium answered."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows, decide
from bijzondere_toegang.people.visits import Reading
from bijzondere_toegang.placements.views import asked_facts, running_view

router = APIRouter()

ASKED = frozenset({Relation.REP_PROPOSED, Relation.REP_ACCEPTED})
"""Who is asked to help knows which help is asked, also when no item of the referral is shared."""


@router.get("/zaken/{reference}/plaatsing")
def show_placement(visit: Reading, reference: str) -> HTMLResponse:
    """For professionals with the brief or the whole case; a brief alone holds no text that may name somebody."""
    scene = desk_of(visit, reference)
    facts = scene.sight.facts
    if not (scene.by.is_professional and (_in_full(scene) or allows(Permission.CASE_READ_BRIEF, facts))):
        raise NotThere
    note_look(visit, scene, "placement")
    return pages_of(visit.request).page(
        visit.request,
        "placements/placement.html",
        scene=scene,
        case=scene.case,
        in_full=_in_full(scene) or bool(ASKED & facts.relations),
        running=running_view(scene),
        **shell(visit),
        **asked_facts(scene),
    )


def _in_full(scene: Scene) -> bool:
    return decide(Permission.CASE_SEE, scene.sight.facts).scope == "full"
