"""The page of the conference, with the minutes on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.conferences.codes import TOPICS
from bijzondere_toegang.conferences.minutes import draft_now
from bijzondere_toegang.conferences.views import BlockView, blocks_after_refusal, may_see, page_of
from bijzondere_toegang.errors import Incomplete, NotNow, NotThere, Sentence
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

STEP = "write_minutes"


@router.get("/zaken/{reference}/overleg")
def show_conference(visit: Reading, reference: str) -> HTMLResponse:
    scene = _scene(visit, reference)
    note_look(visit, scene, "conference")
    return _page(visit, scene)


def _scene(visit: Visit, reference: str) -> Scene:
    scene = scene_of(visit, reference)
    if not may_see(scene):
        raise NotThere
    return scene


def _page(
    visit: Visit,
    scene: Scene,
    status: int = 200,
    *,
    blocks: tuple[BlockView, ...] | None = None,
    version: int | None = None,
    refusal: Sentence | None = None,
) -> HTMLResponse:
    view = page_of(scene, blocks)
    return pages_of(visit.request).page(
        visit.request,
        "conferences/conference.html",
        status,
        scene=scene,
        case=scene.case,
        view=view,
        version=view.version if version is None else version,
        refusal=refusal,
        saved=visit.request.query_params.get("bewaard") == "ja",
        **shell(visit),
    )


@router.post("/zaken/{reference}/overleg/verslag")
def save_minutes(posted: Posted, visit: Writing, reference: str) -> Response:
    """Save the notes; refused with both texts on the page when somebody else saved meanwhile."""
    scene = _scene(visit, reference)
    visit.asked = STEP
    typed, version = _typed(posted), _version(posted)
    data: dict[str, object] = {**typed, "versie": version}
    try:
        advance(scene, STEP, data={name: value for name, value in data.items() if value is not None})
    except Incomplete as error:
        raise Rerender(_refused(visit, scene, typed, version, error)) from error
    except NotNow as error:
        kept = tuple(BlockView(topic, typed.get(topic, "")) for topic in TOPICS)
        raise Rerender(
            _page(visit, scene, error.status, blocks=kept, version=version, refusal=error.sentence)
        ) from error
    return RedirectResponse(f"/zaken/{scene.case.reference}/overleg?bewaard=ja", status_code=303)


def _typed(posted: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Every topic that was on the page, also one that was cleared."""
    return {name: value.replace("\r\n", "\n").strip() for name, value in posted if name in TOPICS}


def _version(posted: Sequence[tuple[str, str]]) -> int | None:
    text = dict(posted).get("versie", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _refused(
    visit: Visit, scene: Scene, typed: Mapping[str, str], version: int | None, error: Incomplete
) -> HTMLResponse:
    scene.forget()
    faults = {fault.pointer: Sentence(fault.text, fault.params) for fault in error.faults}
    blocks = blocks_after_refusal(scene, typed, version, faults)
    first = next(iter(faults.values()))
    return _page(visit, scene, 422, blocks=blocks, version=draft_now(scene).version, refusal=first)
