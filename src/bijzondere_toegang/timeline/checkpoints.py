"""Signed checkpoints outside the database: once written, the log can't be cut off or made anew without a trace.

A checkpoint is one line of JSON in a file that only grows. It holds the Merkle root over the heads of all chains, the
heads that changed since the line before it, the hash of that line, and an Ed25519 signature. When the changes add up to
more than all heads, a line holds all of them (`full`), so that the file stays in proportion to what happens.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bijzondere_toegang.db import Database
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.chain import GENESIS, Head
from bijzondere_toegang.timeline.models import TimelineCheckpoint
from bijzondere_toegang.timeline.rows import heads_in_order
from bijzondere_toegang.timeline.signing import is_signed, signer

NAME = "checkpoints.jsonl"
_SIGNED = b"bijzondere-toegang checkpoint\n"
_HOUR = "%Y-%m-%dT%H"
CLOCKS_DIFFER = timedelta(hours=6)
_LEAF, _NODE = b"\x00", b"\x01"

log = logging.getLogger("bijzondere_toegang.checkpoints")


class NoCheckpoint(Exception):
    """A checkpoint can't be written or read; one sentence says why."""


class Contradicted(NoCheckpoint):
    """The database no longer holds what an earlier checkpoint saw, or the file lacks what the database remembers."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What one line says, without the heads."""

    number: int
    at: datetime
    heads: int
    entries: int
    root: str
    digest: str
    """the hash of the line, which the next one names"""
    anew: bool = False


