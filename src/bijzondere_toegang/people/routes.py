"""Logging in and out, and choosing a password by a one-time link."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.errors import N_, Fault, NotThere
from bijzondere_toegang.people.login import (
    check_password,
    end_sessions,
    open_link,
    set_password,
    start_session,
)
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.visits import Reading, Visit, Writing, session_cookie
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.render import Pages
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

REFUSED = N_("Deze gegevens kloppen niet, of er is te vaak geprobeerd. Controleer ze en probeer het straks opnieuw.")


def _pages(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


@router.get("/inloggen")
def show_login(visit: Reading) -> Response:
    if visit.actor is not None:
        return RedirectResponse("/", status_code=303)
    return _pages(visit.request).page(visit.request, "people/login.html", fault=None, login="")


@router.post("/inloggen")
def log_in(visit: Writing, login: str = Form(""), wachtwoord: str = Form("")) -> Response:
    account = check_password(visit.tx, login[:254], wachtwoord[:500], visit.at)
    if account is None:
        return _pages(visit.request).page(
            visit.request, "people/login.html", 422, fault=Fault("/login", REFUSED), login=login[:254]
        )
    return signed_in(visit, account)


def signed_in(visit: Visit, account: Account) -> Response:
    """A new session for this account, and on to its home. Every log-in has a token of its own."""
    token = start_session(visit.tx, account.id, visit.at)
    visit.note(account.id, Event("log_in", "E", account.id, object_kind="account", object_pseudonym=str(account.id)))
    settings: Settings = visit.request.app.state.settings
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        session_cookie(settings), token, httponly=True, secure=settings.secure, samesite="lax", path="/"
    )
    return response


@router.post("/uitloggen")
def log_out(visit: Writing) -> Response:
    if visit.actor is not None:
        end_sessions(visit.tx, visit.actor.account_id, visit.at)
        visit.note(visit.actor.account_id, Event("log_out", "E", visit.actor.account_id, object_kind="account"))
    settings: Settings = visit.request.app.state.settings
    response = RedirectResponse("/inloggen", status_code=303)
    response.delete_cookie(session_cookie(settings), path="/", secure=settings.secure, httponly=True, samesite="lax")
    return response


@router.get("/welkom/{token}")
def show_welcome(visit: Reading, token: str) -> Response:
    if open_link(visit.tx, token, visit.at) is None:
        raise NotThere(N_("Deze link werkt niet meer. Vraag een nieuwe aan wie u uitnodigde."))
    return _pages(visit.request).page(visit.request, "people/welcome.html", fault=None, token=token)


@router.post("/welkom/{token}")
def choose_password(visit: Writing, token: str, wachtwoord: str = Form("")) -> Response:
    link = open_link(visit.tx, token, visit.at)
    account = visit.tx.get(Account, link.account_id) if link else None
    if link is None or account is None or account.ended_at is not None:
        raise NotThere(N_("Deze link werkt niet meer. Vraag een nieuwe aan wie u uitnodigde."))
    if fault := set_password(account, wachtwoord):
        page = _pages(visit.request).page(visit.request, "people/welcome.html", 422, fault=fault, token=token)
        raise Rerender(page)
    link.used_at = visit.at
    return signed_in(visit, account)
