"""Entries as they are hashed, fetched as plain text: a million of them are to be verified while somebody waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from bijzondere_toegang.timeline.chain import HASHED

AT_ONCE = 5000
REMEMBERED = 200_000
Row = list[str]
"""The hashed fields in their order, as text, and last the hash that was stored."""

_UUIDS = tuple(HASHED.index(name) for name in ("id", "chain", "account_id"))
_FLAGS = frozenset({"break_glass"})
_COMMITMENTS = HASHED.index("commitments")


def rows_in_order(connection: Connection, chain: UUID | None = None, events: Sequence[str] = ()) -> Iterator[Row]:
    """Every entry, those of one chain, or those of some event types, by chain and number; streamed."""
    postgresql = connection.dialect.name == "postgresql"
    column = _postgresql if postgresql else _sqlite
    wanted = f" WHERE chain = '{chain if postgresql else chain.hex}'" if chain is not None else ""
    if events:
        wanted = f" WHERE event_type IN ({', '.join(repr(event) for event in events)})"
    columns = ", ".join(map(column, (*HASHED, "hash")))
    query = f"SELECT {columns} FROM timeline_entry{wanted} ORDER BY chain, seq"
    written: Callable[[str], str] = str if postgresql else _Dashed().__getitem__
    for row in _streamed(connection, query):
        fields = list(row)
        for place in _UUIDS:
            fields[place] = written(fields[place])
        if fields[_COMMITMENTS] != "{}":
            fields[_COMMITMENTS] = _sorted(fields[_COMMITMENTS])
        yield fields


class _Dashed(dict[str, str]):
    """The usual way to write the 32 digits that SQLite keeps; each id is worked out once."""

    def __missing__(self, digits: str) -> str:
        dashed = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])) if digits else ""
        if len(self) < REMEMBERED:
            self[digits] = dashed
        return dashed


def _streamed(connection: Connection, query: str) -> Iterator[Any]:
    """By the driver's own cursor: what SQLAlchemy puts around a row costs as much as the row."""
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor() if connection.dialect.name == "sqlite" else raw.cursor("timeline")
    try:
        cursor.execute(query)
        while part := cursor.fetchmany(AT_ONCE):
            yield from part
    finally:
        cursor.close()


def _sorted(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def _sqlite(name: str) -> str:
    if name in _FLAGS:
        return f"CASE {name} WHEN 0 THEN 'False' WHEN 1 THEN 'True' ELSE CAST({name} AS TEXT) END"
    if name == "at":
        return "replace(at, ' ', 'T')||'+00:00'"
    return f"COALESCE(CAST({name} AS TEXT), '')"


def _postgresql(name: str) -> str:
    if name in _FLAGS:
        return f"CASE WHEN {name} THEN 'True' ELSE 'False' END"
    if name == "at":
        return "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"
    return f"COALESCE({name}::text, '')"


def heads_in_order(connection: Connection) -> Iterator[tuple[str, int, str]]:
    """Chain (32 hex digits), length and hash of every head, in the order of the chains."""
    for chain, seq, digest in _streamed(
        connection, "SELECT CAST(chain AS VARCHAR(36)), seq, hash FROM timeline_head ORDER BY chain"
    ):
        yield chain.replace("-", ""), seq, digest
