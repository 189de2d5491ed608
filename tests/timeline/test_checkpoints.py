"""Signed checkpoints outside the database: written once an hour, one after the other, and held against the log."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from bijzondere_toegang import cli
from bijzondere_toegang.crypto import Keyring
from bijzondere_toegang.db import Database
from bijzondere_toegang.timeline.checkpoints import Checkpoints, Contradicted, read, root_of
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.timeline.signing import signer
from tests.databases import Database as Fresh

AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = UUID(int=1), UUID(int=2)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def opened(database: Fresh) -> Database:
    return Database(database.app_url, Keyring({1: b"\x01" * 32}))


@pytest.fixture
def places(tmp_path: Path, database: Fresh, monkeypatch: pytest.MonkeyPatch) -> Checkpoints:
    """Where they go; the command line finds the same."""
    found = Checkpoints(tmp_path / "witness.jsonl", tmp_path / "witness.key")
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)
    monkeypatch.setenv("BT_MASTER_KEY", "1:" + "AQEB" * 10 + "AQE=")
    monkeypatch.setenv("BT_CHECKPOINT_FILE", str(found.file))
    monkeypatch.setenv("BT_CHECKPOINT_KEY_FILE", str(found.key_file))
    return found


def write(database: Database, chain: UUID, count: int = 1) -> None:
    with database.write() as tx:
        for _ in range(count):
            append(tx, chain, Event("read", "R"), AT)


def as_owner(database: Fresh, *statements: str) -> None:
    engine = create_engine(database.keeper_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def unlocked(database: Fresh, table: str = "timeline_entry") -> list[str]:
    if database.kind == "postgresql":
        return [f"ALTER TABLE {table} DISABLE TRIGGER ALL"]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]


def lines(places: Checkpoints) -> list[dict[str, object]]:
    return [json.loads(line) for line in places.file.read_text("utf-8").splitlines()]


def test_a_checkpoint_names_the_one_before_it_and_only_what_changed(opened: Database, places: Checkpoints) -> None:
    write(opened, ONE, 3)
    write(opened, OTHER, 2)
    first = places.write(opened, AT)
    write(opened, OTHER)
    second = places.write(opened, AT + HOUR)

    told = lines(places)
    assert first is not None and second is not None
    assert [one["number"] for one in told] == [1, 2]
    assert told[1]["previous"] == first.digest
    assert (second.entries, second.heads) == (6, 2)
    assert [one[:2] for one in told[1]["changed"]] == [[OTHER.hex, 3]]  # type: ignore[attr-defined, index]
    witness = read(places.file, signer(places.key_file).public)
    assert witness.last is not None and root_of(witness.heads) == witness.last.root
    assert oct(places.file.stat().st_mode)[-3:] == oct(places.key_file.stat().st_mode)[-3:] == "600"


def test_an_hour_has_one_checkpoint_however_many_schedulers_there_are(database: Fresh, places: Checkpoints) -> None:
    schedulers = [Database(database.app_url, Keyring({1: b"\x01" * 32})) for _ in range(4)]
    write(schedulers[0], ONE, 3)
    faults: list[Exception] = []

    def run(own: Database) -> None:
        try:
            for hour in range(3):
                places.write(own, AT + hour * HOUR)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(own,)) for own in schedulers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [repr(fault) for fault in faults] == []
    assert [one["number"] for one in lines(places)] == [1, 2, 3]
    assert read(places.file, signer(places.key_file).public).faults == []


def test_a_line_that_a_crash_cut_short_does_no_harm(opened: Database, places: Checkpoints) -> None:
    write(opened, ONE)
    places.write(opened, AT)
    with places.file.open("ab") as handle:
        handle.write(b'{"number": 2, "at": "2026-')
    places.write(opened, AT + HOUR)

    witness = read(places.file, signer(places.key_file).public)

    assert witness.faults == [] and witness.last is not None and witness.last.number == 2


def test_no_checkpoint_is_written_over_a_log_that_was_cut_off(
    database: Fresh, opened: Database, places: Checkpoints
) -> None:
    write(opened, ONE, 3)
    places.write(opened, AT)
    as_owner(database, *unlocked(database), "DELETE FROM timeline_entry WHERE seq = 3")
    as_owner(database, "UPDATE timeline_head SET seq = 2, hash = (SELECT hash FROM timeline_entry WHERE seq = 2)")

    with pytest.raises(Contradicted):
        places.write(opened, AT + HOUR)

    assert len(lines(places)) == 1
    assert cli.main(["audit", "checkpoint"]) == 1
    assert cli.main(["audit", "checkpoint", "--after-restore"]) == 0


def test_the_verifier_names_what_only_a_checkpoint_can_show(
    database: Fresh, opened: Database, places: Checkpoints, capsys: Capture
) -> None:
    write(opened, ONE, 3)
    assert cli.main(["audit", "checkpoint"]) == 0
    assert cli.main(["audit", "verify"]) == 0
    as_owner(database, *unlocked(database), "DELETE FROM timeline_entry WHERE seq = 3")
    as_owner(database, "UPDATE timeline_head SET seq = 2, hash = (SELECT hash FROM timeline_entry WHERE seq = 2)")
    capsys.readouterr()

    with_witness, told = cli.main(["audit", "verify"]), capsys.readouterr().out
    alone = cli.main(["audit", "verify", "--no-checkpoints"])

    assert (with_witness, alone) == (1, 0)
    assert f"chain {ONE}: entry 3" in told and "truncated" in told


def test_a_checkpoint_file_that_was_touched_is_itself_found(
    opened: Database, places: Checkpoints, capsys: Capture
) -> None:
    write(opened, ONE)
    for hour in range(3):
        write(opened, ONE)
        places.write(opened, AT + hour * HOUR)
    whole = places.file.read_bytes()
    first, second, third = whole.splitlines(keepends=True)

    for touched in (first + third, first + second, first + second.replace(b'"entries":3', b'"entries":2') + third):
        places.file.write_bytes(touched)
        assert cli.main(["audit", "verify"]) == 1
        assert "broken: " in capsys.readouterr().out

    places.file.write_bytes(whole)
    assert cli.main(["audit", "verify"]) == 0


def test_somebody_outside_needs_the_copy_the_file_and_the_public_key(
    opened: Database, places: Checkpoints, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(opened, ONE, 2)
    places.write(opened, AT)
    cli.main(["audit", "key"])
    public = capsys.readouterr().out.strip()
    monkeypatch.delenv("BT_MASTER_KEY")
    monkeypatch.setenv("BT_CHECKPOINT_KEY_FILE", str(tmp_path / "no.key"))
    witness = ["audit", "verify", "--checkpoints", str(places.file)]

    assert cli.main([*witness, "--public-key", public]) == 0
    assert cli.main(witness) == 2
    assert cli.main([*witness[:-1], str(tmp_path / "no.jsonl"), "--public-key", public]) == 2
    places.file.unlink()
    assert cli.main(["audit", "verify"]) == 2
    assert cli.main(["audit", "verify", "--no-checkpoints"]) == 0
    assert not (tmp_path / "no.key").exists()


def test_a_copy_on_a_disk_that_can_not_be_written_is_verified(databases, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with databases.fresh("sqlite") as database:
        opened = Database(database.app_url, Keyring({1: b"\x01" * 32}))
        write(opened, ONE, 2)
        opened.dispose()
        copy = tmp_path / "copy" / "copy.db"
        copy.parent.mkdir()
        copy.write_bytes(Path(database.app_url.removeprefix("sqlite:///")).read_bytes())
    before = copy.read_bytes()
    copy.chmod(0o400)
    os.chmod(copy.parent, 0o500)

    code = cli.main(["audit", "verify", "--database", f"sqlite:///{copy}", "--no-checkpoints"])

    os.chmod(copy.parent, 0o700)
    assert code == 0
    assert copy.read_bytes() == before and [one.name for one in copy.parent.iterdir()] == ["copy.db"]


@pytest.mark.parametrize("statement", ["UPDATE timeline_checkpoint SET heads = 0", "DELETE FROM timeline_checkpoint"])
def test_what_the_database_remembers_of_checkpoints_can_not_be_changed(
    opened: Database, places: Checkpoints, statement: str
) -> None:
    write(opened, ONE)
    places.write(opened, AT)

    with pytest.raises(Exception, match=r"append-only|permission denied"), opened.write() as tx:
        tx.connection().execute(text(statement))


@pytest.mark.parametrize("name", ["BT_CHECKPOINT_FILE", "BT_CHECKPOINT_KEY_FILE"])
def test_a_place_that_does_not_exist_stops_the_start_with_one_sentence(
    places: Checkpoints, name: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv(name, "/bestaat/niet/x.jsonl")

    code = cli.main(["schedule", "--once"])

    told = capsys.readouterr().err
    assert code == 2 and name in told and len(told.strip().splitlines()) == 1


def test_the_hourly_job_writes_it(opened: Database, places: Checkpoints) -> None:
    write(opened, ONE)

    assert cli.main(["schedule", "--once"]) == 0
    assert cli.main(["schedule", "--once"]) == 0

    assert len(lines(places)) in (1, 2), "two only when the hour turned between the two runs"
