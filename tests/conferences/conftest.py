from __future__ import annotations

import pytest

from tests.databases import Database
from tests.support import Site, make_site


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)
