"""To 0012: sessions and tokens of before second factors."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade


def test_everybody_logs_in_once_more_and_tokens_stay_without_signing(first: Database) -> None:
    upgrade(first, "0009")
    with as_owner(first) as owner:
        account = put(owner, "account")
        put(owner, "login_session", account_id=account)
        put(owner, "access_token", account_id=account)

    upgrade(first, "0012")

    with as_application(first) as app:
        sessions = rows(app, "SELECT entered_by, ended_at IS NOT NULL, proved_at, browser FROM login_session")
        tokens = rows(app, "SELECT label IS NOT NULL, revoked_at, signs_until FROM access_token")
    assert [(by, bool(ended), proved, browser) for by, ended, proved, browser in sessions] == [
        ("password", True, None, "")
    ]
    assert [(bool(label), revoked, signs) for label, revoked, signs in tokens] == [(True, None, None)]


def test_the_application_may_fill_the_new_tables_and_clear_old_challenges_alone(first: Database) -> None:
    upgrade(first, "0012")
    with as_owner(first) as owner:
        account = put(owner, "account")

    with as_application(first) as app:
        put(app, "passkey", account_id=account, credential_id=b"1", public_key=b"2")
        for table in ("code_app", "recovery_code"):
            put(app, table, account_id=account)
        asked = "INSERT INTO challenge VALUES ('a', 'b', 'enter', '2026-11-09 09:00:00+00:00', NULL)"
        app.execute(sa.text(asked))
        app.execute(sa.text("DELETE FROM challenge"))
    if first.kind == "postgresql":
        with pytest.raises(DBAPIError), as_application(first) as app:
            app.execute(sa.text("DELETE FROM recovery_code"))
