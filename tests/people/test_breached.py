"""A password that is known from a breach can't be chosen; the list is the house's own, and nobody else is asked."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bijzondere_toegang.people.breached import Breached
from bijzondere_toegang.people.links import make_link
from bijzondere_toegang.settings import WrongSetting, load
from tests import databases
from tests.entrance import choose
from tests.support import Site, make_site

KNOWN = "vier gewone woorden gelekt"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def listed(path: Path, *passwords: str, end: str = "\n") -> Breached:
    hashes = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in passwords)
    path.write_bytes("".join(f"{one}:{len(one)}{end}" for one in hashes).encode())
    return Breached(path)


@given(st.sets(st.text(max_size=8), min_size=1, max_size=40), st.sets(st.text(max_size=8), max_size=10))
def test_exactly_what_is_in_the_file_is_known(inside: set[str], others: set[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        breached = listed(Path(folder) / "list", *inside, end="\r\n")

        assert all(one in breached for one in inside)
        assert not [one for one in others - inside if one in breached]


def test_a_mother_who_chooses_a_leaked_password_is_told_to_take_another(site: Site, tmp_path: Path) -> None:
    site.app.state.breached = listed(tmp_path / "list", KNOWN, "iets anders dat lekte")
    with site.database.write() as tx:
        token = make_link(tx, site.who("verwijzer1"), site.at)

    refused = choose(site, token, password=KNOWN)
    taken = choose(site, token, password="vier gewone woorden samen")

    assert refused.status_code == 422
    assert "Dit wachtwoord lekte ergens uit en is bekend. Kies een ander." in refused.text
    assert taken.status_code == 303


def test_a_file_that_is_no_list_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, words in (("names", "wachtwoord123\n"), ("absent", None)):
        if words is not None:
            (tmp_path / name).write_text(words)
        monkeypatch.setenv("BT_BREACHED_PASSWORDS_FILE", str(tmp_path / name))

        with pytest.raises(WrongSetting) as stopped:
            load()

        assert "BT_BREACHED_PASSWORDS_FILE" in str(stopped.value)
