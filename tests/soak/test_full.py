"""The disk is full, or the database is away: a clear 503, nothing half, nothing typed is lost, and it works again after."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Connection, create_engine, make_url, text
from sqlmodel import SQLModel, func, select

from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.databases import RUN, Database, Databases
from tests.soak.fuzzing import Forms
from tests.support import Site, make_site, register_sample

SOAK = bool(os.environ.get("BT_SOAK"))
WORDS = 'Regel een\nregel twee, met een "haakje" en <dit> ook.'
Trouble = AbstractContextManager[None]


def counted(site: Site) -> dict[str, int]:
    """Rows of every table but the one that counts wrong passwords."""
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "login_throttle"]
    with site.database.read() as tx:
        rows = {table.name: select(func.count()).select_from(table) for table in tables}
        return {name: tx.connection().execute(query).scalar_one() for name, query in rows.items()}


def ready(site: Site) -> int:
    site.move(minutes=1)
    return site.anonymous().get("/readyz").status_code


def survives(site: Site, trouble: Callable[[], Trouble], *, noticed: bool = True) -> None:
    """Everybody gets 503 in words while it lasts, nothing is half, and what was typed goes in afterwards."""
    reference = register_sample(site, 1)
    home = f"/zaken/{reference}"
    browser, machine = site.as_("verwijzer1"), site.api("verwijzer1")
    said = {"_stap": "add_statement", "_revisie": str(site.case(reference).revision), "tekst": WORDS}
    asked = {"stap": "add_statement", "revisie": site.case(reference).revision, "gegevens": {"tekst": WORDS}}
    assert (browser.get(home).status_code, ready(site)) == (200, 200)
    before = counted(site)

    with trouble():
        page, post = browser.get(home), browser.post(f"{home}/stappen", data=said)
        seen = machine.get(f"/api/v1/zaken/{reference}")
        taken = machine.post(f"/api/v1/zaken/{reference}/stappen", json=asked)
        login = browser.post("/inloggen", data={"login": "anneke@example.org", "wachtwoord": "geheim woord"})
        not_ready, alive = ready(site), site.anonymous().get("/healthz").status_code

    answers = [page, post, seen, taken]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert [answer.headers["retry-after"] for answer in answers] == ["60"] * 4
    assert "Dit lukt nu even niet." in page.text and "Probeer het opnieuw" not in page.text
    assert [one.headers["content-type"] for one in (seen, taken)] == ["application/problem+json"] * 2
    assert login.status_code in (422, 503) and "geheim woord" not in login.text
    assert (not_ready, alive) == (503 if noticed else 200, 200)
    assert counted(site) == before
    assert once_more(browser, post).status_code == 303
    assert WORDS.split("\n")[0] in browser.get(home).text
    assert ready(site) == 200
    with site.database.read() as tx:
        assert [found for found in verify_all(tx) if not isinstance(found, int)] == []


def once_more(browser: TestClient, page: Response) -> Response:
    """Press the button of the page that said it could not be done."""
    [(action, pairs)] = [(action, pairs) for action, pairs in Forms(page.text).found if dict(pairs).get("_stap")]
    return browser.post(action, data={**dict(pairs)})


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


# ── The disk is full ──


def test_on_a_full_disk_everybody_is_told_and_nothing_is_half(site: Site, database: Database) -> None:
    if database.kind == "sqlite":
        survives(site, nothing_can_be_written)
    else:
        survives(site, lambda: full_table(database), noticed=False)

    print(f"{database.kind}: full disk: 503, nothing half, nothing typed lost, works again after")


@contextmanager
def nothing_can_be_written() -> Iterator[None]:
    """No file of this process may grow beyond one byte: works as any user."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_table(database: Database) -> Iterator[None]:
    """PostgreSQL says of the log what it says when a disk is full. `/readyz` can't see that one."""
    full = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"""
    with owner(database) as connection:
        connection.execute(text(full))
        connection.execute(
            text("CREATE TRIGGER full_disk BEFORE INSERT ON timeline_entry EXECUTE FUNCTION full_disk()")
        )
    yield
    with owner(database) as connection:
        connection.execute(text("DROP TRIGGER full_disk ON timeline_entry"))


@contextmanager
def owner(database: Database) -> Iterator[Connection]:
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_a_small_disk_that_is_really_full_is_survived_too(databases: Databases, tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("a disk of 16 MB can be mounted by root alone")
    try:
        with databases.fresh("sqlite") as template:
            file = shutil.copy(template.app_url.removeprefix("sqlite:///"), tmp_path / "small.db")
        url = f"sqlite:///{file}"
        site = make_site(Database(url, url, url, "sqlite"))

        survives(site, lambda: stuffed(tmp_path))

        site.database.dispose()
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)
    print("sqlite: a disk of 16 MB, full: 503, nothing half, nothing typed lost, works again after")


@contextmanager
def stuffed(folder: Path) -> Iterator[None]:
    """Not a byte is left. What SQLite's log may use again without growing is cut off first."""
    with closing(sqlite3.connect(folder / "small.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stuffing = folder / "stuffing"
    with stuffing.open("wb", buffering=0) as handle, suppress(OSError):
        while True:
            handle.write(b"x" * 4096)
    yield
    stuffing.unlink()


# ── The database is away ──


def test_while_the_database_is_away_everybody_is_told_and_nothing_is_half(site: Site, database: Database) -> None:
    away = moved if database.kind == "sqlite" else shut_out

    survives(site, lambda: away(site, database))

    print(f"{database.kind}: database away: 503, nothing half, nothing typed lost, works again after")


@contextmanager
def moved(site: Site, database: Database) -> Iterator[None]:
    """The folder is not where it was, as when a network disk falls away."""
    folder = Path(database.app_url.removeprefix("sqlite:///")).parent
    site.database.dispose()
    folder.rename(folder.with_suffix(".away"))
    yield
    site.database.dispose()
    folder.with_suffix(".away").rename(folder)


@contextmanager
def shut_out(site: Site, database: Database) -> Iterator[None]:
    """Every connection is cut and no new one is let in."""
    url = make_url(database.owner_url)
    admin = create_engine(url.set(username="postgres", database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(cut), {"name": url.database})
        yield
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))
    admin.dispose()


@pytest.mark.skipif(not SOAK, reason="make soak")
def test_a_server_that_stops_at_once_and_starts_again_is_survived() -> None:
    folder = Path(tempfile.mkdtemp(prefix="bt-stop-", dir=Path(os.environ[RUN]).parent))
    folder.chmod(0o755)
    try:
        survived = False
        # The connection that would throw the database away afterwards is gone with the server.
        with suppress(psycopg.OperationalError), Databases(folder).fresh("postgresql") as database:
            as_in_earnest(database)
            survives(make_site(database), lambda: stopped(folder / "pg"))
            survived = True
        databases._handle(folder / "pg").stop()
        assert survived
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("postgresql: server stopped at once and started again: 503, nothing half, nothing typed lost, works after")


def as_in_earnest(database: Database) -> None:
    """A commit is on the disk before it is acknowledged; the other tests do without."""
    admin = create_engine(make_url(database.owner_url).set(username="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in ("ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()"):
            connection.execute(text(statement))
    admin.dispose()


@contextmanager
def stopped(data: Path) -> Iterator[None]:
    """Without a word to those connected, as when its machine falls over."""
    pid = int((data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    yield
    databases._handle(data).start()
