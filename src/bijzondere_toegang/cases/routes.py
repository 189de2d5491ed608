"""The page of a case, its documents, and the help page."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.cases import uploads
from bijzondere_toegang.cases.contents import documents, file_name
from bijzondere_toegang.cases.items import is_invited, readable_document
from bijzondere_toegang.cases.page import page_of
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import has_page, shell
from bijzondere_toegang.cases.telling import giving_away
from bijzondere_toegang.documents.kinds import SERVED_AS, UNKNOWN
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.visits import Reading
from bijzondere_toegang.settings import Settings

router = APIRouter()
router.include_router(uploads.router)


@router.get("/zaken/{reference}")
def show_case(visit: Reading, reference: str, gedaan: str = "") -> Response:
    """`gedaan` names the step just taken. A step may end one's own access: then the way goes on to the home page."""
    try:
        scene = scene_of(visit, reference, invited=True)
    except NotThere:
        if not gedaan:
            raise
        return RedirectResponse("/", status_code=303)
    if is_invited(scene):
        return RedirectResponse(f"/uitgenodigd/{scene.case.reference}", status_code=303)
    if not scene.by.is_professional:
        return RedirectResponse(f"/mijn-plan/{scene.case.reference}", status_code=303)
    note_look(visit, scene, "case")
    pages = pages_of(visit.request)
    shown: dict[str, Any] = page_of(scene, pages.translator(visit.request), partial(has_page, visit.request))
    done = gedaan if gedaan in scene.workflow.steps else ""
    return pages.page(visit.request, "cases/case.html", case=scene.case, done=done, **shown, **shell(visit))


@router.get("/zaken/{reference}/documenten/{item_id}")
def fetch_document(visit: Reading, reference: str, item_id: UUID) -> Response:
    """The bytes as an attachment that no browser opens in our name."""
    scene = scene_of(visit, reference, invited=True)
    item, content = readable_document(scene, item_id)
    if giving_away(scene, [item]):
        raise NotThere
    note_look(visit, scene, "document", Permission.DOCUMENT_READ)
    name = file_name(item, _number(scene, item_id))
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"}
    return Response(content, media_type=SERVED_AS.get(item.media_type, UNKNOWN), headers=headers)


def _number(scene: Scene, item_id: UUID) -> int:
    return [item.id for item in documents(scene)].index(item_id) + 1


@router.get("/hulp")
def show_help(visit: Reading) -> Response:
    settings: Settings = visit.request.app.state.settings
    return pages_of(visit.request).page(visit.request, "web/help.html", phone=settings.phone, **shell(visit))
