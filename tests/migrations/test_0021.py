"""To 0021: every document that was there before waits to be read, whatever its case."""

from __future__ import annotations

from tests.databases import Database
from tests.migrations.old import AT, as_application, put, rows, upgrade
from tests.migrations.test_0020 import as_system


def test_documents_of_before_wait_to_be_read(first: Database) -> None:
    upgrade(first, "0020")
    with as_application(first) as app:
        as_system(first, app)
        case = put(app, "case_file", stage="preparing")
        item = put(app, "item", case_id=case, kind="document", created_at=AT, holder="provider")
        put(app, "item", case_id=case, kind="statement", created_at=AT)
        put(app, "item_content", id=item, case_id=case, holder="provider", content=b"sealed")

    upgrade(first, "0021")

    with as_application(first) as app:
        as_system(first, app)
        found = rows(app, "SELECT holder, read_at, words FROM item_words")
        assert found == [("provider", None, None)]
