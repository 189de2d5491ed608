"""`/api/v1`: the process by machine, after the NL API Design Rules. A personal token has the rights of its person."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import col, select
from starlette.responses import JSONResponse

from bijzondere_toegang.api.describing import description
from bijzondere_toegang.api.models import (
    Belemmering,
    Gebeurtenis,
    MogelijkeStap,
    Stap,
    Tijdlijn,
    Zaak,
    ZaakMetStappen,
    ZaakNaStap,
    Zaken,
)
from bijzondere_toegang.cases import uploads
from bijzondere_toegang.cases.advance import Possible, advance, choices_of, possible_steps
from bijzondere_toegang.cases.items import is_invited
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.process import Process, Scene
from bijzondere_toegang.cases.scenes import has_own_door, note_look, pages_of, process_of, scene_of
from bijzondere_toegang.cases.story import tells
from bijzondere_toegang.cases.uploads import Upload, examined, take_in
from bijzondere_toegang.cases.visibility import find_cases, mine
from bijzondere_toegang.documents.checking import decoded, sentence_for
from bijzondere_toegang.documents.limits import Unfit
from bijzondere_toegang.documents.scanner import NotScanned
from bijzondere_toegang.errors import N_, NotNow, NotSignedIn, NotThere
from bijzondere_toegang.family.doing import TELLS_NOTHING
from bijzondere_toegang.family.news import shown
from bijzondere_toegang.family.readers import AT_HOME, reader_of
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.people.visits import Reading, Visit, Writing, bearer_token
from bijzondere_toegang.referrals import routes as referrals
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.forms import json_schema
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.problem import API_VERSION

API = "/api/v1"
router = APIRouter(prefix=API, tags=["zaken"])

PAGE = 100
UNTOLD = N_("Wij willen u eerst bellen. Daarna kunt u dit doen.")


def _person(visit: Visit) -> Actor:
    """Only a token opens the interface: a cookie would bring the browser's session along unasked."""
    if bearer_token(visit.request) is None:
        raise NotSignedIn
    return visit.person


def _answer(body: Any, status: int = 200) -> JSONResponse:
    content = body.model_dump(mode="json", by_alias=True) if hasattr(body, "model_dump") else body
    return JSONResponse(content, status, headers={"API-Version": API_VERSION, "Cache-Control": "no-store"})


@router.get("/zaken", response_model=Zaken, summary="Uw zaken")
def list_cases(
    visit: Reading, na: Annotated[UUID | None, Query(description="where the page before ended")] = None
) -> JSONResponse:
    """The cases of this person, a hundred a page."""
    actor = _person(visit)
    process, translator = process_of(visit.request), _dutch(visit.request)
    chosen = select(Case.id).where(mine(actor, visit.at)).order_by(col(Case.id)).limit(PAGE)
    if na is not None:
        chosen = chosen.where(col(Case.id) > na)
    sights = find_cases(visit.tx, actor, process.region, visit.at, chosen)
    visit.note(actor.account_id, Event("listed", "R", actor.account_id, object_kind="cases"))
    scenes = [Scene(process, visit.tx, sight, visit.at, visit.on) for sight in sights.values() if sight is not None]
    found = [Zaak(**_seen(scene, translator)) for scene in scenes if not is_invited(scene)]
    following = f"/api/v1/zaken?na={list(sights)[-1]}" if len(sights) == PAGE else None
    return _answer(Zaken(resultaten=found, volgende=following))


@router.get("/zaken/{kenmerk}", response_model=ZaakMetStappen, summary="Eén zaak, met wat u nu kunt doen")
def show_case(visit: Reading, kenmerk: str) -> JSONResponse:
    """One case and what this person can do now."""
    _person(visit)
    scene = scene_of(visit, kenmerk)
    note_look(visit, scene, "case")
    return _answer(_with_steps(scene, _dutch(visit.request)))


@router.get("/zaken/{kenmerk}/tijdlijn", response_model=Tijdlijn, summary="Wat er gebeurde")
def show_timeline(
    visit: Reading, kenmerk: str, na: Annotated[int, Query(ge=0, lt=2**63, description="the last number seen")] = 0
) -> JSONResponse:
    """What happened, oldest first, a hundred a page."""
    _person(visit)
    scene = scene_of(visit, kenmerk)
    if decide(Permission.CASE_SEE, scene.sight.facts).scope != "full" or has_own_door(scene):
        raise NotThere
    query = (
        select(TimelineEntry)
        .where(TimelineEntry.chain == scene.case.id, TimelineEntry.seq > na)
        .where(TimelineEntry.step != "", TimelineEntry.outcome == "ok", tells(scene))
        .order_by(col(TimelineEntry.seq))
        .limit(PAGE + 1)
    )
    rows = list(visit.tx.exec(query).all())
    note_look(visit, scene, "timeline")
    found = [_event(entry, _dutch(visit.request)) for entry in rows[:PAGE]]
    more = len(rows) > PAGE
    following = f"/api/v1/zaken/{kenmerk}/tijdlijn?na={rows[PAGE - 1].seq}" if more else None
    return _answer(Tijdlijn(resultaten=found, volgende=following))


