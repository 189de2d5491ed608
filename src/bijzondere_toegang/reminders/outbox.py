"""The outbox: a mail is claimed with a lease, sent outside the transaction, and settled. Nobody sends one twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, update
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.reminders.models import Outbox

BATCH = 5
TRIES = 8
STALE = 2
"""Days after which no mail waits any more: all its tries take hours."""
LEASE = timedelta(minutes=15)
"""How long a claimed mail is left to whoever claimed it; after that a crash is assumed and it is tried again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that is ours until the lease ends. `email` None: this account has no address, or has ended."""

    id: UUID
    account_id: UUID
    attempt: int
    kind: str
    language: str
    has_password: bool
    email: str | None
    attachment: str | None


def claim(tx: Session, at: datetime) -> list[Claim]:
    """
    Claim the next mails that are due, oldest first. Of several senders each gets different ones.

    Mails of one kind to one account say the very same, so they leave as one: ten cases that fall due at eight in the
    morning are one mail to their chair. The others are `merged`. Invitations differ, and go each on their own.
    """
    due = (
        select(Outbox.id)
        .where(Outbox.state == "waiting", Outbox.next_at <= at)
        .order_by(col(Outbox.next_at), col(Outbox.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = tx.exec(due).all()
    won = (
        update(Outbox)
        .where(col(Outbox.id).in_(ids), col(Outbox.state) == "waiting", col(Outbox.next_at) <= at)
        .values(attempts=col(Outbox.attempts) + 1, next_at=at + LEASE)
        .returning(Outbox)
    )
    return _claims(tx, _merged(tx, list(tx.scalars(won).all()), at)) if ids else []


def _merged(tx: Session, rows: list[Outbox], at: datetime) -> list[Outbox]:
    """
    One of these per account and kind; what is said by it already, here or further on in the queue, is settled.

    The one with most tries left is kept, and an old one takes nothing along from the queue: a fresh mail has all its
    tries to come.
    """
    kept: dict[tuple[UUID, str, UUID | None], Outbox] = {}
    for row in sorted(rows, key=lambda row: (row.attempts, row.created_at)):
        kept.setdefault((row.account_id, row.kind, row.id if row.attachment else None), row)
    said = [(row.account_id, row.kind) for row in kept.values() if row.attachment is None and row.attempts == 1]
    same = or_(false(), *(and_(col(Outbox.account_id) == account, col(Outbox.kind) == kind) for account, kind in said))
    free = and_(
        same,
        col(Outbox.state) == "waiting",
        col(Outbox.attempts) == 0,
        col(Outbox.attachment).is_(None),
        col(Outbox.next_at) <= at,
    )
    # What another sender holds is left to it: waiting for it, while it waits for ours, would be a deadlock.
    others = tx.exec(select(Outbox.id).where(free).with_for_update(skip_locked=True)).all()
    beaten = [row.id for row in rows if row not in kept.values()]
    merged = update(Outbox).where(col(Outbox.id).in_([*others, *beaten]))
    tx.connection().execute(merged.values(state="merged", sent_at=at))
    return list(kept.values())


def _claims(tx: Session, rows: list[Outbox]) -> list[Claim]:
    accounts = _accounts(tx, {row.account_id for row in rows})
    unseal_rows(tx, [*rows, *accounts.values()])
    return [_claimed(row, accounts[row.account_id]) for row in rows]


def _accounts(tx: Session, ids: set[UUID]) -> Mapping[UUID, Account]:
    return {row.id: row for row in tx.exec(select(Account).where(col(Account.id).in_(ids))).all()}


def _claimed(row: Outbox, account: Account) -> Claim:
    email = account.email if account.ended_at is None else None
    return Claim(
        id=row.id,
        account_id=account.id,
        attempt=row.attempts,
        kind=row.kind,
        language=account.language,
        has_password=account.password_hash is not None,
        email=_text(row.address) or _text(email),
        attachment=_text(row.attachment),
    )


def _text(secret: Secret | None) -> str | None:
    return secret.reveal() or None if secret is not None else None


def settle(tx: Session, claimed: Claim, at: datetime, *, sent: bool, hopeless: bool = False) -> None:
    """
    Write down how it went: sent; waiting for a later try; or failed, after the last try or when there is no hope.
    An invitation that nobody will send any more tells where a family met; it is not kept.
    """
    if sent:
        values: dict[str, object] = {"state": "sent", "sent_at": at, "attachment": None}
    elif hopeless or claimed.attempt >= TRIES:
        values = {"state": "failed", "attachment": None}
    else:
        values = {"next_at": at + backoff(claimed.attempt)}
    held = (col(Outbox.id) == claimed.id, col(Outbox.state) == "waiting", col(Outbox.attempts) == claimed.attempt)
    tx.connection().execute(update(Outbox).where(*held).values(**values))


def forget_invitations(tx: Session, at: datetime) -> None:
    """Those that were settled before they were taken off, and those that an old backup still has waiting."""
    settled = or_(col(Outbox.state) != "waiting", col(Outbox.created_at) < at - timedelta(days=STALE))
    kept = update(Outbox).where(settled, col(Outbox.attachment).is_not(None))
    tx.connection().execute(kept.values(attachment=None))


def newest_failed(account_id: Mapped[UUID]) -> ColumnElement[bool]:
    """Whether the last mail to this account could not be delivered; a condition for any statement about accounts."""
    newer = aliased(Outbox)
    later = exists().where(
        col(newer.account_id) == col(Outbox.account_id),
        col(newer.created_at) > col(Outbox.created_at),
        col(newer.state) != "merged",
    )
    return exists().where(col(Outbox.account_id) == account_id, col(Outbox.state) == "failed", ~later)


def backoff(attempt: int) -> timedelta:
    """1, 2, 4 … minutes, an hour at most."""
    return timedelta(minutes=min(2 ** (attempt - 1), 60))
