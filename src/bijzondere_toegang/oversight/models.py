"""Findings about who read what, what was done with them, and the checks of the log that were asked for."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bijzondere_toegang.db import Sealed, SealedRow, Secret

OFFICE = UUID(int=0)
"""Whose key seals the notes of the privacy officer: they belong to no case and to no account."""


class LogFinding(SQLModel, table=True):
    """One odd thing in the log: somebody, one case (or none in particular), one day, one reason."""

    __tablename__ = "log_finding"
    __table_args__ = (Index("ix_log_finding_state_at", "state", "at", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    mark: str = Field(max_length=64, unique=True)
    """keyed, from reason, person, case and day: the same is never found twice"""
    reason: str = Field(max_length=20)
    at: datetime
    day: date
    account_id: UUID
    role: str = Field(default="", max_length=40)
    case_id: UUID | None = None
    times: int = 1
    found_at: datetime
    state: str = Field(default="open", max_length=20)
    """open, seen, asked or closed; the steps say who and when"""


class FindingStep(SealedRow, table=True):
    """What the privacy officer did with a finding."""

    __tablename__ = "log_finding_step"
    seal_columns: ClassVar[tuple[str, ...]] = ("note",)
    seal_for: ClassVar[tuple[UUID, str] | None] = (OFFICE, "log")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    finding_id: UUID = Field(foreign_key="log_finding.id", index=True)
    state: str = Field(max_length=20)
    at: datetime
    account_id: UUID
    note: Secret | None = Field(default=None, sa_type=Sealed)


class LogCheck(SQLModel, table=True):
    """A verification or a review that was asked for by the clock or by an officer, and what came of it."""

    __tablename__ = "log_check"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    slot: str = Field(max_length=60, unique=True)
    """the hour or day of one that the clock asks for, so that two schedulers ask once"""
    kind: str = Field(max_length=10, index=True)
    asked_at: datetime
    asked_by: UUID | None = None
    started_at: datetime | None = None
    done_at: datetime | None = None
    outcome: str = Field(default="", max_length=20)
    """sound, broken, unknown; of a review: done"""
    entries: int = 0
    found: int = 0
    first_chain: UUID | None = None
    first_seq: int = 0
    first_why: str = Field(default="", max_length=20)


class AccountStreet(SQLModel, table=True):
    """The street where somebody who works here lives: a keyed hash, never the street itself."""

    __tablename__ = "account_street"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    street_key: str = Field(max_length=64)
    """empty: it is to be asked again, because look-ups got a new key"""
    set_at: datetime
