"""Writing to the timeline: what changed in the transaction of the change, what was read before the answer leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from bijzondere_toegang.errors import Unavailable
from bijzondere_toegang.timeline.chain import GENESIS, hash_of
from bijzondere_toegang.timeline.models import TimelineEntry, TimelineHead


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: network address and request id, both for the log alone."""

    address: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the words of NEN 7513; codes only, never a value."""

    event_type: str
    action: str
    """C(reate), R(ead), U(pdate), D(elete) or E(xecute)"""
    account_id: UUID | None = None
    role: str = ""
    outcome: str = "ok"
    purpose: str = "bijzondere-toegang"
    object_kind: str = "case"
    object_pseudonym: str = ""
    object_version: int = 0
    permission: str = ""
    care_relation: str = ""
    step: str = ""
    from_stage: str = ""
    to_stage: str = ""
    commitments: Mapping[str, str] = field(default_factory=dict)


def append(tx: Session, chain: UUID, event: Event, at: datetime) -> TimelineEntry:
    """Add one entry to a chain. The head row is bumped first, which locks the chain until the commit.

    Two chains in one transaction are to be locked in sorted order, or they may wait for each other. What can't be
    logged does not happen: raises Unavailable when the entry can't be written.
    """
    try:
        return _append(tx, chain, event, at)
    except SQLAlchemyError as error:
        raise Unavailable from error


def _append(tx: Session, chain: UUID, event: Event, at: datetime) -> TimelineEntry:
    seq, previous = _bump(tx, chain)
    origin: Origin = tx.info.get("origin", Origin())
    fields = {name: getattr(event, name) for name in Event.__slots__}
    fields["commitments"] = dict(event.commitments)
    entry = TimelineEntry(
        chain=chain,
        seq=seq,
        at=at,
        network_address=origin.address,
        request_id=origin.request_id,
        previous_hash=previous,
        hash="",
        **fields,
    )
    entry.hash = hash_of(entry)
    tx.connection().execute(insert(TimelineEntry), [entry.model_dump()])
    tx.connection().execute(_head(chain).values(hash=entry.hash))
    return entry


def _bump(tx: Session, chain: UUID) -> tuple[int, str]:
    connection = tx.connection()
    bumped = _head(chain).values(seq=TimelineHead.seq + 1).returning(TimelineHead.seq, TimelineHead.hash)
    row = connection.execute(bumped).first()
    if row is None:
        connection.execute(insert(TimelineHead), [{"chain": chain, "seq": 0, "hash": GENESIS}])
        row = connection.execute(bumped).one()
    return row[0], row[1]


def _head(chain: UUID):  # type: ignore[no-untyped-def]
    return update(TimelineHead).where(TimelineHead.chain == chain)  # type: ignore[arg-type]


def entries_of(tx: Session, chain: UUID, *, newest: int = 50, changes_only: bool = True) -> list[TimelineEntry]:
    """The newest entries of one chain, newest first."""
    query = select(TimelineEntry).where(TimelineEntry.chain == chain)
    if changes_only:
        query = query.where(TimelineEntry.action != "R", TimelineEntry.outcome == "ok")
    return list(tx.exec(query.order_by(TimelineEntry.seq.desc()).limit(newest)).all())  # type: ignore[attr-defined]
