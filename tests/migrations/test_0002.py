"""To 0002: links that ask something, and requests for one."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tests.databases import Database
from tests.migrations.old import AT, as_application, as_owner, put, rows, upgrade


def test_rows_survive_and_a_link_of_a_family_without_a_question_ends(first: Database) -> None:
    with as_owner(first) as owner:
        family, chair, case = put(owner, "account"), put(owner, "account"), put(owner, "case_file")
        party = put(owner, "party", case_id=case)
        put(owner, "case_access", account_id=family, case_id=case, party_id=party, relation="parent")
        for digest, account in (("family", family), ("chair", chair)):
            days = {"created_at": AT, "expires_at": AT + timedelta(days=7)}
            put(owner, "login_link", account_id=account, token_digest=digest, **days)

    upgrade(first, "0002")

    with as_application(first) as app:
        links = rows(app, "SELECT token_digest, proof, tries, expires_at > created_at FROM login_link ORDER BY 1")
        rows(app, "SELECT count(*) FROM link_request")
        app.execute(sa.text("UPDATE link_throttle SET asked = 0"))
    assert links == [("chair", None, 0, True), ("family", None, 0, False)]
    if first.kind == "sqlite":
        with as_owner(first) as owner:
            triggers = {name for (name,) in rows(owner, "SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert {"timeline_entry_no_update", "timeline_entry_no_delete", "case_access_no_delete"} <= triggers
