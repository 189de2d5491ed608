"""The list of what waits to be destroyed (the privacy officer advises, two administrators execute), and searching."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.db import Database
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.records import searching
from bijzondere_toegang.records.erasing import advise, execute, may_look, waiting
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event

router = APIRouter()

LIST = "/vernietigingen"
SEARCH = "/zoeken"


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


@router.get(SEARCH)
def show_search(visit: Reading) -> Response:
    _demand_searcher(visit)
    return _search_page(visit, "", [], asked=False)


@router.post(SEARCH)
def find(visit: Reading, zoek: str = Form("")) -> Response:
    """By POST, so that no name stands in an address, a history or a log."""
    _demand_searcher(visit)
    actor = visit.person
    visit.note(actor.account_id, Event("search", "R", actor.account_id, object_kind="search"))
    hits = searching.search(visit.tx, actor, process_of(visit.request).region, visit.at, zoek)
    return _search_page(visit, zoek[: searching.LONGEST], hits, asked=True)


def _demand_searcher(visit: Visit) -> None:
    if not searching.may_search(visit.person):
        raise NotThere


def _search_page(visit: Visit, term: str, hits: list[searching.Hit], *, asked: bool) -> Response:
    short = asked and len(searching.plain(term)) < searching.SHORTEST
    return pages_of(visit.request).page(
        visit.request,
        "records/search.html",
        term=term,
        hits=hits,
        asked=asked,
        short=short,
        most=searching.MOST,
        **shell(visit),
    )
