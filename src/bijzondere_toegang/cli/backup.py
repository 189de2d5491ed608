"""`backup` and `restore`: the data in one folder, the keys in another place, and a drill that proves it."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from bijzondere_toegang import settings as environment
from bijzondere_toegang.cli.ground import Stop, Verbs, keeper_of, keeping, verb
from bijzondere_toegang.cli.readiness import demand_schema
from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.crypto import Keyring, keyring
from bijzondere_toegang.keeping.backup import Manifest, Unusable, back_up, is_beside_keys
from bijzondere_toegang.keeping.restoring import Proof, Target, restore, role_of
from bijzondere_toegang.settings import Settings

_BACKUP = """\
The application keeps running; the backup is of one moment. The master keys (BT_MASTER_KEY or BT_MASTER_KEY_FILE) and
BT_ERASURE_FILE are not in it: keep copies of them, apart from the backups. On PostgreSQL it works as the keeper
(BT_DATABASE_KEEPER_URL).

--drill restores what was just written into a scratch database, compares counts and the ends of the log, verifies every
chain, opens every data key and destroys again what was destroyed since. On SQLite the scratch is a file that is thrown
away; on PostgreSQL name an empty database with --scratch, as the keeper, and drop it afterwards.

exit code: 0 written (and proved), 1 the drill found a fault, 2 it could not be done

example: bijzondere-toegang backup /backups/2026-11-09 --drill
"""
_RESTORE = """\
Into an empty database (BT_DATABASE_URL; on SQLite a file that is not there yet). It serves nobody before counts, log
and keys hold and everything in BT_ERASURE_FILE is destroyed again. Run `migrate` afterwards when the backup is of an
older version. On PostgreSQL the owner makes the tables (BT_DATABASE_OWNER_URL) and the keeper fills them.
"""


def add(verbs: Verbs) -> None:
    backing = verb(verbs, "backup", backup, "write a backup to a new folder", _BACKUP)
    backing.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is empty or not there yet")
    backing.add_argument("--drill", action="store_true", help="restore it into a scratch database and prove it")
    backing.add_argument("--scratch", metavar="URL", help="PostgreSQL only: an empty database for the drill")
    restoring = verb(verbs, "restore", put_back, "put a backup back into an empty database", _RESTORE)
    restoring.add_argument("folder", type=Path, metavar="FOLDER", help="the folder of a backup")


def backup(arguments: argparse.Namespace) -> int:
    settings, folder = environment.load(), arguments.folder
    if is_beside_keys(folder, settings.master_key_file, settings.erasure_file):
        raise Stop("the keys and BT_ERASURE_FILE may not lie in the folder of a backup: choose another one")
    if arguments.drill and not arguments.scratch and not settings.database_url.startswith("sqlite"):
        raise Stop("--drill: name an empty database with --scratch")
    begun = time.monotonic()
    with keeping(settings) as database:
        demand_schema(database)
        try:
            manifest = back_up(database, folder, system_clock())
        except Unusable as error:
            raise Stop(str(error)) from None
        _told_backup(manifest, time.monotonic() - begun)
        return _drill(folder, settings, arguments.scratch, database.keyring) if arguments.drill else 0


def _told_backup(manifest: Manifest, seconds: float) -> None:
    rows = sum(manifest.rows.values())
    print(f"backed up: {rows} rows of {len(manifest.rows)} tables, log ends {manifest.root[:16]}, {seconds:.1f} s")


def _drill(folder: Path, settings: Settings, scratch: str | None, ring: Keyring) -> int:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bt-drill-") as spare:
        url = scratch or f"sqlite:///{Path(spare) / 'drill.db'}"
        url = Settings(database_url=url).database_url
        try:
            proof = restore(folder, Target(url, url), ring, settings.erasure_file)
        except Unusable as error:
            raise Stop(f"the drill failed: {error}", 1) from None
    _told_proof(proof, time.monotonic() - begun)
    return 0


def put_back(arguments: argparse.Namespace) -> int:
    settings, begun = environment.load(), time.monotonic()
    ring = keyring(settings.master_key, settings.master_key_file)
    try:
        proof = restore(arguments.folder, _target(settings), ring, settings.erasure_file)
    except Unusable as error:
        raise Stop(str(error)) from None
    _told_proof(proof, time.monotonic() - begun)
    return 0


def _target(settings: Settings) -> Target:
    url, owner = settings.database_url, settings.database_owner_url
    if url.startswith("sqlite"):
        return Target(url, url)
    if owner is None:
        raise Stop("BT_DATABASE_OWNER_URL: set it to the role that owns the tables")
    return Target(keeper_of(settings), owner, role_of(url))


def _told_proof(proof: Proof, seconds: float) -> None:
    print(f"restored: {proof.rows} rows, as many as in the backup")
    print(f"the log holds: {proof.entries} entries, and ends the same: {proof.root[:16]}")
    print(f"{proof.keys} data keys open with the master keys at hand")
    print(f"{proof.destroyed} keys of BT_ERASURE_FILE destroyed again; {seconds:.1f} s")
