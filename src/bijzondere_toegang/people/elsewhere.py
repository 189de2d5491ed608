"""Logging in by an OpenID provider: out, back, linking an account, and the provider's own log-out."""

from __future__ import annotations

import importlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy import delete, update
from sqlmodel import Session, col, select
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.db import Database
from bijzondere_toegang.errors import N_, NotAllowed, NotSignedIn, NotThere, Refused, Unavailable
from bijzondere_toegang.people.entering import after_password, renewed, signed_in
from bijzondere_toegang.people.errands import Client, Distrusted, Errand, Goodbye, Proven, Unreachable
from bijzondere_toegang.people.identities import (
    Kin,
    account_of,
    acting_key,
    end_by,
    identities_of,
    known_by_email,
    link,
    may_enter,
    session_key,
    unlink,
)
from bijzondere_toegang.people.links import MOST_TRIES, about_account, open_link, too_many_guesses, use_up_links
from bijzondere_toegang.people.login import CameBy, end_sessions, renew_proof
from bijzondere_toegang.people.models import Account, LoginAttempt, LoginLink
from bijzondere_toegang.people.providers import Provider, Providers
from bijzondere_toegang.people.routes import ANEW as DEAD
from bijzondere_toegang.people.routes import DeadLink, proof_faults, welcome
from bijzondere_toegang.people.visits import Reading, Visit, Writing, session_token
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.web.problem import Problems
from bijzondere_toegang.web.render import Pages

T = TypeVar("T")

router = APIRouter()
log = logging.getLogger("bijzondere_toegang.people")

Strength = Literal["one", "two"]
"""How much a log-in proved: one factor, or as much as two."""
Purpose = Literal["enter", "link", "again"]

COOKIE = "heenweg"
SECURE_COOKIE = "__Host-heenweg"
LONGEST = timedelta(minutes=10)
"""How long somebody may take at the provider."""
FORGOTTEN = timedelta(hours=1)
ANEW = ("/inloggen", N_("Terug naar Inloggen"))


class NotAdmitted(Refused):
    """The same for everything that was not right, so that nobody learns whether somebody is known here."""

    status = 403
    title = N_("Inloggen lukte niet")
    onward = ANEW


class TooLow(NotAdmitted):
    """The level that the person logged in with is too low; that is theirs to know."""


GENERAL = N_("Zo kwam u niet binnen. Begin opnieuw, of log in met uw wachtwoord.")
UNKNOWN_PERSON = N_(
    "Wij kennen u nog niet op deze manier. Log een keer in met uw wachtwoord en kies dan Inloggen koppelen. Of bel ons."
)
UNKNOWN_WORKER = N_("Deze organisatie opent geen account voor u. Log in met uw wachtwoord, of vraag het uw beheerder.")
CANCELLED = N_("U bent gestopt met inloggen. Er is niets gebeurd.")
LOW = N_("U logde in op een niveau dat hier te laag is. Kies bij het inloggen een hoger niveau.")
NOT_FOR_ANOTHER = N_("U logde in namens iemand anders. Dat kan hier niet.")
AWAY = N_("Inloggen langs deze weg lukt nu even niet. Probeer het later, of log in met uw wachtwoord.")


class Away(Unavailable):
    title = N_("Inloggen lukt nu even niet")
    onward = ANEW


class Doors:
    """The clients of all providers, by name; the protocol is loaded when the first of them is needed."""

    def __init__(self, providers: Providers, base_url: str) -> None:
        self.providers = providers
        self._base_url = base_url.rstrip("/")
        self._clients: dict[str, Client] = {}

    def client(self, name: str) -> Client:
        """Raises NotThere when there is no such provider."""
        provider = self.providers.find(name)
        if provider is None:
            raise NotThere
        if name not in self._clients:
            openid: Any = importlib.import_module("bijzondere_toegang.people.openid")
            self._clients[name] = openid.OpenId(provider, f"{self._base_url}/inloggen/met/{name}/terug")
        return self._clients[name]

    def address(self, path: str) -> str:
        return self._base_url + path


def _doors(request: Request) -> Doors:
    return cast(Doors, request.app.state.doors)


def _kin(request: Request) -> Kin:
    return cast(Kin, request.app.state.kin)


