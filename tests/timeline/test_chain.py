"""The chain shows every kind of tampering, and names the first entry that does not hold."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text

from bijzondere_toegang.crypto import Keyring, new_key
from bijzondere_toegang.db import Database
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.timeline.verify import verify_all
from tests.databases import Database as Fresh

AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def opened(database: Fresh) -> Database:
    return Database(database.app_url, Keyring({1: new_key()}))


def write(database: Database, chain: UUID, count: int) -> None:
    with database.write() as tx:
        for number in range(count):
            append(tx, chain, Event("step", "U", step=f"step_{number}", commitments={"reden": "ab12"}), AT)


def verified(database: Database) -> list[Broken | int]:
    with database.read() as tx:
        return list(verify_all(tx))


def as_owner(database: Fresh, *statements: str) -> None:
    """What an administrator with the tables in hand could do: triggers and wall off, then the edit."""
    engine = create_engine(database.keeper_url)
    with engine.begin() as connection:
        if database.kind == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER timeline_entry_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE timeline_entry DISABLE TRIGGER ALL"))
            for table in ("timeline_entry", "timeline_head"):
                connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_chain_holds(opened: Database) -> None:
    write(opened, uuid4(), 5)
    write(opened, uuid4(), 3)

    assert verified(opened) == [8]


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("UPDATE timeline_entry SET step = 'other' WHERE seq = 3", 3, "edited"),
        ('UPDATE timeline_entry SET commitments = \'{"reden": "cd34"}\' WHERE seq = 2', 2, "edited"),
        ("DELETE FROM timeline_entry WHERE seq = 2", 2, "deleted"),
        ("DELETE FROM timeline_entry WHERE seq = 5", 5, "truncated"),
    ],
)
def test_tampering_is_found_and_named(database: Fresh, opened: Database, statement: str, seq: int, why: str) -> None:
    chain = uuid4()
    write(opened, chain, 5)

    as_owner(database, statement)

    assert verified(opened)[0] == Broken(chain, seq, why)


def test_two_entries_that_changed_places_are_found(database: Fresh, opened: Database) -> None:
    chain = uuid4()
    write(opened, chain, 5)

    as_owner(
        database,
        "UPDATE timeline_entry SET seq = 99 WHERE seq = 2",
        "UPDATE timeline_entry SET seq = 2 WHERE seq = 3",
        "UPDATE timeline_entry SET seq = 3 WHERE seq = 99",
    )

    broken = verified(opened)[0]
    assert isinstance(broken, Broken)
    assert (broken.chain, broken.seq) == (chain, 2)


def test_a_chain_that_was_removed_whole_is_found(database: Fresh, opened: Database) -> None:
    chain = uuid4()
    write(opened, chain, 2)

    as_owner(database, "DELETE FROM timeline_entry")

    assert verified(opened) == [Broken(chain, 1, "truncated"), 0]


@pytest.mark.parametrize("statement", ["UPDATE timeline_entry SET step = 'x'", "DELETE FROM timeline_entry"])
def test_the_application_itself_can_neither_edit_nor_delete(opened: Database, statement: str) -> None:
    write(opened, uuid4(), 2)

    with pytest.raises(Exception, match=r"append-only|permission denied"), opened.write() as tx:
        tx.connection().execute(text(statement))

    assert verified(opened) == [2]


def test_many_writers_on_one_chain_leave_no_gap(opened: Database) -> None:
    chain = uuid4()
    write(opened, chain, 1)

    threads = [threading.Thread(target=write, args=(opened, chain, 5)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verified(opened) == [41]
