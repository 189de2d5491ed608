"""The home page: to the worklist for professionals, to the own plan for families, to the log-in for others."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.administration.reviewing import waiting
from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.cases.shell import WORKLIST, has_page, shell
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.visits import Reading, Visit
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.worklist.page import worklist
from bijzondere_toegang.worklist.queries import Cursor, Filter

router = APIRouter()

HOMES = {"administrator": "/beheer", "privacy_officer": "/logboek", "analyst": "/begin"}
"""Where somebody begins to whose roles no cases belong; the first that fits."""
NO_CASES = frozenset(HOMES)
"""Roles to which no cases belong."""

DRAFT = "/aanmeldingen/BT-0"
"""An address of the shape of a draft's page."""
PAGE, PARTS = "worklist/worklist.html", {"lijst": "list", "verder": "more"}
"""The page, and which block of it goes into the place that htmx names."""


@router.get("/")
def show_home(visit: Reading) -> Response:
    return RedirectResponse(_home(visit.person), status_code=303)


def _home(actor: Actor) -> str:
    if not actor.is_professional:
        return "/mijn-plan"
    own = [place for role, place in HOMES.items() if role in actor.roles]
    return own[0] if own and actor.roles <= NO_CASES else WORKLIST


@router.get("/begin")
def show_beginning(visit: Reading) -> Response:
    """For the analyst, until there are figures."""
    if "analyst" not in visit.person.roles:
        raise NotThere
    return pages_of(visit.request).page(visit.request, "worklist/begin.html", **shell(visit))


def _reviews(visit: Visit) -> int:
    """Whether a coordinator has to say who keeps access."""
    own = visit.person.organisations("coordinator")
    return waiting(visit.tx, own) if own else 0


@router.get(WORKLIST)
def show_worklist(
    visit: Reading,
    toon: str = "",
    na: str = "",
    target: Annotated[str, Header(alias="hx-target")] = "",
    htmx: Annotated[str, Header(alias="hx-request")] = "",
) -> Response:
    """`toon` is a filter (a code), `na` where the page before ended; what is not known shows everything. htmx asks
    for the list alone, or for what follows it."""
    actor = visit.person
    if not actor.is_professional:
        return RedirectResponse("/mijn-plan", status_code=303)
    pages, request = pages_of(visit.request), visit.request
    shown = worklist(
        visit,
        process_of(request),
        pages.translator(request),
        Filter(toon),
        Cursor.read(na),
        has_page(request, DRAFT),
    )
    visit.note(
        actor.account_id,
        Event("list", "R", actor.account_id, object_kind="worklist", object_pseudonym=str(actor.account_id)),
    )
    known = {"refers": "referrer" in actor.roles, "joins": bool(actor.roles - NO_CASES), **shown}
    known["reviews"] = _reviews(visit)
    if htmx:
        part = PARTS.get(target, "list")
        return pages.block(request, PAGE, part, htmx=True, follows=part == "more", **known)
    return pages.page(request, PAGE, htmx=False, follows=False, **known, **shell(visit))
