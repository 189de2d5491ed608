"""To 0014: mail that waits keeps its addressee, and the new tables take rows and keep them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.databases import Database
from tests.migrations.old import AT, as_application, as_owner, emptied, kept, put, rows, upgrade


def test_what_waits_in_the_outbox_still_goes_to_its_account(database: Database) -> None:
    emptied(database)
    upgrade(database, "0009")
    with as_owner(database) as owner:
        account = put(owner, "account")
        put(owner, "outbox", account_id=account, kind="news", state="waiting")

    upgrade(database, "0014")

    with as_application(database) as app:
        waiting = rows(app, "SELECT kind, state, address FROM outbox")
        put(app, "departure", account_id=account, kind="left", at=AT)
        review = put(app, "access_review", organisation="toegang-venlo", state="open")
        app.execute(sa.text("UPDATE access_review SET state = 'closed' WHERE id = :id"), {"id": kept(app, review)})
        states = rows(app, "SELECT state FROM access_review")
    assert waiting == [("news", "waiting", None)]
    assert states == [("closed",)]


@pytest.mark.parametrize("change", ["UPDATE departure SET kind = 'handed_over'", "DELETE FROM departure"])
def test_what_was_done_to_people_is_not_changed_afterwards(database: Database, change: str) -> None:
    with as_owner(database) as owner:
        account = put(owner, "account")
        if database.kind == "postgresql":
            owner.execute(sa.text("SELECT set_config('app.system', 'test', true)"))
        put(owner, "departure", account_id=account)

    for connected in (as_application, as_owner):
        with pytest.raises(DBAPIError), connected(database) as connection:
            connection.execute(sa.text(change))
