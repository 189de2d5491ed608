"""The hash of an entry and the proof of a whole chain (TRUST 3): one implementation for writing and verifying."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from bijzondere_toegang.timeline.models import TimelineEntry

GENESIS = "0" * 64
_DOMAIN = b"\x01"
_HASHED = tuple(name for name in TimelineEntry.model_fields if name != "hash")


def hash_of(entry: TimelineEntry) -> str:
    """SHA-256 over a domain byte and every field but the hash itself, each with its length before it.

    The previous hash is one of the fields, so an entry seals all that came before it.
    """
    digest = hashlib.sha256(_DOMAIN)
    for name in _HASHED:
        value = _canonical(getattr(entry, name))
        digest.update(len(value).to_bytes(4, "big"))
        digest.update(value)
    return digest.hexdigest()


def _canonical(value: object) -> bytes:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").encode()
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return b"" if value is None else str(value).encode()


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that does not hold, and in which way."""

    chain: UUID
    seq: int
    why: str
    """edited, missing, swapped, cut_off or no_head"""


def verify_chain(chain: UUID, entries: Iterable[TimelineEntry], head: tuple[int, str] | None) -> Broken | None:
    """Walk one chain in order of its numbers; `head` is its remembered (length, hash)."""
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.seq != expected:
            return Broken(chain, expected, "missing" if entry.seq > expected else "swapped")
        if entry.hash != hash_of(entry):
            return Broken(chain, entry.seq, "edited")
        if entry.previous_hash != previous:
            return Broken(chain, entry.seq, "swapped")
        previous, expected = entry.hash, expected + 1
    if head is None:
        return Broken(chain, expected - 1, "no_head")
    if head != (expected - 1, previous):
        return Broken(chain, expected, "cut_off")
    return None
