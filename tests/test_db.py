"""Transactions commit in one place; sealed columns hold cipher text and nothing else."""

from __future__ import annotations

import ast
import pickle
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

import bijzondere_toegang
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.crypto import Keyring, WrongKey, new_key
from bijzondere_toegang.db import ERASED, Database, DataKey, Erased, Misplaced, Secret, unseal_rows
from bijzondere_toegang.people.accounts import find_account, make_account
from bijzondere_toegang.people.models import Account
from tests.databases import Database as Fresh
from tests.databases import Databases
from tests.support import make_site, register_sample

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


def parties(opened: Database) -> tuple[UUID, UUID]:
    """Two accounts, by id."""
    make(opened)
    make(opened, "sam@example.org", "Sam Verzonnen")
    with opened.read() as tx:
        first, second = tx.exec(select(Account).order_by(col(Account.created_at))).all()
        return first.id, second.id


def test_an_opened_value_put_in_another_row_or_column_is_sealed_anew_for_it(opened: Database) -> None:
    ours, theirs = parties(opened)
    with opened.write() as tx:
        one, other = tx.get_one(Account, ours), tx.get_one(Account, theirs)
        unseal_rows(tx, [one, other])
        name = one.name.reveal() if one.name else ""
        other.name, other.job = one.name, one.name

    with opened.read() as tx:
        rows = [tx.get_one(Account, ours), tx.get_one(Account, theirs)]
        unseal_rows(tx, rows)

        assert [row.name.reveal() for row in rows if row.name] == [name, name]
        assert rows[1].job is not None and rows[1].job.reveal() == name


def test_an_unopened_value_is_not_moved_to_another_row(opened: Database) -> None:
    ours, theirs = parties(opened)

    with pytest.raises(Misplaced), opened.write() as tx:
        tx.get_one(Account, theirs).name = tx.get_one(Account, ours).name

    with opened.read() as tx:
        row = tx.get_one(Account, theirs)
        unseal_rows(tx, [row])
        assert row.name is not None and row.name.reveal()


def test_a_sealed_row_keeps_its_record_holder(databases: Databases) -> None:
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        register_sample(site, 1)

        with pytest.raises(Misplaced, match="holder"), site.database.write() as tx:
            tx.exec(select(Party).limit(1)).one().holder = "provider"


def test_a_database_error_quotes_no_value(opened: Database) -> None:
    make(opened)

    with pytest.raises(IntegrityError) as raised:
        make(opened, name="Canary Verzonnen")

    assert "Canary" not in str(raised.value) and "noor@example.org" not in str(raised.value)


SOURCES = Path(bijzondere_toegang.__file__).parent


ALLOWED = {SOURCES / name for name in ("db.py", "timeline/snapshot.py", "timeline/verify.py")}
"""Where transactions begin, and the verifier, which reads hashes alone and needs no key."""


def test_sql_as_text_stands_in_migrations_alone() -> None:
    """It would go past the type that lets only sealed values through."""
    found = [
        f"{path.relative_to(SOURCES)}: {node.lineno}"
        for path in SOURCES.rglob("*.py")
        if "migrations" not in path.parts and path not in ALLOWED
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if _is_text_sql(node)
    ]

    assert found == []


def _is_text_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").startswith("sqlalchemy") and any(name.name == "text" for name in node.names)
    return isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql"
