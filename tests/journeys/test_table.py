"""The table and the minutes in a browser: they keep up, they save themselves, and nothing typed is lost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.conferences.test_minutes import with_secretary, written
from tests.conferences.walk import ask, opened
from tests.journeys.test_accessibility import Inspector
from tests.journeys.walking import PHONE, Browsers, Live
from tests.support import take
from tests.test_stories import Told


def at_the_table(live: Live) -> str:
    reference = opened(live.site)
    ask(live.site, reference)
    return reference


def minutes(page: Page, reference: str) -> None:
    page.goto(f"/zaken/{reference}/overleg")


def test_the_table_keeps_up_and_disturbs_no_typing(live: Live, browsers: Browsers) -> None:
    reference = at_the_table(live)
    page = browsers.of("chair", reference).page
    minutes(page, reference)
    page.locator("#blok-zorgen").press_sequentially("Sam slaapt")

    take(live.site, "referrer", reference, "state_position", standpunt="eens")
    expect(page.locator("#tafel")).to_contain_text("1 van 6 binnen", timeout=8000)
    page.keyboard.type(" slecht.")

    expect(page.locator("#blok-zorgen")).to_be_focused()
    expect(page.locator("#blok-zorgen")).to_have_value("Sam slaapt slecht.")
    expect(page.locator("[data-unsaved]")).to_have_count(0, timeout=6000)
    expect(page.locator("#stand-zorgen .saved")).to_be_visible()
    assert written(live.site, reference) == {"zorgen": "Sam slaapt slecht."}
    assert Inspector(Told(live.site, 2), browsers).look(page) == []


def test_without_a_connection_the_text_stays_and_is_sent_again(live: Live, browsers: Browsers) -> None:
    reference = at_the_table(live)
    page = browsers.of("chair", reference).page
    minutes(page, reference)

    def cut(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/overleg/**", cut)
    page.locator("#blok-afspraken").fill("Anneke belt school.")
    lost = page.locator("[data-block]", has=page.locator("#blok-afspraken")).locator("[data-lost]")
    expect(lost).to_be_visible(timeout=5000)
    expect(lost).to_contain_text("Niet opgeslagen")
    page.unroute("**/overleg/**", cut)
    lost.get_by_role("button").click()

    expect(page.locator("#stand-afspraken .saved")).to_be_visible(timeout=5000)
    expect(lost).to_be_hidden()
    expect(page.locator("#blok-afspraken")).to_have_value("Anneke belt school.")
    assert written(live.site, reference) == {"afspraken": "Anneke belt school."}
    browsers.watch.faults = [
        fault for fault in browsers.watch.faults if "ERR_INTERNET" not in fault and "htmx" not in fault
    ]


def test_two_writers_of_one_block_lose_nothing(live: Live, browsers: Browsers) -> None:
    reference = at_the_table(live)
    with_secretary(live.site, reference)
    mine, hers = browsers.of("chair", reference).page, browsers.of("notulist", reference).page
    for page in (mine, hers):
        minutes(page, reference)

    hers.locator("#blok-zorgen").fill("Tekst van Noor.")
    expect(hers.locator("#stand-zorgen .saved")).to_be_visible(timeout=5000)
    mine.locator("#blok-zorgen").fill("Tekst van Anneke.")
    met = mine.locator("#stand-zorgen .block__met")
    expect(met).to_contain_text("Tekst van Noor.", timeout=5000)
    mine.locator("#blok-zorgen").fill("Tekst van Noor. Tekst van Anneke.")
    mine.wait_for_timeout(2500)
    met.get_by_role("button", name="Bewaar mijn tekst").click()

    expect(mine.locator("#stand-zorgen .saved")).to_be_visible(timeout=5000)
    assert written(live.site, reference) == {"zorgen": "Tekst van Noor. Tekst van Anneke."}
    browsers.watch.forgive("422")


def test_keys_go_to_a_block_and_can_be_switched_off(live: Live, browsers: Browsers) -> None:
    reference = at_the_table(live)
    page = browsers.of("chair", reference).page
    minutes(page, reference)

    page.keyboard.press("Alt+3")
    expect(page.locator("#blok-wensJeugdige")).to_be_focused()
    page.keyboard.type("Thuis blijven.")
    page.keyboard.press("Control+s")
    expect(page.locator("#stand-wensJeugdige .saved")).to_be_visible(timeout=1500)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#blok-wensOuders")).to_be_focused()
    page.get_by_text("Toetsen ?").click()
    page.get_by_label("Deze toetsen werken").uncheck()
    page.reload()
    page.keyboard.press("Alt+3")

    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"


def test_without_scripts_the_form_saves_with_its_button(live: Live, browsers: Browsers) -> None:
    reference = at_the_table(live)
    page = browsers.of("chair", reference, scripts=False, width=PHONE).page
    minutes(page, reference)

    page.locator("#blok-zorgen").fill("Sam slaapt slecht.")
    page.get_by_role("button", name="Verslag bewaren").click()

    expect(page.get_by_role("status").first).to_contain_text("Het verslag is bewaard.")
    assert written(live.site, reference)["zorgen"] == "Sam slaapt slecht."


def test_a_filter_of_the_worklist_keeps_the_focus_and_one_key_opens(live: Live, browsers: Browsers) -> None:
    reference = at_the_table(live)
    page = browsers.of("chair", reference).page
    page.goto("/werkvoorraad")

    page.locator("a.chip", has_text="Wacht op").or_(page.locator("a.chip").nth(1)).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#hoeveel")).not_to_be_empty()
    expect(page.locator("a.chip:focus")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile("toon="))
    page.goto("/werkvoorraad")
    page.keyboard.press("Alt+1")

    expect(page).to_have_url(f"{live.url}/zaken/{reference}")
