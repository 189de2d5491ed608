"""Pages that only the demonstration has: choose a person, the mailbox, the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.demo.mailbox import Mail
from bijzondere_toegang.demo.people import WORDS, account_of, choices
from bijzondere_toegang.demo.site import Demo
from bijzondere_toegang.errors import N_, NotThere
from bijzondere_toegang.people.entering import signed_in
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.visits import Reading, Writing

router = APIRouter()

SHOWN = 10
"""mails of one person that the mailbox shows"""

JUMPS = {
    "dag": (N_("1 dag verder"), timedelta(days=1)),
    "week": (N_("1 week verder"), timedelta(weeks=1)),
    "maand": (N_("1 maand verder"), timedelta(days=30)),
    "kwartaal": (N_("3 maanden verder"), timedelta(days=91)),
}


def demo_of(request: Request) -> Demo:
    return cast(Demo, request.app.state.demo)


@router.get("/inloggen")
@router.get("/demo/inloggen")
def show_people(visit: Reading) -> Response:
    region = process_of(visit.request).region
    names = {organisation.code: organisation.name for organisation in region.organisations}
    groups = choices(visit.tx, names)
    return pages_of(visit.request).page(
        visit.request, "demo/people.html", groups=groups, words=WORDS, who=visit.actor.name if visit.actor else None
    )


@router.post("/demo/inloggen")
def choose(visit: Writing, wie: str = Form(""), naar: str = Form("/")) -> Response:
    account_id = account_of(visit.tx, wie[:60])
    if account_id is None:
        raise NotThere
    return sign_in(visit, account_id, naar)


def sign_in(visit: Writing, account_id: UUID, to: str) -> Response:
    """A new session for this account, and on to one of our own pages."""
    account = visit.tx.get(Account, account_id)
    if account is None:
        raise NotThere
    response = signed_in(visit, account, "demo")
    response.headers["location"] = to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
    return response


@router.get("/demo/postvak")
def show_mailbox(visit: Reading) -> Response:
    mails = demo_of(visit.request).mailbox.mails()
    return pages_of(visit.request).page(visit.request, "demo/mailbox.html", boxes=_boxes(mails), count=len(mails))


def _boxes(mails: list[Mail]) -> list[tuple[str, list[Mail], int]]:
    """Per person the newest mails and how many there are; who got the newest mail comes first."""
    boxes: dict[str, list[Mail]] = {}
    for mail in mails:
        boxes.setdefault(mail.to, []).append(mail)
    return [(to, found[:SHOWN], len(found)) for to, found in boxes.items()]


@router.get("/demo/klok")
def show_clock(visit: Reading, herinnerd: int | None = None, verstuurd: int | None = None) -> Response:
    return pages_of(visit.request).page(
        visit.request, "demo/clock.html", jumps=JUMPS, reminded=herinnerd, sent=verstuurd
    )


@router.post("/demo/klok")
def move_clock(request: Request, sprong: str = Form("")) -> Response:
    if sprong not in JUMPS:
        raise NotThere
    reminded, sent = demo_of(request).keeper.move(JUMPS[sprong][1])
    return RedirectResponse(f"/demo/klok?herinnerd={reminded}&verstuurd={sent}", status_code=303)
