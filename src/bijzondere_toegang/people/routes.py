"""Logging in and out, asking for a one-time link, and choosing a password with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.clock import Clock
from bijzondere_toegang.db import Database, unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotThere
from bijzondere_toegang.people.accounts import find_account, known_as, login_key
from bijzondere_toegang.people.entering import Posted, after_password, login_page
from bijzondere_toegang.people.house import house_of
from bijzondere_toegang.people.links import (
    MOST_TRIES,
    about_account,
    ask_for_link,
    is_handed,
    open_link,
    proves,
    too_many_guesses,
    use_up_links,
)
from bijzondere_toegang.people.login import (
    MAXIMUM_LENGTH,
    end_session,
    end_sessions,
    matches,
    password_faults,
    set_password,
)
from bijzondere_toegang.people.models import Account, LoginLink
from bijzondere_toegang.people.throttle import claim_try, forgive
from bijzondere_toegang.people.visits import Reading, Visit, Writing, session_cookie
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.carrying import carried_from
from bijzondere_toegang.web.forms import Answers, Day, Line, day_as_sent, describe, field, validate
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.problem import Problems
from bijzondere_toegang.web.render import Pages
from bijzondere_toegang.web.views import SummaryLine

router = APIRouter()

LONGEST_LOGIN = 254
REFUSED = N_("Deze gegevens kloppen niet, of er is te vaak geprobeerd. Controleer ze en probeer het straks opnieuw.")
ANEW = N_("Een link werkt één keer, en niet langer dan een week. Een nieuwe is zo gevraagd. Of bel wie u uitnodigde.")
NOBODY = UUID(int=1)
"""The chain of log-ins by a name that nobody has."""
NO_LOGIN = N_("Vul uw e-mailadres of inlognaam in.")
NO_DATE = N_("Vul de geboortedatum in, zoals 14-4-2012.")
NO_CODE = N_("Vul de code van zes cijfers in.")
WRONG_CODE = N_("Deze code klopt niet. Kijk hem na en typ ook het wachtwoord opnieuw.")
WRONG_DATE = N_("Deze datum klopt niet. Kijk hem na en typ ook het wachtwoord opnieuw.")


class DeadLink(NotThere):
    """Used, too old, guessed at too often, or never given: all the same to who opens it."""

    title = N_("Deze link werkt niet meer")
    onward = ("/inloglink", N_("Vraag een nieuwe link"))


class Proof(Answers):
    """What a link asks besides the password, of somebody who is family."""

    born: Day = field("geboortedatum", widget="birthday")


class HandedCode(Answers):
    """What a link asks of somebody who was invited."""

    code: Line = field("code", widget="number")


def _pages(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


@router.get("/inloggen")
def show_login(visit: Reading, uit: str = "") -> Response:
    if visit.actor is not None:
        return RedirectResponse("/", status_code=303)
    if visit.half is not None and visit.session is not None and not uit:
        return RedirectResponse("/inloggen/code" if visit.session.waits else "/inloggen/tweede", status_code=303)
    return login_page(visit.request, left=bool(uit))


def password_right(request: Request, login: str = Form(""), wachtwoord: str = Form("")) -> bool:
    """Asked before the writing transaction begins: hashing takes its time on purpose. The try is counted first."""
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    login = login[:LONGEST_LOGIN]
    with database.write() as tx:
        free = claim_try(tx, login_key(tx, login), clock())
    with database.read() as tx:
        return matches(tx, login, wachtwoord[:MAXIMUM_LENGTH], free=free)


@router.post("/inloggen")
def log_in(
    posted: Posted, right: Annotated[bool, Depends(password_right)], visit: Writing, login: str = Form("")
) -> Response:
    login, carried = login[:LONGEST_LOGIN], carried_from(posted)
    account = find_account(visit.tx, login)
    if not right or account is None:
        _note_refused(visit, account)
        fault = Fault("/login", REFUSED)
        return login_page(visit.request, 422, fault=fault, login=login, carried=carried)
    forgive(visit.tx, account.login_key)
    return after_password(visit, account, carried)


def _note_refused(visit: Visit, account: Account | None) -> None:
    """In the chain of the account, or in that of names which nobody has: as much work for either."""
    who = account.id if account else NOBODY
    visit.note(who, replace(about_account("log_in", "E", who), outcome="refused 422"))


@router.post("/uitloggen")
def log_out(visit: Writing, overal: str = Form("")) -> Response:
    """Out of this session, or out of all of them."""
    somebody = visit.actor or visit.half
    if somebody is not None and visit.session is not None:
        end_session(visit.tx, visit.session.id, somebody.account_id, visit.at)
        if overal and visit.actor is not None:
            end_sessions(visit.tx, somebody.account_id, visit.at)
        visit.note(somebody.account_id, Event("log_out", "E", somebody.account_id, object_kind="account"))
    settings: Settings = visit.request.app.state.settings
    came_by = visit.session.provider if visit.session else ""
    onward = f"/uitgelogd/{came_by}" if visit.request.app.state.providers.find(came_by) else "/inloggen?uit=1"
    response = RedirectResponse(onward, status_code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(session_cookie(settings), path="/", secure=settings.secure, httponly=True, samesite="lax")
    return response


@router.get("/inloglink")
def show_link_form(visit: Reading) -> Response:
    return _link_page(visit)


@router.post("/inloglink")
def ask_link(visit: Writing, login: str = Form("")) -> Response:
    """The same answer, after the same work, for a login name that exists and for one that does not."""
    login = login[:LONGEST_LOGIN].strip()
    if not login:
        return _link_page(visit, fault=Fault("/login", NO_LOGIN))
    ask_for_link(visit.tx, login, visit.at)
    return _link_page(visit, asked=True)


def _link_page(visit: Visit, *, fault: Fault | None = None, asked: bool = False) -> Response:
    settings: Settings = visit.request.app.state.settings
    status = 422 if fault else 200
    context = {"fault": fault, "asked": asked, "phone": settings.phone}
    return _pages(visit.request).page(visit.request, "people/link.html", status, **context)


@router.get("/welkom/{token}")
def show_welcome(visit: Reading, token: str) -> Response:
    found = open_link(visit.tx, token, visit.at)
    if found is None:
        raise DeadLink(ANEW)
    return welcome(visit, *found, token)


@router.post("/welkom/{token}")
def choose_password(
    visit: Writing, token: str, wachtwoord: str = Form(""), geboortedatum: str = Form(""), code: str = Form("")
) -> Response:
    """A wrong date counts, so its answer is returned: a raised one would roll the counting back."""
    found = open_link(visit.tx, token, visit.at)
    if found is None:
        raise DeadLink(ANEW)
    link, account = found
    given = (geboortedatum if account.handed_code is None else code).strip()
    faults = [
        *proof_faults(visit, link, account, given),
        *password_faults(wachtwoord, known_as(visit.tx, account), visit.request.app.state.breached),
    ]
    if link.tries >= MOST_TRIES or too_many_guesses(visit.tx, account.id):
        return Problems(_pages(visit.request)).answer(visit.request, DeadLink(ANEW))
    if faults:
        return welcome(visit, link, account, token, faults, given)
    changed = account.password_hash is not None
    set_password(account, wachtwoord)
    use_up_links(visit.tx, account.id, visit.at)
    end_sessions(visit.tx, account.id, visit.at)
    visit.note(account.id, Event("password_set", "U", account.id, object_kind="account"))
    if changed:
        house_of(visit.request).tell(visit.tx, [account.id], "password", visit.at)
    return after_password(visit, account)


def proof_faults(visit: Visit, link: LoginLink, account: Account, given: str) -> list[Fault]:
    """What is wrong with the date, or the code of who was invited; one that is none costs no try."""
    if link.proof is None:
        return []
    if account.handed_code is not None:
        return _code_faults(visit, link, account, given)
    answers, _ = validate(Proof, {"geboortedatum": day_as_sent(given)})
    if answers is None:
        return [Fault("/geboortedatum", NO_DATE)]
    if proves(visit.tx, link, answers.born.isoformat()):
        return []
    _count_wrong(visit, link, account)
    return [Fault("/geboortedatum", WRONG_DATE)]


def _code_faults(visit: Visit, link: LoginLink, account: Account, given: str) -> list[Fault]:
    digits = "".join(given.split())
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return [Fault("/code", NO_CODE)]
    if is_handed(visit.tx, account, digits):
        return []
    _count_wrong(visit, link, account)
    return [Fault("/code", WRONG_CODE)]


def _count_wrong(visit: Visit, link: LoginLink, account: Account) -> None:
    link.tries += 1
    visit.tx.add(link)
    visit.tx.flush()
    visit.note(account.id, replace(about_account("password_set", "U", account.id), outcome="refused 422"))


def welcome(
    visit: Visit, link: LoginLink, account: Account, token: str, faults: Sequence[Fault] = (), typed: str = ""
) -> Response:
    unseal_rows(visit.tx, [account])
    settings: Settings = visit.request.app.state.settings
    pages = _pages(visit.request)
    t = pages.translator(visit.request)
    asks, name = (Proof, "geboortedatum") if account.handed_code is None else (HandedCode, "code")
    views = describe(asks, t, "welcome", {name: typed}, faults) if link.proof is not None else []
    context = {
        "asked": views,
        "providers": visit.request.app.state.providers.of_family()
        if link.proof is not None and account.handed_code is None
        else [],
        "faults": {fault.pointer: fault for fault in faults},
        "lines": _lines(faults, t),
        "token": token,
        "login": account.login.reveal() if account.login else "",
        "phone": settings.phone,
    }
    return pages.page(visit.request, "people/welcome.html", 422 if faults else 200, **context)


def _lines(faults: Sequence[Fault], t: Translator) -> list[SummaryLine]:
    places = {"/geboortedatum": "#v-geboortedatum", "/code": "#v-code", "/wachtwoord": "#wachtwoord"}
    return [SummaryLine("", t.sentence(fault), places[fault.pointer]) for fault in faults]
