"""The referrer looks a file over and issues it; the family member fetches it on the own page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.queries import parties_of
from bijzondere_toegang.errors import N_, Fault, NotProven, NotThere, Refused
from bijzondere_toegang.family.people import referrer
from bijzondere_toegang.family.readers import Reader, as_person, people_of, reader_of
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.inspection.actions import give_back, hold_back, issue, passage_is_there, review_is_to_come
from bijzondere_toegang.inspection.forms import HoldBack
from bijzondere_toegang.inspection.models import Inspection
from bijzondere_toegang.inspection.pdf import attached, set_pdf
from bijzondere_toegang.inspection.record import (
    demand_referrer,
    held_in,
    hold_on,
    newest,
    outdated,
    sections_of,
)
from bijzondere_toegang.inspection.sections import Section
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.web.forms import describe, read_form, summary, validate
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()


class Outdated(Refused):
    """Something was kept from its reader since this file was issued. Who asks hears that it is over, and not why."""

    status = 410
    title = N_("Dit dossier is verlopen")


FORM = "hold_back"
NEW_ONE = N_("Vraag een nieuw aan.")
FOOT = N_("Niet iedereen krijgt hetzelfde afschrift. U leest wat voor u bedoeld is.")


@router.get("/zaken/{reference}/inzage")
def show_people(visit: Reading, reference: str) -> Response:
    scene = _desk(visit, reference)
    note_look(visit, scene, "inspection", Permission.INSPECTION_PREPARE)
    parties = parties_of(scene)
    people = [(party_id, parties[party_id].full_name) for party_id in people_of(scene) if party_id in parties]
    return _page(visit, "people", scene, people=people)


@router.get("/zaken/{reference}/inzage/{party_id}")
def show_file(visit: Reading, reference: str, party_id: UUID, gedaan: str = "") -> Response:
    scene = _desk(visit, reference)
    note_look(visit, scene, "inspection", Permission.INSPECTION_PREPARE)
    issued, draft = newest(scene, party_id, issued=True), newest(scene, party_id, issued=False)
    sections, by_key = _sections(visit, scene, party_id), held_in(draft or issued)
    return _page(
        visit,
        "file",
        scene,
        party=parties_of(scene).get(party_id),
        sections=sections,
        held={one.key: hold for one in sections if (hold := hold_on(one, by_key))},
        keys={one.key: one.key if one.key in by_key else one.counted for one in sections},
        issued=issued,
        outdated=outdated(scene, issued, draft),
        done=gedaan if gedaan in ("achtergehouden", "teruggezet", "uitgegeven") else "",
    )


@router.get("/zaken/{reference}/inzage/{party_id}/achterhouden/{key}")
def ask_hold_back(visit: Reading, reference: str, party_id: UUID, key: str) -> Response:
    scene = _desk(visit, reference)
    note_look(visit, scene, "inspection", Permission.INSPECTION_PREPARE)
    return _hold_page(visit, scene, party_id, _section(visit, scene, party_id, key))


@router.post("/zaken/{reference}/inzage/{party_id}/achterhouden/{key}")
def take_hold_back(posted: Posted, visit: Writing, reference: str, party_id: UUID, key: str) -> Response:
    scene = _desk(visit, reference)
    section = _section(visit, scene, party_id, key)
    data = read_form(HoldBack, posted)
    checks = (lambda said: passage_is_there(said, section), lambda said: review_is_to_come(said, scene.on))
    answers, faults = validate(HoldBack, data, checks=checks)
    if answers is None:
        raise Rerender(_hold_page(visit, scene, party_id, section, data, faults, 422))
    hold_back(scene, party_id, section, answers)
    return _back(scene, party_id, "achtergehouden")


@router.post("/zaken/{reference}/inzage/{party_id}/teruggave")
def take_give_back(visit: Writing, reference: str, party_id: UUID, onderdeel: str = Form("")) -> Response:
    scene = _desk(visit, reference)
    as_person(scene, party_id)
    give_back(scene, party_id, onderdeel)
    return _back(scene, party_id, "teruggezet")


@router.post("/zaken/{reference}/inzage/{party_id}/uitgifte")
def take_issue(visit: Writing, reference: str, party_id: UUID) -> Response:
    scene = _desk(visit, reference)
    issue(scene, party_id, _sections(visit, scene, party_id))
    return _back(scene, party_id, "uitgegeven")


def _desk(visit: Visit, reference: str) -> Scene:
    scene = desk_of(visit, reference)
    demand_referrer(scene)
    return scene


def _sections(visit: Visit, scene: Scene, party_id: UUID) -> list[Section]:
    return sections_of(as_person(scene, party_id), pages_of(visit.request).translator(visit.request))


def _section(visit: Visit, scene: Scene, party_id: UUID, key: str) -> Section:
    found = next((one for one in _sections(visit, scene, party_id) if one.key == key), None)
    if found is None:
        raise NotThere
    return found


def _hold_page(
    visit: Visit,
    scene: Scene,
    party_id: UUID,
    section: Section,
    data: Mapping[str, Any] | None = None,
    faults: Sequence[Fault] = (),
    status: int = 200,
) -> HTMLResponse:
    t = pages_of(visit.request).translator(visit.request)
    fields = describe(HoldBack, t, FORM, data or {}, faults)
    lines = summary(fields, faults, t)
    return _page(visit, "hold", scene, status, party_id=party_id, section=section, fields=fields, summary=lines)


def _back(scene: Scene, party_id: UUID, done: str) -> Response:
    return RedirectResponse(f"/zaken/{scene.case.reference}/inzage/{party_id}?gedaan={done}", status_code=303)


def _page(visit: Visit, name: str, scene: Scene, status: int = 200, **shown: Any) -> HTMLResponse:
    pages = pages_of(visit.request)
    return pages.page(visit.request, f"inspection/{name}.html", status, case=scene.case, **shown, **shell(visit))


# ── For the person it is about ──


@router.get("/mijn-plan/{reference}/inzage")
def show_own(visit: Reading, reference: str) -> Response:
    reader, row = _own(visit, reference)
    t = pages_of(visit.request).translator(visit.request)
    return pages_of(visit.request).page(
        visit.request,
        "inspection/own.html",
        case=reader.scene.case,
        say=Voice(t, reader.is_youth, visit.on),
        organisation=referrer(reader.scene).organisation,
        day=_day(row) if row is not None else None,
        outdated=_is_outdated(reader, row),
        person=visit.person,
    )


@router.get("/mijn-plan/{reference}/inzage/dossier.json")
def fetch_json(visit: Reading, reference: str) -> Response:
    reader, row = _issued(visit, reference)
    held = {"kenmerk": reader.scene.case.reference, "op": str(_day(row)), "onderdelen": _content(row)}
    return attached(json.dumps(held, ensure_ascii=False, indent=1).encode(), "application/json", "dossier.json")


@router.get("/mijn-plan/{reference}/inzage/dossier.pdf")
def fetch_pdf(visit: Reading, reference: str) -> Response:
    reader, row = _issued(visit, reference)
    t: Translator = pages_of(visit.request).translator(visit.request)
    assert row.issued_at is not None
    lines = [t.gettext(N_("Zaak {kenmerk}"), kenmerk=reader.scene.case.reference), t.day(_day(row))]
    pdf = set_pdf(t.gettext(N_("Uw dossier")), lines, _content(row), t.gettext(FOOT), t.lang, row.issued_at)
    return attached(pdf, "application/pdf", "dossier.pdf")


def _own(visit: Visit, reference: str) -> tuple[Reader, Inspection | None]:
    """Raises NotThere for who is not family here, and for who may not export."""
    reader = reader_of(scene_of(visit, reference))
    if not allows(Permission.EXPORT, reader.scene.sight.facts):
        raise NotThere
    note_look(visit, reader.scene, "inspection", Permission.EXPORT)
    return reader, newest(reader.scene, reader.party.id, issued=True)


def _issued(visit: Visit, reference: str) -> tuple[Reader, Inspection]:
    reader, row = _own(visit, reference)
    if row is None:
        raise NotThere
    if not visit.person.proven:
        raise NotProven
    if _is_outdated(reader, row):
        raise Outdated(NEW_ONE)
    return reader, row


def _is_outdated(reader: Reader, row: Inspection | None) -> bool:
    return outdated(reader.scene, row, newest(reader.scene, reader.party.id, issued=False))


def _day(row: Inspection) -> Any:
    return local_day(row.issued_at) if row.issued_at else None


def _content(row: Inspection) -> list[dict[str, Any]]:
    return list(row.content.data()) if row.content is not None else []
