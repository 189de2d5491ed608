"""`retention` as two administrators use it, fifteen years later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from bijzondere_toegang import cli
from bijzondere_toegang.db import DataKey
from bijzondere_toegang.people.login import set_password
from bijzondere_toegang.people.models import Account
from tests import databases
from tests.cli.test_cli import KEY
from tests.records.test_erasing import SECOND, withdrawn
from tests.support import CAST, join, make_site

PASSWORD = "een lang wachtwoord"


def test_two_administrators_destroy_what_is_due_after_fifteen_years(
    database: databases.Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("app", "owner", "keeper"):
        variable = "BT_DATABASE_URL" if name == "app" else f"BT_DATABASE_{name.upper()}_URL"
        monkeypatch.setenv(variable, getattr(database, f"{name}_url"))
    monkeypatch.setenv("BT_MASTER_KEY", KEY)
    typed = [PASSWORD]
    monkeypatch.setattr("getpass.getpass", lambda _: typed[0])
    monkeypatch.setattr("bijzondere_toegang.cli.retention.system_clock", lambda: datetime(2041, 12, 1, tzinfo=UTC))
    site = make_site(database)
    reference = withdrawn(site)
    with site.database.write() as tx:
        for account_id in (join(tx, SECOND, site.at), site.cast["beheerder"]):
            set_password(tx.get_one(Account, account_id), PASSWORD)
    one, other = CAST["beheerder"].email, SECOND.email

    cli.main(["retention", "list"])
    listed = capsys.readouterr().out
    codes = [cli.main(["retention", "run", "--by", who]) for who in (one, one, other)]
    told = capsys.readouterr().out.splitlines()
    stranger = cli.main(["retention", "run", "--by", CAST["anneke"].email])
    typed[0] = "een ander wachtwoord"
    forgotten = cli.main(["retention", "run", "--by", one])

    with site.database.read() as tx:
        keys = tx.exec(select(DataKey).where(DataKey.owner_id == site.case(reference).id)).all()
    assert f"{reference}  referrer's part" in listed
    assert codes == [0, 0, 0] and (stranger, forgotten) == (1, 1)
    assert [line.split(";")[0] for line in told] == ["1 parts confirmed", "0 parts confirmed", "0 parts confirmed"]
    assert told[1].endswith("0 parts destroyed") and told[2].endswith("1 parts destroyed")
    assert keys and all(key.wrapped is None for key in keys)
