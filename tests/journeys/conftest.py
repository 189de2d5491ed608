"""A server that listens and a real browser. Without Chromium these tests are skipped, unless BT_REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from bijzondere_toegang.resources import folder
from tests.databases import Databases
from tests.journeys.walking import Browsers, Live
from tests.support import make_site

HERE = Path(__file__).parent
REQUIRED = os.environ.get("BT_REQUIRE_BROWSER") == "1"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine. It ends with its module: while it runs, nothing else can run a loop here."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        _without("no chromium on this machine")
    if not (folder("static") / "app.css").is_file():
        _without("no stylesheet: run make assets first")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


def _without(why: str) -> None:
    if REQUIRED:
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
def live(databases: Databases) -> Iterator[Live]:
    """The application on an empty SQLite database with the cast of tests/support.py, listening on this machine."""
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        with listening(site.app) as url:
            yield Live(site, url)
        site.database.dispose()


@pytest.fixture
def browsers(live: Live, chromium: Browser) -> Iterator[Browsers]:
    """Browsers for everybody; at the end no page may have complained, left the house or kept anything."""
    opened = Browsers(live, chromium)
    yield opened
    assert opened.close() == []


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Serve `app` from a thread; gives its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://localhost:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=5)
