"""A placement: proposed to one consortium, accepted exactly once, or given back with a coded reason."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Placement(CaseRow, table=True):
    """
    What a consortium answered to a proposal; while it is only proposed there is no row. `content`:
    lead_practitioner, contact {name, phone}, bridging {text, by}, named [{organisation, lead_practitioner, on}],
    return_text.
    """

    __tablename__ = "placement"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    decision_id: UUID | None = Field(default=None, foreign_key="decision.id")
    consortium: str = Field(max_length=60)
    state: str = Field(max_length=12)
    """accepted, returned, lapsed, ended; a returned one that was accepted runs until `ended_at`"""
    proposed_at: datetime
    accepted_by: UUID | None = None
    accepted_at: datetime | None = None
    provider_organisation: str = Field(default="", max_length=60)
    first_contact_on: date | None = None
    bridging: bool = False
    return_code: str = Field(default="", max_length=30)
    returned_at: datetime | None = None
    ended_at: datetime | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)
