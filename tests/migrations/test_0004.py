"""To 0004: what was known before a correction, and who reads along."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade

NEW = ("party_change", "reading_consent")


def test_rows_of_the_first_schema_stay_and_the_new_tables_are_as_strict_as_promised(first: Database) -> None:
    with as_owner(first) as owner:
        account, case = put(owner, "account"), put(owner, "case_file")
        party = put(owner, "party", case_id=case, kind="parent")
        put(owner, "case_access", account_id=account, case_id=case, party_id=party, relation="parent")

    upgrade(first, "0004")

    with as_application(first) as app:
        counts = [rows(app, f"SELECT count(*) FROM {table}") for table in ("case_file", "party", "case_access")]
        for table in NEW:
            put(app, table, case_id=case, party_id=party)
    assert counts == [[(1,)]] * 3
    for statement in (
        *(f"DELETE FROM {table}" for table in (*NEW, "case_access")),
        "UPDATE party_change SET holder = 'x'",
    ):
        with pytest.raises(DatabaseError), as_application(first) as app:
            app.execute(sa.text(statement))
    with pytest.raises(DatabaseError), as_application(first) as app:
        put(app, "reading_consent", case_id=case, party_id=party)
