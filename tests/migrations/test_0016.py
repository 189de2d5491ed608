"""To 0016: who is nobody yet adds to the chain of names that nobody has, and to no other."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bijzondere_toegang.people.routes import NOBODY
from tests.databases import Database
from tests.migrations.old import as_application, rows, upgrade


def test_nobody_adds_to_the_chain_of_nobody_alone(first: Database) -> None:
    upgrade(first, "0016")
    begun = "INSERT INTO timeline_head (chain, seq, hash) VALUES ('{}', 1, 'x')"

    with as_application(first) as app:
        app.execute(sa.text(begun.format(NOBODY if first.kind == "postgresql" else NOBODY.hex)))
        assert len(rows(app, "SELECT chain FROM timeline_head")) == 1
    if first.kind == "postgresql":
        with pytest.raises(DBAPIError), as_application(first) as app:
            app.execute(sa.text(begun.format(uuid4())))
