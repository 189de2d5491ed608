"""A request to destroy a part of the record, and how it went."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Erasure(CaseRow, table=True):
    """One part of one case on its way to be destroyed. What people wrote in it is destroyed with the part."""

    __tablename__ = "erasure"
    seal_columns: ClassVar[tuple[str, ...]] = ("reason", "answer")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(max_length=20)
    """the part: `referrer` or `provider`"""
    ground: str = Field(max_length=20)
    """request (Jeugdwet 7.3.9) or term (7.3.8)"""
    state: str = Field(max_length=20, index=True)
    """asked, advised, granted, refused, executed"""
    asked_by: UUID | None = None
    asked_at: datetime
    advised_by: UUID | None = None
    advised_at: datetime | None = None
    advice: str = Field(default="", max_length=10)
    """for or against"""
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    executed_by: UUID | None = None
    executed_at: datetime | None = None
    reason: Secret | None = Field(default=None, sa_type=Sealed)
    answer: Secret | None = Field(default=None, sa_type=Sealed)
