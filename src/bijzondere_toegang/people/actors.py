"""The person who acts: an account with its memberships on the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.models import Account, Membership


@dataclass(frozen=True, slots=True)
class Held:
    """A role in an organisation that is valid on the day."""

    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. Everything a query for cases needs to go through the person."""

    account_id: UUID
    name: str
    language: str
    on: date
    held: tuple[Held, ...]
    proven: bool = False
    """a fresh proof of login stands behind this request"""

    @property
    def is_professional(self) -> bool:
        return bool(self.held)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(held.role for held in self.held)

    def organisations(self, role: str) -> tuple[str, ...]:
        """The organisations in which this person holds `role` today."""
        return tuple(held.organisation for held in self.held if held.role == role)


def load_actor(tx: Session, account_id: UUID, on: date) -> Actor | None:
    """The account with its memberships on the day, in two statements; None when it has ended or is not there."""
    return next(iter(load_actors(tx, [account_id], on)), None)


def load_actors(tx: Session, account_ids: Iterable[UUID], on: date) -> list[Actor]:
    """These accounts, without those that ended or are not there, in two statements for however many."""
    rows: Sequence[tuple[Account, Membership | None]] = tx.exec(
        select(Account, Membership)
        .join(Membership, _valid(on), isouter=True)
        .where(col(Account.id).in_(tuple(account_ids)), col(Account.ended_at).is_(None))
    ).all()
    accounts = {account.id: account for account, _ in rows}
    unseal_rows(tx, list(accounts.values()))
    held: dict[UUID, list[Held]] = {}
    for account, membership in rows:
        if membership is not None:
            held.setdefault(account.id, []).append(Held(membership.role, membership.organisation))
    return [_actor(account, tuple(held.get(account.id, ())), on) for account in accounts.values()]


def _actor(account: Account, held: tuple[Held, ...], on: date) -> Actor:
    return Actor(account.id, account.name.reveal() if account.name else "", account.language, on, held)


def _valid(on: date):  # type: ignore[no-untyped-def]
    return (
        (col(Membership.account_id) == col(Account.id))
        & (col(Membership.valid_from) <= on)
        & or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on)
    )


def members_of(tx: Session, organisations: Iterable[str], on: date) -> dict[UUID, str]:
    """The accounts that belong to one of these organisations on the day, in any role, each with its organisation."""
    query = (
        select(Membership.account_id, Membership.organisation)
        .join(Account, _valid(on))
        .where(col(Membership.organisation).in_(tuple(organisations)), col(Account.ended_at).is_(None))
        .order_by(col(Membership.organisation).desc())
    )
    return {account_id: organisation for account_id, organisation in tx.exec(query)}


def accounts_with_role(tx: Session, role: str, organisations: tuple[str, ...] | None, on: date) -> list[UUID]:
    """Accounts that hold a role on the day, in a fixed order; `organisations` None means any."""
    query = (
        select(Membership.account_id)
        .join(Account, _valid(on))
        .where(Membership.role == role, col(Account.ended_at).is_(None))
    )
    if organisations is not None:
        query = query.where(col(Membership.organisation).in_(organisations))
    return list(tx.exec(query.distinct().order_by(col(Membership.account_id))).all())
