"""`audit`: has anybody changed the log, and the checkpoints by which that shows."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bijzondere_toegang import settings as environment
from bijzondere_toegang.cli.ground import Stop, Verbs, below, opened, verb
from bijzondere_toegang.cli.readiness import demand_schema
from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.crypto import WrongKey
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.checkpoints import Checkpoints, Contradicted, NoCheckpoint, Witness, checkpoints_of
from bijzondere_toegang.timeline.signing import signer
from bijzondere_toegang.timeline.verify import Found, check, checkpoint_remembered, verify

_VERIFY = """\
Walks every chain of the log and names the first entry of each that does not hold: edited, deleted, swapped, inserted,
truncated or rehashed. It only reads, needs no master key, and can be run on a copy with --database.

The signed checkpoints show what the chains alone can't: that the end of a chain was cut off together with its
remembered head, or that a chain was hashed anew. They are looked for where BT_CHECKPOINT_FILE says; who checks
elsewhere gives --checkpoints FILE and --public-key KEY (what `audit key` printed).

exit code: 0 sound, 1 broken, 2 could not tell
"""
_CHECKPOINT = """\
`schedule` does this every hour. A line of JSON is added to BT_CHECKPOINT_FILE: a Merkle root over the heads of all
chains, the heads that changed, the hash of the line before, and a signature (Ed25519). Keep copies of the file where
who administers the database can't change them.

It refuses when the database holds less than an earlier checkpoint saw. After a restore from a backup that is
expected: --after-restore begins anew, and the line says so.
"""
WHY = {
    "edited": "was changed after it was written",
    "deleted": "is missing",
    "swapped": "changed places with another",
    "inserted": "was put in afterwards",
    "truncated": "and what follows was cut off",
    "rehashed": "or one after it was rewritten, and all that follows was hashed anew",
    "no_head": "has no remembered end",
}


def add(verbs: Verbs) -> None:
    under = below(verb(verbs, "audit", None, "check the log for tampering, and witness it"))
    verifying = verb(under, "verify", run_verify, "check every chain of the log", _VERIFY)
    verifying.add_argument("--database", metavar="URL", help="instead of BT_DATABASE_URL, for example of a copy")
    which = verifying.add_mutually_exclusive_group()
    which.add_argument("--checkpoints", metavar="FILE", type=Path, help="instead of BT_CHECKPOINT_FILE")
    which.add_argument("--no-checkpoints", action="store_true", help="the chains alone")
    verifying.add_argument("--public-key", metavar="KEY", help="instead of the one of BT_CHECKPOINT_KEY_FILE")
    witnessing = verb(under, "checkpoint", run_checkpoint, "write a signed checkpoint of the log now", _CHECKPOINT)
    witnessing.add_argument("--after-restore", action="store_true", help="earlier checkpoints no longer bind")
    verb(under, "key", run_key, "print the public key with which checkpoints and exports are checked")


def run_key(arguments: argparse.Namespace) -> int:
    print(signer(environment.load().checkpoint_key_file, make=True).public)
    return 0


def run_checkpoint(arguments: argparse.Namespace) -> int:
    settings = environment.load()
    with opened(settings) as database:
        demand_schema(database)
        try:
            written = checkpoints_of(settings).write(
                database, system_clock(), hourly=False, anew=arguments.after_restore
            )
        except NoCheckpoint as error:
            raise Stop(str(error), 1 if isinstance(error, Contradicted) else 2) from None
    if written is None:
        raise Stop("another checkpoint was written at this very moment", 1)
    print(f"checkpoint {written.number}: {written.entries} entries in {written.heads} chains, root {written.root}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    settings = environment.load()
    if arguments.database:
        settings = settings.model_copy(update={"database_url": Settings(database_url=arguments.database).database_url})
    try:
        with snapshot(settings.database_url) as connection:
            return _verify(arguments, settings, connection)
    except Contradicted as error:
        print(f"broken: {error}")
        return 1
    except (NoCheckpoint, WrongKey) as error:
        return _can_not_tell(str(error))
    except (SQLAlchemyError, sqlite3.Error, ValueError, TypeError) as error:
        return _can_not_tell(f"the log can't be read ({type(error).__name__})")


def _can_not_tell(why: str) -> int:
    print(f"can't tell: {why}", file=sys.stderr)
    return 2


def _verify(arguments: argparse.Namespace, settings: Settings, connection: Connection) -> int:
    place = _witnesses(arguments, settings, connection)
    if place is None:
        return _told(verify(connection), None)
    public = arguments.public_key or signer(place.key_file).public
    return _told(*check(connection, place.file, public))


def _witnesses(arguments: argparse.Namespace, settings: Settings, connection: Connection) -> Checkpoints | None:
    """Where the checkpoints are; None to do without, which is only said when nobody ever wrote one."""
    place = checkpoints_of(settings)
    if arguments.no_checkpoints:
        return None
    if arguments.checkpoints:
        return Checkpoints(arguments.checkpoints, place.key_file)
    if not place.file.exists():
        if remembered := checkpoint_remembered(connection):
            raise NoCheckpoint(
                f"the database remembers checkpoint {remembered}, and there is no checkpoint file here: "
                "give --checkpoints FILE, or --no-checkpoints for the chains alone"
            )
        return None
    return place


def _told(found: Found, witness: Witness | None) -> int:
    for broken in found.broken:
        print(told(broken))
    if witness is not None:
        for number in witness.began_anew:
            print(f"checkpoint {number} began anew after a restore: what was before it is not compared")
    if found.broken:
        print(f"{len(found.broken)} chains broken")
        return 1
    last = witness.last if witness else None
    proof = f"checkpoint {last.number} of {last.at.isoformat()}" if last else "no checkpoint"
    print(f"sound: {found.entries} entries in {found.chains} chains, {proof}")
    return 0


def told(broken: Broken) -> str:
    """One line about the first entry that does not hold."""
    until = f" (before entry {broken.until} ends)" if broken.until and broken.until != broken.seq else ""
    return f"chain {broken.chain}: entry {broken.seq}{until} {WHY[broken.why]} ({broken.why})"


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """The database as it is at this moment, opened so that nothing can be written to it; no key is needed."""
    if url.startswith("sqlite:///"):
        engine = create_engine("sqlite://", creator=lambda: _sqlite(url.removeprefix("sqlite:///")))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        engine = create_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ")
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _sqlite(file: str) -> sqlite3.Connection:
    """Read-only. A copy that nobody has open leaves no files beside it: SQLite is told that nothing changes it."""
    place = Path(file).absolute()
    if not place.is_file():
        raise sqlite3.OperationalError("there is no such file")
    in_use = place.with_name(f"{place.name}-wal").exists()
    uri = f"{place.as_uri()}?mode=ro{'' if in_use else '&immutable=1'}"
    opened = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    opened.execute("PRAGMA query_only=ON")
    return opened
