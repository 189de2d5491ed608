from __future__ import annotations

import pytest

from tests.databases import Database
from tests.migrations.old import emptied, upgrade


@pytest.fixture
def first(database: Database) -> Database:
    """A database of the first schema; the test runs once on SQLite and once on PostgreSQL."""
    emptied(database)
    upgrade(database, "0001")
    return database
