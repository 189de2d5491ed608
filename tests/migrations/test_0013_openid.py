"""To 0013: sessions that were open when providers came."""

from __future__ import annotations

import sqlalchemy as sa

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade


def test_who_was_in_stays_in_and_came_by_no_provider(first: Database) -> None:
    upgrade(first, "0009")
    with as_owner(first) as owner:
        account = put(owner, "account")
        put(owner, "login_session", account_id=account)

    upgrade(first, "0013")

    with as_application(first) as app:
        assert rows(app, "SELECT provider, provider_session, acting FROM login_session") == [("", "", "")]
        put(app, "login_identity", account_id=account, provider="digid", subject_key="a")
        put(app, "login_attempt", token_digest="a")
        app.execute(sa.text("DELETE FROM login_attempt"))
        indexes = {index["name"] for index in sa.inspect(app).get_indexes("login_identity")}
    assert {"uq_login_identity_subject", "uq_login_identity_account_provider"} <= indexes


def test_one_person_opens_one_account_until_the_link_ends(first: Database) -> None:
    upgrade(first, "0013")
    with as_owner(first) as owner:
        account = put(owner, "account")
        put(owner, "login_identity", account_id=account, provider="digid", subject_key="a", ended_at=None)

    with as_application(first) as app:
        try:
            with app.begin_nested():
                put(app, "login_identity", account_id=account, provider="venlo", subject_key="a")
            twice = True
        except sa.exc.IntegrityError:
            twice = False
        app.execute(sa.text("UPDATE login_identity SET ended_at = linked_at"))
        put(app, "login_identity", account_id=account, provider="venlo", subject_key="a")

    assert not twice
