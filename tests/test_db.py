"""Transactions commit in one place; sealed columns hold cipher text and nothing else."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from sqlalchemy import text, update
from sqlmodel import select

from bijzondere_toegang.crypto import Keyring, WrongKey, new_key
from bijzondere_toegang.db import ERASED, Database, DataKey, Erased, Secret, unseal_rows
from bijzondere_toegang.people.accounts import find_account, make_account
from bijzondere_toegang.people.models import Account
from tests.databases import Database as Fresh

AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def opened(database: Fresh) -> Database:
    return Database(database.app_url, Keyring({1: new_key()}))


def make(database: Database, login: str = "noor@example.org", name: str = "Noor Verzonnen") -> None:
    with database.write() as tx:
        make_account(tx, login, name, at=AT)


def test_a_transaction_that_raises_leaves_nothing(opened: Database) -> None:
    with pytest.raises(RuntimeError), opened.write() as tx:
        make_account(tx, "noor@example.org", "Noor", at=AT)
        raise RuntimeError

    with opened.read() as tx:
        assert tx.exec(select(Account)).all() == []


def test_a_reading_transaction_never_commits(opened: Database) -> None:
    make(opened)

    with opened.read() as tx:
        row = tx.exec(select(Account)).one()
        row.language = "en"
        tx.flush()

    with opened.read() as tx:
        assert tx.exec(select(Account)).one().language == "nl"


def test_a_sealed_text_is_read_back_and_is_not_in_the_table(opened: Database) -> None:
    make(opened)

    with opened.read() as tx:
        raw = tx.connection().execute(text("SELECT name, login FROM account")).one()
        found = find_account(tx, " NOOR@example.org ")
        unseal_rows(tx, [found])

        assert found is not None and found.name is not None and found.name.reveal() == "Noor Verzonnen"
        assert b"Noor" not in bytes(raw[0]) and b"noor" not in bytes(raw[1])


def test_a_sealed_value_never_shows_itself_by_accident(opened: Database) -> None:
    secret = Secret("Noor")

    assert repr(secret) == "‹verzegeld›"
    with pytest.raises(TypeError):
        str(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(ValueError, match="unsealed"):
        Secret(cipher=b"x").reveal()


def test_plain_text_cannot_reach_a_sealed_column(opened: Database) -> None:
    make(opened)

    with pytest.raises(Exception, match="sealed Secret"), opened.write() as tx:
        tx.connection().execute(update(Account).values(name="Noor"))


def test_a_cipher_moved_to_another_row_does_not_open(opened: Database) -> None:
    make(opened)
    make(opened, "sam@example.org", "Sam Verzonnen")

    with opened.write() as tx:
        cipher = tx.connection().execute(text("SELECT name FROM account ORDER BY login_key LIMIT 1")).scalar_one()
        tx.connection().execute(text("UPDATE account SET name = :cipher"), {"cipher": cipher})

    with opened.read() as tx, pytest.raises(WrongKey):
        unseal_rows(tx, tx.exec(select(Account)).all())


def test_an_erased_key_reads_as_erased_and_refuses_writing(opened: Database) -> None:
    make(opened)
    with opened.write() as tx:
        tx.connection().execute(update(DataKey).values(wrapped=None, erased_at=AT))

    with opened.read() as tx:
        row = tx.exec(select(Account)).one()
        unseal_rows(tx, [row])
        assert row.name is not None and row.name.reveal() == ERASED

    with pytest.raises(Erased), opened.write() as tx:
        row = tx.exec(select(Account)).one()
        row.name = Secret("Anders")


def test_the_owner_of_the_tables_is_not_the_application(database: Fresh, opened: Database) -> None:
    if database.kind == "sqlite":
        pytest.skip("SQLite has no roles; triggers say the same there")

    with opened.read() as tx:
        owners = tx.connection().execute(
            text("SELECT DISTINCT tableowner, current_user FROM pg_tables WHERE schemaname = 'public'")
        )

        assert [tuple(row) for row in owners] == [("bt_owner", "bt_app")]
