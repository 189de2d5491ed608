"""From the first schema with rows in it to the tables of the family, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from bijzondere_toegang import migrations
from tests.databases import Database

NEW = ("party_change", "reading_consent")


def emptied(database: Database) -> str | None:
    """Throws the schema away; returns the role that gets its grants anew."""
    if database.kind == "sqlite":
        Path(database.owner_url.removeprefix("sqlite:///")).unlink()
        return None
    engine = sa.create_engine(database.owner_url)
    with engine.begin() as owner:
        for statement in (
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
            "GRANT USAGE ON SCHEMA public TO bt_app",
        ):
            owner.execute(sa.text(statement))
    engine.dispose()
    return "bt_app"


def put(connection: sa.Connection, name: str, **known: Any) -> UUID:
    """A row with what is given, and something that fits in every other column that must be filled."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    row = {column.name: _filler(column) for column in table.columns if not column.nullable}
    row |= {
        name: str(value).replace("-", "") if connection.dialect.name == "sqlite" and isinstance(value, UUID) else value
        for name, value in known.items()
    }
    connection.execute(table.insert().values(**row))
    return known.get("id", row.get("id"))


def _filler(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 11, 9, 9, tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 11, 9)
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 1
    return uuid4().hex[:4] if isinstance(kind, sa.String) else uuid4()


def test_rows_of_the_first_schema_stay_and_the_new_tables_are_as_strict_as_promised(database: Database) -> None:
    role = emptied(database)
    migrations.upgrade(database.owner_url, role, to="0001")
    case, account, party = uuid4(), uuid4(), uuid4()
    engine = sa.create_engine(database.owner_url)
    with engine.begin() as owner:
        put(owner, "account", id=account)
        put(owner, "case_file", id=case)
        put(owner, "party", id=party, case_id=case, kind="parent")
        put(owner, "case_access", id=uuid4(), account_id=account, case_id=case, party_id=party, relation="parent")

    migrations.upgrade(database.owner_url, role, to="0004")

    engine.dispose()
    app = sa.create_engine(database.app_url)
    with app.begin() as connection:
        assert [
            connection.scalar(sa.text(f"SELECT count(*) FROM {t}")) for t in ("case_file", "party", "case_access")
        ] == [1, 1, 1]
        for table in NEW:
            put(connection, table, id=uuid4(), case_id=case, party_id=party)
    for statement in (
        *(f"DELETE FROM {table}" for table in (*NEW, "case_access")),
        "UPDATE party_change SET holder = 'x'",
    ):
        with app.connect() as connection, pytest.raises(DatabaseError):
            connection.execute(sa.text(statement))
    with app.connect() as connection, pytest.raises(DatabaseError):
        put(connection, "reading_consent", id=uuid4(), case_id=case, party_id=party)
    app.dispose()
