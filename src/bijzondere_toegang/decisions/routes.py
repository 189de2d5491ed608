"""The page of the decision: what, by whom, under which authority, until when something can be done against it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.decisions.views import decision_views
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.people.visits import Reading

router = APIRouter()


@router.get("/zaken/{reference}/besluit")
def show_decision(visit: Reading, reference: str) -> HTMLResponse:
    """For everyone who sees the case in full; a brief or an outline of it holds no decision."""
    scene = desk_of(visit, reference)
    if decide(Permission.CASE_SEE, scene.sight.facts).scope != "full":
        raise NotThere
    note_look(visit, scene, "decision")
    return pages_of(visit.request).page(
        visit.request,
        "decisions/decision.html",
        scene=scene,
        case=scene.case,
        decisions=decision_views(scene),
        **shell(visit),
    )
