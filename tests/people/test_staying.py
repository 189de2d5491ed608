"""Before a session ends by itself the page says so, and offers to stay; asking how long it lasts keeps nobody in."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests import databases
from tests.conferences.walk import opened
from tests.support import Site, make_site, register_sample

IN_WORDS = "Na 15 minuten zonder klik logt u opnieuw in."
STAY = "Blijf ingelogd"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database, session_idle_minutes=15, session_hours=10)


def asks_after(html: str) -> int:
    """After how many seconds the page asks how long the session still lasts."""
    found = re.search(r'hx-get="/sessie" hx-trigger="load delay:(\d+)s"', html)
    assert found is not None, html
    return int(found[1])


def is_in(browser: TestClient) -> bool:
    return bool(browser.get("/werkvoorraad").status_code == 200)


def test_every_page_of_who_is_signed_in_says_in_words_when_the_session_ends(site: Site) -> None:
    reference = register_sample(site, 1)
    mother, chair = site.as_("moeder", reference), site.as_("anneke")

    pages = [mother.get(f"/mijn-plan/{reference}").text, chair.get("/werkvoorraad").text, chair.get("/nergens").text]

    assert [page.count(IN_WORDS) for page in pages[:2]] == [1, 1]
    assert [asks_after(page) for page in pages[:2]] == [13 * 60, 13 * 60]
    assert all(STAY not in page for page in pages)
    assert IN_WORDS not in site.anonymous().get("/inloggen").text


def test_a_form_says_it_once(site: Site) -> None:
    reference = register_sample(site, 1)

    page = site.as_("referrer", reference).get(f"/zaken/{reference}/stappen/withdraw").text

    assert page.count("zonder klik") == 1


def test_within_two_minutes_of_the_end_there_is_a_word_and_a_button(site: Site) -> None:
    browser = site.as_("anneke")

    early = browser.get("/sessie").text
    site.move(minutes=13)
    warned = browser.get("/sessie").text
    english = browser.get("/sessie?taal=en").text

    assert asks_after(early) == 13 * 60 and STAY not in early
    assert "Om 10.15 uur logt u vanzelf uit." in warned and STAY in warned and 'hx-get="/sessie/verder"' in warned
    assert asks_after(warned) == 121
    assert "Stay logged in" in english and "<html" not in warned


def test_asking_how_long_it_lasts_keeps_nobody_in(site: Site) -> None:
    browser = site.as_("anneke")

    for _ in range(5):
        site.move(minutes=3)
        browser.get("/sessie")
    site.move(seconds=1)

    assert not is_in(browser)


def test_who_stays_has_the_whole_time_again(site: Site) -> None:
    browser = site.as_("anneke")
    site.move(minutes=14)

    stayed = browser.get("/sessie/verder").text
    site.move(minutes=14)

    assert asks_after(stayed) == 13 * 60 and "U blijft ingelogd." in stayed and STAY not in stayed
    assert is_in(browser)


def test_what_is_done_in_another_window_counts(site: Site) -> None:
    browser = site.as_("anneke")
    site.move(minutes=12)
    browser.get("/werkvoorraad")
    site.move(minutes=1)

    answer = browser.get("/sessie").text

    assert asks_after(answer) == 12 * 60 and STAY not in answer


def test_a_request_that_was_not_written_down_as_activity_is_not_counted_on(site: Site) -> None:
    browser = site.as_("anneke")
    site.move(seconds=30)

    page = browser.get("/werkvoorraad").text

    assert asks_after(page) == 13 * 60 - 30


def test_at_the_end_of_the_longest_day_nothing_can_be_stretched(site: Site) -> None:
    browser = site.as_("anneke")
    for _ in range(59):
        site.move(minutes=10)
        browser.get("/werkvoorraad")

    page = browser.get("/werkvoorraad").text
    site.move(minutes=8, seconds=30)
    warned, stayed = browser.get("/sessie").text, browser.get("/sessie/verder").text

    assert asks_after(page) == 8 * 60
    for answer in (warned, stayed):
        assert "Om 20.00 uur moet u opnieuw inloggen.</b> Dat is elke 10 uur nodig." in answer
        assert STAY not in answer and "U blijft ingelogd" not in answer and asks_after(answer) == 91


def test_who_is_out_already_hears_it_and_is_asked_nothing_more(site: Site) -> None:
    browser = site.as_("anneke")
    site.move(minutes=16)

    for one in (browser, site.anonymous()):
        for path in ("/sessie", "/sessie/verder"):
            answer = one.get(path)
            assert answer.status_code == 200 and "U bent uitgelogd." in answer.text and "hx-get" not in answer.text


def test_a_table_that_keeps_itself_up_to_date_keeps_nobody_in(site: Site) -> None:
    reference = opened(site)
    browser = site.as_("chair", reference)
    browser.get(f"/zaken/{reference}/overleg")

    for _ in range(15):
        site.move(minutes=1)
        browser.get(f"/zaken/{reference}/overleg/nu")
    site.move(seconds=1)

    assert not is_in(browser)


def test_a_session_that_lasts_longer_than_anybody_sits_there_is_not_spoken_of(database: databases.Database) -> None:
    page = make_site(database).as_("anneke").get("/werkvoorraad").text

    assert "zonder klik" not in page and "/sessie" not in page


def test_of_a_very_short_session_half_is_left_when_it_is_told(database: databases.Database) -> None:
    site = make_site(database, session_idle_minutes=1)

    page = site.as_("anneke").get("/werkvoorraad").text

    assert asks_after(page) == 30 and "Na 1 minuut zonder klik" in page
