"""A draft of a referral in two windows of one browser: nothing that was typed in either is lost without a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.journeys.test_accessibility import Inspector
from tests.journeys.walking import DESK, PHONE, Browsers, Live, follow
from tests.support import Site
from tests.test_stories import Told

QUESTION = "[name='aanleiding']"


def two_windows(live: Live, browsers: Browsers, *, scripts: bool = True, width: int = DESK) -> tuple[Page, Page]:
    """The same part of a new draft, open twice."""
    reference = begun(live.site)
    page = browsers.of(live.site.cast["verwijzer1"], reference, scripts=scripts, width=width).page  # type: ignore[arg-type]
    other = page.context.new_page()
    for window in (page, other):
        window.goto(f"/aanmeldingen/{reference}/hulpvraag")
    return page, other


def begun(site: Site) -> str:
    return str(site.as_("verwijzer1").post("/aanmeldingen").headers["location"].rpartition("/")[2])


def kept_by_itself(page: Page) -> Locator:
    return page.locator("#bewaard .saved")


def test_a_window_that_saves_itself_says_that_the_other_was_first_and_shows_both(
    live: Live, browsers: Browsers
) -> None:
    mine, other = two_windows(live, browsers)

    other.locator(QUESTION).fill("Uit het andere venster.")
    expect(kept_by_itself(other)).to_be_visible(timeout=6000)
    mine.locator(QUESTION).fill("Uit dit venster.")
    expect(mine.locator("#bewaard")).to_contain_text("nog niet bewaard", timeout=6000)
    mine.locator(QUESTION).press_sequentially(" En nog iets.")
    mine.wait_for_timeout(2500)
    follow(mine, mine.get_by_role("button", name="Bewaren en verder", exact=True))

    told = mine.locator(".error-summary")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Uit het andere venster.")
    expect(mine.locator(QUESTION)).to_have_value("Uit dit venster. En nog iets.")
    assert Inspector(Told(live.site, 2), browsers).look(mine) == []
    mine.locator(QUESTION).fill("Uit allebei.")
    follow(mine, mine.get_by_role("button", name="Bewaar wat hier staat"))
    other.reload()
    expect(other.locator(QUESTION)).to_have_value("Uit allebei.")
    browsers.watch.forgive("409")


@pytest.mark.parametrize("theirs", [True, False], ids=["theirs", "mine"])
def test_without_scripts_she_chooses_between_both_on_a_phone(live: Live, browsers: Browsers, theirs: bool) -> None:
    mine, other = two_windows(live, browsers, scripts=False, width=PHONE)
    for window, text in ((other, "Van hen."), (mine, "Van mij.")):
        window.locator(QUESTION).fill(text)
        follow(window, window.get_by_role("button", name="Bewaren en verder", exact=True))

    expect(mine.locator(".error-summary")).to_contain_text("Van hen.")
    expect(mine.locator(QUESTION)).to_have_value("Van mij.")
    if theirs:
        follow(mine, mine.get_by_role("link", name="Laat staan wat er bewaard is"))
    else:
        follow(mine, mine.get_by_role("button", name="Bewaar wat hier staat"))

    other.goto(other.url)
    expect(other.locator(QUESTION)).to_have_value("Van hen." if theirs else "Van mij.")
    browsers.watch.forgive("409")


def test_who_presses_while_her_words_are_on_their_way_meets_nobody(live: Live, browsers: Browsers) -> None:
    page, _ = two_windows(live, browsers)
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/hulpvraag", lambda route: held.append((route, route.fetch())), times=1)
    button = page.get_by_role("button", name="Bewaren en verder", exact=True)

    page.locator(QUESTION).fill("Het gaat thuis")
    while not held:
        page.wait_for_timeout(100)
    page.locator(QUESTION).press_sequentially(" niet meer.")
    with page.expect_navigation(wait_until="load"):
        button.click(no_wait_after=True)
        page.wait_for_timeout(300)
        for route, answer in held:
            route.fulfill(response=answer)

    expect(page.get_by_role("heading", level=1)).to_have_text("Veiligheid en maatregelen")
    page.goto(page.url.replace("/veiligheid", "/hulpvraag"))
    expect(page.locator(QUESTION)).to_have_value("Het gaat thuis niet meer.")
