"""Timeline entries with the field names of NEN 7513, and the head of each chain."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel


class TimelineHead(SQLModel, table=True):
    """The last entry of a chain: its length and hash. Bumping it locks the chain on both databases."""

    __tablename__ = "timeline_head"

    chain: UUID = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    hash: str = Field(max_length=64)


class TimelineEntry(SQLModel, table=True):
    """One thing that happened. It never holds a value of a person: changes are keyed commitments."""

    __tablename__ = "timeline_entry"
    __table_args__ = (
        Index("uq_timeline_entry_chain_seq", "chain", "seq", unique=True),
        Index("ix_timeline_entry_at", "at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    chain: UUID
    seq: int = Field(sa_type=BigInteger)
    at: datetime
    event_type: str = Field(max_length=40)
    action: str = Field(max_length=1)
    outcome: str = Field(max_length=20)
    account_id: UUID | None = Field(default=None, index=True)
    role: str = Field(default="", max_length=40)
    on_behalf_of: str = Field(default="", max_length=60)
    purpose: str = Field(default="", max_length=60)
    network_address: str = Field(default="", max_length=64)
    object_kind: str = Field(default="", max_length=40)
    object_pseudonym: str = Field(default="", max_length=64)
    object_version: int = 0
    sensitivity: str = Field(default="normal", max_length=20)
    permission: str = Field(default="", max_length=60)
    care_relation: str = Field(default="", max_length=40)
    consent_profile: str = Field(default="", max_length=40)
    break_glass: bool = False
    request_id: str = Field(default="", max_length=40)
    step: str = Field(default="", max_length=40)
    from_stage: str = Field(default="", max_length=40)
    to_stage: str = Field(default="", max_length=40)
    commitments: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class TimelineCheckpoint(SQLModel, table=True):
    """That a checkpoint was written to its file: who cuts the file off is contradicted by the database."""

    __tablename__ = "timeline_checkpoint"

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime
    digest: str = Field(max_length=64)
    root: str = Field(max_length=64)
    heads: int
    entries: int = Field(sa_type=BigInteger)
