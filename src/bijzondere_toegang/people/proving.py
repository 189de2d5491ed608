"""The fresh proof of login: asked where somebody accepts, signs, decides or takes something out; then on with it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.clock import Clock
from bijzondere_toegang.db import Database, enter
from bijzondere_toegang.errors import N_, Fault, NotProven, NotSignedIn
from bijzondere_toegang.people.codes import take_code
from bijzondere_toegang.people.entering import CODE, PASSKEY, Posted, asks, login_page, note_wrong, renewed, settings_of
from bijzondere_toegang.people.factors import Factors, factors_of
from bijzondere_toegang.people.house import house_of, pages_of
from bijzondere_toegang.people.login import MAXIMUM_LENGTH, is_password_of, renew_proof
from bijzondere_toegang.people.models import Account, LoginSession
from bijzondere_toegang.people.passkeys import LONGEST_ANSWER, entering
from bijzondere_toegang.people.throttle import claim_try, forgive
from bijzondere_toegang.people.visits import Visit, Writing, current_session, is_demo, session_token
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.carrying import Carried, carried_from, carry, form_pairs
from bijzondere_toegang.web.problem import Problems
from bijzondere_toegang.web.security import is_machine

router = APIRouter()

PASSWORD, DEMO, ELSEWHERE = "_bewijs_wachtwoord", "_bewijs_demo", "_bewijs_elders"
WRONG = N_("Dit klopt niet, of er is te vaak geprobeerd. Er is nog niets gebeurd.")
KEPT = N_("Dit klopt niet, of er is te vaak geprobeerd. Er is nog niets gebeurd. Wat u typte staat er nog.")
KEPT_YOUTH = N_("Dit klopt niet, of er is te vaak geprobeerd. Er is nog niets gebeurd. Wat je typte staat er nog.")


def demand_proof(visit: Visit) -> None:
    """Raises NotProven unless this person proved lately who they are, NotSignedIn when nobody is there."""
    if not visit.person.proven:
        raise NotProven


def password_given(request: Request, posted: Posted) -> bool:
    """Whether the password of who is signed in was given. Asked before the writing transaction: hashing is slow."""
    given = dict(posted).get(PASSWORD, "")[:MAXIMUM_LENGTH]
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    if not given:
        return False
    with database.write() as tx:
        session = current_session(request, tx, clock())
        account = tx.get(Account, session.account_id) if session and not session.waits else None
        free = account is not None and claim_try(tx, account.login_key, clock())
    return is_password_of(account if free else None, given)


@router.post("/bewijs")
def prove(posted: Posted, password: Annotated[bool, Depends(password_given)], visit: Writing) -> Response:
    """Then on with what was asked, and all that was typed: the browser sends it again where it was going."""
    person, fields = visit.person, dict(posted)
    carried = carried_from(posted) or Carried("/", "GET", ())
    account = visit.tx.get_one(Account, person.account_id)
    factors = factors_of(visit.tx, account.id)
    onward = RedirectResponse(carried.to, status_code=303 if carried.method == "GET" else 307)
    if ELSEWHERE in fields and person.proven:
        return onward
    if visit.session is None or not _proven(visit, account, factors, fields, password):
        note_wrong(visit, person)
        youth = house_of(visit.request).is_youth(visit.tx, account.id, visit.at)
        told = _told(visit.request, account, factors, carried, visit.session, youth=youth, wrong=True)
        return pages_of(visit.request).page(visit.request, "people/proof.html", 422, **told)
    token = renew_proof(visit.tx, visit.session, session_token(visit.request), visit.at)
    visit.note(account.id, Event("proved", "E", account.id, object_kind="account", object_pseudonym=str(account.id)))
    return renewed(visit, token, onward)


def _proven(visit: Visit, account: Account, factors: Factors, fields: dict[str, str], password: bool) -> bool:
    """By passkey; or by the password and, where there is a second factor, a code. In the demonstration by a button."""
    if fields.get(PASSKEY):
        answer = fields[PASSKEY][:LONGEST_ANSWER]
        return entering(visit.tx, answer, asks(visit), settings_of(visit), visit.at) == account.id
    if DEMO in fields:
        return _by_button(visit.request, account)
    if not password:
        return False
    forgive(visit.tx, account.login_key)
    if not factors.second:
        return not visit.person.is_professional
    by = take_code(visit.tx, account.id, fields.get(CODE, ""), visit.at)
    if by == "recovery":
        visit.note(account.id, Event("recovery_code_used", "E", account.id, object_kind="account"))
        house_of(visit.request).tell(visit.tx, [account.id], "recovery", visit.at)
    return bool(by)


def _by_button(request: Request, account: Account) -> bool:
    return is_demo(request) and account.demo_key is not None


def _told(
    request: Request,
    account: Account | None,
    factors: Factors,
    carried: Carried,
    session: LoginSession | None,
    *,
    youth: bool,
    wrong: bool = False,
) -> dict[str, Any]:
    by_button = account is not None and _by_button(request, account)
    provider = None
    if session is not None and session.entered_by == "provider":
        provider = request.app.state.providers.find(session.provider)
    return {
        "carried": carried,
        "factors": factors,
        "by_button": by_button,
        "fault": Fault("/bewijs", _wrong(carried, youth)) if wrong else None,
        "provider": provider,
        "youth": youth,
    }


def _wrong(carried: Carried, youth: bool) -> str:
    """What was typed is spoken of only where something was."""
    if not carried.typed:
        return WRONG
    return KEPT_YOUTH if youth else KEPT


def install(app: FastAPI, problems: Problems) -> None:
    """Answer a request that lacks a proof, or whose session ended, with a page that keeps what was typed."""

    async def unproven(request: Request, error: Exception) -> Response:
        carried = carry(request, await form_pairs(request) if request.method == "POST" else ())
        if is_machine(request.scope) or carried is None:
            return problems.answer(request, error)
        return await run_in_threadpool(_proof_page, request, carried)

    async def not_signed_in(request: Request, error: Exception) -> Response:
        if is_machine(request.scope):
            return problems.answer(request, error)
        carried = carry(request, await form_pairs(request)) if request.method == "POST" else None
        if carried is not None and carried.to.startswith(("/inloggen", "/bewijs")):
            return _to_login()  # it waited too long in the middle of logging in; nothing was typed before
        if carried is None or request.headers.get("hx-request"):
            return problems.answer(request, error) if request.method != "GET" else _to_login()
        return await run_in_threadpool(_login_page, request, carried)

    app.add_exception_handler(NotProven, unproven)
    app.add_exception_handler(NotSignedIn, not_signed_in)


def _to_login() -> Response:
    return RedirectResponse("/inloggen", status_code=303)


def _proof_page(request: Request, carried: Carried) -> Response:
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    with database.read() as tx:
        session = current_session(request, tx, clock())
        account = tx.get(Account, session.account_id) if session else None
        factors = factors_of(tx, account.id) if account else Factors(False, 0, False, 0)
        if account is not None:
            enter(tx, account.id, clock())
        youth = account is not None and house_of(request).is_youth(tx, account.id, clock())
        told = _told(request, account, factors, carried, session, youth=youth)
        return pages_of(request).page(request, "people/proof.html", 403, **told)


def _login_page(request: Request, carried: Carried) -> Response:
    return login_page(request, 401, carried=carried)
