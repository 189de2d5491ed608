"""*Mijn inlog*: what somebody logs in with, where they are logged in, and the tokens of their programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlmodel import col, select
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.db import enter, unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotNow, NotSignedIn, NotThere
from bijzondere_toegang.people.accounts import known_as
from bijzondere_toegang.people.codes import (
    begin_app,
    confirm_app,
    in_groups,
    new_recovery_codes,
    qr_of,
    secret_of,
    waiting_app,
)
from bijzondere_toegang.people.entering import CODE, PASSKEY, Posted, asks, settings_of, signed_in
from bijzondere_toegang.people.factors import Factors, factors_of, passkeys_of, remove_app, remove_passkey
from bijzondere_toegang.people.house import house_of, pages_of
from bijzondere_toegang.people.login import (
    MAXIMUM_LENGTH,
    end_session,
    end_sessions,
    let_token_sign,
    make_token,
    open_sessions,
    password_faults,
    revoke_token,
    set_password,
    tokens_of,
)
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.passkeys import LONGEST_ANSWER, enrol, options_to_enrol
from bijzondere_toegang.people.proving import demand_proof
from bijzondere_toegang.people.visits import Reading, Visit, Writing, limits
from bijzondere_toegang.timeline.record import Event

router = APIRouter()

HOME = "/mijn-inlog"
SIGNING = timedelta(hours=12)
"""How long a token may sign after it was granted with a fresh proof."""
MOST_DAYS = 366
LONGEST_LABEL = 60
DONE = {
    "passkey": N_("Uw passkey is toegevoegd."),
    "app": N_("Uw codes-app werkt nu."),
    "weg": N_("Dat is weggehaald. U kunt er niet meer mee inloggen."),
    "wachtwoord": N_("Uw wachtwoord is veranderd. Op andere apparaten bent u uitgelogd."),
    "apparaat": N_("Dat apparaat is uitgelogd."),
    "apparaten": N_("Alle andere apparaten zijn uitgelogd."),
    "sleutel": N_("De sleutel is ingetrokken."),
    "tekent": N_("Deze sleutel mag nu 12 uur ondertekenen."),
}
LAST = N_("Dit is uw enige tweede bewijs. Voeg eerst een ander toe. Daarna kunt u dit weghalen.")
NOT_MADE = N_("De passkey is niet toegevoegd. Probeer het opnieuw.")
NOT_THIS_CODE = N_("Deze code klopt niet. Wacht tot de app een nieuwe laat zien en typ die over.")
NO_LABEL = N_("Vul in waar de sleutel voor is.")
NO_DAYS = N_("Vul een aantal dagen in, van 1 tot 366.")


@router.get("/inloggen/tweede")
def show_first_factor(visit: Reading) -> Response:
    """A professional who has a password alone can do nothing else but this."""
    if visit.half is None or visit.session is None or visit.session.waits:
        return RedirectResponse("/inloggen", status_code=303)
    return _page(visit, "second", half=True, fault=None)


def _whose(visit: Visit) -> UUID:
    """Who sets up a factor: somebody with a fresh proof, or a professional who has none and just gave the password."""
    if visit.half is None:
        demand_proof(visit)
        return visit.person.account_id
    if visit.session is None or visit.session.waits or factors_of(visit.tx, visit.half.account_id).second:
        raise NotSignedIn
    enter(visit.tx, visit.half.account_id, visit.at)
    return visit.half.account_id


def _after_adding(visit: Visit, account_id: UUID, by: str, done: str) -> Response:
    """The log and a mail say so; for whom it is the first one, this is the log-in."""
    _note(visit, account_id, f"{'passkey' if by == 'passkey' else 'code_app'}_added", "C")
    house_of(visit.request).tell(visit.tx, [account_id], "passkey", visit.at)
    if visit.half is None:
        return _home(done)
    response = signed_in(visit, visit.tx.get_one(Account, account_id), by)
    response.headers["location"] = f"{HOME}?gedaan={done}"
    return response


def _note(visit: Visit, account_id: UUID, what: str, action: str = "U") -> None:
    visit.note(account_id, Event(what, action, account_id, object_kind="account", object_pseudonym=str(account_id)))


def _home(done: str) -> Response:
    return RedirectResponse(f"{HOME}?gedaan={done}", status_code=303)


def _page(visit: Visit, name: str, status: int = 200, **told: Any) -> Response:
    around = house_of(visit.request).shell(visit)
    return pages_of(visit.request).page(visit.request, f"people/{name}.html", status, **around, **told)


@router.get(HOME)
def show_own_login(visit: Reading, gedaan: str = "") -> Response:
    return _own_page(visit, done=DONE.get(gedaan))


def _own_page(visit: Visit, status: int = 200, **told: Any) -> Response:
    account_id, tx = visit.person.account_id, visit.tx
    passkeys, tokens = passkeys_of(tx, account_id), tokens_of(tx, account_id, visit.at)
    unseal_rows(tx, [*passkeys, *tokens])
    known = {"done": None, "codes": None, "token": None, "faults": {}, "typed": {}} | told
    return _page(
        visit,
        "own_login",
        status,
        factors=factors_of(tx, account_id),
        passkeys=passkeys,
        tokens=tokens,
        sessions=open_sessions(tx, account_id, visit.at, *limits(settings_of(visit))),
        here=visit.session.id if visit.session else None,
        professional=visit.person.is_professional,
        **known,
    )


# ── Passkeys ──


@router.get(f"{HOME}/passkeys")
def show_new_passkey(visit: Reading) -> Response:
    demand_proof(visit)
    return _page(visit, "second", half=False, fault=None)


@router.post(f"{HOME}/passkeys/opties")
def ask_new_passkey(visit: Writing) -> Response:
    account = visit.tx.get_one(Account, _whose(visit))
    unseal_rows(visit.tx, [account])
    options = options_to_enrol(visit.tx, account, asks(visit), settings_of(visit), visit.at)
    return Response(options, media_type="application/json", headers={"cache-control": "no-store"})


@router.post(f"{HOME}/passkeys")
def add_passkey(posted: Posted, visit: Writing) -> Response:
    """What was asked is used up, so a failure is returned."""
    account_id, fields = _whose(visit), dict(posted)
    answer, name = fields.get(PASSKEY, "")[:LONGEST_ANSWER], fields.get("naam", "")
    if not enrol(visit.tx, account_id, answer, name, asks(visit), settings_of(visit), visit.at):
        return _page(visit, "second", 422, half=visit.half is not None, fault=Fault("/passkey", NOT_MADE))
    return _after_adding(visit, account_id, "passkey", "passkey")


@router.post(f"{HOME}/passkeys/{{passkey_id}}/weg")
def drop_passkey(visit: Writing, passkey_id: UUID) -> Response:
    demand_proof(visit)
    _keep_one(visit)
    if not remove_passkey(visit.tx, visit.person.account_id, passkey_id, visit.at):
        raise NotThere
    return _removed(visit, "passkey_removed")


def _keep_one(visit: Visit) -> Factors:
    """A professional keeps one; the account is held, so that two can't remove the last two at once."""
    account_id = visit.person.account_id
    visit.tx.exec(select(Account.id).where(col(Account.id) == account_id).with_for_update()).one()
    factors = factors_of(visit.tx, account_id)
    if visit.person.is_professional and factors.only_one:
        raise NotNow(LAST)
    return factors


