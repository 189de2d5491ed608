"""What was known of a person before it was corrected."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class PartyChange(CaseRow, table=True):
    """A correction of what is known of a person: each field with its old and new value, and why. Never edited."""

    __tablename__ = "party_change"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    changed_by: UUID | None = None
    at: datetime
    content: Secret | None = Field(default=None, sa_type=Sealed)
    """{"reason": …, "fields": {name: [old, new]}}"""