def enclosure(request: Request, kenmerk: str, stap: Stap) -> Upload | None:
    """The document that comes with a step, checked before anything is locked; None when the step has none."""
    if stap.stap != uploads.STEP or bearer_token(request) is None:
        return None
    try:
        sent = stap.gegevens.get(uploads.FILE)
        return examined(request, kenmerk, decoded(sent) if isinstance(sent, str) and sent else None)
    except Unfit as unfit:
        return Upload(wrong=sentence_for(unfit))


@router.post("/zaken/{kenmerk}/stappen", response_model=ZaakNaStap, summary="Zet een stap")
def take_step(
    upload: Annotated[Upload | None, Depends(enclosure)], visit: Writing, kenmerk: str, stap: Stap
) -> JSONResponse:
    """Take a step. 200 with the case as it now stands; 403, 404, 409 or 422 with the reason and nothing changed.

    Somebody who may no longer see the case after the step (its last act there) gets it in outline.
    """
    _person(visit)
    scene = scene_of(visit, kenmerk)
    visit.asked = stap.stap if stap.stap in scene.workflow.steps else ""
    if not _told(scene, stap.stap):
        raise NotNow(UNTOLD)
    case = _taken(scene, stap, upload)
    translator = _dutch(visit.request)
    try:
        after = _with_steps(scene_of(visit, kenmerk), translator)
        body: Zaak = ZaakNaStap(**dict(after), code=scene.handed.get("code"))
    except NotThere:
        body = Zaak(**_outline(scene.process, translator, case))
    return _answer(body)


def _taken(scene: Scene, stap: Stap, upload: Upload | None) -> Case:
    if upload is None:
        return advance(scene, stap.stap, data=stap.gegevens, revision=stap.revisie)
    if upload.wrong and upload.status == NotScanned.status:
        raise NotScanned
    take_in(scene, stap.gegevens, upload)
    return scene.case


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> JSONResponse:
    """The OpenAPI description of everything under /api/v1."""
    routes = [r for r in (*referrals.router.routes, *router.routes) if str(getattr(r, "path", "")).startswith(API)]
    return _answer(description(routes))


def _told(scene: Scene, step: str = "") -> bool:
    """False while hard news waits for a call to this member of the family; only what tells nothing is open then."""
    return not has_own_door(scene) or step in TELLS_NOTHING or shown(reader_of(scene, AT_HOME)).waiting is None


def _dutch(request: Request) -> Translator:
    return pages_of(request).catalogues.translator("nl")


def _outline(process: Process, translator: Translator, case: Case) -> dict[str, Any]:
    stage = process.library.get(case.workflow, case.workflow_version).stages[case.stage]
    return {
        "kenmerk": case.reference,
        "fase": case.stage,
        "faseNaam": translator.gettext(f"stage.{case.stage}"),
        "revisie": case.revision,
        "aanZet": stage.turn,
        "uiterlijk": case.due_on,
        "spoed": case.urgent,
        "kader": "vrijwillig" if case.framework == "voluntary" else "gedwongen",
        "gemeente": case.municipality,
        "aangemeldOp": case.registered_at,
    }


def _seen(scene: Scene, translator: Translator) -> dict[str, Any]:
    """The outline; to the family without the municipality, and as it stood before news that waits for a call."""
    outline = _outline(scene.process, translator, scene.case)
    if not has_own_door(scene):
        return outline
    reader = reader_of(scene, AT_HOME)
    stage = shown(reader).stage
    told = {
        "fase": stage,
        "faseNaam": translator.gettext(f"stage.{stage}"),
        "aanZet": scene.workflow.stages[stage].turn,
    }
    return outline | told | {"gemeente": ""} | ({} if _told(scene) and not reader.is_foster else {"uiterlijk": None})


def _with_steps(scene: Scene, translator: Translator) -> ZaakMetStappen:
    steps = [possible for possible in possible_steps(scene) if _told(scene, possible.step.name)]
    return ZaakMetStappen(
        **_seen(scene, translator),
        mogelijkeStappen=[_step(scene, possible, translator) for possible in steps if not possible.obstacles],
        nogNietMogelijk=[_hindered(possible, translator) for possible in steps if possible.obstacles],
    )


def _step(scene: Scene, possible: Possible, translator: Translator) -> MogelijkeStap:
    step = possible.step
    form = scene.process.forms[step.form]
    return MogelijkeStap(
        stap=step.name,
        naam=translator.gettext(f"step.{step.name}"),
        uitleg=translator.gettext(f"step.{step.name}.intro"),
        soort="overgang" if step.kind == "transition" else "handeling",
        naar=list(step.targets),
        schema_=json_schema(form, choices_of(scene, form), translator, step.form),
    )


def _hindered(possible: Possible, translator: Translator) -> Belemmering:
    reasons = [translator.sentence(sentence) for sentence in possible.obstacles]
    return Belemmering(stap=possible.step.name, naam=translator.gettext(f"step.{possible.step.name}"), redenen=reasons)


def _event(entry: TimelineEntry, translator: Translator) -> Gebeurtenis:
    return Gebeurtenis(
        volgnummer=entry.seq,
        moment=entry.at,
        stap=entry.step,
        zin=translator.gettext(f"step.{entry.step}.done"),
        rol=entry.role,
        van=entry.from_stage,
        naar=entry.to_stage,
        hash=entry.hash,
    )
