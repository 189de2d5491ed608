"""The walkers themselves: whoever follows a link looks at the page it leads to, also when that comes in parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from playwright.sync_api import Browser

from tests.journeys.conftest import listening
from tests.journeys.walking import follow


async def _in_parts() -> AsyncIterator[str]:
    """A browser shows the new address after the first part, and has a document after the second."""
    yield " "
    await asyncio.sleep(0.5)
    yield "<!doctype html><title>Zaak</title><h1>Zaak</h1>"


def test_a_link_is_followed_until_its_page_is_whole(chromium: Browser) -> None:
    app, page = FastAPI(), chromium.new_page()
    app.get("/")(lambda: HTMLResponse("<!doctype html><a href='/zaak'>Zaak</a>"))
    app.get("/zaak")(lambda: StreamingResponse(_in_parts(), media_type="text/html"))

    with listening(app) as url:
        page.goto(url)
        follow(page, page.get_by_role("link"))
        seen = page.evaluate("document.documentElement && document.documentElement.innerText")

    assert seen == "Zaak"
