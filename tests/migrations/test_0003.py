"""To 0003: handovers, grounds of access, memberships that joined."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade


def test_rows_of_the_first_schema_are_kept_and_complete(first: Database) -> None:
    with as_owner(first) as owner:
        account, case = put(owner, "account"), put(owner, "case_file")
        put(owner, "membership", account_id=account, organisation="koraal", role="provider")
        named = {"relation": "provider.named", "organisation": "koraal"}
        access = put(owner, "case_access", account_id=account, case_id=case, **named)

    upgrade(first, "0003")

    with as_application(first) as app:
        kept = rows(app, "SELECT relation, organisation, ground FROM case_access")
        joined = rows(app, "SELECT role, joined_at FROM membership")
        put(app, "handover", case_id=case, offered_by=account, offered_to=account, look_id=access)
        app.execute(sa.text("UPDATE handover SET answer = 'recalled'"))
    assert kept == [("provider.named", "koraal", "")]
    assert joined == [("provider", None)]
    with pytest.raises(DBAPIError), as_owner(first) as owner:
        owner.execute(sa.text("DELETE FROM case_access"))
    if first.kind == "postgresql":
        with pytest.raises(DBAPIError), as_application(first) as app:
            app.execute(sa.text("DELETE FROM handover"))
