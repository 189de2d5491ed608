"""Six ways to lie about the log, for somebody who owns the tables; each says what the verifier has to name."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, insert, select, text, update

from bijzondere_toegang.timeline.chain import hash_of
from bijzondere_toegang.timeline.models import TimelineEntry, TimelineHead

ENTRY, HEAD = TimelineEntry.__table__, TimelineHead.__table__  # type: ignore[attr-defined]
FAR = 10_000
EDITS: tuple[Mapping[str, Any], ...] = (
    {"step": "anders"},
    {"event_type": "nooit"},
    {"outcome": "refused 404"},
    {"account_id": UUID(int=7)},
    {"role": "chair"},
    {"break_glass": True},
    {"object_version": 99},
    {"commitments": {"reden": "cd34"}},
    {"care_relation": "parent.child_0_11"},
)


@dataclass(frozen=True, slots=True)
class Told:
    """What must be named: the chain, the first bad entry (from, to) and one of these words."""

    chain: UUID
    first: int
    last: int
    why: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """The tables in the hands of their owner, one chain of them, and dice."""

    connection: Connection
    chain: UUID
    length: int
    witnessed: int
    dice: random.Random

    def unlock(self) -> None:
        if self.connection.dialect.name == "sqlite":
            for name in ("timeline_entry_no_update", "timeline_entry_no_delete", "timeline_head_no_delete"):
                self.connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        else:
            for table in ("timeline_entry", "timeline_head"):
                self.connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))

    def change(self, seq: int, /, **values: Any) -> None:
        where = (ENTRY.c.chain == self.chain) & (ENTRY.c.seq == seq)
        self.connection.execute(update(ENTRY).where(where).values(**values))

    def drop(self, condition: Any) -> None:
        self.connection.execute(delete(ENTRY).where((ENTRY.c.chain == self.chain) & condition))

    def shift(self, beyond: int, by: int) -> None:
        for far in (FAR, by - FAR):
            moved = (ENTRY.c.chain == self.chain) & (ENTRY.c.seq > beyond)
            self.connection.execute(update(ENTRY).where(moved).values(seq=ENTRY.c.seq + far))

    def entry(self, seq: int) -> TimelineEntry:
        where = (ENTRY.c.chain == self.chain) & (ENTRY.c.seq == seq)
        return TimelineEntry(**self.connection.execute(select(ENTRY).where(where)).mappings().one())

    def head(self, seq: int, digest: str) -> None:
        self.connection.execute(update(HEAD).where(HEAD.c.chain == self.chain).values(seq=seq, hash=digest))


def edited(on: Ground) -> Told:
    seq = on.dice.randint(1, on.length)
    on.change(seq, **on.dice.choice(EDITS))
    if seq < on.length and on.dice.random() < 0.5:
        on.change(seq, hash=hash_of(on.entry(seq)))
    return Told(on.chain, seq, seq, frozenset({"edited"}))


def deleted(on: Ground) -> Told:
    seq = on.dice.randint(1, on.length)
    on.drop(ENTRY.c.seq == seq)
    if on.dice.random() < 0.5:
        on.shift(seq, -1)
    return Told(on.chain, seq, seq, frozenset({"deleted" if seq < on.length else "truncated"}))


def swapped(on: Ground) -> Told:
    one, other = sorted(on.dice.sample(range(1, on.length + 1), 2))
    for seq, to in ((one, FAR), (other, one), (FAR, other)):
        on.change(seq, seq=to)
    return Told(on.chain, one, one, frozenset({"swapped"}))


def inserted(on: Ground) -> Told:
    seq = on.dice.randint(1, on.length + 1)
    before = on.entry(seq - 1).hash if seq > 1 else "0" * 64
    on.shift(seq - 1, 1)
    forged = on.entry(seq + 1 if seq <= on.length else seq - 1)
    forged.id, forged.seq, forged.step, forged.previous_hash = uuid4(), seq, "verzonnen", before
    forged.hash = hash_of(forged) if on.dice.random() < 0.5 else "f" * 64
    on.connection.execute(insert(ENTRY), [forged.model_dump()])
    return Told(on.chain, seq, seq, frozenset({"inserted"} if seq <= on.length else {"inserted", "edited"}))


def truncated(on: Ground) -> Told:
    """With its head; only a checkpoint that saw more knows."""
    kept = on.dice.randint(0, on.witnessed - 1)
    on.drop(ENTRY.c.seq > kept)
    if kept:
        on.head(kept, on.entry(kept).hash)
    elif on.dice.random() < 0.5:
        on.connection.execute(delete(HEAD).where(HEAD.c.chain == on.chain))
    return Told(on.chain, kept + 1, kept + 1, frozenset({"truncated"}))


def rehashed(on: Ground) -> Told:
    """With all that follows and its head; only a checkpoint knows."""
    seq = on.dice.randint(1, on.witnessed)
    on.change(seq, **on.dice.choice(EDITS))
    previous = on.entry(seq).previous_hash
    for number in range(seq, on.length + 1):
        on.change(number, previous_hash=previous)
        previous = hash_of(on.entry(number))
        on.change(number, hash=previous)
    on.head(on.length, previous)
    return Told(on.chain, 1, seq, frozenset({"rehashed"}))


SIX: tuple[Callable[[Ground], Told], ...] = (edited, deleted, swapped, inserted, truncated, rehashed)
