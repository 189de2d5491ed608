"""Logging in and out, and choosing a password by a one-time link."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.db import Database, enter, unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotThere
from bijzondere_toegang.people.login import (
    MAXIMUM_LENGTH,
    admit,
    end_sessions,
    matches,
    open_link,
    set_password,
    start_session,
)
from bijzondere_toegang.people.models import Account, LoginLink
from bijzondere_toegang.people.visits import Reading, Visit, Writing, session_cookie
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.render import Pages
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

LONGEST_LOGIN = 254
REFUSED = N_("Deze gegevens kloppen niet, of er is te vaak geprobeerd. Controleer ze en probeer het straks opnieuw.")


def _pages(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


@router.get("/inloggen")
def show_login(visit: Reading) -> Response:
    if visit.actor is not None:
        return RedirectResponse("/", status_code=303)
    return _pages(visit.request).page(visit.request, "people/login.html", fault=None, login="")


def password_right(request: Request, login: str = Form(""), wachtwoord: str = Form("")) -> bool:
    """Asked before the writing transaction begins: hashing takes its time on purpose."""
    database: Database = request.app.state.database
    with database.read() as tx:
        return matches(tx, login[:LONGEST_LOGIN], wachtwoord[:MAXIMUM_LENGTH])


@router.post("/inloggen")
def log_in(right: Annotated[bool, Depends(password_right)], visit: Writing, login: str = Form("")) -> Response:
    login = login[:LONGEST_LOGIN]
    account = admit(visit.tx, login, right, visit.at)
    if account is None:
        fault = Fault("/login", REFUSED)
        return _pages(visit.request).page(visit.request, "people/login.html", 422, fault=fault, login=login)
    return signed_in(visit, account)


def signed_in(visit: Visit, account: Account) -> Response:
    """A new session for this account, and on to its home. Every log-in has a token of its own."""
    enter(visit.tx, account.id, visit.at)
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
    return _welcome(visit, _invited(visit, token)[1], token)


@router.post("/welkom/{token}")
def choose_password(visit: Writing, token: str, wachtwoord: str = Form("")) -> Response:
    link, account = _invited(visit, token)
    if fault := set_password(account, wachtwoord):
        raise Rerender(_welcome(visit, account, token, fault))
    link.used_at = visit.at
    end_sessions(visit.tx, account.id, visit.at)
    visit.note(account.id, Event("password_set", "U", account.id, object_kind="account"))
    return signed_in(visit, account)


def _invited(visit: Visit, token: str) -> tuple[LoginLink, Account]:
    link = open_link(visit.tx, token, visit.at)
    account = visit.tx.get(Account, link.account_id) if link else None
    if link is None or account is None or account.ended_at is not None:
        raise NotThere(N_("Deze link werkt niet meer. Vraag een nieuwe aan wie u uitnodigde."))
    unseal_rows(visit.tx, [account])
    return link, account


def _welcome(visit: Visit, account: Account, token: str, fault: Fault | None = None) -> Response:
    login = account.login.reveal() if account.login else ""
    context = {"fault": fault, "token": token, "login": login}
    return _pages(visit.request).page(visit.request, "people/welcome.html", 422 if fault else 200, **context)
