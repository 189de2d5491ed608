"""The decision: what the table agreed or the referrer decided, and the remedy against it."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Decision(CaseRow, table=True):
    """
    A decision in the making or issued. `content`: help, result, ladder (1 to 5), ladder_why, where_to, reason,
    letter, parts [{soort, tekst}] of the letter, signers [{name, job}], mandate {from, until}; without consensus also
    consortium_why, motivation, answers [{who, party, words, answer}]; amended also family_said; after a remedy ruling
    {kind, text, on}. A letter from before it was made from the answers has no parts.
    """

    __tablename__ = "decision"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    conference_id: UUID | None = Field(default=None, foreign_key="conference.id")
    number: int
    kind: str = Field(max_length=12)
    """consensus, fallback, elsewhere, amended"""
    state: str = Field(max_length=12)
    """proposed, issued, rejected, superseded"""
    target: str = Field(default="", max_length=40)
    consortium: str = Field(default="", max_length=60)
    authority: str = Field(default="", max_length=30)
    prepared_by: UUID | None = None
    prepared_at: datetime
    issued_by: UUID | None = None
    issued_at: datetime | None = None
    notified_on: date | None = None
    remedy: str = Field(default="", max_length=20)
    """bezwaar (Awb 6:7) or kinderrechter (BW 1:262b)"""
    remedy_until: date | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)
