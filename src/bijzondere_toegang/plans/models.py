"""The perspective plan in versions, consents by age, stays and moves."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Field

from bijzondere_toegang.cases.models import CaseRow
from bijzondere_toegang.db import Sealed, Secret


class Plan(CaseRow, table=True):
    """
    One version of the plan, or the concept of the next one, which is the provider's alone. `content`: the answers of
    `write_plan` by their Dutch interface names, whole; of a concept as far as it was written.
    """

    __tablename__ = "plan"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    placement_id: UUID | None = Field(default=None, foreign_key="placement.id")
    version: int
    """from 1, given when it is put up; 0 while it is a concept"""
    state: str = Field(max_length=12)
    """concept, up, agreed, replaced, ended"""
    ladder_step: int
    """0 not chosen yet, 1 own network, 2 foster or family home, 3 treatment at home, 4 part-time, 5 small-scale stay
    (DOMAIN 1)"""
    goals: int = 0
    nights_per_week: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    review_on: date | None = None
    written_by: UUID | None = None
    written_at: datetime
    put_up_at: datetime | None = None
    """when people were asked about it; None while it is a concept"""
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    agreed_at: datetime | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Consent(CaseRow, table=True):
    """
    What one party said to one version (Jeugdwet 7.3.4–5, 4.1.3 lid 6), or that this party could not be reached.
    `content`: {words, how, on, withdrawn}; how is zelf, papier, gesprek or niet-bereikt, with {attempts, why}.
    """

    __tablename__ = "consent"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    party_id: UUID = Field(foreign_key="party.id")
    answer: str = Field(max_length=12)
    """given, refused, not_reached"""
    at: datetime
    account_id: UUID | None = None
    """who said it, or the provider who recorded it"""
    withdrawn_at: datetime | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)


class Stay(CaseRow, table=True):
    """Where the young person sleeps from a day, or a move to another place. `content`: {where, words}."""

    __tablename__ = "stay"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="provider", max_length=20)
    kind: str = Field(max_length=20)
    """stay: the place where it began; move: the next place, from that day"""
    place: str = Field(default="", max_length=20)
    """foster_family, family_home, group, part_time, crisis, secure, network, home"""
    reason: str = Field(default="", max_length=30)
    """why a move: step_down, step_up, better_fit, breakdown, closer, siblings, other"""
    from_on: date
    until_on: date | None = None
    nights: int = 0
    """nights really slept there, once the period has ended; a night counts on the day of waking"""
    nights_per_week: int = 0
    """the planned weekly pattern while the period runs"""
    planned: bool = True
    recorded_by: UUID | None = None
    recorded_at: datetime
    content: Secret | None = Field(default=None, sa_type=Sealed)
