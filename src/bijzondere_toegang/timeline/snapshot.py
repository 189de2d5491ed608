"""A database as it is at one moment, opened so that nothing can be written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event

from bijzondere_toegang.db import as_program


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """The database as it is at this moment, opened so that nothing can be written to it; no key is needed."""
    if url.startswith("sqlite:///"):
        engine = create_engine("sqlite://", creator=lambda: _sqlite(url.removeprefix("sqlite:///")))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        engine = as_program(create_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ"))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY"))
    try:
        with engine.connect() as connection:
            connection.begin()  # the verifier reads with the driver's own cursor, which begins nothing by itself
            yield connection
    finally:
        engine.dispose()


def _sqlite(file: str) -> sqlite3.Connection:
    """Read-only. A copy that nobody has open leaves no files beside it: SQLite is told that nothing changes it."""
    place = Path(file).absolute()
    if not place.is_file():
        raise sqlite3.OperationalError("there is no such file")
    in_use = place.with_name(f"{place.name}-wal").exists()
    uri = f"{place.as_uri()}?mode=ro{'' if in_use else '&immutable=1'}"
    opened = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    opened.execute("PRAGMA query_only=ON")
    return opened
