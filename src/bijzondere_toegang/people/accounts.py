"""Making and finding accounts; a login name is found by keyed hash, never by its text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from bijzondere_toegang.db import Secret, lookup, unseal_rows
from bijzondere_toegang.people.models import Account, Membership


def login_key(tx: Session, login: str) -> str:
    return lookup(tx, "login", login.strip().casefold())


def find_account(tx: Session, login: str) -> Account | None:
    """The account with this login name (an e-mail address mostly), sealed as it stands."""
    return tx.exec(select(Account).where(Account.login_key == login_key(tx, login))).first()


def make_account(
    tx: Session,
    login: str,
    name: str,
    *,
    at: datetime,
    email: str | None = None,
    phone: str | None = None,
    job: str | None = None,
    language: str = "nl",
    demo_key: str | None = None,
) -> Account:
    """A new account that can't log in yet: it has no password."""
    account = Account(
        id=uuid4(),
        login_key=login_key(tx, login),
        login=Secret(login.strip()),
        name=Secret(name),
        email=Secret.of(email),
        phone=Secret.of(phone),
        job=Secret.of(job),
        language=language,
        created_at=at,
        demo_key=demo_key,
    )
    tx.add(account)
    tx.flush()
    return account


def add_membership(
    tx: Session, account_id: UUID, organisation: str, role: str, since: date, until: date | None = None
) -> None:
    tx.add(Membership(account_id=account_id, organisation=organisation, role=role, valid_from=since, valid_until=until))
    tx.flush()


def is_member(tx: Session, account_id: UUID, organisation: str, on: date) -> bool:
    """Whether the account belongs to the organisation on the day, in any role."""
    rows = tx.exec(
        select(Membership).where(Membership.account_id == account_id, Membership.organisation == organisation)
    ).all()
    return any(row.valid_from <= on and (row.valid_until is None or on <= row.valid_until) for row in rows)


def names_of(tx: Session, account_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of these accounts, in two statements however many there are."""
    wanted = {account_id for account_id in account_ids if account_id is not None}
    if not wanted:
        return {}
    rows = list(tx.exec(select(Account).where(col(Account.id).in_(wanted))).all())
    unseal_rows(tx, rows)
    return {row.id: row.name.reveal() if row.name else "" for row in rows}


def known_as(tx: Session, account: Account) -> str:
    """The log-in name of an account; empty when it was emptied."""
    unseal_rows(tx, [account])
    return account.login.reveal() if account.login and not account.login.is_erased else ""
