"""Periodic evaluations with scores of both voices, the closing, and follow-up moments."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Evaluation(CaseRow, table=True):
    """One evaluation of one version of the plan. `content`: {agreements, reason, …}."""

    __tablename__ = "evaluation"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    plan_id: UUID | None = Field(default=None, foreign_key="plan.id")
    number: int
    state: str = Field(max_length=12)
    """open, concluded"""
    due_on: date | None = None
    started_by: UUID | None = None
    started_at: datetime
    concluded_at: datetime | None = None
    outcome: str = Field(default="", max_length=20)
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Score(CaseRow, table=True):
    """A score of 1 to 10 by one voice for one goal; a later one replaces, the old one stays. `content`: {words}."""

    __tablename__ = "score"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    evaluation_id: UUID = Field(foreign_key="evaluation.id", index=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    goal: int
    voice: str = Field(max_length=20)
    """youth, parent, provider, referrer, foster_parent, gi"""
    value: int
    account_id: UUID | None = None
    at: datetime
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Closing(CaseRow, table=True):
    """How a case ends: `content` {results: [...], aftercare, contact, reason, family_said}."""

    __tablename__ = "closing"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    reason: str = Field(default="", max_length=30)
    proposed_by: UUID | None = None
    proposed_at: datetime
    closed_by: UUID | None = None
    closed_at: datetime | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)


class FollowUp(CaseRow, table=True):
    """A moment after closing at which somebody asks how things are."""

    __tablename__ = "follow_up"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    due_on: date
    done_at: datetime | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)
