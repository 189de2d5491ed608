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
from bijzondere_toegang.errors import NotSignedIn, Refused, Unavailable
from bijzondere_toegang.people.actors import Actor, load_actor
from bijzondere_toegang.people.login import account_of_token, find_session
from bijzondere_toegang.people.models import LoginSession
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
    asked: str = ""
    """the step that was asked for"""
    session: LoginSession | None = None
    unattended: bool = False
    """a page that refreshed itself: nobody clicked, so it keeps no session alive"""
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
    session = None if bearer_token(request) is not None else _session(request, tx, at)
    tx.info["origin"] = _origin(request, session)
    return Visit(request, tx, at, _who(request, tx, at, session), session=session)


def _origin(request: Request, session: LoginSession | None) -> Origin:
    address = request.client.host if request.client else ""
    behalf = f"{session.account_id}/{session.acting}" if session and session.acting else ""
    return Origin(address, str(getattr(request.state, "request_id", "")), behalf)


def _who(request: Request, tx: Session, at: datetime, session: LoginSession | None) -> Actor | None:
    token = bearer_token(request)
    known = session.account_id if session else None
    account_id = known if token is None else account_of_token(tx, token, at)
    if account_id is not None:
        request.app.state.limiter.of_person(request, str(account_id))
    actor = load_actor(tx, account_id, local_day(at)) if account_id else None
    if actor is not None:
        enter(tx, actor.account_id, at)
    return actor


def _session(request: Request, tx: Session, at: datetime) -> LoginSession | None:
    token = session_token(request)
    if not token:
        return None
    settings: Settings = request.app.state.settings
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return find_session(tx, token, at, idle, longest)


Reading = Annotated[Visit, Depends(reading, scope="function")]
Writing = Annotated[Visit, Depends(writing, scope="function")]
