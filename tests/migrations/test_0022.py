"""To 0022: nobody at home reads why there is no family group plan because the referral was shared with them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from tests.databases import Database
from tests.migrations.old import as_application, as_owner, put, rows, upgrade

LONG_AGO = date(2020, 1, 1)
HELPERS = ("voorzitter", "samenwerkingsverbanden", "gi")
AT_HOME = ("moeder", "vader", "ouders", "voogd", "jeugdige", "pleegouder")


def as_system(first: Database, app: sa.Connection) -> None:
    if first.kind == "postgresql":
        app.execute(sa.text("SELECT set_config('app.system', 'test', true)"))


def still_read(first: Database, kind: str) -> set[str]:
    with as_application(first) as app:
        as_system(first, app)
        query = f"SELECT r.recipient FROM item_reader r JOIN item i ON i.id = r.item_id WHERE i.kind = '{kind}'"
        return {recipient for (recipient,) in rows(app, f"{query} AND r.until IS NULL")}


def test_cases_filed_before_close_it_to_the_family_and_to_nobody_else(first: Database) -> None:
    upgrade(first, "0021")
    with as_application(first) as app:
        as_system(first, app)
        case = put(app, "case_file", stage="preparing")
        for kind in ("familiegroepsplan", "aanmelding"):
            item = put(app, "item", case_id=case, kind=kind)
            for word in (*HELPERS, *AT_HOME):
                put(app, "item_reader", case_id=case, item_id=item, recipient=word)
            put(app, "item_reader", case_id=case, item_id=item, recipient="moeder", until=LONG_AGO)

    upgrade(first, "0022")

    assert still_read(first, "familiegroepsplan") == set(HELPERS)
    assert still_read(first, "aanmelding") == {*HELPERS, *AT_HOME}
    with as_owner(first) as owner:
        if first.kind == "postgresql":
            [forced] = rows(
                owner, "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN ('item', 'item_reader')"
            )
            assert forced == (True,)
    with as_application(first) as app:
        as_system(first, app)
        past = rows(app, "SELECT count(*) FROM item_reader WHERE until < CURRENT_DATE")
        kept = rows(app, "SELECT count(*) FROM item_reader WHERE until = '2020-01-01'")
    assert (past, kept) == ([(len(AT_HOME) + 2,)], [(2,)])
