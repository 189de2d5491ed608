"""To 0005: plans and consents of before concepts existed."""

from __future__ import annotations

import sqlalchemy as sa

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade


def test_what_was_up_stays_up_and_every_answer_keeps_its_meaning(first: Database) -> None:
    with as_owner(first) as owner:
        case = put(owner, "case_file", stage="planning")
        party = put(owner, "party", case_id=case, kind="parent")
        put(owner, "plan", case_id=case, state="agreed", version=1)
        draft = put(owner, "plan", case_id=case, state="draft", version=2)
        for given in (True, False):
            put(owner, "consent", case_id=case, plan_id=draft, party_id=party, given=given)

    upgrade(first, "0005")

    with as_application(first) as app:
        states = rows(app, "SELECT version, state, put_up_at = written_at FROM plan ORDER BY version")
        answers = rows(app, "SELECT answer FROM consent ORDER BY answer")
        columns = {column["name"] for column in sa.inspect(app).get_columns("consent")}
        indexes = {index["name"] for index in sa.inspect(app).get_indexes("consent")}
        app.execute(sa.text("UPDATE plan SET state = 'replaced' WHERE state = 'up'"))
    assert states == [(1, "agreed", True), (2, "up", True)]
    assert answers == [("given",), ("refused",)]
    assert "given" not in columns
    assert {"ix_consent_case_id", "ix_consent_plan_id"} <= indexes