def _removed(visit: Visit, what: str) -> Response:
    account_id = visit.person.account_id
    _note(visit, account_id, what, "D")
    house_of(visit.request).tell(visit.tx, [account_id], "removed", visit.at)
    return _home("weg")


# ── The app with codes, and the codes on paper ──


@router.post(f"{HOME}/codes-app")
def start_app(visit: Writing) -> Response:
    begin_app(visit.tx, _whose(visit), visit.at)
    return RedirectResponse(f"{HOME}/codes-app", status_code=303)


@router.get(f"{HOME}/codes-app")
def show_app(visit: Reading) -> Response:
    return _app_page(visit, _whose(visit))


def _app_page(visit: Visit, account_id: UUID, fault: Fault | None = None) -> Response:
    app = waiting_app(visit.tx, account_id)
    if app is None:
        return RedirectResponse(HOME, status_code=303)
    secret = in_groups(secret_of(visit.tx, app))
    return _page(visit, "app", 422 if fault else 200, secret=secret, fault=fault, half=visit.half is not None)


@router.get(f"{HOME}/codes-app/qr.svg")
def show_qr(visit: Reading) -> Response:
    account = visit.tx.get_one(Account, _whose(visit))
    app = waiting_app(visit.tx, account.id)
    if app is None:
        raise NotThere
    unseal_rows(visit.tx, [account], ("login",))
    drawn = qr_of(secret_of(visit.tx, app), account.login.reveal() if account.login else "")
    return Response(drawn, media_type="image/svg+xml", headers={"cache-control": "no-store"})


