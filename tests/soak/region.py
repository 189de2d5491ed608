"""A whole region's cases in minutes: real ones, copied row by row under ids, keys and hashes of their own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Table, make_url, select, type_coerce
from sqlmodel import SQLModel

from bijzondere_toegang.crypto import Keyring, mark, new_key, seal
from bijzondere_toegang.db import SealedRow, Secret, key_place, sealed_tables, unseal_rows, value_place
from bijzondere_toegang.timeline.chain import GENESIS, hash_of
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.databases import Database
from tests.migrations.test_both import raw
from tests.support import KEYRING, Site

Row = dict[str, Any]
Rows = dict[str, list[Row]]
BATCH = 250
OWNER = {"case_file": "id", "data_key": "owner_id", "timeline_entry": "chain", "timeline_head": "chain"}
"""The column that names the case, where it is not `case_id`."""
MODELS: Mapping[str, type[SealedRow]] = {str(model.__tablename__): model for model in sealed_tables()}


class Original:
    """Every row of one case, with what is sealed in it opened."""

    def __init__(self, site: Site, reference: str) -> None:
        self.case_id = site.case(reference).id
        self.rows: Rows = {}
        self.texts: dict[tuple[UUID, str], str] = {}
        with site.database.read() as tx:
            for table in SQLModel.metadata.sorted_tables:
                name = OWNER.get(table.name, "case_id")
                if name not in table.columns:
                    continue
                query = select(*(type_coerce(column, raw(column)) for column in table.columns))
                found = tx.connection().execute(query.where(table.columns[name] == self.case_id))
                self.rows[table.name] = [dict(zip(table.columns.keys(), row, strict=True)) for row in found]
                if table.name in MODELS:
                    self._open(tx, MODELS[table.name], name)
        self.rows["timeline_entry"].sort(key=lambda row: row["seq"])
        ids = (row["id"] for rows in self.rows.values() for row in rows if "id" in row)
        self.ids = frozenset(one for one in ids if isinstance(one, UUID)) | {self.case_id}

    def _open(self, tx: Any, model: Any, name: str) -> None:
        """What is sealed by the case; what an account sealed stays shut, and is copied as it is."""
        if model.seal_by not in ("case_id", "id"):
            return
        rows = tx.exec(select(model).where(getattr(model, name) == self.case_id)).scalars().all()
        unseal_rows(tx, rows)
        for row in rows:
            for column in model.seal_columns:
                secret: Secret | None = getattr(row, column)
                if secret is not None:
                    self.texts[row.id, column] = secret.reveal()

    def copied(self, number: int, keyring: Keyring) -> Rows:
        """Another case like it."""
        new = {one: uuid4() for one in self.ids}
        case_id = new[self.case_id]
        keys: dict[str, bytes] = {}
        made: Rows = {}
        for name in ("data_key", *(name for name in self.rows if name != "data_key")):
            made[name] = [
                {k: new.get(v, v) if isinstance(v, UUID) else v for k, v in row.items()} for row in self.rows[name]
            ]
        for row in made["data_key"]:
            key = new_key()
            keys[row["holder"]] = key if row["version"] else keys.get(row["holder"], key)
            row["wrapped"] = keyring.wrap(key, key_place(case_id, row["holder"], row["version"]))
        for name, rows in self.rows.items():
            for before, row in zip(rows, made[name], strict=True):
                self._shut(name, before, row, keys)
        made["case_file"][0] |= {"reference": f"BT-{100_000 + number}", "bsn_key": f"{number:064x}"}
        for row in made.get("reception", []):
            row["source_reference"] = f"{number}"
        previous = GENESIS
        for row in made["timeline_entry"]:
            row["previous_hash"] = previous
            row["hash"] = previous = hash_of(TimelineEntry(**row))
        made["timeline_head"][0]["hash"] = previous
        return made

    def _shut(self, name: str, before: Row, row: Row, keys: dict[str, bytes]) -> None:
        for column in MODELS[name].seal_columns if name in MODELS else ():
            text = self.texts.get((before["id"], column))
            if text is not None and (key := keys.get(row.get("holder", "referrer"))):
                row[column] = mark(1) + seal(key, text.encode(), value_place(name, row["id"], column, 1))


def populate(site: Site, database: Database, references: list[str], count: int) -> int:
    """So many cases more, each like one of these in turn; returns how many rows that were."""
    originals = [Original(site, reference) for reference in references]
    cases = (originals[n % len(originals)].copied(n, KEYRING) for n in range(count))
    total = 0
    write = _sqlite if database.kind == "sqlite" else _postgresql
    with closing(_opened(database)) as connection:
        while batch := list(islice(cases, BATCH)):
            for table in SQLModel.metadata.sorted_tables:
                rows = [row for case in batch for row in case.get(table.name, ())]
                total += len(rows)
                if rows:
                    write(connection, table, rows)
            connection.commit()
    return total


def _opened(database: Database) -> Any:
    """Past the application: references between rows are known to hold."""
    url = make_url(database.owner_url)
    if database.kind == "sqlite":
        connection = sqlite3.connect(str(url.database))
        connection.execute("PRAGMA synchronous = OFF")
        return connection
    opened = psycopg.connect(host=str(url.query["host"]), user="postgres", dbname=url.database)
    opened.execute("SET session_replication_role = replica")
    return opened


def _sqlite(connection: sqlite3.Connection, table: Table, rows: list[Row]) -> None:
    names = list(rows[0])
    marks = ", ".join("?" * len(names))
    listed = ([_plain(row[name]) for name in names] for row in rows)
    connection.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", listed)


def _plain(value: Any) -> Any:
    """As the application keeps it on SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else value


def _postgresql(connection: psycopg.Connection[Any], table: Table, rows: list[Row]) -> None:
    names = list(rows[0])
    query = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(query.encode()) as copy:
        for row in _as_text(rows, names):
            copy.write_row(row)


def _as_text(rows: list[Row], names: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [json.dumps(row[name]) if isinstance(row[name], dict | list) else row[name] for name in names]
