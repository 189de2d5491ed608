"""The people one manages, by organisation: a page at a time, or those whose name begins like what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select

from bijzondere_toegang.administration.managing import Manager
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.models import Account, LoginSession, Membership

PAGE = 50
MOST_SEARCHED = 3000
"""People among whom one search looks; names are sealed, so each is opened for it."""
LONGEST = 100
ACTIVE, INVITED, ENDED, LATER = "active", "invited", "ended", "later"


@dataclass(frozen=True, slots=True)
class Role:
    """One membership as the page shows it."""

    id: UUID
    organisation: str
    role: str
    since: date
    until: date | None
    over: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the list."""

    id: UUID
    name: str
    login: str
    state: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended."""

    organisation: str
    account_id: UUID

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        organisation, _, account = text.partition("_")
        try:
            return cls(organisation, UUID(account))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.organisation}_{self.account_id}"


def people_of(tx: Session, by: Manager, after: Cursor | None, on: date) -> tuple[list[Person], str | None]:
    """
    A page by organisation, and where the next one begins; by name within an organisation as far as the page reaches,
    since names are sealed. Four statements, however many people there are.
    """
    first = func.min(col(Membership.organisation))
    query = select(Membership.account_id, first).where(by.of()).group_by(col(Membership.account_id))
    if after is not None:
        query = query.having(tuple_(first, col(Membership.account_id)) > tuple_(after.organisation, after.account_id))
    found = tx.exec(query.order_by(first, col(Membership.account_id)).limit(PAGE + 1)).all()
    shown = [account for account, _ in found[:PAGE]]
    more = str(Cursor(found[PAGE - 1][1], shown[-1])) if len(found) > PAGE else None
    place = dict(found[:PAGE])
    listed = sorted(_people(tx, by, shown, on), key=lambda one: (place[one.id], one.name.casefold()))
    return listed, more


def search(tx: Session, by: Manager, term: str, on: date) -> list[Person]:
    """Whose name or login holds a word that begins like each word that was typed; the first fifty."""
    words = term.casefold().split()
    if not words:
        return []
    ids = tx.exec(select(Membership.account_id).where(by.of()).distinct().limit(MOST_SEARCHED)).all()
    accounts = _accounts(tx, ids)
    hits = [one for one in accounts if _matches(one, words)]
    hits.sort(key=lambda one: _text(one.name).casefold())
    return _people(tx, by, [one.id for one in hits[:PAGE]], on)


def _matches(account: Account, words: Sequence[str]) -> bool:
    said = f"{_text(account.name)} {_text(account.login)}".casefold().split()
    return all(any(one.startswith(word) for one in said) for word in words)


def _people(tx: Session, by: Manager, ids: Sequence[UUID], on: date) -> list[Person]:
    accounts = {one.id: one for one in _accounts(tx, ids)}
    held = tx.exec(
        select(Membership)
        .where(col(Membership.account_id).in_(ids), by.of())
        .order_by(col(Membership.valid_from), col(Membership.id))
    ).all()
    rows: dict[UUID, list[Membership]] = {}
    for one in held:
        rows.setdefault(one.account_id, []).append(one)
    known = been_in(tx, accounts.values())
    return [shown(accounts[one], rows.get(one, ()), on, known) for one in ids]


def _accounts(tx: Session, ids: Iterable[UUID]) -> list[Account]:
    found = list(tx.exec(select(Account).where(col(Account.id).in_(tuple(ids)))).all())
    unseal_rows(tx, found, ("name", "login"))
    return found


def been_in(tx: Session, accounts: Iterable[Account]) -> frozenset[UUID]:
    """Who of these has a way in already, by a password or by a session of whatever kind."""
    rows = list(accounts)
    without = [one.id for one in rows if one.password_hash is None]
    entered = tx.exec(select(LoginSession.account_id).where(col(LoginSession.account_id).in_(without)).distinct()).all()
    return frozenset(one.id for one in rows if one.password_hash is not None) | frozenset(entered)


def shown(account: Account, held: Iterable[Membership], on: date, known: frozenset[UUID]) -> Person:
    """An unsealed account with these memberships, as a page shows it; `known` have been in."""
    roles = tuple(
        Role(one.id, one.organisation, one.role, one.valid_from, one.valid_until, _is_over(one, on)) for one in held
    )
    return Person(
        account.id, _text(account.name), _text(account.login), state_of(account, roles, on, account.id in known), roles
    )


def _is_over(one: Membership, on: date) -> bool:
    return one.valid_until is not None and one.valid_until < on


def state_of(account: Account, roles: Sequence[Role], on: date, known: bool) -> str:
    if account.ended_at is not None or all(role.over for role in roles):
        return ENDED
    if not known:
        return INVITED
    return ACTIVE if any(role.since <= on and not role.over for role in roles) else LATER


def _text(secret) -> str:  # type: ignore[no-untyped-def]
    return secret.reveal() if secret is not None else ""
