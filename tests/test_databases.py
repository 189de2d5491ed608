"""The databases of the tests are what they claim: migrated, fresh, and as strict as production."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from tests.databases import KINDS, Database, Databases, Kind
from tests.support import CAST, Site, join, make_site, register, sample


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


def first_case(site: Site, done: list[str]) -> str:
    done.append(register(site, sample(1)))
    site.move(days=1)
    return done[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_done_in_a_fresh_site_is_done_once_and_copied(databases: Databases, kind: Kind) -> None:
    done, found = list[str](), list[tuple[str, object]]()

    for _ in range(2):
        with databases.fresh(kind) as database:
            site = make_site(database)
            reference = site.once("the first case of this test", lambda: first_case(site, done))  # noqa: B023
            found.append((site.case(reference).reference, site.at))

    assert found[0] == found[1]
    assert done == ["BT-1001"]


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_who_build_the_same_at_once_both_go_on_from_one(databases: Databases, kind: Kind) -> None:
    with databases.fresh(kind) as one, databases.fresh(kind) as other:
        slow, fast = make_site(one), make_site(other)

        def newcomer(site: Site) -> str:
            with site.database.write() as tx:
                return str(join(tx, replace(CAST["joris"], email="nieuw@example.org"), site.at))

        def overtaken() -> str:
            mine = newcomer(slow)
            fast.once("a newcomer", lambda: newcomer(fast))
            return mine

        account = UUID(slow.once("a newcomer", overtaken))

        assert fast.cast == slow.cast
        assert fast.client(account).get("/werkvoorraad").status_code == 200
        assert slow.client(account).get("/werkvoorraad").status_code == 200


def test_a_site_in_which_something_happened_keeps_it(databases: Databases) -> None:
    with databases.fresh("sqlite") as database:
        fresh = make_site(database)
        fresh.once("a case in a fresh site", lambda: first_case(fresh, []))
    with databases.fresh("sqlite") as database:
        touched, done = make_site(database), list[str]()
        before = register(touched, sample(2))

        after = touched.once("a case in a fresh site", lambda: first_case(touched, done))

        assert done == [after]
        assert touched.case(before).reference != touched.case(after).reference
