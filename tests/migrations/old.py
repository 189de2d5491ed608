"""A database as an earlier revision left it, with rows in it, and the way to a later one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from bijzondere_toegang import migrations
from tests.databases import Database

AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
ROLE = "bt_app"


def emptied(database: Database) -> None:
    """Throw its schema away."""
    if database.kind == "sqlite":
        Path(database.owner_url.removeprefix("sqlite:///")).unlink()
        return
    with as_owner(database) as owner:
        for statement in (
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
            f"GRANT USAGE ON SCHEMA public TO {ROLE}",
        ):
            owner.execute(sa.text(statement))


def upgrade(database: Database, to: str) -> None:
    migrations.upgrade(database.owner_url, ROLE if database.kind == "postgresql" else None, to=to)


@contextmanager
def as_owner(database: Database) -> Iterator[sa.Connection]:
    with _connected(database.owner_url) as connection:
        yield connection


@contextmanager
def as_application(database: Database) -> Iterator[sa.Connection]:
    """With the rights the application has."""
    with _connected(database.app_url) as connection:
        yield connection


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def put(connection: sa.Connection, name: str, **known: Any) -> UUID:
    """A row with what is given, and something that fits in every other column that must be filled; its id."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    row = {column.name: _filler(column) for column in table.columns if not column.nullable} | known
    stored = {column: kept(connection, value) for column, value in row.items()}
    connection.execute(table.insert().values(**stored))
    found: UUID = row["id"]
    return found


def kept(connection: sa.Connection, value: Any) -> Any:
    """A value as this database keeps it: SQLite knows no UUID."""
    return value.hex if connection.dialect.name == "sqlite" and isinstance(value, UUID) else value


def _filler(column: sa.Column[Any]) -> Any:
    kind = column.type
    if column.primary_key or isinstance(kind, sa.Uuid):
        return uuid4()
    if isinstance(kind, sa.DateTime):
        return AT
    if isinstance(kind, sa.Date):
        return AT.date()
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 1
    return uuid4().hex[:4]


def rows(connection: sa.Connection, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(statement))]
