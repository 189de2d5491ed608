"""The list of what waits to be destroyed: the privacy officer advises, two administrators execute."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.cases.scenes import pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.db import Database
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.visits import Reading, Writing
from bijzondere_toegang.records.erasing import advise, execute, may_look, waiting
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event

router = APIRouter()

LIST = "/vernietigingen"


@router.get(LIST)
def show_erasures(visit: Reading, gedaan: str = "") -> Response:
    actor = visit.person
    if not may_look(actor):
        raise NotThere
    visit.note(actor.account_id, Event("list", "R", actor.account_id, object_kind="erasures"))
    rows = waiting(visit.tx, actor, visit.at)
    done = gedaan if gedaan in ("advies", "bevestigd", "vernietigd") else ""
    return pages_of(visit.request).page(visit.request, "records/erasures.html", rows=rows, done=done, **shell(visit))


@router.post(LIST + "/{erasure_id}/advies")
def give_advice(visit: Writing, erasure_id: UUID, advies: Literal["for", "against"] = Form()) -> Response:
    advise(visit.tx, visit.person, erasure_id, advies, visit.at)
    return RedirectResponse(f"{LIST}?gedaan=advies", status_code=303)


@router.post(LIST + "/{erasure_id}/uitvoering")
def carry_out(visit: Writing, erasure_id: UUID) -> Response:
    settings: Settings = visit.request.app.state.settings
    gone = execute(visit.tx, visit.person, erasure_id, visit.at, settings.erasure_file)
    if gone:
        database: Database = visit.request.app.state.database
        visit.after_commit(database.scrub)
    return RedirectResponse(f"{LIST}?gedaan={'vernietigd' if gone else 'bevestigd'}", status_code=303)
