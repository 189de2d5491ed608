"""Writing to the timeline: what changed in the transaction of the change, what was read before the answer leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, update
from sqlalchemy import select as select_rows
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bijzondere_toegang.errors import Unavailable
from bijzondere_toegang.timeline.chain import GENESIS, hash_of
from bijzondere_toegang.timeline.models import TimelineEntry, TimelineHead


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: network address, request id and in whose name, for the log alone."""

    address: str = ""
    request_id: str = ""
    on_behalf_of: str = ""
    """the account in whose name somebody else acted, and that somebody, keyed; empty: the person did it"""


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
    break_glass: bool = False
    """by who opened the case in an emergency (C8)"""
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
        on_behalf_of=origin.on_behalf_of,
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


def entries_of(
    tx: Session, chain: UUID, *, newest: int = 50, changes_only: bool = True, runs: frozenset[str] = frozenset()
) -> list[TimelineEntry]:
    """The newest entries of one chain, newest first. Of changes in a row by one person that are one of the steps
    `runs`, only the last."""
    query = select(TimelineEntry).where(TimelineEntry.chain == chain)
    if changes_only:
        query = query.where(*_changes())
    if runs:
        query = query.where(col(TimelineEntry.seq).not_in(_followed(chain, runs)))
    return list(tx.exec(query.order_by(TimelineEntry.seq.desc()).limit(newest)).all())  # type: ignore[attr-defined]


def _changes() -> tuple[Any, ...]:
    return TimelineEntry.action != "R", TimelineEntry.outcome == "ok"


def _followed(chain: UUID, runs: frozenset[str]) -> Select[Any]:
    """The places in the chain of those changes after which the same person did the same again."""
    seq, step, by = col(TimelineEntry.seq), col(TimelineEntry.step), col(TimelineEntry.account_id)
    found = (
        select_rows(
            seq,
            step,
            by,
            func.lead(step).over(order_by=seq).label("then"),
            func.lead(by).over(order_by=seq).label("who"),
        )
        .where(col(TimelineEntry.chain) == chain, *_changes())
        .subquery()
    )
    same = found.c.step == found.c.then, found.c.account_id == found.c.who
    return select_rows(found.c.seq).where(found.c.step.in_(runs), *same)
