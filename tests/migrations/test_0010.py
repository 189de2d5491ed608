"""To 0010: what is kept from whom, beside cases and items that were there before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.databases import Database
from tests.migrations.old import AT, as_application, as_owner, put, rows, upgrade


def test_cases_and_items_stay_and_what_is_kept_from_whom_is_never_deleted(first: Database) -> None:
    upgrade(first, "0001")
    with as_owner(first) as owner:
        case = put(owner, "case_file", stage="preparing")
        item = put(owner, "item", case_id=case, kind="statement")

    upgrade(first, "0010")

    with as_application(first) as app:
        if first.kind == "postgresql":
            app.execute(sa.text("SELECT set_config('app.system', 'test', true)"))
        assert rows(app, "SELECT stage, hold_review_on FROM case_file") == [("preparing", None)]
        put(app, "item_hold", case_id=case, item_id=item, set_at=AT)
        put(app, "reading_answer", case_id=case, item_id=item, answered_at=AT)
    for table in ("item_hold", "reading_answer"):
        with pytest.raises(DBAPIError), as_application(first) as app:
            app.execute(sa.text(f"DELETE FROM {table}"))
    with pytest.raises(DBAPIError), as_application(first) as app:
        if first.kind == "postgresql":
            app.execute(sa.text("SELECT set_config('app.system', 'test', true)"))
        put(app, "reading_answer", case_id=case, item_id=item, answered_at=AT)


def test_the_guard_of_the_case_stands_on_sqlite_after_the_new_column(first: Database) -> None:
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'case_file' ORDER BY name"
    if first.kind == "postgresql":
        pytest.skip("a column is added in place there")
    upgrade(first, "0009")
    with as_owner(first) as owner:
        before = rows(owner, triggers)

    upgrade(first, "0010")

    with as_owner(first) as owner:
        assert rows(owner, triggers) == before
