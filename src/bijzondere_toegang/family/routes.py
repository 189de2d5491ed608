"""The pages of the family: the own plan, its steps, the agreements and the minutes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases import uploads
from bijzondere_toegang.cases.contents import documents, papers_of
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look, pages_of, process_of, scene_of
from bijzondere_toegang.cases.steps import Posted, ask_step, taken_step
from bijzondere_toegang.cases.telling import giving_away
from bijzondere_toegang.cases.uploads import Uploaded
from bijzondere_toegang.errors import NotNow
from bijzondere_toegang.family.doing import TELLS_NOTHING, open_steps
from bijzondere_toegang.family.fostering import foster_part_of
from bijzondere_toegang.family.invited import invited_to
from bijzondere_toegang.family.lists import plans_of
from bijzondere_toegang.family.lookers import demand_may_ask, looks_of
from bijzondere_toegang.family.news import Shown, shown
from bijzondere_toegang.family.own import note_own, own_of
from bijzondere_toegang.family.pages import agreements_of, common, minutes_of, office_of, plan_of, voice_of
from bijzondere_toegang.family.readers import AT_HOME, RELATIONS, Reader, reader_of
from bijzondere_toegang.family.said import in_minutes, said_of
from bijzondere_toegang.family.seers import seers_of
from bijzondere_toegang.family.steps import not_now, page_for, plainly
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.family.written import written_for
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.forms import read_form

router = APIRouter(prefix="/mijn-plan")


@router.get("")
def show_plans(visit: Reading) -> Response:
    listed = plans_of(visit, process_of(visit.request).region)
    if len(listed) == 1:
        return RedirectResponse(f"/mijn-plan/{listed[0].reference}", status_code=303)
    invited = invited_to(visit) if not listed else None
    if invited is not None:
        return RedirectResponse(f"/uitgenodigd/{invited}", status_code=303)
    account = visit.person.account_id
    visit.note(account, Event("read", "R", account, object_kind="list", object_pseudonym=str(account)))
    return _page(visit, "list", say=voice_of(visit, youth=False), plans=listed, office=office_of(visit))


@router.get("/{reference}")
def show_plan(visit: Reading, reference: str, gedaan: str = "") -> HTMLResponse:
    reader, say = _at_home(visit, reference, AT_HOME)
    seen = shown(reader)
    note_look(visit, reader.scene, "family_page")
    done = _done(reader, seen, gedaan, say)
    if reader.is_foster:
        return _page(visit, "foster", **foster_part_of(visit, reader, say), done=done)
    own = {"said": said_of(reader), "in_minutes": in_minutes(reader, seen, say)}
    return _page(visit, "plan", **plan_of(visit, reader, say), **own, done=done)


@router.get("/{reference}/stappen/{step_name}")
def show_step(visit: Reading, reference: str, step_name: str) -> HTMLResponse:
    reader, say = _at_home(visit, reference, AT_HOME)
    _only_what_tells_nothing(reader, step_name)
    try:
        return ask_step(visit, reader.scene, step_name, page_for(reader, say))
    except NotNow as refused:
        raise _plain(refused) from refused


@router.post("/{reference}/stappen")
def take_step(posted: Posted, visit: Writing, reference: str) -> Response:
    reader, say = _at_home(visit, reference, AT_HOME)
    _only_what_tells_nothing(reader, dict(posted).get("_stap", ""))
    step_name = taken_step(visit, reader.scene, posted, page_for(reader, say))
    if reader.scene.handed:
        return _page(visit, "code", say=say, **reader.scene.handed, back=f"/mijn-plan/{reference}")
    return RedirectResponse(f"/mijn-plan/{reference}?gedaan={step_name}", status_code=303)


@router.get("/{reference}/afspraken")
def show_agreements(visit: Reading, reference: str) -> HTMLResponse:
    reader, say = _at_home(visit, reference)
    note_look(visit, reader.scene, "agreements")
    return _page(visit, "agreements", **agreements_of(visit, reader, say))


@router.get("/{reference}/verslag")
def show_minutes(visit: Reading, reference: str) -> HTMLResponse:
    reader, say = _at_home(visit, reference)
    note_look(visit, reader.scene, "minutes", Permission.MINUTES_READ_BEFORE_ADOPTION)
    return _page(visit, "minutes", **minutes_of(visit, reader, say))


@router.get("/{reference}/wie-kan-dit-zien")
def show_seers(visit: Reading, reference: str) -> HTMLResponse:
    reader, say = _at_home(visit, reference)
    seen = shown(reader)
    note_look(visit, reader.scene, "seers")
    return _page(visit, "seers", **common(visit, reader, seen, say), seers=seers_of(reader, seen))


@router.get("/{reference}/gegevens")
def show_own(visit: Reading, reference: str) -> HTMLResponse:
    """Every member of the family has this page under the same name; it alone tells its owner of a secret address."""
    reader, say = _at_home(visit, reference, AT_HOME)
    own = own_of(reader)
    note_own(visit, reader, own)
    return _page(visit, "own", **common(visit, reader, shown(reader), say), own=own, is_foster=reader.is_foster)


@router.get("/{reference}/documenten")
def show_documents(visit: Reading, reference: str) -> HTMLResponse:
    """What this person may read; while hard news waits for a call, what they brought themselves."""
    reader, say = _at_home(visit, reference, AT_HOME)
    seen = shown(reader)
    note_look(visit, reader.scene, "document_list", Permission.DOCUMENT_READ)
    t = pages_of(visit.request).translator(visit.request)
    papers = papers_of(reader.scene, t, "option.add_document_family.wieMagLezen")
    away = giving_away(reader.scene, documents(reader.scene))
    listed = [paper for paper in papers if paper.mine or (paper.id not in away and seen.waiting is None)]
    adds = "add_document" in open_steps(reader, seen)
    return _page(visit, "documents", **common(visit, reader, seen, say), papers=listed, adds=adds)


@router.post("/{reference}/documenten")
def add_document(posted: Posted, upload: Uploaded, visit: Writing, reference: str) -> Response:
    reader, say = _at_home(visit, reference, AT_HOME)
    data = read_form(reader.scene.process.forms[uploads.STEP], posted)
    uploads.put_in(visit, reader.scene, data, upload, page_for(reader, say))
    return RedirectResponse(f"/mijn-plan/{reference}?gedaan={uploads.STEP}", status_code=303)


@router.get("/{reference}/opgeschreven")
def show_written(visit: Reading, reference: str) -> HTMLResponse:
    """What others wrote about the family and shared with this person, beside what they wrote themselves."""
    reader, say = _at_home(visit, reference)
    seen = shown(reader)
    note_look(visit, reader.scene, "shared_items", Permission.CASE_READ_CONTENT)
    written = written_for(reader, seen, pages_of(visit.request).translator(visit.request))
    return _page(visit, "written", **common(visit, reader, seen, say), written=written)


@router.get("/{reference}/wie-keek-mee")
def show_lookers(visit: Reading, reference: str, voor: str = "") -> HTMLResponse:
    """`voor` is the number of the last look on the page before."""
    reader, say = _at_home(visit, reference)
    demand_may_ask(reader)
    seen = shown(reader)
    before = int(voor) if voor.isascii() and voor.isdigit() and len(voor) < 12 else None
    note_look(visit, reader.scene, "look_list", Permission.READ_LOG_OWN_CASE)
    looks = looks_of(reader, seen, before)
    return _page(visit, "lookers", **common(visit, reader, seen, say), looks=looks)


def _at_home(visit: Visit, reference: str, relations: frozenset[str] = RELATIONS) -> tuple[Reader, Voice]:
    """The reader of this page and the words for them. Raises NotThere for everybody else."""
    reader = reader_of(scene_of(visit, reference), relations)
    return reader, voice_of(visit, reader.is_youth, foster=reader.is_foster)


def _page(visit: Visit, name: str, **shown_with: Any) -> HTMLResponse:
    return pages_of(visit.request).page(visit.request, f"family/{name}.html", person=visit.person, **shown_with)


def _done(reader: Reader, seen: Shown, step: str, say: Voice) -> Any:
    """The sentence that confirms what this person just did."""
    if not _is_step(reader.scene, step) or (seen.waiting and step not in TELLS_NOTHING):
        return None
    return say.maybe(f"family.done.{step}") or say.step(step)


def _is_step(scene: Scene, name: str) -> bool:
    return name in scene.workflow.steps


def _only_what_tells_nothing(reader: Reader, step: str) -> None:
    """While hard news waits for a call, whether a step can be taken would give it away."""
    if shown(reader).waiting is not None and step not in TELLS_NOTHING and _is_step(reader.scene, step):
        raise not_now()


def _plain(refused: NotNow) -> NotNow:
    sentence = plainly(refused.sentence)
    assert sentence is not None
    return NotNow(sentence.text, **sentence.params)
