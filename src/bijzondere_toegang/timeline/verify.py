"""`audit verify`: read-only and offline, also on a copy. Names the first entry that does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, inspect
from sqlmodel import Session

from bijzondere_toegang.timeline.chain import GENESIS, HASHED, Broken, Head, diagnose, holds
from bijzondere_toegang.timeline.checkpoints import Contradicted, Witness, lines_about, read
from bijzondere_toegang.timeline.rows import Row, heads_in_order, rows_in_order

_CHAIN, _SEQ = HASHED.index("chain"), HASHED.index("seq")


@dataclass(frozen=True, slots=True)
class Found:
    """What was read and what of it does not hold."""

    entries: int
    chains: int
    broken: tuple[Broken, ...]


def verify_all(tx: Session) -> Iterator[Broken | int]:
    """Every broken chain as Broken; last the number of entries that were read. Without checkpoints."""
    found = verify(tx.connection())
    yield from found.broken
    yield found.entries


def verify(connection: Connection, witnessed: Mapping[str, Head] | None = None) -> Found:
    """Walk all chains in one pass. `witnessed` is how long each was, and with which hash, by the newest checkpoint.

    The connection must give one snapshot: what is written meanwhile would look inserted.
    """
    witnessed = witnessed or {}
    heads: dict[str, Head] = {chain: (seq, digest) for chain, seq, digest in heads_in_order(connection)}
    walk = _Walk(heads, witnessed)
    for row in rows_in_order(connection):
        walk.take(row)
    walk.leave()
    gone = (heads.keys() | witnessed.keys()) - walk.seen
    broken = [Broken(UUID(chain), 1, "truncated") for chain in gone]
    broken += [_why(connection, chain, heads.get(chain)) for chain in walk.failed]
    broken += walk.contradicted
    return Found(walk.count, len(heads), tuple(sorted(broken, key=lambda one: str(one.chain))))


def check(connection: Connection, file: Path, public: str) -> tuple[Found, Witness]:
    """Walk all chains and hold them against the checkpoints in the file. Raises NoCheckpoint without one.

    Raises Contradicted when the file itself is not whole: then it proves nothing, and somebody touched it.
    """
    witness = read(file, public)
    if witness.faults:
        raise Contradicted(witness.faults[0])
    remembered = checkpoint_remembered(connection)
    if (witness.last.number if witness.last else 0) < remembered:
        raise Contradicted(f"the database remembers checkpoint {remembered}, which the file does not hold")
    found = verify(connection, witness.heads)
    broken = tuple(_since_when(connection, file, one) if one.why == "rehashed" else one for one in found.broken)
    return replace(found, broken=broken), witness


def checkpoint_remembered(connection: Connection) -> int:
    """The number of the newest checkpoint that the database knows of; 0 without any."""
    if not inspect(connection).has_table("timeline_checkpoint"):
        return 0
    return connection.exec_driver_sql("SELECT max(number) FROM timeline_checkpoint").scalar() or 0


def _since_when(connection: Connection, file: Path, broken: Broken) -> Broken:
    """The checkpoints before say up to where the chain is still the old one: the first bad entry comes after that."""
    now = {int(row[_SEQ]): row[-1] for row in rows_in_order(connection, broken.chain)}
    same, first = 0, broken.until or 0
    for _, (seq, digest) in lines_about(file, broken.chain.hex):
        if now.get(seq) == digest:
            same = max(same, seq)
        elif seq > same:
            first = min(first, seq)
    return replace(broken, seq=same + 1, until=first)


class _Walk:
    """One pass over all rows. It only notes which chains fail; why is asked apart, for those alone."""

    def __init__(self, heads: Mapping[str, Head], witnessed: Mapping[str, Head]) -> None:
        self._heads, self._witnessed = heads, witnessed
        self.seen: set[str] = set()
        self.failed: list[str] = []
        self.contradicted: list[Broken] = []
        self.count = 0
        self._chain = ""
        self._key = ""
        self._expected, self._previous, self._fails = 1, GENESIS, False
        self._witness: Head | None = None
        self._other_end = False

    def take(self, row: Row) -> None:
        self.count += 1
        if row[_CHAIN] != self._chain:
            self.leave()
            self._begin(row[_CHAIN])
        if self._fails:
            return
        if not holds(row, self._expected, self._previous):
            self._fails = True
            self.failed.append(self._key)
            return
        self._previous = row[-1]
        if self._witness and self._expected == self._witness[0] and self._previous != self._witness[1]:
            self._other_end = True
        self._expected += 1

    def _begin(self, chain: str) -> None:
        self._chain, self._key = chain, chain.replace("-", "")
        self.seen.add(self._key)
        self._expected, self._previous, self._fails = 1, GENESIS, False
        self._witness, self._other_end = self._witnessed.get(self._key), False

    def leave(self) -> None:
        """The end of a chain: its length and hash must be the remembered ones, and no shorter than was witnessed."""
        if not self._chain or self._fails:
            return
        length = self._expected - 1
        if self._heads.get(self._key) != (length, self._previous):
            self.failed.append(self._key)
        elif self._witness and self._witness[0] > length:
            self.contradicted.append(Broken(UUID(self._key), length + 1, "truncated"))
        elif self._witness and self._other_end:
            self.contradicted.append(Broken(UUID(self._key), 1, "rehashed", self._witness[0]))


def _why(connection: Connection, chain: str, head: Head | None) -> Broken:
    broken = diagnose(UUID(chain), list(rows_in_order(connection, UUID(chain))), head)
    assert broken is not None, "a chain that failed the walk does not hold"
    return broken
