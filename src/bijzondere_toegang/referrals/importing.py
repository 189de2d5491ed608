"""Registering intake documents from files, for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Database
from bijzondere_toegang.documents.checking import checked_in_referral
from bijzondere_toegang.documents.scanner import Scanner
from bijzondere_toegang.errors import N_, Fault, Incomplete, Refused, Sentence
from bijzondere_toegang.referrals.intake import parse
from bijzondere_toegang.referrals.reception import Received, receive

Say = Callable[[str], None]

UNREADABLE = N_("Dit bestand is niet te lezen.")
NOTHING = N_("Hier staan geen JSON-bestanden.")


def import_files(
    database: Database,
    process: Process,
    paths: Sequence[Path],
    *,
    at: datetime,
    scanner: Scanner | None = None,
    say: Say = print,
) -> int:
    """
    Register each file, and each `*.json` in each folder, in a transaction of its own. Says one line per file, with
    how many are left, and never a value. Returns how many failed; what registered before is found again.
    """
    failed = 0
    files = list(_files(paths))
    for number, path in enumerate(files, 1):
        done, words = _import(database, process, path, at, scanner)
        failed += not done
        say(f"[{number}/{len(files)}] {path.name}  {words}")
    if not files:
        say(NOTHING)
    return failed or (0 if files else 1)


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]


def _import(
    database: Database, process: Process, path: Path, at: datetime, scanner: Scanner | None
) -> tuple[bool, str]:
    try:
        received = _receive(database, process, path.read_bytes(), at, scanner)
    except OSError:
        return False, f"geweigerd: {UNREADABLE}"
    except Incomplete as refused:
        return False, "geweigerd: " + "; ".join(map(_fault, refused.faults))
    except Refused as refused:
        return False, "geweigerd: " + _filled(refused.sentence)
    return True, f"{received.case.reference}  {'aangemeld' if received.created else 'al aanwezig'}"


def _receive(database: Database, process: Process, raw: bytes, at: datetime, scanner: Scanner | None) -> Received:
    examine = partial(checked_in_referral, scanner=scanner)
    intake = parse(raw, region=process.region, on=local_day(at), examine=examine)
    with database.write() as tx:
        return receive(tx, process, intake, sender=None, channel="import", at=at)


def _fault(fault: Fault) -> str:
    return f"{fault.pointer or '/'} {_filled(fault)}"


def _filled(said: Sentence | Fault) -> str:
    return said.text.format_map(dict(said.params)) if said.params else said.text
