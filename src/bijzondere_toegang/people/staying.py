"""Before a session ends by itself: a page asks how long it lasts, and who is still busy stays."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.people.house import pages_of
from bijzondere_toegang.people.visits import Reading, Visit

router = APIRouter()


@router.get("/sessie")
def show_session(visit: Reading) -> HTMLResponse:
    """How long this session lasts, or that it is over. A page asks this by itself, so it stretches nothing."""
    visit.unattended = True
    return _told(visit)


@router.get("/sessie/verder")
def stay(visit: Reading) -> HTMLResponse:
    """A request like any other, so the session lasts its whole idle time again."""
    return _told(visit, stayed=True)


def _told(visit: Visit, *, stayed: bool = False) -> HTMLResponse:
    lasts = visit.lasts if visit.actor is not None else None
    return pages_of(visit.request).block(
        visit.request, "web/_session.html", "told", lasts=lasts, stayed=stayed, ended=lasts is None
    )
