"""To 0015: cases of before a recorded incapacity; nobody is incapable by it."""

from __future__ import annotations

import sqlalchemy as sa

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade


def test_of_no_case_of_before_is_an_incapacity_on_record(first: Database) -> None:
    upgrade(first, "0001")
    with as_owner(first) as owner:
        put(owner, "case_file")

    upgrade(first, "0015")

    with as_application(first) as app:
        if first.kind == "postgresql":
            app.execute(sa.text("SELECT set_config('app.system', 'test', true)"))
        found = rows(app, "SELECT incapacitated_on, incapacity_review_on FROM case_file")
    assert found == [(None, None)]