@router.post(f"{HOME}/codes-app/code")
def confirm(posted: Posted, visit: Writing) -> Response:
    """A wrong code counts, so its answer is returned."""
    account_id = _whose(visit)
    if not confirm_app(visit.tx, account_id, dict(posted).get(CODE, ""), visit.at):
        return _app_page(visit, account_id, Fault("/code", NOT_THIS_CODE))
    return _after_adding(visit, account_id, "code", "app")


@router.post(f"{HOME}/codes-app/weg")
def drop_app(visit: Writing) -> Response:
    demand_proof(visit)
    _keep_one(visit)
    if not remove_app(visit.tx, visit.person.account_id, visit.at):
        raise NotThere
    return _removed(visit, "code_app_removed")


@router.post(f"{HOME}/herstelcodes")
def make_recovery_codes(visit: Writing) -> Response:
    """They stand in this answer alone."""
    demand_proof(visit)
    account_id = visit.person.account_id
    if not factors_of(visit.tx, account_id).second:
        raise NotNow(N_("Stel eerst een passkey of een codes-app in. Herstelcodes zijn voor als u die kwijt bent."))
    codes = new_recovery_codes(visit.tx, account_id, visit.at)
    visit.tx.flush()
    _note(visit, account_id, "recovery_codes_made", "C")
    return _own_page(visit, codes=codes)


# ── Password ──


@router.get(f"{HOME}/wachtwoord")
def show_password(visit: Reading) -> Response:
    demand_proof(visit)
    return _page(visit, "password", fault=None)


@router.post(f"{HOME}/wachtwoord")
def change_password(visit: Writing, wachtwoord: str = Form("")) -> Response:
    demand_proof(visit)
    account = visit.tx.get_one(Account, visit.person.account_id)
    breached = visit.request.app.state.breached
    faults = password_faults(wachtwoord[: MAXIMUM_LENGTH + 1], known_as(visit.tx, account), breached)
    if faults:
        return _page(visit, "password", 422, fault=faults[0])
    set_password(account, wachtwoord)
    visit.tx.add(account)
    end_sessions(visit.tx, account.id, visit.at, but=visit.session.id if visit.session else None)
    _note(visit, account.id, "password_set")
    house_of(visit.request).tell(visit.tx, [account.id], "password", visit.at)
    return _home("wachtwoord")


# ── Devices ──


@router.post(f"{HOME}/apparaten/{{session_id}}/uitloggen")
def end_one(visit: Writing, session_id: UUID) -> Response:
    end_session(visit.tx, session_id, visit.person.account_id, visit.at)
    _note(visit, visit.person.account_id, "log_out")
    return _home("apparaat")


@router.post(f"{HOME}/apparaten/uitloggen")
def end_others(visit: Writing) -> Response:
    account_id = visit.person.account_id
    end_sessions(visit.tx, account_id, visit.at, but=visit.session.id if visit.session else None)
    _note(visit, account_id, "log_out")
    return _home("apparaten")


# ── Tokens of programs ──


@router.post(f"{HOME}/sleutels")
def add_token(visit: Writing, naam: str = Form(""), dagen: str = Form("")) -> Response:
    """The token stands in this answer alone."""
    demand_proof(visit)
    label, days = naam.strip()[:LONGEST_LABEL], dagen.strip()
    faults = {} if label else {"naam": Fault("/naam", NO_LABEL)}
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= MOST_DAYS and len(days) < 4):
        faults["dagen"] = Fault("/dagen", NO_DAYS)
    if faults:
        return _own_page(visit, 422, faults=faults, typed={"naam": naam[:LONGEST_LABEL], "dagen": dagen[:4]})
    token = make_token(visit.tx, visit.person.account_id, "eigen", visit.at, int(days), name=label)
    visit.tx.flush()
    _note(visit, visit.person.account_id, "token_made", "C")
    return _own_page(visit, token=token)


@router.post(f"{HOME}/sleutels/{{token_id}}/intrekken")
def drop_token(visit: Writing, token_id: UUID) -> Response:
    if not revoke_token(visit.tx, visit.person.account_id, token_id, visit.at):
        raise NotThere
    _note(visit, visit.person.account_id, "token_revoked", "D")
    return _home("sleutel")


@router.post(f"{HOME}/sleutels/{{token_id}}/ondertekenen")
def let_sign(visit: Writing, token_id: UUID) -> Response:
    demand_proof(visit)
    if not let_token_sign(visit.tx, visit.person.account_id, token_id, visit.at + SIGNING):
        raise NotThere
    _note(visit, visit.person.account_id, "token_signs")
    return _home("tekent")
