"""To 0020: guests and confidants, beside accounts and cases that were there before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.databases import Database
from tests.migrations.old import AT, as_application, put, rows, upgrade


def as_system(first: Database, app: sa.Connection) -> None:
    if first.kind == "postgresql":
        app.execute(sa.text("SELECT set_config('app.system', 'test', true)"))


def test_accounts_stay_without_a_code_and_an_invitation_is_never_deleted(first: Database) -> None:
    upgrade(first, "0019")
    with as_application(first) as app:
        as_system(first, app)
        account = put(app, "account", login_key="a")
        case = put(app, "case_file", stage="preparing")
        access = put(app, "case_access", account_id=account, case_id=case, relation="guest.invited", since=AT)

    upgrade(first, "0020")

    with as_application(first) as app:
        as_system(first, app)
        assert rows(app, "SELECT login_key, handed_code FROM account") == [("a", None)]
        put(app, "invitation", case_id=case, access_id=access, account_id=account, invited_by=account, invited_at=AT)
    with pytest.raises(DBAPIError), as_application(first) as app:
        app.execute(sa.text("DELETE FROM invitation"))
