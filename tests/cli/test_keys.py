"""`keys` as an administrator uses it, with a key file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bijzondere_toegang import cli
from bijzondere_toegang.crypto import read_keys
from tests import databases
from tests.keeping.support import ciphers


@pytest.fixture
def file(database: databases.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A database with people in it, and the file with its master key."""
    for name in ("app", "owner", "keeper"):
        variable = "BT_DATABASE_URL" if name == "app" else f"BT_DATABASE_{name.upper()}_URL"
        monkeypatch.setenv(variable, getattr(database, f"{name}_url"))
    monkeypatch.setenv("BT_MASTER_KEY_FILE", str(tmp_path / "sleutels"))
    monkeypatch.delenv("BT_MASTER_KEY", raising=False)
    cli.main(["people", "add", "p@example.org", "P. Peters"])
    return tmp_path / "sleutels"


def test_a_master_key_is_replaced_and_the_old_one_retired(
    file: Path, database: databases.Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["keys", "new"]) == 0
    assert cli.main(["keys", "retire", "1"]) == 1
    assert cli.main(["keys", "retire", "2"]) == 1
    assert cli.main(["keys", "rotate", "--data", "--lookups"]) == 0
    assert cli.main(["keys", "retire", "1"]) == 0
    capsys.readouterr()
    cli.main(["keys", "list"])
    listed = capsys.readouterr().out
    cli.main(["people", "list"])

    assert "master key 2: newest, wraps" in listed and "master key 1" not in listed
    assert list(read_keys(file)) == [2]
    assert "P. Peters" in capsys.readouterr().out
    assert {cipher[:2] for cipher in ciphers(database)} == {b"\x00\x02"}
    assert cli.main(["people", "add", "p@example.org", "Nog een keer"]) == 1


def test_with_a_key_in_the_environment_the_line_to_add_is_printed(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BT_MASTER_KEY", file.read_text("ascii"))
    capsys.readouterr()

    assert cli.main(["keys", "new"]) == 0

    assert capsys.readouterr().out.startswith("add to BT_MASTER_KEY, after a comma: 2:")
