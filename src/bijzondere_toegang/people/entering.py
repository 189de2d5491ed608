"""The ways in behind a password: the code of an app or a list, and the passkey, which needs no password before it."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.db import enter
from bijzondere_toegang.errors import N_, Fault, NotSignedIn
from bijzondere_toegang.people.actors import Actor, load_actor
from bijzondere_toegang.people.browsers import browser_of
from bijzondere_toegang.people.codes import take_code
from bijzondere_toegang.people.factors import Factors, factors_of
from bijzondere_toegang.people.house import house_of, pages_of
from bijzondere_toegang.people.login import OWN_WAY, CameBy, end_session, start_session
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.passkeys import LASTS, LONGEST_ANSWER, entering, options_to_enter
from bijzondere_toegang.people.visits import Reading, Visit, Writing, session_cookie, session_token
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.carrying import Carried, Pairs, carried_from, form_pairs

router = APIRouter()

Posted = Annotated[Pairs, Depends(form_pairs)]

CODE, PASSKEY = "_bewijs_code", "_bewijs_passkey"
ATTEMPT = "poging"
"""The cookie of a browser that asked for a challenge before anybody is signed in."""
WRONG_CODE = N_("Deze code klopt niet, is al gebruikt, of er is te vaak geprobeerd. Wacht op een nieuwe code.")
WRONG_PASSKEY = N_("Inloggen met deze passkey lukte niet. Probeer het opnieuw, of log in op een andere manier.")


def settings_of(visit: Visit) -> Settings:
    settings: Settings = visit.request.app.state.settings
    return settings


def after_password(
    visit: Visit, account: Account, carried: Carried | None = None, came_by: CameBy = OWN_WAY
) -> Response:
    """The password was right, or somebody vouched for as much: on to the second factor, if there is one; else in, as
    far as a password alone leads."""
    factors = factors_of(visit.tx, account.id)
    if not factors.second:
        return signed_in(visit, account, "password", carried, came_by)
    enter(visit.tx, account.id, visit.at)
    browser = browser_of(visit.request)
    token = start_session(visit.tx, account.id, visit.at, waits=True, browser=browser, came_by=came_by)
    if carried is None:
        return with_session(visit, RedirectResponse("/inloggen/code", status_code=303), token)
    return with_session(visit, code_page(visit, factors, carried, token=token), token)


def signed_in(
    visit: Visit, account: Account, by: str, carried: Carried | None = None, came_by: CameBy = OWN_WAY
) -> Response:
    """A new session for this account, and on to its home or to what was typed. Every log-in has a token of its own."""
    enter(visit.tx, account.id, visit.at)
    before = visit.session
    if before is not None:
        end_session(visit.tx, before.id, before.account_id, visit.at)
        if before.waits and before.account_id == account.id:
            came_by = CameBy(before.provider, before.provider_session, before.acting)
    browser = browser_of(visit.request)
    token = start_session(visit.tx, account.id, visit.at, by=by, browser=browser, came_by=came_by)
    _note(visit, account, "log_in")
    if by == "recovery":
        _note(visit, account, "recovery_code_used")
        house_of(visit.request).tell(visit.tx, [account.id], "recovery", visit.at)
    actor = load_actor(visit.tx, account.id, visit.on)
    if by == "password" and actor is not None and actor.is_professional:
        return with_session(visit, RedirectResponse("/inloggen/tweede", status_code=303), token)
    if carried is None or actor is None:
        return with_session(visit, RedirectResponse("/", status_code=303), token)
    return with_session(visit, _resume_page(visit, actor, carried, token), token)


def login_page(request: Request, status: int = 200, **told: Any) -> Response:
    """With our own ways in, and those of the providers."""
    known = {"fault": None, "login": "", "carried": None, "left": False, "providers": request.app.state.providers}
    return pages_of(request).page(request, "people/login.html", status, **known | told)


def _note(visit: Visit, account: Account, what: str) -> None:
    visit.note(account.id, Event(what, "E", account.id, object_kind="account", object_pseudonym=str(account.id)))


def _resume_page(visit: Visit, actor: Actor, carried: Carried, token: str) -> Response:
    """What was typed before somebody had to log in again; sent by whom it was meant, not by itself."""
    pages = pages_of(visit.request)
    return pages.page(visit.request, "people/resume.html", carried=carried, who=actor.name, **pages.csrf_for(token))


def with_session(visit: Visit, response: Response, token: str) -> Response:
    settings = settings_of(visit)
    response.set_cookie(
        session_cookie(settings), token, httponly=True, secure=settings.secure, samesite="lax", path="/"
    )
    return response


def code_page(
    visit: Visit, factors: Factors, carried: Carried | None, *, fault: Fault | None = None, token: str | None = None
) -> Response:
    pages = pages_of(visit.request)
    fresh = {} if token is None else pages.csrf_for(token)
    told = {"fault": fault, "factors": factors, "carried": carried, "phone": settings_of(visit).phone}
    return pages.page(visit.request, "people/code.html", 422 if fault else 200, **told, **fresh)


@router.get("/inloggen/code")
def show_code(visit: Reading) -> Response:
    if visit.half is None or visit.session is None or not visit.session.waits:
        return RedirectResponse("/inloggen", status_code=303)
    return code_page(visit, factors_of(visit.tx, visit.half.account_id), None)


@router.post("/inloggen/code")
def give_code(posted: Posted, visit: Writing) -> Response:
    """A wrong code counts, so its answer is returned: a raised one would roll the counting back."""
    carried, half = carried_from(posted), visit.half
    if half is None or visit.session is None or not visit.session.waits:
        raise NotSignedIn
    enter(visit.tx, half.account_id, visit.at)
    by = take_code(visit.tx, half.account_id, dict(posted).get(CODE, ""), visit.at)
    if not by:
        note_wrong(visit, half)
        fault = Fault("/code", WRONG_CODE)
        return code_page(visit, factors_of(visit.tx, half.account_id), carried, fault=fault)
    return signed_in(visit, visit.tx.get_one(Account, half.account_id), by, carried)


def note_wrong(visit: Visit, actor: Actor) -> None:
    """Somebody who had the password, or the session, gave a wrong proof."""
    wrong = Event("proof_refused", "E", actor.account_id, outcome="refused 422", object_kind="account")
    visit.note(actor.account_id, wrong)


@router.post("/inloggen/passkey/opties")
def ask_passkey(visit: Writing) -> Response:
    """What a passkey has to sign, for this browser alone; the same whoever asks."""
    settings = settings_of(visit)
    attempt = visit.request.cookies.get(_attempt_cookie(settings), "") or secrets.token_urlsafe(32)
    asked_by = asks(visit) or token_digest(attempt)
    response = JSONResponse(content=None, headers={"cache-control": "no-store"})
    response.body = options_to_enter(visit.tx, asked_by, settings, visit.at).encode()
    response.headers["content-length"] = str(len(response.body))
    if visit.session is None:
        response.set_cookie(
            _attempt_cookie(settings), attempt, max_age=int(LASTS.total_seconds()), httponly=True,
            secure=settings.secure, samesite="strict", path="/",
        )  # fmt: skip
    return response


def _attempt_cookie(settings: Settings) -> str:
    return f"__Host-{ATTEMPT}" if settings.secure else ATTEMPT


def asks(visit: Visit) -> str:
    """For whom a challenge is: the session, or the browser that asked before; "" for none of the two."""
    if visit.session is not None:
        return str(visit.session.id)
    attempt = visit.request.cookies.get(_attempt_cookie(settings_of(visit)), "")
    return token_digest(attempt) if attempt else ""


@router.post("/inloggen/passkey")
def enter_by_passkey(posted: Posted, visit: Writing) -> Response:
    """With or without a password before it; what was asked is used up, so a failure is returned."""
    carried = carried_from(posted)
    account_id = entering(
        visit.tx, dict(posted).get(PASSKEY, "")[:LONGEST_ANSWER], asks(visit), settings_of(visit), visit.at
    )
    somebody = visit.half or visit.actor
    if account_id is None or (somebody is not None and somebody.account_id != account_id):
        fault = Fault("/passkey", WRONG_PASSKEY)
        if visit.half is not None:
            return code_page(visit, factors_of(visit.tx, visit.half.account_id), carried, fault=fault)
        return login_page(visit.request, 422, fault=fault, carried=carried)
    return signed_in(visit, visit.tx.get_one(Account, account_id), "passkey", carried)


def renewed(visit: Visit, token: str, response: Response) -> Response:
    """The cookie of a session whose token was renewed."""
    assert token.partition(".")[0] == session_token(visit.request).partition(".")[0]
    return with_session(visit, response, token)
