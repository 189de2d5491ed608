"""The checks of the log that the clock asks for, or an officer: a verification a day, a review an hour."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, col, func, select

from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.crypto import WrongKey
from bijzondere_toegang.db import Database
from bijzondere_toegang.oversight.models import LogCheck, LogFinding
from bijzondere_toegang.oversight.reading import first_entry
from bijzondere_toegang.oversight.review import odd_reading, store
from bijzondere_toegang.timeline.checkpoints import Checkpoints, Contradicted, NoCheckpoint
from bijzondere_toegang.timeline.signing import signer
from bijzondere_toegang.timeline.snapshot import snapshot
from bijzondere_toegang.timeline.verify import check

OVERLAP = timedelta(hours=1)
"""A write may take a while between its moment and its commit, so a review looks back a little further."""
log = logging.getLogger("bijzondere_toegang.oversight")


def look_after(database: Database, process: Process, checkpoints: Checkpoints, at: datetime) -> None:
    """Do what is asked for and not done yet; of several schedulers only one does each."""
    _ask(database, "verify", f"verify {at.astimezone(UTC):%Y-%m-%d}", at)
    _ask(database, "review", f"review {at.astimezone(UTC):%Y-%m-%dT%H}", at)
    for row in _claimed(database, at):
        done = verified(database, checkpoints) if row.kind == "verify" else reviewed(database, process, row, at)
        with database.write() as tx:
            settled = update(LogCheck).where(col(LogCheck.id) == row.id)
            tx.connection().execute(settled.values(done_at=at, **done))


def ask(tx: Session, kind: str, by: UUID, at: datetime) -> None:
    """An officer asks for a check now."""
    tx.add(LogCheck(slot=f"asked {uuid4()}", kind=kind, asked_at=at, asked_by=by))


def _ask(database: Database, kind: str, slot: str, at: datetime) -> None:
    with database.read() as tx:
        if tx.exec(select(LogCheck.id).where(LogCheck.slot == slot)).first() is not None:
            return
    try:
        with database.write() as tx:
            tx.add(LogCheck(slot=slot, kind=kind, asked_at=at))
    except IntegrityError:
        return


def _claimed(database: Database, at: datetime) -> Iterator[LogCheck]:
    with database.read() as tx:
        waiting = list(tx.exec(select(LogCheck).where(col(LogCheck.started_at).is_(None))).all())
    for row in sorted(waiting, key=lambda one: one.asked_at):
        with database.write() as tx:
            mine = update(LogCheck).where(col(LogCheck.id) == row.id, col(LogCheck.started_at).is_(None))
            won = tx.connection().execute(mine.values(started_at=at)).rowcount == 1
        if won:
            yield row


def verified(database: Database, checkpoints: Checkpoints) -> dict[str, object]:
    """What `audit verify` says now, as the columns of a LogCheck."""
    try:
        with snapshot(database.engine.url.render_as_string(hide_password=False)) as connection:
            found, _ = check(connection, checkpoints.file, signer(checkpoints.key_file).public)
    except Contradicted as error:
        log.error("the log does not hold: %s", error)
        return {"outcome": "broken", "first_why": "checkpoints"}
    except (NoCheckpoint, WrongKey, SQLAlchemyError, sqlite3.Error, ValueError) as error:
        log.error("the log could not be verified: %s", type(error).__name__)
        return {"outcome": "unknown"}
    told: dict[str, object] = {"entries": found.entries, "found": len(found.broken), "outcome": "sound"}
    if found.broken:
        first = found.broken[0]
        log.error("the log does not hold: %s chains broken", len(found.broken))
        told |= {"outcome": "broken", "first_chain": first.chain, "first_seq": first.seq, "first_why": first.why}
    return told


def reviewed(database: Database, process: Process, row: LogCheck, at: datetime) -> dict[str, object]:
    """Look through what was written since the last review that was done."""
    with database.read() as tx:
        last = tx.exec(
            select(func.max(LogCheck.started_at)).where(LogCheck.kind == "review", LogCheck.outcome == "done")
        ).one()
        since = last - OVERLAP if last else first_entry(tx)
        entries, odd = odd_reading(tx, process, since, at) if since else (0, [])
    with database.write() as tx:
        found = store(tx, odd, at)
    return {"outcome": "done", "entries": entries, "found": len(found)}


def newest_check(tx: Session, kind: str) -> LogCheck | None:
    """The last one that was done."""
    done = select(LogCheck).where(LogCheck.kind == kind, col(LogCheck.done_at).is_not(None))
    return tx.exec(done.order_by(col(LogCheck.done_at).desc()).limit(1)).first()


def waits(tx: Session, kind: str) -> bool:
    """Whether one was asked for that is not done."""
    query = select(LogCheck.id).where(LogCheck.kind == kind, col(LogCheck.done_at).is_(None))
    return tx.exec(query.limit(1)).first() is not None


def open_findings(tx: Session) -> int:
    query = select(func.count()).select_from(LogFinding).where(LogFinding.state != "closed")
    return tx.exec(query).one()
