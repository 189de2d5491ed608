"""The page *Wie kan dit zien, en waarom*."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.advance import possible_steps
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.sighted import seen_by
from bijzondere_toegang.errors import NotAllowed
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.people.visits import Reading

router = APIRouter()

ACTS = ("shield_item", "withhold_item", "confirm_withholding", "review_withholding", "ask_lift", "confirm_lift")


@router.get("/zaken/{reference}/wie-ziet-dit")
def show_seers(visit: Reading, reference: str) -> HTMLResponse:
    scene = desk_of(visit, reference)
    if not allows(Permission.READERS_SEE, scene.sight.facts):
        raise NotAllowed
    note_look(visit, scene, "seers", Permission.READERS_SEE)
    pages = pages_of(visit.request)
    return pages.page(
        visit.request,
        "cases/seers.html",
        case=scene.case,
        seen=seen_by(scene, pages.translator(visit.request)),
        acts=[one.step.name for one in possible_steps(scene, ACTS) if not one.obstacles],
        **shell(visit),
    )
