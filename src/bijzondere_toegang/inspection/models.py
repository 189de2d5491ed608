"""A file on its way to the person it is about."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Inspection(CaseRow, table=True):
    """One file for one person: what is held back from it, and what was issued, word for word."""

    __tablename__ = "inspection"
    seal_columns: ClassVar[tuple[str, ...]] = ("held", "content")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    begun_by: UUID
    begun_at: datetime
    issued_by: UUID | None = None
    issued_at: datetime | None = None
    held: Secret | None = Field(default=None, sa_type=Sealed)
    content: Secret | None = Field(default=None, sa_type=Sealed)
