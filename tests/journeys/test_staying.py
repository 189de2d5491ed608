"""A session that is about to end by itself: the page says so in time, and one press keeps who is still busy in.

The clock of the site and that of the browser are moved together; what the page asks is asked for real.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.databases import Databases
from tests.journeys.conftest import listening
from tests.journeys.test_accessibility import Inspector
from tests.journeys.walking import DESK, PHONE, Browsers, Live, follow, width_of
from tests.support import make_site, register_sample
from tests.test_stories import Told

TOLD = "logt u vanzelf uit"
UNDER = """told => { const top = told.getBoundingClientRect().top;
  return document.activeElement.getBoundingClientRect().bottom > top }"""


@pytest.fixture
def live(databases: Databases) -> Iterator[Live]:
    """With the limits that an installation has."""
    with databases.fresh("sqlite") as database:
        site = make_site(database, session_idle_minutes=15, session_hours=10)
        with listening(site.app) as url:
            yield Live(site, url)
        site.database.dispose()


def at(live: Live, browsers: Browsers, who: str, path: str, width: int = DESK) -> Page:
    """A page of this person, in a browser whose clock the test moves."""
    page = browsers.of(who, register_sample(live.site, 1), width=width).page
    page.clock.install(time=live.site.at)
    page.goto(path.format(reference="BT-1001"))
    return page


def pass_time(live: Live, page: Page, minutes: float) -> None:
    """First what is on its way comes in: a jump would skip the moment in which it settles."""
    page.wait_for_timeout(300)
    live.site.move(minutes=minutes)
    page.clock.fast_forward(round(minutes * 60_000))


@pytest.mark.parametrize(
    ("who", "path"),
    [("moeder", "/mijn-plan/{reference}"), ("referrer", "/zaken/{reference}/stappen/withdraw")],
    ids=["family", "professional"],
)
def test_who_is_told_in_time_stays_with_one_press_and_goes_on_where_she_was(
    live: Live, browsers: Browsers, who: str, path: str
) -> None:
    page = at(live, browsers, who, path)
    told = page.locator("#sessie .session__told")
    here = page.locator("main").locator("a, button, input:not([type=hidden]), textarea").last
    here.focus()

    pass_time(live, page, 12)
    expect(told).to_have_count(0)
    pass_time(live, page, 1)
    expect(told).to_contain_text(f"Om 10.15 uur {TOLD}")
    expect(here).to_be_focused()
    assert Inspector(Told(live.site, 2), browsers).look(page) == []
    page.get_by_role("button", name="Blijf ingelogd").focus()
    page.keyboard.press("Enter")

    expect(told).to_have_count(0)
    expect(page.locator("#sessie")).to_contain_text("U blijft ingelogd.")
    expect(here).to_be_focused()
    pass_time(live, page, 13)
    expect(told).to_contain_text(f"Om 10.28 uur {TOLD}")


def test_who_does_nothing_hears_that_she_is_out_and_what_she_typed_goes_along(live: Live, browsers: Browsers) -> None:
    page = at(live, browsers, "referrer", "/zaken/{reference}/stappen/withdraw")
    page.locator("textarea").first.fill("Het gaat weer goed thuis, zeggen allen.")

    pass_time(live, page, 13)
    expect(page.locator(".session__told")).to_contain_text(TOLD)
    pass_time(live, page, 2.05)

    expect(page.locator(".session__told")).to_contain_text("U bent uitgelogd.")
    expect(page.locator("textarea").first).to_have_value("Het gaat weer goed thuis, zeggen allen.")
    follow(page, page.locator("main form button.nl-button:not([name])").last)
    expect(page.locator("input[name='wachtwoord']")).to_be_visible()
    assert "Het gaat weer goed thuis" in page.content()
    browsers.watch.forgive("401")


def test_what_is_done_in_another_window_takes_the_word_away(live: Live, browsers: Browsers) -> None:
    page = at(live, browsers, "moeder", "/mijn-plan/{reference}")
    pass_time(live, page, 13)
    expect(page.locator(".session__told")).to_contain_text(TOLD)

    page.context.new_page().goto("/mijn-plan")
    pass_time(live, page, 2.05)

    expect(page.locator(".session__told")).to_have_count(0)


def test_on_a_phone_the_word_covers_nothing_that_has_the_focus(live: Live, browsers: Browsers) -> None:
    page = at(live, browsers, "moeder", "/mijn-plan/{reference}", PHONE)
    pass_time(live, page, 13)
    told = page.locator(".session__told")
    expect(told).to_be_visible()

    stops = page.locator("main a, footer a, footer button").all()
    for stop in stops:
        stop.focus()
        assert not told.evaluate(UNDER), stop.inner_text()

    assert len(stops) > 5 and width_of(page) == PHONE


def test_without_scripts_the_foot_of_the_page_says_it(live: Live, browsers: Browsers) -> None:
    reference = register_sample(live.site, 1)
    page = browsers.of("moeder", reference, scripts=False, width=PHONE).page
    page.goto(f"/mijn-plan/{reference}")

    expect(page.locator("footer")).to_contain_text("Na 15 minuten zonder klik logt u opnieuw in.")
    expect(page.get_by_role("button", name="Blijf ingelogd")).to_have_count(0)
    assert width_of(page) == PHONE
