"""A database of the first schema with cases in it comes to 0003 with everything kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from bijzondere_toegang import migrations
from tests.databases import KINDS, Database, Databases, Kind, _superuser, _url

AT = "2026-11-09 09:00:00.000000"
ACCOUNT, CASE, ACCESS = (uuid4() for _ in range(3))


@contextmanager
def unmigrated(databases: Databases, kind: Kind, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        url = f"sqlite:///{folder}/old.db"
        yield Database(url, url, kind)
        return
    socket, name = databases._server(), f"bt_{uuid4().hex}"
    with closing(_superuser(socket)) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER bt_owner".encode())
        yield Database(_url(socket, "bt_app", name), _url(socket, "bt_owner", name), kind)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def ident(engine: Engine, value: object) -> str:
    return str(value).replace("-", "") if engine.dialect.name == "sqlite" else str(value)


def fill(engine: Engine) -> None:
    """An account with a membership, a case, and its access to it."""
    ids = {name: ident(engine, value) for name, value in (("account", ACCOUNT), ("case", CASE), ("access", ACCESS))}
    ids["membership"] = ident(engine, uuid4())
    rows = {
        "account": "INSERT INTO account (id, login_key, language, created_at) VALUES (:account, 'key', 'nl', :at)",
        "membership": "INSERT INTO membership (id, account_id, organisation, role, valid_from) "
        "VALUES (:membership, :account, 'koraal', 'provider', '2024-01-01')",
        "access": "INSERT INTO case_access (id, account_id, case_id, relation, organisation, consortium, since) "
        "VALUES (:access, :account, :case, 'provider.named', 'koraal', '', :at)",
    }
    empty = ("municipality", "referrer_organisation", "authority", "framework", "safety", "proposed_consortium",
             "accepted_consortium")  # fmt: skip
    flags = ("urgent", "continued_help", "secure", "help_runs", "bridging", "medical_treatment", "measure_requested")
    zero = ("returns", "suspended_days", "extended_days")
    names = ("id", "reference", "workflow", "workflow_version", "stage", "revision", "entered_at", "changed_at",
             "created_at", *empty, *flags, *zero)  # fmt: skip
    values = (":case", "'BT-1'", "'bijzondere-toegang'", "1", "'in_care'", "7", ":at", ":at", ":at",
              *("''" for _ in empty), *("false" for _ in flags), *("0" for _ in zero))  # fmt: skip
    rows["case"] = f"INSERT INTO case_file ({', '.join(names)}) VALUES ({', '.join(values)})"
    with engine.begin() as connection:
        for table in ("account", "membership", "case", "access"):
            connection.execute(text(rows[table]), {**ids, "at": AT})


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_the_first_schema_are_kept_and_complete(databases: Databases, kind: Kind, tmp_path: Path) -> None:
    with unmigrated(databases, kind, tmp_path) as database:
        role = "bt_app" if kind == "postgresql" else None
        migrations.upgrade(database.owner_url, role, to="0001")
        owner, app = create_engine(database.owner_url), create_engine(database.app_url)
        fill(owner)

        migrations.upgrade(database.owner_url, role, to="0003")

        with app.begin() as connection:
            access = connection.execute(text("SELECT relation, organisation, ground FROM case_access")).all()
            joined = connection.execute(text("SELECT role, joined_at FROM membership")).all()
            connection.execute(
                text(
                    "INSERT INTO handover (id, case_id, holder, offered_by, offered_to, look_id, offered_at, until, answer) "
                    "VALUES (:id, :case, 'referrer', :account, :account, :access, :at, :at, '')"
                ),
                {
                    "id": ident(app, uuid4()), "case": ident(app, CASE), "account": ident(app, ACCOUNT),
                    "access": ident(app, ACCESS), "at": AT,
                },
            )  # fmt: skip
            connection.execute(text("UPDATE handover SET answer = 'recalled'"))
        assert [tuple(row) for row in access] == [("provider.named", "koraal", "")]
        assert [tuple(row) for row in joined] == [("provider", None)]
        with pytest.raises(DBAPIError), owner.begin() as connection:
            connection.execute(text("DELETE FROM case_access"))
        if kind == "postgresql":
            with pytest.raises(DBAPIError), app.begin() as connection:
                connection.execute(text("DELETE FROM handover"))
        owner.dispose()
        app.dispose()
