"""A conference, the seats at its table, positions per holder and the minutes in blocks."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Conference(CaseRow, table=True):
    """One sitting of the table. `content`: {plaats, reden, gereed, rondes, hulp, resultaat, ladder, …}."""

    __tablename__ = "conference"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    number: int
    state: str = Field(max_length=12)
    """planned, open, adjourned, cancelled, consensus, no_consensus"""
    starts_at: datetime
    minutes: int = 60
    sequence: int = 0
    """of the calendar invitation (RFC 5545)"""
    round: int = 1
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Seat(CaseRow, table=True):
    """Somebody invited to the table. `content`: {naam, rol, reden}."""

    __tablename__ = "seat"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    conference_id: UUID = Field(foreign_key="conference.id", index=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    kind: str = Field(max_length=20)
    """chair, referrer, consortium, youth, parent, guardian, gi, foster_parent, guest, provider"""
    has_position: bool = False
    party_id: UUID | None = Field(default=None, foreign_key="party.id")
    account_id: UUID | None = None
    consortium: str = Field(default="", max_length=60)
    organisation: str = Field(default="", max_length=60)
    attendance: str = Field(default="", max_length=20)
    """present, online, written, represented, absent, not_asked; empty: not recorded"""
    represented_by: UUID | None = Field(default=None, foreign_key="seat.id")
    tie: str = Field(default="", max_length=10)
    """none, tie; empty: not asked"""
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Position(CaseRow, table=True):
    """What one holder thinks of the proposal in one round; older rounds stay. `content`: {woorden, reden, …}."""

    __tablename__ = "position"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    conference_id: UUID = Field(foreign_key="conference.id", index=True)
    seat_id: UUID = Field(foreign_key="seat.id")
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    round: int
    value: str = Field(max_length=20)
    """agree, agree_with_concern, opposed, no_opinion, not_given"""
    stated_by: UUID | None = None
    recorded_for: bool = False
    at: datetime
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Block(CaseRow, table=True):
    """A text block of the minutes, per topic; every saved text is a row of its own, the newest counts."""

    __tablename__ = "minutes_block"
    seal_columns: ClassVar[tuple[str, ...]] = ("text",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    conference_id: UUID = Field(foreign_key="conference.id", index=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    topic: str = Field(max_length=30)
    version: int
    saved_by: UUID | None = None
    saved_at: datetime
    text: Secret | None = Field(default=None, sa_type=Sealed)


class Minutes(CaseRow, table=True):
    """A version of the minutes, put up for reaction and then adopted."""

    __tablename__ = "minutes"
    seal_columns: ClassVar[tuple[str, ...]] = ("text",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    conference_id: UUID = Field(foreign_key="conference.id", index=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    version: int
    react_until: date
    put_up_at: datetime
    adopted_at: datetime | None = None
    digest: str = Field(max_length=64)
    text: Secret | None = Field(default=None, sa_type=Sealed)
    """JSON of topic → text, frozen at the moment it was put up"""


class Reaction(CaseRow, table=True):
    """What a participant says of a version of the minutes: right, wrong (why), nothing."""

    __tablename__ = "minutes_reaction"
    seal_columns: ClassVar[tuple[str, ...]] = ("text",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    minutes_id: UUID = Field(foreign_key="minutes.id", index=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    account_id: UUID
    seat_id: UUID | None = None
    value: str = Field(max_length=10)
    at: datetime
    text: Secret | None = Field(default=None, sa_type=Sealed)