@dataclass(slots=True)
class Witness:
    """What the file as a whole says: how long each chain was at its newest line, and what is wrong with the file."""

    last: Checkpoint | None = None
    heads: dict[str, Head] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    began_anew: list[int] = field(default_factory=list)
    spent: int = 0
    """heads named since the last full line"""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where checkpoints go and with which key they are signed."""

    file: Path
    key_file: Path

    def check(self) -> None:
        """Whether both can be used; makes what is not there yet. Raises NoCheckpoint or WrongKey."""
        signer(self.key_file, make=True)
        with _locked(self.file):
            pass

    def write(self, database: Database, at: datetime, *, hourly: bool = True, anew: bool = False) -> Checkpoint | None:
        """One more line; None when this hour has one, or another scheduler was first.

        The line is on the disk before the database remembers it, so a crash leaves no checkpoint that nobody has.
        `anew` is for after a restore: the line says so, and what earlier lines saw no longer binds.
        """
        signing = signer(self.key_file, make=True)
        with _locked(self.file) as handle:
            known = read(self.file, signing.public)
            if known.faults:
                raise Contradicted(f"the checkpoint file is damaged: {known.faults[0]}")
            try:
                with database.write() as tx:
                    made = self._made(tx, known, at, hourly, anew)
                    if made is None:
                        return None
                    line = _signed(made, signing.public, signing.sign)
                    checkpoint = _checkpoint(made, line)
                    tx.add(_remembered(checkpoint))
                    tx.flush()
                    _append(handle, line)
            except IntegrityError:
                return None
        return checkpoint

    def _made(self, tx: Session, known: Witness, at: datetime, hourly: bool, anew: bool) -> dict[str, Any] | None:
        row = newest(tx)
        last = max((one.at for one in (row, known.last) if one is not None), default=None)
        if hourly and last is not None and _is_done(last, at):
            return None
        if row is not None and not anew and (known.last is None or known.last.number < row.number):
            raise Contradicted(f"the database remembers checkpoint {row.number}, the file does not hold it")
        heads = {chain: (seq, digest) for chain, seq, digest in heads_in_order(tx.connection())}
        if not anew and (gone := shortened(known.heads, heads)) is not None:
            raise Contradicted(f"chain {gone} is shorter than an earlier checkpoint saw it: run `audit verify`")
        number = max(row.number if row else 0, known.last.number if known.last else 0) + 1
        return _content(number, known, heads, at, anew)


def _content(number: int, known: Witness, heads: Mapping[str, Head], at: datetime, anew: bool) -> dict[str, Any]:
    changed = {chain: head for chain, head in heads.items() if known.heads.get(chain) != head}
    full = anew or known.last is None or known.spent + len(changed) > len(heads)
    told = heads if full else changed
    return {
        "number": number,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "heads": len(heads),
        "entries": sum(seq for seq, _ in heads.values()),
        "root": root_of(heads),
        "previous": known.last.digest if known.last else GENESIS,
        "full": full,
        "anew": anew,
        "changed": [[chain, seq, digest] for chain, (seq, digest) in sorted(told.items())],
    }


def root_of(heads: Mapping[str, Head]) -> str:
    """The Merkle root over chain, length and hash of every head, in the order of the chains (as in RFC 6962)."""
    level = [
        hashlib.sha256(_LEAF + bytes.fromhex(chain) + seq.to_bytes(8, "big") + bytes.fromhex(digest)).digest()
        for chain, (seq, digest) in sorted(heads.items())
    ]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        paired = [hashlib.sha256(_NODE + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()


def shortened(before: Mapping[str, Head], now: Mapping[str, Head]) -> str | None:
    """A chain that is gone, shorter, or as long with another end."""
    for chain, (seq, digest) in before.items():
        length, end = now.get(chain, (0, ""))
        if length < seq or (length == seq and end != digest):
            return chain
    return None


def _signed(content: Mapping[str, Any], public: str, sign: Any) -> bytes:
    whole = dict(content) | {"key": public}
    return _text(whole | {"signature": sign(_SIGNED + _text(whole))})


def _text(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _checkpoint(content: Mapping[str, Any], line: bytes) -> Checkpoint:
    return Checkpoint(
        number=content["number"],
        at=datetime.fromisoformat(content["at"]),
        heads=content["heads"],
        entries=content["entries"],
        root=content["root"],
        digest=hashlib.sha256(line).hexdigest(),
        anew=content["anew"],
    )


def _remembered(checkpoint: Checkpoint) -> TimelineCheckpoint:
    return TimelineCheckpoint(
        number=checkpoint.number,
        at=checkpoint.at,
        digest=checkpoint.digest,
        root=checkpoint.root,
        heads=checkpoint.heads,
        entries=checkpoint.entries,
    )


def _append(handle: IO[bytes], line: bytes) -> None:
    """A line that a crash cut short stays as it is and is skipped by who reads; the new one begins on its own."""
    handle.seek(0, os.SEEK_END)
    if handle.tell():
        handle.seek(-1, os.SEEK_END)
        line = line if handle.read(1) == b"\n" else b"\n" + line
    handle.write(line + b"\n")
    handle.flush()
    os.fsync(handle.fileno())


def _is_done(last: datetime, at: datetime) -> bool:
    """Whether this hour has its checkpoint; of a clock that runs ahead, only so far as clocks differ."""
    same_hour = last.astimezone(UTC).strftime(_HOUR) == at.astimezone(UTC).strftime(_HOUR)
    return same_hour or at < last < at + CLOCKS_DIFFER


@contextmanager
def _locked(file: Path) -> Iterator[IO[bytes]]:
    """The file open at its end, for this process alone."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise NoCheckpoint(f"BT_CHECKPOINT_FILE can't be written ({type(error).__name__})") from None
    with os.fdopen(descriptor, "a+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def newest(tx: Session) -> TimelineCheckpoint | None:
    """The last checkpoint that the database remembers."""
    return tx.exec(select(TimelineCheckpoint).order_by(col(TimelineCheckpoint.number).desc()).limit(1)).first()


def read(file: Path, public: str) -> Witness:
    """The whole file, every line checked against this public key. Raises NoCheckpoint when there is no such file."""
    witness = Witness()
    try:
        with file.open("rb") as handle:
            for line in handle:
                _take(witness, line.rstrip(b"\n"), public)
    except OSError as error:
        raise NoCheckpoint(f"the checkpoint file can't be read ({type(error).__name__})") from None
    return witness


def _take(witness: Witness, line: bytes, public: str) -> None:
    content = _parsed(line)
    if content is None:
        return
    number = content["number"]
    if fault := _fault(witness, content, public):
        witness.faults.append(f"checkpoint {number} {fault}")
        return
    if content["anew"]:
        witness.began_anew.append(number)
    if content["full"]:
        witness.heads, witness.spent = {}, 0
    else:
        witness.spent += len(content["changed"])
    witness.heads.update({chain: (seq, digest) for chain, seq, digest in content["changed"]})
    witness.last = _checkpoint(content, line)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """None for what a crash left half written: nothing after it names it, so nothing is lost by passing over it."""
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content if isinstance(content, dict) and {"number", "previous", "signature"} <= content.keys() else None


def _fault(witness: Witness, content: Mapping[str, Any], public: str) -> str:
    last = witness.last
    unsigned = {name: value for name, value in content.items() if name != "signature"}
    if content.get("key") != public or not is_signed(public, content["signature"], _SIGNED + _text(unsigned)):
        return "is not signed with this key"
    if content["previous"] != (last.digest if last else GENESIS):
        return "does not follow the one before it"
    return ""


def checkpoints_of(settings: Settings) -> Checkpoints:
    """The file and the key of the settings. A folder gets a file of its own; the default lies beside the database."""
    file = settings.checkpoint_file or beside(settings.database_url)
    return Checkpoints(file / NAME if file.is_dir() else file, settings.checkpoint_key_file)


def beside(database_url: str) -> Path:
    """The default place: beside the file of an SQLite database, else in the folder one stands in."""
    if database_url.startswith("sqlite:///"):
        return Path(database_url.removeprefix("sqlite:///")).with_suffix(f".{NAME}")
    return Path(f"bijzondere-toegang.{NAME}")


def lines_about(file: Path, chain: str) -> Iterable[tuple[int, Head]]:
    """Every checkpoint number that names this chain, with its length and hash then; to say since when it differs."""
    with file.open("rb") as handle:
        for line in handle:
            content = _parsed(line.rstrip(b"\n")) or {}
            for named, seq, digest in content.get("changed", ()):
                if named == chain:
                    yield content["number"], (seq, digest)
