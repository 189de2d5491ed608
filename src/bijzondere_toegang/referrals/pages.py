"""The web form of a referral: a task list, one section a page, *Controleer uw antwoorden*, register."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look, pages_of, process_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.cases.visibility import facts_for_step
from bijzondere_toegang.documents.checking import checked, sentence_for
from bijzondere_toegang.documents.limits import MOST_BYTES as MOST_IN_A_FILE
from bijzondere_toegang.documents.limits import Unfit
from bijzondere_toegang.documents.scanner import NotScanned, Scanner
from bijzondere_toegang.errors import N_, Fault, Incomplete, NotAllowed, NotNow, NotThere, Sentence, Stale
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.people.visits import Reading, Visit, Writing, reading
from bijzondere_toegang.referrals.drafts import (
    ALREADY,
    Data,
    choices_for,
    documents_in,
    draft_of,
    hold_draft,
    marked,
    save_section,
    section_named,
    shown,
    start_draft,
    version_of,
    version_of_all,
    without_document,
    without_empty_rows,
)
from bijzondere_toegang.referrals.intake import MOST_BYTES, check
from bijzondere_toegang.referrals.reading import answered, differing, missing, tasks
from bijzondere_toegang.referrals.sections import BY_NAME, DOCUMENTS, LABELS, Section, as_meant, neighbours
from bijzondere_toegang.web.forms import asks_for_rows, describe, read_form, summary
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

EDIT = Permission.REFERRAL_EDIT_DRAFT
NOT_YOURS = N_("Alleen de verwijzer van deze aanmelding vult haar in.")
CHANGED_SINCE = N_("Er is intussen iets veranderd. Hieronder staan de antwoorden van nu. Kijk ze nog eens na.")
NO_FILE = N_("Kies eerst een bestand.")
QUIETLY = "_stil"
"""The page saves itself; nobody goes anywhere."""
ONWARD = "_naar"
VERSION = "_versie"
"""The version that a page was drawn from."""
OVER = "_over"
"""The version that somebody has seen and saves over all the same."""
CHECK = "controleren"
TOO_MUCH = N_("Samen zijn de documenten te groot. Kies kleinere bestanden, of haal er een weg.")
KINDS = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "txt": "text/plain",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """A file as it may be kept, or with the sentence that says why not and the status that goes with it."""

    name: str
    content: bytes
    wrong: Sentence | None = None
    status: int = 422


async def uploaded(request: Request) -> list[Upload]:
    """The files of a multipart form."""
    form = await request.form()
    files = [file for file in form.getlist("bestand") if isinstance(file, UploadFile) and file.filename]
    return [Upload(file.filename or "", await file.read(MOST_IN_A_FILE + 1)) for file in files]


Uploaded = Annotated[Sequence[Upload], Depends(uploaded)]


def examined(request: Request, reference: str, files: Uploaded) -> list[Examined]:
    """Every file of a form, checked for who may fill in this draft, before anything is locked."""
    with contextmanager(reading)(request) as visit:
        _editable(visit, reference)
    scanner: Scanner | None = request.app.state.scanner
    return [_examined(file, scanner) for file in files]


def _examined(file: Upload, scanner: Scanner | None) -> Examined:
    try:
        return Examined(file.name, checked(file.content, scanner).content)
    except Unfit as unfit:
        return Examined(file.name, file.content, sentence_for(unfit))
    except NotScanned as refused:
        return Examined(file.name, file.content, refused.sentence, refused.status)


@router.post("/aanmeldingen")
def start(visit: Writing) -> Response:
    case = start_draft(visit.tx, process_of(visit.request), visit.person, visit.at)
    return RedirectResponse(f"/aanmeldingen/{case.reference}", status_code=303)


@router.get("/aanmeldingen/{reference}")
def show_tasks(visit: Reading, reference: str) -> Response:
    scene = scene_of(visit, reference)
    if scene.case.stage != scene.workflow.start:
        return RedirectResponse(f"/zaken/{reference}", status_code=303)
    _check_may_edit(scene)
    note_look(visit, scene, "draft", EDIT)
    translator = pages_of(visit.request).translator(visit.request)
    draft = draft_of(scene)
    return _page(visit, scene, "tasks", tasks=tasks(draft, translator), done=draft.done, needed=draft.needed)


@router.get("/aanmeldingen/{reference}/controleren")
def show_check(visit: Reading, reference: str) -> Response:
    scene = _editable(visit, reference)
    note_look(visit, scene, "draft", EDIT)
    return _check_page(visit, scene)


@router.post("/aanmeldingen/{reference}/aanmelden")
def register(posted: Posted, visit: Writing, reference: str) -> Response:
    scene = _editable(visit, reference)
    visit.asked = "register"
    hold_draft(scene)
    if dict(posted).get(VERSION) not in (None, version_of_all(scene)):
        raise Rerender(_check_page(visit, scene, (), Sentence(CHANGED_SINCE), 409))
    data = read_form(scene.process.forms["register"], posted)
    revision = dict(posted).get("_revisie", "")
    try:
        known = revision.isdecimal() and len(revision) < 10
        advance(scene, "register", data=data, revision=int(revision) if known else None)
    except Incomplete as error:
        raise Rerender(_check_page(visit, scene, error.faults, None, 422)) from error
    except NotNow as error:
        raise Rerender(_check_page(visit, scene, (), error.sentence, error.status)) from error
    return RedirectResponse(f"/zaken/{reference}?gedaan=register", status_code=303)


@router.get("/aanmeldingen/{reference}/documenten")
def show_documents(visit: Reading, reference: str) -> Response:
    scene = _editable(visit, reference)
    note_look(visit, scene, "draft", EDIT)
    return _documents_page(visit, scene)


@router.post("/aanmeldingen/{reference}/documenten")
def save_documents(
    posted: Posted, files: Annotated[list[Examined], Depends(examined)], visit: Writing, reference: str
) -> Response:
    """Add the chosen files, take one away, or go on without."""
    scene = _editable(visit, reference)
    hold_draft(scene)
    fields = dict(posted)
    kept = without_document(scene, fields.get("_weg", ""))
    if "_weg" not in fields and not files:
        raise Rerender(_documents_page(visit, scene, [Fault("/bestand", NO_FILE)], 422))
    added = [_document(file) for file in files]
    unfit = [Fault("/bestand", file.wrong.text, file.wrong.params) for file in files if file.wrong]
    if faults := [*_faults_of_documents(scene, [*kept, *added]), *unfit]:
        raise Rerender(_documents_page(visit, scene, faults, max((file.status for file in files), default=422)))
    section = BY_NAME[DOCUMENTS]
    save_section(scene, section, {DOCUMENTS: [*kept, *added]}, version_of(scene, section))
    return RedirectResponse(f"/aanmeldingen/{reference}/documenten", status_code=303)


def _faults_of_documents(scene: Scene, documents: list[Data]) -> list[Fault]:
    """The rules of the intake, and no more in one draft than one intake may hold."""
    if sum(len(one["inhoud"]) for one in documents) > MOST_BYTES:
        return [Fault("/bestand", TOO_MUCH)]
    document = draft_of(scene).document | {DOCUMENTS: documents}
    faults = check(document, region=scene.region, on=scene.on, within=("/documenten",))
    return [Fault("/bestand", fault.text, fault.params) for fault in faults]


def _document(file: Examined) -> Data:
    kind = KINDS.get(file.name.rpartition(".")[2].casefold(), "")
    return {"naam": file.name, "mediatype": kind, "inhoud": base64.b64encode(file.content).decode()}


@router.get("/aanmeldingen/{reference}/{section_name}")
def show_section(visit: Reading, reference: str, section_name: str) -> Response:
    scene, section = _editable(visit, reference), _section(section_name)
    note_look(visit, scene, "draft", EDIT)
    saved = draft_of(scene).saved.get(section.name)
    faults = draft_of(scene).faults_of(section) if saved is not None else []
    return _section_page(visit, scene, section, shown(scene, section), faults)


@router.post("/aanmeldingen/{reference}/{section_name}")
def save(posted: Posted, visit: Writing, reference: str, section_name: str) -> Response:
    """Keep what was typed, whatever is missing; go where was asked, else on when nothing is missing."""
    scene, section, fields = _editable(visit, reference), _section(section_name), dict(posted)
    hold_draft(scene)
    data = as_meant(read_form(section.form, posted))
    untouched = section.name not in draft_of(scene).saved and not any(without_empty_rows(data).values())
    based_on = fields.get(VERSION, "")
    try:
        passing = untouched and ONWARD in fields
        draft = draft_of(scene) if passing else save_section(scene, section, data, fields.get(OVER, based_on))
    except Stale as error:
        if QUIETLY in fields:
            raise Rerender(_kept(visit, based_on, error)) from error
        raise Rerender(_met_page(visit, scene, section, data, based_on, error)) from error
    if QUIETLY in fields:
        return _kept(visit, version_of(scene, section))
    if asks_for_rows(posted):
        return _section_page(visit, scene, section, data, ())
    home = f"/aanmeldingen/{reference}"
    if ONWARD in fields:
        known = fields[ONWARD] in (CHECK, *BY_NAME)
        return RedirectResponse(f"{home}/{fields[ONWARD]}" if known else home, status_code=303)
    if draft.faults_of(section):
        return RedirectResponse(f"{home}/{section.name}?bewaard=ja", status_code=303)
    following = neighbours(section.name)[1]
    return RedirectResponse(f"{home}/{following.name if following else CHECK}", status_code=303)


def _editable(visit: Visit, reference: str) -> Scene:
    """The draft of this case for who may fill it in. Raises NotThere, NotAllowed, NotNow."""
    scene = scene_of(visit, reference)
    if scene.case.stage != scene.workflow.start:
        raise NotNow(ALREADY)
    _check_may_edit(scene)
    return scene


def _check_may_edit(scene: Scene) -> None:
    if not allows(EDIT, facts_for_step(scene.sight, EDIT, stage_allows=True, on=scene.on)):
        raise NotAllowed(NOT_YOURS)


def _section(name: str) -> Section:
    section = section_named(name)
    if section is None or section.name == DOCUMENTS:
        raise NotThere
    return section


def _kept(visit: Visit, version: str, met: Stale | None = None) -> HTMLResponse:
    """What stands below a section that saves itself: when it was saved, or that something else was saved meanwhile."""
    pages, status = pages_of(visit.request), met.status if met else 200
    return pages.block(visit.request, "referrals/_kept.html", "kept", status, version=version, met=met, at=visit.at)


def _met_page(visit: Visit, scene: Scene, section: Section, data: Data, based_on: str, met: Stale) -> HTMLResponse:
    """What was typed, still in its fields, with what was saved meanwhile; she says which of the two it will be."""
    translator = pages_of(visit.request).translator(visit.request)
    return _page(
        visit,
        scene,
        "met",
        met.status,
        section=section,
        fields=describe(section.form, translator, LABELS, data, (), choices_for(scene)),
        refusal=met.sentence,
        saved=differing(draft_of(scene), section, data, translator, choices_for(scene)),
        version=based_on,
        newest=version_of(scene, section),
    )


def _section_page(visit: Visit, scene: Scene, section: Section, data: Data, faults: Sequence[Fault]) -> HTMLResponse:
    translator = pages_of(visit.request).translator(visit.request)
    fields = describe(section.form, translator, LABELS, data, faults, choices_for(scene))
    before, after = neighbours(section.name)
    return _page(
        visit,
        scene,
        "section",
        section=section,
        fields=fields,
        version=version_of(scene, section),
        missing=summary(fields, faults, translator),
        before=before,
        after=after,
        kept="bewaard" in visit.request.query_params,
    )


def _documents_page(visit: Visit, scene: Scene, faults: Sequence[Fault] = (), status: int = 200) -> HTMLResponse:
    before, after = neighbours(DOCUMENTS)
    documents = [(str(one.get("naam", "")), marked(scene, one)) for one in documents_in(draft_of(scene))]
    section = BY_NAME[DOCUMENTS]
    return _page(
        visit,
        scene,
        "documents",
        status,
        section=section,
        documents=documents,
        faults=faults,
        before=before,
        after=after,
    )


def _check_page(
    visit: Visit,
    scene: Scene,
    faults: Sequence[Fault] = (),
    refusal: Sentence | None = None,
    status: int = 200,
) -> HTMLResponse:
    translator = pages_of(visit.request).translator(visit.request)
    draft, form = draft_of(scene), scene.process.forms["register"]
    fields = describe(form, translator, "register", {}, faults)
    return _page(
        visit,
        scene,
        "check",
        status,
        sections=answered(draft, translator, choices_for(scene)),
        missing=missing(draft, translator, choices_for(scene)),
        fields=fields,
        summary=summary(fields, faults, translator),
        refusal=refusal,
        version=version_of_all(scene),
        step=scene.workflow.steps["register"],
    )


def _page(visit: Visit, scene: Scene, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    return pages_of(visit.request).page(
        visit.request, f"referrals/{name}.html", status, scene=scene, case=scene.case, **shell(visit), **context
    )
