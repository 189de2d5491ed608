"""Changing one row of the log on a copy of the database, and what the verifier says of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bijzondere_toegang.db import Database
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.verify import verify_all

COPY = "demo.copy.db"
_ROW = (
    "SELECT e.seq, e.event_type, e.account_id FROM timeline_entry e JOIN case_file f ON f.id = e.chain "
    "WHERE f.reference = ? AND e.event_type = 'conclude_no_consensus'"
)


@dataclass(frozen=True, slots=True)
class Tampering:
    """Which entry was changed, what the trigger said at first, and what the verifier found before and after."""

    seq: int
    refused: str
    before: int
    found: Broken | None


def tamper(database: Database, folder: Path, reference: str) -> Tampering | None:
    """Make a copy, change who recorded the outcome of the table, and verify; None when there is no such row."""
    copy = folder / COPY
    _forget(copy)
    try:
        return _on_copy(database, folder / "demo.db", copy, reference)
    finally:
        _forget(copy)


def _on_copy(database: Database, source: Path, copy: Path, reference: str) -> Tampering | None:
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(copy)) as made:
        original.backup(made)
        row = made.execute(_ROW, (reference,)).fetchone()
        if row is None:
            return None
        before, _ = _verify(database, copy)
        refused = _change(made, reference, row[0])
        made.execute("DROP TRIGGER timeline_entry_no_update")
        _change(made, reference, row[0])
        made.commit()
    _, found = _verify(database, copy)
    return Tampering(row[0], refused, before, found)


def _change(made: sqlite3.Connection, reference: str, seq: int) -> str:
    """The edit of somebody who wants to have been never there; what the database said against it."""
    try:
        made.execute(
            "UPDATE timeline_entry SET event_type = 'conclude_consensus' "
            "WHERE seq = ? AND chain = (SELECT id FROM case_file WHERE reference = ?)",
            (seq, reference),
        )
    except sqlite3.DatabaseError as error:
        made.rollback()
        return str(error)
    return ""


def _verify(database: Database, copy: Path) -> tuple[int, Broken | None]:
    opened = Database(f"sqlite:///{copy}", database.keyring)
    with opened.read() as tx:
        results = list(verify_all(tx))
    opened.dispose()
    broken = [result for result in results if isinstance(result, Broken)]
    return next(result for result in results if isinstance(result, int)), broken[0] if broken else None


def _forget(copy: Path) -> None:
    for file in copy.parent.glob(f"{copy.name}*"):
        file.unlink()
