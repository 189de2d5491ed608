"""The hash of an entry and the proof of a whole chain (TRUST 3): one implementation for writing and verifying."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import add
from uuid import UUID

from bijzondere_toegang.timeline.models import TimelineEntry

GENESIS = "0" * 64
_DOMAIN = b"\x01"
HASHED = tuple(name for name in TimelineEntry.model_fields if name != "hash")
"""The fields in the order in which they are hashed."""
_SEQ, _PREVIOUS = HASHED.index("seq"), HASHED.index("previous_hash")
NEAR = 32
"""How far an entry may have moved to be told apart from one that was edited."""


def hash_of(entry: TimelineEntry) -> str:
    """SHA-256 over a domain byte and every field but the hash itself, each with its length before it.

    The previous hash is one of the fields, so an entry seals all that came before it.
    """
    return hash_of_row(tuple(_canonical(getattr(entry, name)) for name in HASHED))


def _canonical(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return "" if value is None else str(value)


def hash_of_row(row: Sequence[str]) -> str:
    """The same over the fields as text, in the order of HASHED; what comes after them is left out."""
    fields = row[: len(HASHED)]
    try:
        text = "".join(map(add, map(_SHORT.__getitem__, map(len, fields)), fields))
    except IndexError:
        text = "é"
    return hashlib.sha256(_DOMAIN + (text.encode() if text.isascii() else _long(fields))).hexdigest()


_SHORT = tuple("\0\0\0" + chr(length) for length in range(128))
"""The lengths of short ASCII fields as text: joined and encoded at once, which is a third of the work."""


def _long(fields: Sequence[str]) -> bytes:
    parts = []
    for value in fields:
        encoded = value.encode()
        parts += [len(encoded).to_bytes(4, "big"), encoded]
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that does not hold, and in which way."""

    chain: UUID
    seq: int
    why: str
    """edited, deleted, swapped, inserted, truncated, rehashed or no_head"""
    until: int | None = None
    """of a rehashed chain: the entry that a checkpoint remembers otherwise; the first bad one is `seq` or after it"""


Head = tuple[int, str]
"""A length and the hash of the entry at that length."""


def holds(row: Sequence[str], expected: int, previous: str) -> bool:
    """Whether this row is the next of its chain: number, own hash and the hash before it."""
    return row[_SEQ] == str(expected) and row[_PREVIOUS] == previous and row[-1] == hash_of_row(row)


def diagnose(chain: UUID, rows: Sequence[Sequence[str]], head: Head | None) -> Broken | None:
    """What is wrong with one chain, all rows in order of their numbers; `head` is its remembered end."""
    previous, expected = GENESIS, 1
    for index, row in enumerate(rows):
        if row[_SEQ] != str(expected):
            why = "deleted" if int(row[_SEQ]) > expected else "inserted"
            return Broken(chain, min(expected, int(row[_SEQ])), why)
        if row[-1] != hash_of_row(row):
            return Broken(chain, *_moved_or_edited(rows, index))
        if row[_PREVIOUS] != previous:
            return Broken(chain, _culprit(rows, index, head), "edited")
        previous, expected = row[-1], expected + 1
    return _at_the_end(chain, expected - 1, previous, head)


def _moved_or_edited(rows: Sequence[Sequence[str]], index: int) -> tuple[int, str]:
    """An entry whose hash fits at another number was moved: by a swap, or because one came or went before it."""
    here, was = index + 1, _number_it_had(rows[index])
    if was is None:
        pushed = index + 1 < len(rows) and _number_it_had(rows[index + 1]) == here
        return here, "inserted" if pushed else "edited"
    if was < here:
        return was, "inserted"
    swapped = was <= len(rows) and _number_it_had(rows[was - 1]) == here
    return here, "swapped" if swapped else "deleted"


def _number_it_had(row: Sequence[str]) -> int | None:
    """The number at which the hash of this row fits; None when at none nearby."""
    seq, changed = int(row[_SEQ]), list(row)
    for number in sorted(range(max(1, seq - NEAR), seq + NEAR + 1), key=lambda one: abs(one - seq)):
        changed[_SEQ] = str(number)
        if hash_of_row(changed) == row[-1]:
            return number
    return None


def _culprit(rows: Sequence[Sequence[str]], index: int, head: Head | None) -> int:
    """Of two neighbours that do not fit: the later one when what follows does not fit it either, else the earlier."""
    follows = rows[index + 1][_PREVIOUS] if index + 1 < len(rows) else head[1] if head else ""
    return index if follows == rows[index][-1] and index else index + 1


def _at_the_end(chain: UUID, length: int, last: str, head: Head | None) -> Broken | None:
    if head is None:
        return Broken(chain, length, "no_head")
    if head[0] > length:
        return Broken(chain, length + 1, "truncated")
    if head[0] < length:
        return Broken(chain, head[0] + 1, "inserted")
    return None if head[1] == last else Broken(chain, length, "edited")
