"""Due moments and the outbox: the tables remember, the scheduler remembers nothing."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bijzondere_toegang.db import Sealed, SealedRow, Secret


class Reminder(SQLModel, table=True):
    """A moment at which somebody is told. Claimed once by a conditional update, cancelled when the case moves on."""

    __tablename__ = "reminder"
    __table_args__ = (Index("ix_reminder_state_due", "state", "due_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    name: str = Field(max_length=60)
    to_role: str = Field(max_length=30)
    due_at: datetime
    state: str = Field(default="waiting", max_length=10)
    """waiting, sent, cancelled"""
    settled_at: datetime | None = None


class Outbox(SealedRow, table=True):
    """A mail to send: never a name, a case or a status in it. Sealed under the key of the one who gets it."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next", "state", "next_at"),)
    seal_columns: ClassVar[tuple[str, ...]] = ("attachment", "address")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    kind: str = Field(max_length=40)
    """the catalogue key of the text: mail.<kind>.subject and mail.<kind>.body"""
    created_at: datetime
    next_at: datetime
    attempts: int = 0
    state: str = Field(default="waiting", max_length=10)
    """waiting, sent, merged (another of the same kind said it), failed"""
    sent_at: datetime | None = None
    attachment: Secret | None = Field(default=None, sa_type=Sealed)
    """an iCalendar text (RFC 5545)"""
    address: Secret | None = Field(default=None, sa_type=Sealed)
    """where it goes when that is not the address of the account: the one it had before"""
