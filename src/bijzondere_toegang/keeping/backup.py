"""A backup is a folder: the data of one moment and a manifest with counts and hashes; the keys are never in it."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import inspect
from sqlalchemy.engine import Engine, make_url
from sqlmodel import Session

from bijzondere_toegang.db import Database

MANIFEST = "manifest.json"
FORMAT = 1
SQLITE_FILE = "database.sqlite"
REVISIONS = "alembic_version"
HEADS = "timeline_head"


class Unusable(Exception):
    """Why a backup can't be made or used, in one sentence."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup. `root` is the digest of all chain heads with their lengths."""

    kind: str
    made_at: str
    revision: str
    rows: Mapping[str, int]
    columns: Mapping[str, list[str]]
    files: Mapping[str, str]
    root: str

    def write(self, folder: Path) -> None:
        held = {name: getattr(self, name) for name in self.__slots__}
        with _private(folder / MANIFEST) as handle:
            handle.write(json.dumps({"format": FORMAT, **held}, indent=1, sort_keys=True).encode())


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose files are as they were written. Raises Unusable."""
    try:
        held = json.loads((folder / MANIFEST).read_text("utf-8"))
        if held.pop("format") != FORMAT:
            raise Unusable("this backup was made by another version of the software")
        manifest = Manifest(**held)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unusable(f"{folder} holds no backup ({type(error).__name__})") from None
    for name, digest in manifest.files.items():
        file = folder / name
        if not file.is_file() or _digest_of(file) != digest:
            raise Unusable(f"{name} is not the file that was backed up")
    return manifest


def back_up(database: Database, folder: Path, at: datetime) -> Manifest:
    """Write everything as it is at one moment into this new folder. Raises Unusable."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Unusable(f"{folder} is not empty")
        copied = _copy_sqlite if database.is_sqlite else _copy_postgresql
        manifest = copied(database.engine, folder, at)
        manifest.write(folder)
        _flush(folder)
    except OSError as error:
        raise Unusable(f"{folder} can't be written ({type(error).__name__})") from None
    return manifest


# ── SQLite ──


def _copy_sqlite(engine: Engine, folder: Path, at: datetime) -> Manifest:
    """By SQLite's own online backup: writers go on, the copy is of one moment."""
    file = folder / SQLITE_FILE
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(engine.raw_connection()) as source, closing(sqlite3.connect(file)) as copy:
        source.driver_connection.backup(copy)  # type: ignore[union-attr]
        copy.execute("PRAGMA journal_mode=DELETE")
        names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        rows = {name: _count(copy, name) for name in names if not name.startswith("sqlite_")}
        heads = copy.execute(f"SELECT chain, seq, hash FROM {HEADS}").fetchall()
        revision = copy.execute(f"SELECT version_num FROM {REVISIONS}").fetchone()[0]
    _flush(file)
    return Manifest("sqlite", at.isoformat(), revision, rows, {}, {SQLITE_FILE: _digest_of(file)}, root_of(heads))


def _count(connection: sqlite3.Connection, table: str) -> int:
    found: int = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return found


# ── PostgreSQL ──


def _copy_postgresql(engine: Engine, folder: Path, at: datetime) -> Manifest:
    """By COPY, all tables in one snapshot."""
    rows: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    files: dict[str, str] = {}
    inspector = inspect(engine)
    names = sorted(name for name in inspector.get_table_names() if name != REVISIONS)
    with closing(engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        cursor = connection.cursor()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name in names:
            columns[name] = [column["name"] for column in inspector.get_columns(name)]
            file = folder / f"{name}.copy"
            with _private(file) as handle, cursor.copy(_copying(name, columns[name], "TO STDOUT")) as data:
                for block in data:
                    handle.write(block)
            rows[name] = cursor.rowcount
            files[file.name] = _digest_of(file)
        heads = cursor.execute(f"SELECT chain, seq, hash FROM {HEADS}").fetchall()
        revision = cursor.execute(f"SELECT version_num FROM {REVISIONS}").fetchone()[0]
        connection.rollback()
    return Manifest("postgresql", at.isoformat(), revision, rows, columns, files, root_of(heads))


def _copying(table: str, columns: list[str], direction: str) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(table), listed)


def load_tables(tx: Session, folder: Path, manifest: Manifest) -> None:
    """Fill empty tables from a backup, in this transaction; a table comes after those it refers to."""
    inspector = inspect(tx.connection())
    ordered = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name and name in manifest.columns]
    if set(ordered) != set(manifest.columns):
        raise Unusable("the backup has a table that this version does not know")
    connection: Any = tx.connection().connection.driver_connection
    for name in ordered:
        copying = _copying(name, manifest.columns[name], "FROM STDIN")
        with (folder / f"{name}.copy").open("rb") as handle, connection.cursor().copy(copying) as data:
            while block := handle.read(1 << 20):
                data.write(block)


# ── Both ──


def root_of(heads: list[tuple[Any, int, str]]) -> str:
    """One digest over all chains with their lengths: equal roots, equal logs."""
    lines = sorted(f"{str(chain).replace('-', '')} {seq} {digest}" for chain, seq, digest in heads)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def is_beside_keys(folder: Path, *kept_apart: Path) -> bool:
    """Whether a key file or the journal lies in this folder, or the folder in which it lies is this one."""
    return any(folder.resolve() in (file.resolve().parent, *file.resolve().parent.parents) for file in kept_apart)


def sqlite_file(url: str) -> Path:
    name = make_url(url).database
    if not name:
        raise Unusable("BT_DATABASE_URL names no file")
    return Path(name)


def _digest_of(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def _private(file: Path) -> Iterator[Any]:
    """A new file for its owner alone, on the disk when the block ends."""
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as handle:
        yield handle
        handle.flush()
        os.fsync(handle.fileno())


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
