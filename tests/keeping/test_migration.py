"""A database with people in it, from the first schema to this one."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, inspect, text

from bijzondere_toegang import cli, migrations
from bijzondere_toegang.crypto import Keyring, keyed_hash, mark, new_key, seal
from bijzondere_toegang.db import Database, key_place, value_place
from bijzondere_toegang.people.accounts import find_account, make_account
from tests import databases
from tests.cli.test_cli import KEY
from tests.databases import KINDS

AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
RING = Keyring({1: b"\x01" * 32})


def fill(database: databases.Database) -> UUID:
    """An account as the first schema held it."""
    account, key = uuid4(), new_key()
    login = mark(1) + seal(key, b"noor@example.org", value_place("account", account, "login", 1))
    rows = {
        "INSERT INTO account (id, login_key, login, language, created_at) VALUES (:id, :found_by, :login, 'nl', :at)": {
            "id": account.hex if database.kind == "sqlite" else account,
            "found_by": keyed_hash(b"x" * 32, "noor@example.org"),
            "login": login,
            "at": AT.replace(tzinfo=None).isoformat(" ") if database.kind == "sqlite" else AT,
        },
        "INSERT INTO data_key (id, owner_id, holder, version, wrapped) VALUES (:key, :id, 'account', 1, :wrapped)": {
            "key": uuid4().hex if database.kind == "sqlite" else uuid4(),
            "id": account.hex if database.kind == "sqlite" else account,
            "wrapped": RING.wrap(key, key_place(account, "account", 1)),
        },
    }
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        for statement, values in rows.items():
            connection.execute(text(statement), values)
    engine.dispose()
    return account


@pytest.mark.parametrize("kind", KINDS)
def test_people_of_the_first_schema_are_found_after_migrating(
    kind: databases.Kind, databases: databases.Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases.fresh(kind, migrated=False) as database:
        migrations.upgrade(database.owner_url, "bt_app", "0001")
        account = fill(database)
        before = _triggers(database)
        for name, value in (
            ("BT_DATABASE_URL", database.app_url),
            ("BT_DATABASE_OWNER_URL", database.owner_url),
            ("BT_MASTER_KEY", KEY),
        ):
            monkeypatch.setenv(name, value)

        assert cli.main(["migrate"]) == 0
        assert cli.main(["migrate"]) == 0

        opened = Database(database.app_url, RING)
        with opened.write() as tx:
            found = find_account(tx, "Noor@example.org")
            make_account(tx, "sam@example.org", "Sam", at=AT)
        opened.dispose()
        assert found is not None and found.id == account
        assert before <= _triggers(database)
        assert _unique(database)


def _triggers(database: databases.Database) -> set[str]:
    ask = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        found = set(connection.execute(text(ask[database.kind])).scalars())
    engine.dispose()
    assert found
    return found


def _unique(database: databases.Database) -> bool:
    engine = create_engine(database.owner_url)
    indexes = inspect(engine).get_indexes("data_key")
    engine.dispose()
    return any(index["name"] == "uq_data_key_owner_holder_version" and index["unique"] for index in indexes)
