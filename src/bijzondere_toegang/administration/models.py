"""What was done to people, and the yearly question who still needs access. No row here names a case."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index, column
from sqlmodel import Field, SQLModel

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, SealedRow, Secret


class Departure(SQLModel, table=True):
    """Somebody left, or gave her cases away, by the hand of another. At that moment, and only then, PostgreSQL's
    wall lets that other person move the cases (`bt_hands_over`)."""

    __tablename__ = "departure"
    __table_args__ = (Index("ix_departure_by_at", "by_account", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    by_account: UUID | None = None
    """None: from the command line of the machine"""
    at: datetime
    kind: str = Field(max_length=20)
    """left, or handed_over"""


class AccessReview(SQLModel, table=True):
    """Once a year an organisation is asked who still needs access."""

    __tablename__ = "access_review"
    __table_args__ = (
        Index(
            "uq_access_review_open",
            "organisation",
            unique=True,
            sqlite_where=column("closed_at").is_(None),
            postgresql_where=column("closed_at").is_(None),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organisation: str = Field(max_length=60)
    begins_on: date
    due_on: date
    ends_on: date
    state: str = Field(default="planned", max_length=20)
    """planned, open, escalated (nobody answered in time), closed"""
    reminded_on: date | None = None
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    """None: nobody answered, and the access of who has no running case ended by itself"""


class AccessAnswer(SQLModel, table=True):
    """What was answered about one role of one person. Rows are never changed."""

    __tablename__ = "access_answer"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    review_id: UUID = Field(foreign_key="access_review.id", index=True)
    membership_id: UUID = Field(foreign_key="membership.id")
    account_id: UUID = Field(foreign_key="account.id")
    answer: str = Field(max_length=10)
    """keep, change, end, or silence"""
    by_account: UUID | None = None
    at: datetime


class BrokenGlass(SealedRow, table=True):
    """An administrator asked to open one case; the privacy officer decides. `until`: until when it is open."""

    __tablename__ = "broken_glass"
    seal_columns: ClassVar[tuple[str, ...]] = ("reason", "why_silent")
    seal_by: ClassVar[str] = "asked_by"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    asked_by: UUID = Field(foreign_key="account.id", index=True)
    asked_at: datetime
    reference: str = Field(max_length=20)
    """as it was typed: whether there is such a case is not looked up for who asks"""
    case_id: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    until: datetime | None = None
    reason: Secret | None = Field(default=None, sa_type=Sealed)
    """only until it was decided; then it moves to the case: `GlassReason`"""
    why_silent: Secret | None = Field(default=None, sa_type=Sealed)
    """why the family is not told yet; moves along"""


class GlassReason(CaseRow, table=True):
    """Why somebody asked to open this case, and why the family was not told at once. Destroyed with the case."""

    __tablename__ = "glass_reason"
    seal_columns: ClassVar[tuple[str, ...]] = ("reason", "why_silent")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    glass_id: UUID = Field(unique=True)
    """the request"""
    asked_by: UUID
    reason: Secret | None = Field(default=None, sa_type=Sealed)
    why_silent: Secret | None = Field(default=None, sa_type=Sealed)
