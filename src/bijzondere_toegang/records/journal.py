"""What was destroyed, in a file outside the database: after a restore it is destroyed again before anybody reads.

One line of JSON each, chained by SHA-256: a line that was changed, moved or taken out of the middle is found. It
holds ids and no value of a person.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

GENESIS = "0" * 64


class JournalBroken(Exception):
    """The first line that does not hold, in one sentence."""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A key that was destroyed: its owner (a case or an account), the part, and when."""

    owner_id: UUID
    holder: str
    at: datetime


def note(file: Path, destroyed: Iterable[Destroyed]) -> None:
    """Add lines and wait until the disk has them. Raises OSError or JournalBroken."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        previous = _walk(handle)[1]
        for one in destroyed:
            line = {"at": one.at.isoformat(), "holder": one.holder, "owner": str(one.owner_id), "previous": previous}
            previous = _hash(line)
            handle.write(json.dumps(line | {"hash": previous}) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def read(file: Path) -> list[Destroyed]:
    """Everything that was destroyed; nothing when there is no file. Raises JournalBroken or OSError."""
    if not file.exists():
        return []
    with file.open(encoding="ascii") as handle:
        return _walk(handle)[0]


def _walk(lines: Iterable[str]) -> tuple[list[Destroyed], str]:
    found, previous = list[Destroyed](), GENESIS
    for number, text in enumerate(lines, 1):
        try:
            line = json.loads(text)
            digest = line.pop("hash")
            sound = digest == _hash(line) and line["previous"] == previous
            found.append(Destroyed(UUID(line["owner"]), line["holder"], datetime.fromisoformat(line["at"])))
        except (ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            raise JournalBroken(f"BT_ERASURE_FILE: line {number} does not follow from the one before")
        previous = digest
    return found, previous


def _hash(line: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(line, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
