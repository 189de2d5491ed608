"""The family's pages in a real browser: 320 px wide, and without a fault that axe finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.resources import folder
from tests.databases import Databases
from tests.family.walk import called, divided, in_care, live, reported, session
from tests.support import Site, make_site, register_sample

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM.exists() or not folder("static").is_dir(), reason="no browser or no assets here"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def places(databases: Databases) -> Iterator[tuple[Site, str, list[tuple[str, str]]]]:
    """A running site, its address, and (who, path) of every kind of page."""
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        early = register_sample(site, 2)
        running = in_care(site, 1)
        site.clock.at = site.clock.at.replace(day=9)
        told = reported(site, divided(site, 7), zorgen="School gaat niet goed.", afspraken="Moeder belt school.")
        called(site, told, "moeder")
        with live(site) as address:
            yield (
                site,
                address,
                [
                    *((f"moeder {early}", f"/mijn-plan/{early}{rest}") for rest in ("", "/afspraken")),
                    *(
                        (f"moeder {early}", f"/mijn-plan/{early}/stappen/{step}")
                        for step in ("add_statement", "withdraw")
                    ),
                    *((f"jeugdige {running}", f"/mijn-plan/{running}{rest}") for rest in ("", "/afspraken")),
                    (f"moeder {running}", f"/mijn-plan/{running}/stappen/withdraw_consent"),
                    *((f"moeder {told}", f"/mijn-plan/{told}{rest}") for rest in ("", "/verslag")),
                    (f"moeder {told}", f"/mijn-plan/{told}/stappen/react_to_minutes"),
                    *((f"jeugdige {told}", f"/mijn-plan/{told}{rest}") for rest in ("", "/verslag")),
                ],
            )


def test_every_page_fits_and_is_accessible(browser: Browser, places: tuple[Site, str, list[tuple[str, str]]]) -> None:
    site, address, paths = places
    found: dict[str, object] = {}

    for who, path in paths:
        context = browser.new_context(viewport={"width": 320, "height": 640}, locale="nl-NL")
        token = session(site, site.who(*who.split()))
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = context.new_page()
        answer = page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults = [fault["id"] for fault in Axe().run(page).response["violations"]]
        if answer is None or answer.status != 200 or wide > 320 or faults:
            found[path] = (answer and answer.status, wide, faults)
        context.close()

    assert found == {}
