"""Every kind of tampering is found, wherever in the log, and the first bad entry is named."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, event, text

from bijzondere_toegang.crypto import Keyring, new_key
from bijzondere_toegang.db import Database
from bijzondere_toegang.timeline.chain import GENESIS, HASHED, hash_of_row
from bijzondere_toegang.timeline.checkpoints import Checkpoints, read
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.timeline.signing import signer
from bijzondere_toegang.timeline.snapshot import snapshot
from bijzondere_toegang.timeline.verify import verify
from tests.databases import Database as Fresh
from tests.databases import Databases
from tests.timeline.tampering import SIX, Ground

SOAK = bool(os.environ.get("BT_SOAK"))
TRIES = 1000 if SOAK else 90
CHAINS, WITNESSED, AFTER = 8, 14, 4
AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
MILLION = 1_000_000
SECONDS = 30


def write(database: Database, count: int) -> None:
    with database.write() as tx:
        for chain in range(1, CHAINS + 1):
            for number in range(count):
                said = {"reden": "ab12", "bij": "00"} if number % 3 else {}
                read = Event("read", "R", step=f"stap_{number}", commitments=said)
                append(tx, UUID(int=chain), read, AT + timedelta(seconds=number, microseconds=chain))


@contextmanager
def owned(database: Fresh) -> Iterator[Connection]:
    """The tables in the hands of their owner; whatever happens is taken back."""
    engine = create_engine(database.keeper_url)
    if database.kind == "sqlite":
        event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_six_kinds_of_tampering_are_found_and_named_wherever_they_are(
    databases: Databases, tmp_path: Path, kind: Any
) -> None:
    with databases.fresh(kind) as database:
        opened, places = (
            Database(database.app_url, Keyring({1: new_key()})),
            Checkpoints(tmp_path / "c", tmp_path / "k"),
        )
        write(opened, WITNESSED)
        places.write(opened, AT)
        write(opened, AFTER)
        opened.dispose()
        heads = read(places.file, signer(places.key_file).public).heads
        missed = [fault for number in range(TRIES) if (fault := tried(database, heads, number))]

    print(f"{kind}: {TRIES - len(missed)} of {TRIES} tamperings found and named")
    assert missed == []


def tried(database: Fresh, heads: Any, number: int) -> str:
    """One tampering; what the verifier got wrong about it."""
    tamper, dice = SIX[number % len(SIX)], random.Random(number)
    with owned(database) as connection:
        ground = Ground(connection, UUID(int=dice.randint(1, CHAINS)), WITNESSED + AFTER, WITNESSED, dice)
        ground.unlock()
        told = tamper(ground)
        found = verify(connection, heads).broken
    if len(found) == 1 and found[0].chain == told.chain and found[0].why in told.why:
        last = found[0].until or found[0].seq
        if told.first <= found[0].seq <= told.last <= last:
            return ""
    return f"{number}: {told} told as {found}"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_log_that_nobody_touched_is_sound(databases: Databases, tmp_path: Path, kind: Any) -> None:
    with databases.fresh(kind) as database:
        opened, places = (
            Database(database.app_url, Keyring({1: new_key()})),
            Checkpoints(tmp_path / "c", tmp_path / "k"),
        )
        write(opened, WITNESSED)
        places.write(opened, AT)
        write(opened, AFTER)
        heads = read(places.file, signer(places.key_file).public).heads
        with owned(database) as connection:
            found = verify(connection, heads)

    assert (found.entries, found.chains, found.broken) == (CHAINS * (WITNESSED + AFTER), CHAINS, ())


@pytest.mark.skipif(not SOAK, reason="make soak")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_million_entries_are_verified_within_half_a_minute(databases: Databases, kind: Any) -> None:
    with databases.fresh(kind) as database:
        fill(database, MILLION)
        began, worked = time.perf_counter(), time.process_time()
        with snapshot(database.app_url) as connection:
            found = verify(connection)
        took, worked = time.perf_counter() - began, time.process_time() - worked

    load = os.getloadavg()[0]
    print(f"{kind}: {found.entries} entries verified in {took:.1f} s, {worked:.1f} s of work, at a load of {load:.0f}")
    assert found.broken == () and found.entries == MILLION
    assert min(took, worked) <= SECONDS, "on a machine that does other things too, the work counts"


def fill(database: Fresh, count: int, each: int = 200) -> None:
    """As many entries as that, `each` to a chain, as a busy region writes them; without the application."""
    names = (*HASHED, "hash")
    heads, batch = [], []
    with owned(database) as connection:
        raw: Any = connection.connection.dbapi_connection
        sqlite = isinstance(raw, sqlite3.Connection)
        marks = ", ".join(["?" if sqlite else "%s"] * len(names))
        query = f"INSERT INTO timeline_entry ({', '.join(names)}) VALUES ({marks})"
        for number in range(count):
            if number % each == 0:
                chain, previous = UUID(int=number + 1), GENESIS
            fields = made(number, chain, number % each + 1, previous)
            previous = hash_of_row([str(value) for value in fields])
            batch.append((*stored(fields, sqlite), previous))
            if number % each == each - 1:
                heads.append((chain.hex if sqlite else chain, each, previous))
            if len(batch) == 10_000:
                raw.cursor().executemany(query, batch)
                batch.clear()
        query = f"INSERT INTO timeline_head (chain, seq, hash) VALUES ({', '.join(['?' if sqlite else '%s'] * 3)})"
        raw.cursor().executemany(query, heads)
        raw.commit()


def made(number: int, chain: UUID, seq: int, previous: str) -> tuple[Any, ...]:
    at = (AT + timedelta(seconds=number)).isoformat(timespec="microseconds")
    said = '{"reden":"' + "ab" * 32 + '"}' if number % 10 == 0 else "{}"
    told: dict[str, Any] = {name: "" for name in HASHED}
    told |= {
        "id": UUID(int=10**9 + number), "chain": chain, "seq": seq, "at": at, "event_type": "read", "action": "R",
        "outcome": "ok", "account_id": UUID(int=number % 300 + 1), "role": "referrer", "purpose": "bijzondere-toegang",
        "network_address": "10.0.0.1", "object_kind": "case", "object_pseudonym": str(chain), "object_version": 3,
        "sensitivity": "normal", "permission": "case.see yes", "care_relation": "referrer.own", "break_glass": False,
        "request_id": "0123456789abcdef", "commitments": said, "previous_hash": previous,
    }  # fmt: skip
    return tuple(told[name] for name in HASHED)


def stored(fields: tuple[Any, ...], sqlite: bool) -> tuple[Any, ...]:
    if not sqlite:
        return fields
    plain = (value.hex if isinstance(value, UUID) else value for value in fields)
    return tuple(
        value[:26].replace("T", " ") if isinstance(value, str) and value.endswith("+00:00") else value
        for value in plain
    )