def _pages(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


# ── Out ──


@dataclass(frozen=True, slots=True)
class Departure:
    """Ready to leave: for where, and with what."""

    provider: Provider
    errand: Errand
    address: str


def departing(request: Request, name: str) -> Departure:
    """Asked before any transaction begins: the provider tells of itself first."""
    return _departure(request, name, again=False)


def _departure(request: Request, name: str, *, again: bool) -> Departure:
    client, errand = _doors(request).client(name), Errand(secrets.token_urlsafe(32))
    address = _told(client.provider, lambda: client.address(errand, _now(request), again=again))
    return Departure(client.provider, errand, address)


def _now(request: Request) -> datetime:
    return cast(datetime, request.app.state.clock())


def _told(provider: Provider, ask: Callable[[], T]) -> T:
    """What a provider answers; what it can't be believed in is logged as a code and refused as a sentence."""
    try:
        return ask()
    except Unreachable:
        log.warning("provider %s does not answer", provider.name)
        raise Away(AWAY) from None
    except Distrusted as error:
        log.warning("provider %s: %s refused", provider.name, error.reason)
        sentences = {"cancelled": CANCELLED, "level": LOW, "representation": NOT_FOR_ANOTHER}
        refusal = TooLow if error.reason == "level" else NotAdmitted
        raise refusal(sentences.get(error.reason, GENERAL)) from None


@router.get("/inloggen/met/{name}")
def leave(departure: Annotated[Departure, Depends(departing)], visit: Writing) -> Response:
    set_out(visit, departure, "enter")
    return _with_cookie(visit.request, RedirectResponse(departure.address, 303), departure)


def set_out(
    visit: Visit, departure: Departure, purpose: Purpose, *, account: UUID | None = None, used: LoginLink | None = None
) -> None:
    """Remember that this browser left; what never came back is forgotten."""
    visit.tx.connection().execute(delete(LoginAttempt).where(col(LoginAttempt.created_at) < visit.at - FORGOTTEN))
    visit.tx.add(
        LoginAttempt(
            token_digest=token_digest(departure.errand.secret),
            provider=departure.provider.name,
            purpose=purpose,
            account_id=account,
            link_id=used.id if used else None,
            created_at=visit.at,
        )
    )


def _cookie(settings: Settings) -> str:
    return SECURE_COOKIE if settings.secure else COOKIE


def _with_cookie(request: Request, response: Response, departure: Departure) -> Response:
    """Bound to this browser, for ten minutes. Lax: the provider sends it back by a link."""
    settings: Settings = request.app.state.settings
    response.set_cookie(
        _cookie(settings),
        departure.errand.secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        secure=settings.secure,
        samesite="lax",
        path="/",
    )
    return response


def _without_cookie(request: Request, response: Response) -> Response:
    settings: Settings = request.app.state.settings
    response.delete_cookie(_cookie(settings), path="/", secure=settings.secure, httponly=True, samesite="lax")
    return response


def departing_again(request: Request, name: str) -> Departure:
    return _departure(request, name, again=True)


@router.post("/bewijs/met/{name}")
def prove_again(departure: Annotated[Departure, Depends(departing_again)], visit: Writing) -> Response:
    """For a step that asks a fresh proof: the same person once more, at the provider that let this session in. It opens
    beside the page that asked, which keeps what was typed."""
    if visit.session is None or visit.session.provider != departure.provider.name:
        raise NotThere
    set_out(visit, departure, "again", account=visit.person.account_id)
    return onward(visit, departure)


def onward(visit: Visit, departure: Departure) -> Response:
    """A page with one link to the provider: a form may not lead away from here (CSP form-action)."""
    address, label = departure.address, departure.provider.label
    page = _pages(visit.request).page(visit.request, "people/onward.html", address=address, label=label)
    return _with_cookie(visit.request, page, departure)


# ── Back ──


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody came back, and the provider vouches for them."""

    provider: Provider
    proven: Proven
    purpose: str
    account_id: UUID | None
    link_id: UUID | None


def arriving(request: Request, name: str) -> Arrival:
    """
    The attempt is used up in a short transaction of its own, whatever comes of it; then the provider is asked,
    without one. So a code and a state count once, and nobody waits for a provider.
    """
    client, at = _doors(request).client(name), _now(request)
    secret = request.cookies.get(_cookie(request.app.state.settings), "")
    database: Database = request.app.state.database
    with database.write() as tx:
        attempt = _used_up(tx, secret, name, at)
    if attempt is None:
        raise NotAdmitted(GENERAL)
    answer = {key: value for key, value in request.query_params.items() if len(value) <= 4096}
    since = attempt.created_at if attempt.purpose == "again" else None
    proven = _told(client.provider, lambda: client.proven(Errand(secret), answer, at, since))
    return Arrival(client.provider, proven, attempt.purpose, attempt.account_id, attempt.link_id)


def _used_up(tx: Session, secret: str, name: str, at: datetime) -> LoginAttempt | None:
    """The attempt of this browser, once, while it is fresh, and at the provider it left for."""
    if not secret:
        return None
    mine = col(LoginAttempt.token_digest) == token_digest(secret)
    using = update(LoginAttempt).where(mine, col(LoginAttempt.used_at).is_(None)).values(used_at=at)
    if tx.connection().execute(using).rowcount != 1:
        return None
    attempt = tx.exec(select(LoginAttempt).where(mine)).one()
    tx.expunge(attempt)
    fresh = at - attempt.created_at <= LONGEST
    return attempt if fresh and attempt.provider == name else None


@router.get("/inloggen/met/{name}/terug")
def come_back(arrival: Annotated[Arrival, Depends(arriving)], visit: Writing) -> Response:
    acts = {"enter": _entered, "link": _linked, "again": _proved}
    return _without_cookie(visit.request, acts[arrival.purpose](visit, arrival))


def _entered(visit: Visit, arrival: Arrival) -> Response:
    provider, proven, kin = arrival.provider, arrival.proven, _kin(visit.request)
    account = account_of(visit.tx, proven)
    first = account is None
    account = account or known_by_email(visit.tx, provider, proven)
    unknown = UNKNOWN_PERSON if provider.kind == "digid" else UNKNOWN_WORKER
    if account is None:
        raise NotAdmitted(unknown)
    if not may_enter(visit.tx, provider, proven, account, visit.at, kin):
        _note_refused(visit, account)
        raise NotAdmitted(NOT_FOR_ANOTHER if proven.acting else unknown)
    if first:
        _link(visit, account, proven, unknown)
    return admitted(visit, account, "two" if proven.strong else "one", arrival)


def _link(visit: Visit, account: Account, proven: Proven, unknown: str) -> None:
    if not link(visit.tx, account, proven, visit.at):
        _note_refused(visit, account)
        raise NotAdmitted(unknown)
    visit.note(account.id, about_account("login_linked", "C", account.id, by=account.id))


def _note_refused(visit: Visit, account: Account) -> None:
    visit.note(account.id, replace(about_account("log_in", "E", account.id), outcome="refused 403"))


def admitted(visit: Visit, account: Account, strength: Strength, arrival: Arrival) -> Response:
    """
    The one place where a provider's word becomes a session. `strength` "one" is as much as a password proves: an own
    second factor is still to be asked; "two" needs none.
    """
    proven = arrival.proven
    acting = acting_key(visit.tx, proven)
    if acting:
        origin = visit.tx.info["origin"]
        visit.tx.info["origin"] = replace(origin, on_behalf_of=f"{account.id}/{acting}")
    session = session_key(visit.tx, proven.issuer, proven.session)
    came_by = CameBy(proven.provider, session, acting)
    if strength == "one":
        return after_password(visit, account, came_by=came_by)
    response = signed_in(visit, account, "provider", came_by=came_by)
    if acting:
        response.headers["location"] = "/inloggen/namens"
    return response


def _linked(visit: Visit, arrival: Arrival) -> Response:
    """For who is logged in, or opened a one-time link and knew the date."""
    provider, proven = arrival.provider, arrival.proven
    account = visit.tx.get(Account, arrival.account_id)
    if account is None or proven.acting:
        raise NotAdmitted(NOT_FOR_ANOTHER if proven.acting else GENERAL)
    by_link = arrival.link_id is not None
    if not (_link_works(visit, arrival) if by_link else _same_person(visit, arrival)):
        raise NotAdmitted(GENERAL)
    if not may_enter(visit.tx, provider, proven, account, visit.at, _kin(visit.request)):
        _note_refused(visit, account)
        raise NotAdmitted(GENERAL)
    _link(visit, account, proven, GENERAL)
    if not by_link:
        return RedirectResponse("/inloggen/koppelen", status_code=303)
    use_up_links(visit.tx, account.id, visit.at)
    end_sessions(visit.tx, account.id, visit.at)
    return admitted(visit, account, "two" if proven.strong else "one", arrival)


def _same_person(visit: Visit, arrival: Arrival) -> bool:
    return visit.actor is not None and visit.actor.account_id == arrival.account_id


def _link_works(visit: Visit, arrival: Arrival) -> bool:
    found = visit.tx.exec(select(LoginLink).where(LoginLink.id == arrival.link_id).with_for_update()).first()
    return found is not None and found.used_at is None and visit.at < found.expires_at


def _proved(visit: Visit, arrival: Arrival) -> Response:
    """A fresh proof of the person who is logged in, and of nobody else."""
    account = account_of(visit.tx, arrival.proven)
    if account is None or visit.actor is None or not _same_person(visit, arrival) or account.id != arrival.account_id:
        raise NotAdmitted(GENERAL)
    if visit.session is None or not arrival.proven.strong:
        raise NotAdmitted(GENERAL)
    token = renew_proof(visit.tx, visit.session, session_token(visit.request), visit.at)
    visit.note(account.id, about_account("proved", "E", account.id, by=account.id))
    return renewed(visit, token, _pages(visit.request).page(visit.request, "people/proved.html"))


# ── On behalf of another ──


@router.get("/inloggen/namens")
def show_on_behalf(visit: Reading) -> Response:
    """Said once at the door: in whose name this session acts, and that it is written down."""
    if visit.actor is None:
        raise NotSignedIn
    if visit.session is None or not visit.session.acting:
        return RedirectResponse("/", status_code=303)
    return _pages(visit.request).page(visit.request, "people/on_behalf.html", account_name=visit.actor.name)


# ── Linking ──


@router.get("/inloggen/koppelen")
def show_links(visit: Reading) -> Response:
    person, held = visit.person, identities_of(visit.tx, visit.person.account_id)
    doors = _doors(visit.request).providers
    kinds = doors.of_work() if person.is_professional else doors.of_family()
    offered = [(provider, held.get(provider.name)) for provider in kinds if _speaks_for(provider, visit)]
    return _pages(visit.request).page(visit.request, "people/linking.html", offered=offered)


def _speaks_for(provider: Provider, visit: Visit) -> bool:
    held = {held.organisation for held in visit.person.held}
    return provider.kind == "digid" or (bool(held) and held <= provider.speaks_for)


@router.post("/inloggen/koppelen/{name}")
def begin_link(departure: Annotated[Departure, Depends(departing)], visit: Writing) -> Response:
    person = visit.person
    if (departure.provider.kind == "digid") == person.is_professional or not _speaks_for(departure.provider, visit):
        raise NotThere
    if visit.session is None or visit.session.acting:
        raise NotAllowed(NOT_FOR_ANOTHER)
    set_out(visit, departure, "link", account=person.account_id)
    return onward(visit, departure)


@router.post("/welkom/{token}/met/{name}")
def link_by_token(
    departure: Annotated[Departure, Depends(departing)], visit: Writing, token: str, geboortedatum: str = Form("")
) -> Response:
    """Instead of a password: who knows the date is linked to the DigiD with which they log in next."""
    found = open_link(visit.tx, token, visit.at)
    if found is None:
        raise DeadLink(DEAD)
    opened, account = found
    if departure.provider.kind != "digid" or opened.proof is None or account.handed_code is not None:
        raise NotThere
    faults = proof_faults(visit, opened, account, geboortedatum.strip())
    if opened.tries >= MOST_TRIES or too_many_guesses(visit.tx, account.id):
        return Problems(_pages(visit.request)).answer(visit.request, DeadLink(DEAD))
    if faults:
        return welcome(visit, opened, account, token, faults, geboortedatum)
    set_out(visit, departure, "link", account=account.id, used=opened)
    return onward(visit, departure)


@router.post("/inloggen/koppelen/{name}/einde")
def end_link(visit: Writing, name: str) -> Response:
    if visit.session is None or visit.session.acting:
        raise NotAllowed(NOT_FOR_ANOTHER) if visit.actor else NotSignedIn
    if unlink(visit.tx, visit.person.account_id, visit.at, name):
        account_id = visit.person.account_id
        visit.note(account_id, about_account("login_unlinked", "D", account_id, by=account_id))
    return RedirectResponse("/inloggen/koppelen", status_code=303)


# ── Log-out ──


@router.get("/uitgelogd/{name}")
def show_left(request: Request, name: str) -> Response:
    """Out here; at the provider only by a link of its own, for a computer that others use too."""
    client, doors = _doors(request).client(name), _doors(request)
    address = _told(client.provider, lambda: client.leaving(_now(request), doors.address("/inloggen")))
    return _pages(request).page(request, "people/left.html", address=address, label=client.provider.label)


class NotUnderstood(Refused):
    title = N_("Dit kan niet")


def leaving(request: Request, name: str, logout_token: Annotated[str, Form()] = "") -> tuple[Provider, Goodbye]:
    client = _doors(request).client(name)
    try:
        return client.provider, client.goodbye(logout_token, _now(request))
    except Unreachable:
        raise Unavailable from None
    except Distrusted as error:
        log.warning("provider %s: log-out %s refused", name, error.reason)
        raise NotUnderstood from None


@router.post("/api/v1/afmeldingen/{name}", include_in_schema=False)
def hear_of_leaving(left: Annotated[tuple[Provider, Goodbye], Depends(leaving)], visit: Writing) -> Response:
    """The provider itself says, signed, that a session there is over: what it let in here ends too."""
    provider, goodbye = left
    for account_id in end_by(visit.tx, provider, goodbye, visit.at):
        visit.note(account_id, about_account("log_out", "E", account_id))
    return Response(status_code=200)
