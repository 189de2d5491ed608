"""Putting a backup back: proved equal, and what was destroyed since destroyed again, before anybody can read it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, col

from bijzondere_toegang import migrations
from bijzondere_toegang.crypto import Keyring
from bijzondere_toegang.db import Database, DataKey, key_place
from bijzondere_toegang.keeping.backup import (
    REVISIONS,
    SQLITE_FILE,
    Manifest,
    Unusable,
    load_tables,
    read_manifest,
    root_of,
    sqlite_file,
)
from bijzondere_toegang.records.destroying import replay
from bijzondere_toegang.records.journal import Destroyed, JournalBroken, read
from bijzondere_toegang.tables import metadata
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.models import TimelineHead
from bijzondere_toegang.timeline.verify import verify_all


@dataclass(frozen=True, slots=True)
class Proof:
    """What a restored database was shown to be."""

    rows: int
    entries: int
    root: str
    keys: int
    destroyed: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where to restore: `url` is the keeper's, `owner_url` makes the tables, `role` gets the application's grants."""

    url: str
    owner_url: str
    role: str | None = None


def restore(folder: Path, target: Target, keyring: Keyring, journal: Path) -> Proof:
    """Fill an empty database from a backup. Raises Unusable; then nothing can be used that was not proved."""
    manifest = read_manifest(folder)
    try:
        gone = read(journal)
    except (JournalBroken, OSError) as error:
        raise Unusable(str(error) if isinstance(error, JournalBroken) else "BT_ERASURE_FILE can't be read") from None
    if manifest.kind != ("sqlite" if target.url.startswith("sqlite") else "postgresql"):
        raise Unusable(f"this is a backup of {manifest.kind}; restore it on {manifest.kind}")
    filled = _into_file if manifest.kind == "sqlite" else _into_tables
    return filled(folder, manifest, target, lambda database, load: _proved(database, load, manifest, gone), keyring)


Prove = Callable[[Database, Callable[[Session], None]], Proof]


def _into_file(folder: Path, manifest: Manifest, target: Target, prove: Prove, keyring: Keyring) -> Proof:
    """Beside the place where it will be read; it gets its name when everything holds."""
    file = sqlite_file(target.url)
    if file.exists():
        raise Unusable(f"{file} is there already: restore to a new file")
    beside = file.with_name(file.name + ".restoring")
    try:
        shutil.copyfile(folder / SQLITE_FILE, beside)
        beside.chmod(0o600)
        database = Database(f"sqlite:///{beside}", keyring)
        try:
            proof = prove(database, lambda _: None)
            database.scrub(thoroughly=True)
        finally:
            database.dispose()
        beside.replace(file)
    except OSError as error:
        raise Unusable(f"{file} can't be written ({type(error).__name__})") from None
    finally:
        for left in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return proof


def _into_tables(folder: Path, manifest: Manifest, target: Target, prove: Prove, keyring: Keyring) -> Proof:
    """Tables of the backup's own revision; what is in them appears when all is proved, in one commit."""
    database = Database(target.url, keyring)
    database.see_every_row()
    try:
        if set(inspect(database.engine).get_table_names()) - {REVISIONS}:
            raise Unusable("the database has tables already: restore to an empty one")
        migrations.upgrade(target.owner_url, target.role, manifest.revision)
        proof = prove(database, lambda tx: load_tables(tx, folder, manifest))
        database.scrub(thoroughly=True)
    finally:
        database.dispose()
    return proof


def _proved(database: Database, load: Callable[[Session], None], manifest: Manifest, gone: list[Destroyed]) -> Proof:
    """Counts, chains, root and keys are those of the backup; then what was destroyed is destroyed again."""
    with database.write() as tx:
        load(tx)
        rows = _same_counts(tx, manifest)
        entries = _sound(tx)
        heads = [tuple(row) for row in tx.connection().execute(select(*_HEAD))]
        if (root := root_of(heads)) != manifest.root:  # type: ignore[arg-type]
            raise Unusable("the log in the backup does not end as the manifest says")
        keys = _opened(tx, database.keyring)
        destroyed = replay(tx, gone)
    return Proof(rows, entries, root, keys, destroyed)


_HEAD = (col(TimelineHead.chain), col(TimelineHead.seq), col(TimelineHead.hash))


def _same_counts(tx: Session, manifest: Manifest) -> int:
    tables = {name: SQLModel.metadata.tables[name] for name in manifest.rows if name in metadata.tables}
    for name, table in tables.items():
        found = tx.connection().execute(select(func.count()).select_from(table)).scalar_one()
        if found != manifest.rows[name]:
            raise Unusable(f"{name} has {found} rows, the backup has {manifest.rows[name]}")
    return sum(manifest.rows[name] for name in tables)


def _sound(tx: Session) -> int:
    count = 0
    for found in verify_all(tx):
        if isinstance(found, Broken):
            raise Unusable(f"the log in the backup is broken: chain {found.chain}, entry {found.seq} ({found.why})")
        count = found
    return count


def _opened(tx: Session, keyring: Keyring) -> int:
    """Every data key opens with the master keys at hand: a backup without its keys is none. Raises WrongKey."""
    query = select(DataKey.owner_id, DataKey.holder, DataKey.version, DataKey.wrapped)  # type: ignore[call-overload]
    rows = tx.connection().execute(query.where(col(DataKey.wrapped).is_not(None))).all()
    for row in rows:
        keyring.unwrap(row.wrapped, key_place(row.owner_id, row.holder, row.version))
    return len(rows)


def role_of(url: str) -> str | None:
    return None if url.startswith("sqlite") else make_url(url).username
