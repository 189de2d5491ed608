"""`backup` and `restore` as an administrator uses them, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from bijzondere_toegang import cli
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.crypto import Keyring
from bijzondere_toegang.db import Database, DataKey, unseal_rows
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.cli.test_cli import KEY
from tests.records.test_erasing import granted, second_administrator, withdrawn
from tests.support import Site, make_site, register_sample, sample

CANARY = "Kanariepiet"


@dataclass
class Ground:
    """A site, an empty database to restore to, and the command line pointed at the first."""

    site: Site
    spare: databases.Database
    folder: Path
    patch: pytest.MonkeyPatch

    def point_at(self, database: databases.Database) -> None:
        self.patch.setenv("BT_DATABASE_URL", database.app_url)
        self.patch.setenv("BT_DATABASE_OWNER_URL", database.owner_url)
        self.patch.setenv("BT_DATABASE_KEEPER_URL", database.keeper_url)

    def restored(self) -> Database:
        return Database(self.spare.keeper_url, Keyring({1: b"\x01" * 32}))


@pytest.fixture
def ground(
    database: databases.Database, databases: databases.Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Ground]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BT_MASTER_KEY", KEY)
    with databases.fresh(database.kind, migrated=False) as spare:
        found = Ground(make_site(database), spare, tmp_path / "kopie" / "vandaag", monkeypatch)
        found.point_at(database)
        yield found


def names(database: Database) -> list[str]:
    with database.read() as tx:
        rows = tx.exec(select(Party).where(Party.kind == "youth")).all()
        unseal_rows(tx, rows)
        return sorted(row.full_name for row in rows)


def test_a_backup_is_put_back_whole(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2, 3):
        register_sample(ground.site, number)
    before = names(ground.site.database)

    backed = cli.main(["backup", str(ground.folder)])
    ground.point_at(ground.spare)
    restored = cli.main(["restore", str(ground.folder)])
    migrated = cli.main(["migrate"])

    told = capsys.readouterr().out
    assert (backed, restored, migrated) == (0, 0, 0), told
    assert names(ground.restored()) == before
    assert "as many as in the backup" in told and "ends the same" in told
    assert cli.main(["audit", "verify"]) == 0
    assert cli.main(["people", "list"]) == 0
    assert (ground.folder.stat().st_mode & 0o777) == 0o700


def test_the_drill_proves_a_backup(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    register_sample(ground.site, 1)
    scratch = [] if ground.spare.kind == "sqlite" else ["--scratch", ground.spare.keeper_url]

    code = cli.main(["backup", str(ground.folder), "--drill", *scratch])

    told = capsys.readouterr().out
    assert code == 0
    assert "data keys open" in told and "destroyed again" in told


def test_what_was_destroyed_after_a_backup_is_destroyed_again(ground: Ground) -> None:
    """No word of the case is left: not in the database, not in a new backup, not in the old one put back."""
    site = ground.site
    document = sample(1)
    document["jeugdige"] |= {"voornaam": CANARY, "school": CANARY}
    monkey_sample(ground.patch, document)
    reference = withdrawn(site)
    address = granted(site, reference)
    cli.main(["backup", str(ground.folder)])
    second = site.client(second_administrator(site))
    site.as_("beheerder").post(f"{address}/uitvoering")
    assert second.post(f"{address}/uitvoering").status_code == 303

    cli.main(["backup", str(ground.folder.parent / "daarna")])
    ground.point_at(ground.spare)
    code = cli.main(["restore", str(ground.folder)])

    case = site.case(reference).id
    assert code == 0
    for database in (site.database, ground.restored()):
        with database.read() as tx:
            parties = tx.exec(select(Party)).all()
            unseal_rows(tx, parties)
            keys = tx.exec(select(DataKey).where(DataKey.owner_id == case)).all()
            assert [found for found in verify_all(tx) if isinstance(found, Broken)] == []
            assert all(party.first_name is None for party in parties)
            assert keys and all(key.wrapped is None for key in keys)
    files = [file for file in ground.folder.parent.rglob("*") if file.is_file()]
    assert files and all(CANARY.encode() not in file.read_bytes() for file in files)
    assert CANARY.encode().hex().encode() not in b"".join(file.read_bytes() for file in files)


def monkey_sample(patch: pytest.MonkeyPatch, document: object) -> None:
    """`register_sample` registers this document."""
    patch.setattr("tests.support.sample", lambda _: document)


def test_a_changed_backup_is_refused(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    register_sample(ground.site, 1)
    cli.main(["backup", str(ground.folder)])
    held = json.loads((ground.folder / "manifest.json").read_text())
    file = ground.folder / sorted(held["files"])[0]
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    ground.point_at(ground.spare)

    code = cli.main(["restore", str(ground.folder)])

    told = capsys.readouterr().err
    assert code == 2 and "is not the file that was backed up" in told and len(told.splitlines()) == 1


def test_a_backup_without_its_keys_is_refused(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    register_sample(ground.site, 1)
    cli.main(["backup", str(ground.folder)])
    ground.point_at(ground.spare)
    ground.patch.setenv("BT_MASTER_KEY", KEY.replace("AQE", "AgI"))

    assert cli.main(["restore", str(ground.folder)]) == 2
    ground.patch.setenv("BT_MASTER_KEY", KEY)
    assert ground.spare.kind == "postgresql" or cli.main(["restore", str(ground.folder)]) == 0


def test_restore_does_not_write_over_a_database(ground: Ground) -> None:
    register_sample(ground.site, 1)
    cli.main(["backup", str(ground.folder)])

    assert cli.main(["restore", str(ground.folder)]) == 2
    assert cli.main(["backup", str(ground.folder)]) == 2
    assert len(names(ground.site.database)) == 1


def test_keys_are_kept_apart_from_backups(ground: Ground, tmp_path: Path) -> None:
    ground.patch.setenv("BT_MASTER_KEY_FILE", str(tmp_path / "kopie" / "sleutels"))

    assert cli.main(["backup", str(tmp_path / "kopie")]) == 2
    assert not (tmp_path / "kopie" / "manifest.json").exists()
