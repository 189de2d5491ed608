"""Plans and consents of before concepts existed, brought to the schema that knows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from bijzondere_toegang import migrations
from tests import databases

WRITTEN = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
ROLE = "bt_app"


def emptied(database: databases.Database, folder: Path) -> str:
    """The owner's address of a database without any table."""
    if database.kind == "sqlite":
        return f"sqlite:///{folder / 'old.db'}"
    engine = sa.create_engine(database.owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    engine.dispose()
    return database.owner_url


def insert(connection: sa.Connection, table: str, **values: Any) -> None:
    """A row with something in every column that must have something."""
    found = sa.Table(table, sa.MetaData(), autoload_with=connection)
    required = [column for column in found.columns if not column.nullable and column.name not in values]
    row = {column.name: _something(column) for column in required} | values
    if connection.dialect.name == "sqlite":
        row = {name: value.hex if isinstance(value, UUID) else value for name, value in row.items()}
    connection.execute(found.insert().values(row))


def _something(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    return {bool: False, int: 0, str: "", datetime: WRITTEN, date: WRITTEN.date(), bytes: b"", UUID: uuid4()}[kind]


def rows(connection: sa.Connection, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_what_was_up_stays_up_and_every_answer_keeps_its_meaning(database: databases.Database, tmp_path: Path) -> None:
    url = emptied(database, tmp_path)
    role = ROLE if database.kind == "postgresql" else None
    migrations.upgrade(url, role, to="0001")
    case, party, draft, agreed = (uuid4() for _ in range(4))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        insert(connection, "case_file", id=case, reference="BT-1", workflow="w", stage="planning")
        insert(connection, "party", id=party, case_id=case, kind="parent")
        for plan, state, version in ((agreed, "agreed", 1), (draft, "draft", 2)):
            insert(connection, "plan", id=plan, case_id=case, state=state, version=version, written_at=WRITTEN)
        for given in (True, False):
            insert(connection, "consent", id=uuid4(), case_id=case, plan_id=draft, party_id=party, given=given)

    migrations.upgrade(url, role, to="0005")

    with engine.begin() as connection:
        states = rows(connection, "SELECT version, state, put_up_at = written_at FROM plan ORDER BY version")
        answers = rows(connection, "SELECT answer FROM consent ORDER BY answer")
        columns = {column["name"] for column in sa.inspect(connection).get_columns("consent")}
        indexes = {index["name"] for index in sa.inspect(connection).get_indexes("consent")}
    assert states == [(1, "agreed", True), (2, "up", True)]
    assert answers == [("given",), ("refused",)]
    assert "given" not in columns
    assert {"ix_consent_case_id", "ix_consent_plan_id"} <= indexes
    if role:
        _app_may_write(database.app_url)
    engine.dispose()


def _app_may_write(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        changed = connection.exec_driver_sql("UPDATE plan SET state = 'replaced' WHERE state = 'up'").rowcount
    engine.dispose()
    assert changed == 1
