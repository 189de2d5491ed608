"""One request of one person: who, when, and the transaction. Commits before the answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from bijzondere_toegang.clock import Clock, local_day
from bijzondere_toegang.db import Database, enter, lookup
from bijzondere_toegang.errors import NotProven, NotSignedIn, Refused, Unavailable
from bijzondere_toegang.people.actors import Actor, load_actor
from bijzondere_toegang.people.lasting import Lasting
from bijzondere_toegang.people.login import find_session, find_token
from bijzondere_toegang.people.models import AccessToken, LoginSession
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event, Origin, append

NOTED_EVERY = timedelta(minutes=1)
SESSION_COOKIE = "sessie"
SECURE_SESSION_COOKIE = "__Host-sessie"


@dataclass
class Visit:
    """What a route works with. `looked` holds what was read; it is written down before the answer leaves."""

    request: Request
    tx: Session
    at: datetime
    actor: Actor | None
    looked: list[tuple[UUID, Event]] = field(default_factory=list)
    about: UUID | None = None
    """the case this request is about, once it was found for this person"""
    by_glass: bool = False
    """whether that case is open to this person by a broken glass, to read only"""
    asked: str = ""
    """the step that was asked for"""
    session: LoginSession | None = None
    unattended: bool = False
    """a page that refreshed itself: nobody clicked, so it keeps no session alive"""
    half: Actor | None = None
    """somebody who gave a password and has a second factor to give, or to set up; signed in is nobody yet"""
    later: list[Callable[[], object]] = field(default_factory=list)

    @property
    def on(self) -> date:
        return local_day(self.at)

    @property
    def person(self) -> Actor:
        """The person who is signed in; raises NotSignedIn."""
        if self.actor is None:
            raise NotSignedIn
        return self.actor

    @property
    def lasts(self) -> Lasting | None:
        """How long the session lasts after this request, which counts unless nobody clicked for it."""
        if self.session is None:
            return None
        lasts = Lasting.of(self.session, self.at, *limits(self.request.app.state.settings))
        return replace(lasts, seen_at=self.at) if _seen_long_ago(self) else lasts

    def after_commit(self, act: Callable[[], object]) -> None:
        """Do this once everything was committed, before the answer leaves."""
        self.later.append(act)

    def note(self, chain: UUID, event: Event) -> None:
        """Remember that something was read, searched or printed."""
        self.looked.append((chain, event))


def session_cookie(settings: Settings) -> str:
    return SECURE_SESSION_COOKIE if settings.secure else SESSION_COOKIE


def session_token(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return request.cookies.get(session_cookie(settings), "")


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header, or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def reading(request: Request) -> Iterator[Visit]:
    """A request that changes nothing but the read log, which is committed before the answer leaves."""
    database: Database = request.app.state.database
    with _refusals_noted(database) as kept:
        with database.read() as tx:
            kept.append(visit := _visit(request, tx))
            yield visit
        if visit.looked or _seen_long_ago(visit):
            _write_down(database, visit, visit.looked)


def writing(request: Request) -> Iterator[Visit]:
    """A request that may change things; it commits when the route ends well, before the answer leaves."""
    database: Database = request.app.state.database
    with _refusals_noted(database) as kept, database.write() as tx:
        kept.append(visit := _visit(request, tx))
        yield visit
        _note_seen(tx, visit)
        for chain, event in _in_chain_order(visit.looked):
            append(tx, chain, event, visit.at)
    for act in visit.later:
        act()


@contextmanager
def _refusals_noted(database: Database) -> Iterator[list[Visit]]:
    """A refusal rolls its transaction back; that it was refused is written down in a transaction of its own.

    Asking for a case that is not there for this person goes to the chain of the person: trying numbers leaves a trace.
    """
    kept: list[Visit] = []
    try:
        yield kept
    except Refused as error:
        visit = kept[0] if kept else None
        if isinstance(error, NotProven) and visit is not None and visit.session is not None:
            raise  # a question to the person, not a refusal
        if visit is not None and visit.actor is not None and error.status >= 400:
            event = Event("refused", "E", visit.actor.account_id, outcome=f"refused {error.status}", step=visit.asked)
            _note_refusal(database, visit, visit.actor.account_id, event)
        elif visit is not None and visit.looked:
            _write_down(database, visit, visit.looked)
        raise


def _note_refusal(database: Database, visit: Visit, account: UUID, event: Event) -> None:
    """In the chain of the case. Who lost sight of it at this very moment can add nothing there: then in the own."""
    try:
        _write_down(database, visit, [(visit.about or account, event)], tried=True)
    except Unavailable:
        if visit.about is None:
            raise
        _write_down(database, visit, [(account, event)], tried=True)


def _tried(tx: Session, visit: Visit) -> str:
    """Which case was asked for, keyed: whether it exists makes no difference. Empty when it was about none."""
    known = visit.request.path_params
    reference = known.get("reference") or known.get("kenmerk") or ""
    return lookup(tx, "tried", str(reference).upper()) if reference else ""


def _write_down(database: Database, visit: Visit, looks: list[tuple[UUID, Event]], *, tried: bool = False) -> None:
    try:
        with database.write() as tx:
            tx.info["origin"] = _origin(visit.request, visit.session)
            if visit.actor is not None:
                enter(tx, visit.actor.account_id, visit.at)
            _note_seen(tx, visit)
            what = _tried(tx, visit) if tried else ""
            for chain, event in _in_chain_order(looks):
                append(tx, chain, replace(event, object_pseudonym=what) if tried else event, visit.at)
    except SQLAlchemyError as error:
        raise Unavailable from error


def _seen_long_ago(visit: Visit) -> bool:
    return visit.session is not None and not visit.unattended and visit.at - visit.session.seen_at >= NOTED_EVERY


def _note_seen(tx: Session, visit: Visit) -> None:
    """Idle time counts from the last request; writing that down once a minute is enough."""
    if visit.session is not None and _seen_long_ago(visit):
        row = update(LoginSession).where(col(LoginSession.id) == visit.session.id)
        tx.connection().execute(row.values(seen_at=visit.at))


def _in_chain_order(looks: list[tuple[UUID, Event]]) -> list[tuple[UUID, Event]]:
    return sorted(looks, key=lambda look: str(look[0]))


def _visit(request: Request, tx: Session) -> Visit:
    clock: Clock = request.app.state.clock
    at = clock()
    session = None if bearer_token(request) is not None else current_session(request, tx, at)
    tx.info["origin"] = _origin(request, session)
    actor = _who(request, tx, at, session)
    if actor is not None and session is not None and is_half(request, session, actor):
        return Visit(request, tx, at, None, session=session, half=actor)
    if actor is not None:
        enter(tx, actor.account_id, at)
    visit = Visit(request, tx, at, actor, session=session)
    request.state.lasts = visit.lasts if actor is not None else None
    return visit


def _origin(request: Request, session: LoginSession | None) -> Origin:
    address = request.client.host if request.client else ""
    behalf = f"{session.account_id}/{session.acting}" if session and session.acting else ""
    return Origin(address, str(getattr(request.state, "request_id", "")), behalf)


def is_half(request: Request, session: LoginSession, actor: Actor) -> bool:
    """A session that waits for its second factor; every professional has one, but whom the demonstration lists."""
    if session.waits:
        return True
    alone = session.entered_by == "password" or (session.entered_by == "demo" and not is_demo(request))
    return actor.is_professional and alone


def is_demo(request: Request) -> bool:
    return getattr(request.app.state, "demo", None) is not None


def _who(request: Request, tx: Session, at: datetime, session: LoginSession | None) -> Actor | None:
    """The person behind a token or a session, and whether a fresh proof of login stands behind it."""
    bearer = bearer_token(request)
    token = None if bearer is None else find_token(tx, bearer, at)
    found = session or token
    if found is not None:
        request.app.state.limiter.of_person(request, str(found.account_id))
    actor = load_actor(tx, found.account_id, local_day(at)) if found else None
    if actor is None:
        return None
    return replace(actor, proven=_signs(token, at) if session is None else is_fresh(request, session, at))


def _signs(token: AccessToken | None, at: datetime) -> bool:
    return token is not None and token.signs_until is not None and at < token.signs_until


def is_fresh(request: Request, session: LoginSession, at: datetime) -> bool:
    settings: Settings = request.app.state.settings
    return session.proved_at is not None and at - session.proved_at <= timedelta(minutes=settings.proof_minutes)


def current_session(request: Request, tx: Session, at: datetime) -> LoginSession | None:
    """The session of the cookie while it lives."""
    token = session_token(request)
    if not token:
        return None
    return find_session(tx, token, at, *limits(request.app.state.settings))


def limits(settings: Settings) -> tuple[timedelta, timedelta]:
    """How long a session may be idle, and how long it may last."""
    return timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)


Reading = Annotated[Visit, Depends(reading, scope="function")]
Writing = Annotated[Visit, Depends(writing, scope="function")]
