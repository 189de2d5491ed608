"""A fresh site for every test, once on each database, with its journal in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import databases
from tests.support import Site, make_site


@pytest.fixture
def site(database: databases.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Site:
    monkeypatch.chdir(tmp_path)
    return make_site(database)
