"""To 0019: with rows in the tables, a broken glass reads on and writes no longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.databases import Database
from tests.migrations.old import AT, as_application, as_owner, put, rows, upgrade

TABLES = ("account", "case_file", "case_access", "party", "departure", "broken_glass")


def test_who_broke_the_glass_reads_on_and_writes_no_longer(first: Database) -> None:
    upgrade(first, "0017")
    who = filled(first)

    upgrade(first, "0019")

    if first.kind == "sqlite":
        with as_application(first) as app:
            assert [len(rows(app, f"SELECT id FROM {table}")) for table in TABLES] == [1, 1, 1, 1, 1, 1]
        return
    with acting(first, who) as app:
        assert len(rows(app, "SELECT id FROM party")) == 1
        assert app.execute(sa.text("UPDATE party SET language = 'en'")).rowcount == 0
    with pytest.raises(DBAPIError), acting(first, who) as app:
        app.execute(sa.text("UPDATE case_file SET stage = 'closed'"))


def test_what_was_written_about_a_leaver_stays_and_nobody_changes_it(first: Database) -> None:
    upgrade(first, "0017")
    filled(first)

    upgrade(first, "0019")

    with pytest.raises(DBAPIError), as_owner(first) as owner:
        if first.kind == "postgresql":
            owner.execute(sa.text("ALTER TABLE departure NO FORCE ROW LEVEL SECURITY"))
        owner.execute(sa.text("UPDATE departure SET kind = 'x'"))


def filled(database: Database) -> UUID:
    """A case that one account sees by a broken glass; returns the account."""
    past = () if database.kind == "sqlite" else ("case_file", "case_access", "party")
    with as_owner(database) as owner:
        for table in past:
            owner.execute(sa.text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
        who, case = put(owner, "account"), put(owner, "case_file")
        put(owner, "case_access", account_id=who, case_id=case, relation="administrator.break_glass", since=AT)
        put(owner, "party", case_id=case)
        put(owner, "departure", account_id=who, by_account=uuid4())
        put(owner, "broken_glass", asked_by=who, reference="BT-1001")
        for table in past:
            owner.execute(sa.text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    return who


@contextmanager
def acting(database: Database, who: UUID) -> Iterator[sa.Connection]:
    """A request of this account."""
    with as_application(database) as app:
        for name, said in (("app.account", str(who)), ("app.at", AT.isoformat())):
            app.execute(sa.select(sa.func.set_config(name, said, True)))
        yield app
