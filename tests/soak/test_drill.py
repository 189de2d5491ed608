"""A backup of a whole region and the drill that proves it, within ten minutes."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from bijzondere_toegang import cli
from tests import databases
from tests.cli.test_cli import KEY
from tests.routes.stages import reach
from tests.soak.region import populate
from tests.support import make_site, register_sample

CASES = int(os.environ.get("BT_CASES", "50000" if os.environ.get("BT_SOAK") else "60"))
SECONDS = 600
LEFT, FOUND = re.compile(r"log ends ([0-9a-f]{16})"), re.compile(r"ends the same: ([0-9a-f]{16})")


def test_a_backup_of_a_region_is_put_back_and_proved_in_time(
    database: databases.Database,
    databases: databases.Databases,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = make_site(database)
    alike = [reach(site, "in_care"), *(register_sample(site, number) for number in (2, 3, 4))]
    rows = populate(site, database, alike, CASES - len(alike))
    assert site.as_("verwijzer1").get("/zaken/BT-100000").status_code == 200, "a copy opens like any other case"
    names = {"DATABASE_URL": database.app_url, "DATABASE_OWNER_URL": database.owner_url}
    for name, value in (names | {"DATABASE_KEEPER_URL": database.keeper_url, "MASTER_KEY": KEY}).items():
        monkeypatch.setenv(f"BT_{name}", value)
    monkeypatch.chdir(tmp_path)

    with databases.fresh(database.kind, migrated=False) as spare:
        scratch = [] if database.kind == "sqlite" else ["--scratch", spare.keeper_url]
        began, worked = time.perf_counter(), time.process_time()
        code = cli.main(["backup", str(tmp_path / "backup"), "--drill", *scratch])
        took, worked = time.perf_counter() - began, time.process_time() - worked

    told = capsys.readouterr().out
    left, found = LEFT.findall(told), FOUND.findall(told)
    print(
        f"{database.kind}: {CASES} cases, {rows} rows backed up, put back and proved in {took:.1f} s "
        f"({worked:.1f} s of work), roots {left} = {found}"
    )
    assert (code, len(left), left) == (0, 1, found), told
    assert took <= SECONDS
