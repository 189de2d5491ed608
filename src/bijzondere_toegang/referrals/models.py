"""What a referral needs beside the case: a draft's sections, and where it came from."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class DraftSection(CaseRow, table=True):
    """One section of a draft, as typed, saved as she goes; `state` is begun or done."""

    __tablename__ = "draft_section"
    __table_args__ = (UniqueConstraint("case_id", "section"),)
    seal_columns: ClassVar[tuple[str, ...]] = ("answers",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    section: str = Field(max_length=40)
    state: str = Field(max_length=10)
    saved_at: datetime
    answers: Secret | None = Field(default=None, sa_type=Sealed)


class Reception(SQLModel, table=True):
    """How a referral was received: (organisation, source reference) is the idempotency key of the intake contract."""

    __tablename__ = "reception"
    __table_args__ = (UniqueConstraint("organisation", "source_reference"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    organisation: str = Field(max_length=60)
    source_reference: str = Field(max_length=40)
    channel: str = Field(max_length=10)
    received_at: datetime
    digests: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """JSON pointer to keyed hash of each value, to name what differs in a resend"""
