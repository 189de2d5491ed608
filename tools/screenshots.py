"""`make screenshots`: the demonstration as people see it, each page of the tour at 320 and 1280 px, in docs/images."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from bijzondere_toegang import migrations
from bijzondere_toegang.app import create_app, load_process, open_database
from bijzondere_toegang.db import Database
from bijzondere_toegang.demo import running
from bijzondere_toegang.demo.seed import case_of
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTHS = (320, 1280)
LONGEST = 3000
"""CSS pixels of a picture; a longer page is cut off."""
PORT = 8000
"""What mails say; the demonstration listens elsewhere, so that it can run beside another."""
FACE = "werkvoorraad"
"""The picture of the README: the worklist at the wide size, under its own name."""
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


@dataclass(frozen=True, slots=True)
class Shot:
    """A page under a name: who looks (a demo key or nobody), where, and what is pressed there."""

    name: str
    who: str
    path: str
    press: str = ""


SHOTS = (
    Shot("wie-bent-u", "", "/inloggen"),
    Shot("rondleiding", "", "/rondleiding"),
    Shot("hulp", "", "/hulp"),
    Shot(FACE, "anneke", "/werkvoorraad"),
    Shot("werkvoorraad-verwijzer", "referrer-1", "/werkvoorraad"),
    Shot("zaak-voorzitter", "anneke", "/zaken/{1}"),
    Shot("zaak-samenwerkingsverband", "rep-vvg", "/zaken/{3}"),
    Shot("stap-besluit", "referrer-7", "/zaken/{7}/stappen/decide"),
    Shot("overleg", "anneke", "/zaken/{7}/overleg"),
    Shot("besluit", "anneke", "/zaken/{8}/besluit"),
    Shot("plaatsing", "rep-vvg", "/zaken/{3}/plaatsing"),
    Shot("plan", "provider-vvg", "/zaken/{6}/plan"),
    Shot("evaluaties", "provider-vvg", "/zaken/{6}/evaluaties"),
    Shot("mijn-plan-hulp", "family-6-moeder", "/mijn-plan/{6}"),
    Shot("afspraken", "family-6-moeder", "/mijn-plan/{6}/afspraken"),
    Shot("mijn-inlog", "referrer-1", "/mijn-inlog"),
    Shot("wie-kan-dit-zien", "referrer-6", "/zaken/{6}/wie-ziet-dit"),
    Shot("uitdraai", "referrer-6", "/zaken/{6}/uitdraai"),
    Shot("wie-mag-dit-lezen", "family-6-jeugdige", "/mijn-plan/{6}/stappen/answer_reading"),
    Shot("gast", "invited-1-1", "/uitgenodigd/{1}"),
    Shot("vertrouwenspersoon", "invited-6-1", "/uitgenodigd/{6}"),
    Shot("beheer", "administrator", "/beheer"),
    Shot("logboek", "privacy", "/logboek"),
    Shot("postvak", "", "/demo/postvak"),
    Shot("klok", "", "/demo/klok"),
    Shot("rondleiding-1-moeder", "", "/rondleiding", "moeder"),
    Shot("rondleiding-2-tafel", "", "/rondleiding", "tafel"),
    Shot("rondleiding-3-tegelijk", "", "/rondleiding", "tegelijk"),
    Shot("rondleiding-5-lekken", "", "/rondleiding", "lekken"),
    Shot("rondleiding-6-logboek", "", "/rondleiding", "logboek"),
    Shot("rondleiding-4-drie-maanden", "", "/rondleiding", "drie-maanden"),
)
"""Those that change something come last."""


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("screenshots need chromium on this machine", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, demonstration(Path(place) / "demo") as (url, database):
        _all(chromium, url, _references(database))
    return 0


@contextmanager
def demonstration(place: Path) -> Iterator[tuple[str, Database]]:
    """The demonstration in a folder of its own, listening; gives its address and its database."""
    settings, process = running.settings_for(place, PORT), load_process()
    running.prepare(place)
    migrations.upgrade(settings.database_url)
    database = open_database(settings)
    demo = running.start(database, process, Catalogues(folder("locales")), settings, place)
    app = create_app(settings, database=database, clock=demo.keeper.clock, process=process)
    running.install(app, demo)
    with _listening(app) as url:
        yield url, database
    demo.mailbox.stop()
    database.dispose()


@contextmanager
def _listening(app: FastAPI) -> Iterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://localhost:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=5)


def _all(chromium: str, url: str, filled: Callable[[str], str]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for shot in SHOTS:
            _take(browser, url, shot, filled)
        browser.close()


def _references(database: Database) -> Callable[[str], str]:
    """Puts the reference of sample N where a path says {N}."""
    with database.read() as tx:
        found = {number: case_of(tx, number).reference for number in range(1, 9)}

    def fill(path: str) -> str:
        for number, reference in found.items():
            path = path.replace(f"{{{number}}}", reference)
        return path

    return fill


def _take(browser: Browser, url: str, shot: Shot, filled: Callable[[str], str]) -> None:
    """One visit, pictured at each width: what a press did is not done twice."""
    context = browser.new_context(base_url=url, viewport={"width": WIDTHS[-1], "height": 900}, locale="nl-NL")
    page = context.new_page()
    if shot.who:
        page.goto("/demo/inloggen")
        page.locator(f"button[name='wie'][value='{shot.who}']").click()
    answer = page.goto(filled(shot.path))
    if shot.press:
        page.locator(f"form[action='/rondleiding/{shot.press}'] button").click()
        page.wait_for_load_state()
    _picture(page, shot, answer.status if answer else 0)
    context.close()


def _picture(page: Page, shot: Shot, status: int) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900 if width > WIDTHS[0] else 700})
        height = min(LONGEST, page.evaluate("document.scrollingElement.scrollHeight"))
        cut = FloatRect(x=0, y=0, width=width, height=height)
        page.screenshot(path=IMAGES / f"{shot.name}-{width}.png", full_page=True, clip=cut)
    if shot.name == FACE:
        page.screenshot(path=IMAGES / f"{FACE}.png")
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    print(f"{shot.name}  {status}  {wide} px", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
