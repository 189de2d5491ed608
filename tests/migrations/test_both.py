"""SQLite and PostgreSQL side by side: the same schema as the models', and from every revision the same rows."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bijzondere_toegang import migrations
from bijzondere_toegang.tables import metadata
from tests.databases import KINDS, Database, Databases, Kind
from tests.migrations.old import AT, ROLE

VERSIONS = Path(migrations.__file__).parent
EACH = 3
"""Rows in every table."""
WORDS = {
    ("case_file", "stage"): ("planning", "in_care", "closed"),
    ("party", "kind"): ("youth", "parent", "foster_parent"),
    ("plan", "state"): ("agreed", "draft", "draft"),
    ("data_key", "holder"): ("referrer", "provider", "account"),
    ("data_key", "version"): (1, 1, 1),
    ("reminder", "state"): ("waiting", "sent", "cancelled"),
    ("outbox", "state"): ("waiting", "sent", "failed"),
}
"""What a column holds where a migration looks at it."""


def revisions() -> list[str]:
    """The first revision first."""
    config = Config()
    config.set_main_option("script_location", str(VERSIONS))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


EARLIER = revisions()[:-1]
WALKED = EARLIER if os.environ.get("BT_SOAK") else [EARLIER[0], EARLIER[-1]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_that_migrations_make_is_that_of_the_models(databases: Databases, kind: Kind) -> None:
    with databases.fresh(kind) as database, keeping(database).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if not is_revision_table(one)]

    print(f"{kind}: {len(differences)} differences between migrations and models")
    assert differences == []


def is_revision_table(difference: Any) -> bool:
    return isinstance(difference, tuple) and getattr(difference[-1], "name", "") == "alembic_version"


@pytest.mark.parametrize("revision", WALKED)
def test_the_same_data_of_an_earlier_version_becomes_the_same_rows_on_both(databases: Databases, revision: str) -> None:
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    with ExitStack() as stack:
        both = {kind: stack.enter_context(databases.fresh(kind, migrated=False)) for kind in KINDS}
        for database in both.values():
            upgrade(database, revision)
        data = made(both["postgresql"])
        for kind, database in both.items():
            fill(database, data)
            upgrade(database, "head")
            found[kind] = dumped(database)

    told = {name: rows for name, rows in found["sqlite"].items() if rows != found["postgresql"][name]}
    count = sum(map(len, found["sqlite"].values()))
    print(f"{revision}: {count} rows in {len(found['sqlite'])} tables, {len(told)} tables that differ")
    assert found["sqlite"].keys() == found["postgresql"].keys()
    assert {name: (rows, found["postgresql"][name]) for name, rows in told.items()} == {}
    assert all(len(found["sqlite"][name]) >= EACH for name, _ in data if name in found["sqlite"])


def upgrade(database: Database, to: str) -> None:
    migrations.upgrade(database.owner_url, ROLE if database.kind == "postgresql" else None, to=to)


def keeping(database: Database) -> sa.Engine:
    """As who sees every row."""
    return sa.create_engine(database.keeper_url, poolclass=sa.NullPool)


# ── The same data for both ──

Data = list[tuple[str, list[dict[str, Any]]]]


def made(database: Database) -> Data:
    """A few rows for every table there is, those that others refer to first; PostgreSQL knows the types."""
    with keeping(database).connect() as connection:
        schema = sa.MetaData()
        schema.reflect(connection)
    return [
        (table.name, [row(table, number) for number in range(EACH)])
        for table in schema.sorted_tables
        if table.name != "alembic_version"
    ]


def row(table: sa.Table, number: int) -> dict[str, Any]:
    """The last row of a table leaves empty what may be empty."""
    bare = number == EACH - 1
    return {
        column.name: None if bare and column.nullable else value(column, number)
        for column in table.columns
        if not column.computed
    }


def value(column: sa.Column[Any], number: int) -> Any:
    table, kind = column.table.name, column.type
    if (table, column.name) in WORDS:
        return WORDS[table, column.name][number]
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        return value(target, number)
    seed = hashlib.sha256(f"{table}.{column.name}.{number}".encode())
    if isinstance(kind, sa.Uuid):
        return UUID(bytes=seed.digest()[:16])
    if isinstance(kind, sa.DateTime):
        return AT + timedelta(days=number, microseconds=seed.digest()[0])
    plain: dict[type, Any] = {
        sa.Date: AT.date(),
        sa.Boolean: number % 2 == 0,
        sa.Integer: number + 1,
        sa.JSON: {"ë": [1]},
    }
    for one, filling in plain.items():
        if isinstance(kind, one):
            return filling
    if isinstance(kind, sa.LargeBinary):
        return seed.digest()[:9]
    return (f"é{number} " + seed.hexdigest())[: getattr(kind, "length", None) or 40]


def fill(database: Database, data: Data) -> None:
    with keeping(database).begin() as connection:
        for name, rows in data:
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            connection.execute(table.insert(), [{k: stored(connection, v) for k, v in row.items()} for row in rows])


def stored(connection: sa.Connection, value: Any) -> Any:
    """As the application keeps it: SQLite knows no UUID and no zone."""
    if connection.dialect.name == "sqlite" and isinstance(value, UUID):
        return value.hex
    return value


# ── What became of it ──


def dumped(database: Database) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table as text, in one order."""
    with keeping(database).connect() as connection:
        return {name: sorted(rows_of(connection, table)) for name, table in metadata.tables.items()}


def rows_of(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[str, ...]]:
    plain = sa.select(*(sa.type_coerce(column, raw(column)) for column in table.columns))
    for found in connection.execute(plain):
        yield tuple(shown(value) for value in found)


def raw(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """A sealed column is looked at as bytes."""
    sealed = isinstance(column.type, sa.types.TypeDecorator) and isinstance(column.type.impl_instance, sa.LargeBinary)
    return sa.LargeBinary() if sealed else column.type


def shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else repr(value)
