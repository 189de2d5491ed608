"""The people one manages, by organisation: a page at a time, or those whose name begins like what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from bijzondere_toegang.administration.managing import Manager
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.models import Account, LoginSession, Membership

PAGE = 50
AT_ONCE = 3000
"""People whose names one page or one search opens at most; names are sealed, so who sorts or searches opens them."""
START = UUID(int=0)
"""Before everybody."""
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
    """Where a page ended: after whom, in the block of people of this organisation that comes after `since`."""

    organisation: str
    since: UUID
    account_id: UUID

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        organisation, _, ids = text.partition("_")
        since, _, account = ids.partition("_")
        try:
            return cls(organisation, UUID(since), UUID(account))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.organisation}_{self.since}_{self.account_id}"


def people_of(tx: Session, by: Manager, after: Cursor | None, on: date) -> tuple[list[Person], str | None]:
    """
    A page by organisation and then by name, and where the next one begins; in a fixed number of statements. Names are
    sealed, so those of the organisations on this page are opened to sort them; of an organisation with very many
    people block by block, each in the order of names.
    """
    found = tx.exec(_from(by, after)).all()
    place = dict(_block(found, after))
    rank = {organisation: number for number, organisation in enumerate(dict.fromkeys(place.values()))}
    accounts = sorted(_accounts(tx, place), key=lambda one: (rank[place[one.id]], *_by_name(one)))
    if after is not None and after.account_id in place:
        accounts = accounts[[one.id for one in accounts].index(after.account_id) + 1 :]
    shown = accounts[:PAGE]
    more: Cursor | None = None
    if len(accounts) > PAGE:
        last, organisation = shown[-1].id, place[shown[-1].id]
        begun = after is not None and after.organisation == organisation
        more = Cursor(organisation, after.since if after and begun else START, last)
    elif len(place) < len(found):
        last, organisation = found[len(place) - 1]
        more = Cursor(organisation, last, last)
    return _people(tx, by, shown, on), str(more) if more else None


def _from(by: Manager, after: Cursor | None) -> Select[UUID, str]:
    """Whom a page may show and one more, by organisation and then by id: who is in several stands by the first."""
    first, account_id = func.min(col(Membership.organisation)), col(Membership.account_id)
    query = select(account_id, first).where(by.of()).group_by(account_id)
    if after is not None:
        here = and_(first == after.organisation, account_id > after.since)
        query = query.having(or_(first > after.organisation, here))
    return query.order_by(first, account_id).limit(AT_ONCE + 1)


def _block(found: Sequence[tuple[UUID, str]], after: Cursor | None) -> Sequence[tuple[UUID, str]]:
    """
    As many organisations as fill a page, after those of the one in which the last page ended. None is cut off, but
    one that is too large to open at once, and that stands alone.
    """
    begun = sum(organisation == after.organisation for _, organisation in found) if after is not None else 0
    end = begun + PAGE
    while end < len(found) and found[end][1] == found[end - 1][1]:
        end += 1
    if end <= AT_ONCE:
        return found[:end]
    whole = [one for one in found if one[1] != found[-1][1]]
    return whole or found[:AT_ONCE]


def _by_name(account: Account) -> tuple[str, str]:
    return _text(account.name).casefold(), str(account.id)


def search(tx: Session, by: Manager, term: str, after: UUID, on: date) -> tuple[list[Person], UUID | None]:
    """
    Whose name or login holds a word that begins like each word that was typed, the first fifty; and after whom a
    further search goes on, when there are more people than one looks at.
    """
    words = term.casefold().split()
    if not words:
        return [], None
    account_id = col(Membership.account_id)
    query = select(account_id).where(by.of(), account_id > after).distinct().order_by(account_id)
    ids = tx.exec(query.limit(AT_ONCE + 1)).all()
    accounts = _accounts(tx, ids[:AT_ONCE])
    hits = [one for one in accounts if _matches(one, words)]
    hits.sort(key=_by_name)
    return _people(tx, by, hits[:PAGE], on), ids[AT_ONCE - 1] if len(ids) > AT_ONCE else None


def onward_from(text: str) -> UUID:
    """After whom a search goes on, as a page said it; from the start when it says nothing."""
    try:
        return UUID(text)
    except ValueError:
        return START


def _matches(account: Account, words: Sequence[str]) -> bool:
    said = f"{_text(account.name)} {_text(account.login)}".casefold().split()
    return all(any(one.startswith(word) for one in said) for word in words)


def _people(tx: Session, by: Manager, accounts: Sequence[Account], on: date) -> list[Person]:
    held = tx.exec(
        select(Membership)
        .where(col(Membership.account_id).in_([one.id for one in accounts]), by.of())
        .order_by(col(Membership.valid_from), col(Membership.id))
    ).all()
    rows: dict[UUID, list[Membership]] = {}
    for one in held:
        rows.setdefault(one.account_id, []).append(one)
    known = been_in(tx, accounts)
    return [shown(one, rows.get(one.id, ()), on, known) for one in accounts]


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
