"""The page of the conference, with the minutes on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.conferences.codes import TOPICS, Topic
from bijzondere_toegang.conferences.live import stamp_of
from bijzondere_toegang.conferences.minutes import draft_now
from bijzondere_toegang.conferences.queries import held_conference, latest_conference
from bijzondere_toegang.conferences.views import BlockView, blocks_after_refusal, may_see, may_write, page_of
from bijzondere_toegang.errors import Incomplete, NotNow, NotThere, Sentence
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

PAGE, STEP = "conferences/conference.html", "write_minutes"


@router.get("/zaken/{reference}/overleg")
def show_conference(visit: Reading, reference: str) -> HTMLResponse:
    scene = _scene(visit, reference)
    note_look(visit, scene, "conference")
    return _page(visit, scene)


@router.get("/zaken/{reference}/overleg/nu")
def show_table_now(visit: Reading, reference: str, seen: Annotated[str, Header(alias="x-gezien")] = "") -> Response:
    """The live parts of the page for htmx; 204 while nothing changed, and then nothing was read. No table: NotThere."""
    visit.unattended = True
    scene = _scene(visit, reference)
    stamp = stamp_of(scene)
    if seen == stamp:
        return Response(status_code=204)
    if latest_conference(scene) is None:
        raise NotThere
    note_look(visit, scene, "conference")
    pages, view = pages_of(visit.request), page_of(scene)
    return pages.block(
        visit.request, PAGE, "live", scene=scene, case=scene.case, view=view, stamp=stamp, refreshed=True
    )


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
        PAGE,
        status,
        scene=scene,
        case=scene.case,
        view=view,
        version=view.version if version is None else version,
        refusal=refusal,
        stamp=stamp_of(scene) if view.live else "",
        refreshed=False,
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
        now = draft_now(scene).versions
        kept = tuple(BlockView(topic, typed.get(topic, ""), now.get(topic, 0)) for topic in TOPICS)
        raise Rerender(
            _page(visit, scene, error.status, blocks=kept, version=version, refusal=error.sentence)
        ) from error
    return RedirectResponse(f"/zaken/{scene.case.reference}/overleg?bewaard=ja", status_code=303)


@router.post("/zaken/{reference}/overleg/verslag/{topic}")
def save_block(posted: Posted, visit: Writing, reference: str, topic: Topic) -> HTMLResponse:
    """Save one block by itself, for htmx: it only has to stand on the newest save of its own topic.

    A text that stands on an older one is refused, or saved where nothing stood yet.
    """
    scene = _scene(visit, reference)
    visit.asked = STEP
    text, now = _typed(posted).get(topic, ""), draft_now(scene)
    newest, based_on = now.versions.get(topic, 0), _version(posted, f"versie-{topic}")
    fresh = based_on == newest and _same_table(scene, posted)
    data: dict[str, object] = {topic: text} | ({"versie": now.version} if fresh else {})
    try:
        if text != now.texts.get(topic, "") or not may_write(scene):
            advance(scene, STEP, data=data)
            newest = now.version + 1
    except (Incomplete, NotNow) as error:
        block = BlockView(topic, text, based_on or 0, "" if fresh else now.texts.get(topic, ""), _first(error))
        raise Rerender(_state(visit, scene, block, newest, error.status)) from error
    return _state(visit, scene, BlockView(topic, text, newest), newest)


def _same_table(scene: Scene, posted: Sequence[tuple[str, str]]) -> bool:
    """Whether the page was that of the conference whose minutes are written now."""
    held = held_conference(scene)
    return held is not None and dict(posted).get("overleg") == str(held.number)


def _first(error: Incomplete | NotNow) -> Sentence:
    faults = error.faults if isinstance(error, Incomplete) else ()
    return next((Sentence(fault.text, fault.params) for fault in faults), error.sentence)


def _state(visit: Visit, scene: Scene, block: BlockView, newest: int, status: int = 200) -> HTMLResponse:
    """What stands below a block: when it was saved, or both texts."""
    return pages_of(visit.request).block(
        visit.request,
        "conferences/_block.html",
        "state",
        status,
        case=scene.case,
        one=block,
        newest=newest,
        saved_at=visit.at,
    )


def _typed(posted: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Every topic that was on the page, also one that was cleared."""
    return {name: value.replace("\r\n", "\n").strip() for name, value in posted if name in TOPICS}


def _version(posted: Sequence[tuple[str, str]], name: str = "versie") -> int | None:
    text = dict(posted).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _refused(
    visit: Visit, scene: Scene, typed: Mapping[str, str], version: int | None, error: Incomplete
) -> HTMLResponse:
    scene.forget()
    faults = {fault.pointer: Sentence(fault.text, fault.params) for fault in error.faults}
    blocks = blocks_after_refusal(scene, typed, version, faults)
    first = next(iter(faults.values()))
    return _page(visit, scene, 422, blocks=blocks, version=draft_now(scene).version, refusal=first)
