"""The databases of the tests are what they claim: migrated, fresh, and as strict as production."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from tests.databases import Database, Databases


def test_a_fresh_database_is_migrated(database: Database) -> None:
    engine = create_engine(database.owner_url)

    tables = inspect(engine).get_table_names()

    engine.dispose()
    assert {"alembic_version", "data_key"} <= set(tables)


def test_the_application_owns_no_table_on_postgresql(databases: Databases) -> None:
    with databases.fresh("postgresql") as database:
        engine = create_engine(database.app_url)

        with engine.connect() as connection:
            owners = set(connection.scalars(text("select tableowner from pg_tables where schemaname = 'public'")))
            role = connection.execute(
                text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            ).one()

        engine.dispose()
        assert owners == {"bt_owner"}
        assert tuple(role) == (False, False)


def test_the_application_may_not_change_the_schema_on_postgresql(databases: Databases) -> None:
    with databases.fresh("postgresql") as database:
        engine = create_engine(database.app_url)

        with engine.connect() as connection, pytest.raises(ProgrammingError):
            connection.execute(text("create table intruder (id int)"))

        engine.dispose()
