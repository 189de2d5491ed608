"""A file on its way into a case: who may bring it is asked first, then it is washed and scanned, then it is written.

Washing and scanning take seconds and another server's word: no transaction stands open meanwhile.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.cases.advance import advance, check_may, judged, role_of
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import has_own_door, scene_of
from bijzondere_toegang.cases.steps import Posted, StepPage, step_page
from bijzondere_toegang.documents.checking import WHY, Checked, checked, sentence_for
from bijzondere_toegang.documents.limits import MOST_BYTES, Unfit
from bijzondere_toegang.documents.scanner import NotScanned, Scanner
from bijzondere_toegang.errors import Fault, Incomplete, NotNow, Sentence
from bijzondere_toegang.people.visits import Visit, Writing, reading
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.forms import read_form
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

STEP = "add_document"
FILE = "inhoud"


@dataclass(frozen=True, slots=True)
class Upload:
    """What came of a file: `enclosed`, or the sentence that says why not and the status that goes with it."""

    enclosed: Checked | None = None
    wrong: Sentence | None = None
    status: int = 422

    @property
    def faults(self) -> list[Fault]:
        return [Fault("/" + FILE, self.wrong.text, self.wrong.params)] if self.wrong else []


async def sent_file(request: Request) -> bytes | None:
    """The file of a form; one byte more than may come in is enough to know that it is too large."""
    form = await request.form()
    file = next((one for one in form.getlist(FILE) if isinstance(one, UploadFile) and one.filename), None)
    return await file.read(MOST_BYTES + 1) if file is not None else None


def uploaded(request: Request, reference: str, sent: Annotated[bytes | None, Depends(sent_file)]) -> Upload:
    """The file of a form, checked, for who may add a document to this case. Raises NotThere, NotAllowed."""
    return examined(request, reference, sent)


Uploaded = Annotated[Upload, Depends(uploaded)]


def examined(request: Request, reference: str, sent: bytes | None) -> Upload:
    """Nobody has a file examined for a case where they may add none."""
    with contextmanager(reading)(request) as visit:
        visit.asked = STEP
        scene = scene_of(visit, reference)
        check_may(scene, scene.workflow.steps[STEP], None)
    if sent is None:
        return Upload(wrong=Sentence(WHY["missing"]))
    scanner: Scanner | None = request.app.state.scanner
    try:
        return Upload(checked(sent, scanner))
    except Unfit as unfit:
        if unfit.why == "infected":
            _note_infected(request, reference)
        return Upload(wrong=sentence_for(unfit))
    except NotScanned as refused:
        return Upload(wrong=refused.sentence, status=refused.status)


def _note_infected(request: Request, reference: str) -> None:
    """Written down in the case: that a file was refused, and who brought it; nothing of the file."""
    with contextmanager(reading)(request) as visit:
        scene = scene_of(visit, reference)
        who, case = visit.person.account_id, str(scene.case.id)
        event = Event(
            "refused", "C", who, role_of(scene), "refused infected", "bijzondere-toegang", "document", case, step=STEP
        )
        visit.note(scene.case.id, event)


@router.post("/zaken/{reference}/documenten")
def add_document(posted: Posted, upload: Uploaded, visit: Writing, reference: str) -> Response:
    scene = scene_of(visit, reference)
    if has_own_door(scene):
        return RedirectResponse(f"/mijn-plan/{scene.case.reference}/documenten", status_code=307)
    put_in(visit, scene, read_form(scene.process.forms[STEP], posted), upload, step_page)
    return RedirectResponse(f"/zaken/{reference}?gedaan={STEP}", status_code=303)


def put_in(visit: Visit, scene: Scene, data: Mapping[str, Any], upload: Upload, page: StepPage) -> None:
    """Add the document; raises Rerender with the page that says by each field what is wrong."""
    visit.asked = STEP
    try:
        take_in(scene, data, upload)
    except Incomplete as error:
        status = upload.status if upload.wrong else error.status
        raise Rerender(page(visit, scene, STEP, data, faults=error.faults, status=status)) from error
    except NotNow as error:
        told = {"refusal": error.sentence, "status": error.status}
        raise Rerender(page(visit, scene, STEP, data, **told)) from error


def take_in(scene: Scene, data: Mapping[str, Any], upload: Upload) -> None:
    """Through the one door. Raises Incomplete with all faults at once: those of the answers and that of the file."""
    answers = {**data, FILE: base64.b64encode(upload.enclosed.content).decode() if upload.enclosed else "-"}
    if upload.wrong:
        raise Incomplete([*upload.faults, *judged(scene, scene.workflow.steps[STEP], answers)[1]])
    advance(scene, STEP, data=answers, enclosed=upload.enclosed)
