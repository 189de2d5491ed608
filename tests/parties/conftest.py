"""A fresh site for every test of the people of a case, once on each database."""

from __future__ import annotations

import pytest

from tests import databases
from tests.support import Site, make_site


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)
