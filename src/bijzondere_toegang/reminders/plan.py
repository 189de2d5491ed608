"""Planning and cancelling what is due for a case, and putting mail in the outbox. All in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from bijzondere_toegang.clock import utc_of
from bijzondere_toegang.db import Secret
from bijzondere_toegang.reminders.models import Outbox, Reminder

SEND_HOUR = 8
"""Reminders go out at eight in the morning, Dutch time."""


def replan(tx: Session, case_id: UUID, wanted: Iterable[tuple[str, date, str]], at: datetime) -> None:
    """Plan the wanted (name, day, role) that still lie ahead, and cancel every other waiting one of the case.

    One that is wanted, has fallen due and only waits for the next tick stays: nobody misses it by a minute.
    """
    planned = {(name, utc_of(day, SEND_HOUR), to_role) for name, day, to_role in wanted}
    waiting = tx.exec(select(Reminder).where(Reminder.case_id == case_id, Reminder.state == "waiting")).all()
    for row in waiting:
        if (row.name, row.due_at, row.to_role) in planned and row.due_at <= at:
            continue
        row.state, row.settled_at = "cancelled", at
    for name, due_at, to_role in sorted(planned):
        if due_at > at:
            tx.add(Reminder(case_id=case_id, name=name, to_role=to_role, due_at=due_at))


def cancel(tx: Session, case_id: UUID, at: datetime) -> None:
    tx.connection().execute(
        update(Reminder)
        .where(col(Reminder.case_id) == case_id, col(Reminder.state) == "waiting")
        .values(state="cancelled", settled_at=at)
    )


def post(tx: Session, accounts: Iterable[UUID], kind: str, at: datetime, attachment: str | None = None) -> None:
    """Put one mail per account in the outbox. The text is the catalogue's; it names no person, case or status."""
    for account_id in accounts:
        tx.add(Outbox(account_id=account_id, kind=kind, created_at=at, next_at=at, attachment=Secret.of(attachment)))


def post_later(tx: Session, accounts: Iterable[UUID], kind: str, at: datetime, due: datetime) -> None:
    """The same, to leave at a later moment."""
    for account_id in accounts:
        tx.add(Outbox(account_id=account_id, kind=kind, created_at=at, next_at=max(at, due)))


def post_to(tx: Session, account_id: UUID, address: str, kind: str, at: datetime) -> None:
    """The same to another address than the account has now: the one it had before."""
    tx.add(Outbox(account_id=account_id, kind=kind, created_at=at, next_at=at, address=Secret(address)))
