"""A draft in two windows: what was saved in the other is not written over unless somebody says so."""

from __future__ import annotations

import re
from threading import Barrier, Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.databases import Database
from tests.referrals.test_draft import fill, post, started
from tests.support import make_site, sample

NOT_KEPT = "Wat u typte, is nog niet bewaard"


def version(page: str) -> str:
    found = re.search(r'name="_versie" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def opened(browser: TestClient, address: str) -> str:
    """A window with this part in it: what its page knows of what was saved."""
    return version(browser.get(address).text)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_what_another_window_saved_is_not_overwritten(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    one, other = opened(browser, address), opened(browser, address)

    post(browser, address, {"_versie": other, "aanleiding": "Van het andere venster.", "wensOuders": "Rust."})
    met = post(browser, address, {"_versie": one, "aanleiding": "Van dit venster."})

    assert met.status_code == 409
    assert NOT_KEPT in met.text and "<textarea" in met.text and "Van dit venster." in met.text
    assert "Van het andere venster." in words(met.text) and "Rust." in words(met.text)
    assert "Van het andere venster." in browser.get(address).text


def test_only_what_reads_otherwise_is_shown_beside_it(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/gezin"
    before = opened(browser, address)
    rows = [{"voornaam": "Een", "achternaam": "Zelfde"}, {"voornaam": "Twee"}]
    post(browser, address, {"_versie": before, "gezin": rows})

    typed = [{"voornaam": "Een", "achternaam": "Zelfde", "telefoon": "077"}, {"voornaam": "Drie"}]
    met = post(browser, address, {"_versie": before, "gezin": typed})

    told = words(met.text[met.text.index("niet-bewaard") : met.text.index('<form class="form"')])
    assert "Gezinslid 1 Telefoonnummer Leeg" in told and "Gezinslid 2 Voornaam Twee" in told
    assert "Zelfde" not in told


def test_she_keeps_her_own_words_when_she_says_so(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    before = opened(browser, address)
    post(browser, address, {"_versie": before, "aanleiding": "Van hen."})
    met = post(browser, address, {"_versie": before, "aanleiding": "Van mij."})
    found = re.search(r'name="_over" value="([^"]*)"', met.text)
    assert found is not None

    again = post(browser, address, {"_versie": version(met.text), "aanleiding": "Van mij, nog eens."})
    kept = post(browser, address, {"_versie": version(met.text), "_over": found[1], "aanleiding": "Van mij."})

    assert (again.status_code, kept.status_code) == (409, 303)
    assert "Van mij." in browser.get(address).text


def test_who_says_so_sees_first_what_came_after_that(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    before = opened(browser, address)
    post(browser, address, {"_versie": before, "aanleiding": "Eerst."})
    first = opened(browser, address)
    post(browser, address, {"_versie": first, "aanleiding": "Daarna."})

    met = post(browser, address, {"_versie": before, "_over": first, "aanleiding": "Van mij."})

    assert met.status_code == 409 and "Daarna." in words(met.text)


def test_the_other_words_are_one_click_away_and_stay_as_they_are(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    before = opened(browser, address)
    post(browser, address, {"_versie": before, "aanleiding": "Van hen."})

    met = post(browser, address, {"_versie": before, "aanleiding": "Van mij."})

    form = met.text[met.text.index('<form class="form"') :]
    assert f'href="{address}"' in form and "hx-post" not in form
    assert "Van hen." in browser.get(address).text


def test_who_changed_nothing_goes_on_and_leaves_it_as_it_is(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    for part, typed in (("hulpvraag", {"aanleiding": "Van hen."}), ("jeugdige", {"voornaam": "Test"})):
        before = opened(browser, f"{home}/{part}")
        post(browser, f"{home}/{part}", {"_versie": before, **typed})

        passed = post(browser, f"{home}/{part}", {"_versie": before, "_naar": "controleren"})

        assert passed.headers["location"] == f"{home}/controleren"
        assert next(iter(typed.values())) in browser.get(f"{home}/{part}").text


def test_the_same_words_from_two_windows_meet_nobody(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    before = opened(browser, address)

    answers = [post(browser, address, {"_versie": before, "aanleiding": "Gelijk."}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]


def test_a_page_that_saves_itself_goes_on_from_its_own_words_and_is_told_of_others(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    before = opened(browser, address)

    first = post(browser, address, {"_versie": before, "_stil": "ja", "aanleiding": "Een"})
    second = post(browser, address, {"_versie": version(first.text), "_stil": "ja", "aanleiding": "Een twee"})
    other = post(browser, address, {"_versie": before, "_stil": "ja", "aanleiding": "Anders"})

    assert (first.status_code, second.status_code, other.status_code) == (200, 200, 409)
    assert NOT_KEPT in other.text and "<html" not in other.text and "Een" not in words(other.text)
    assert version(other.text) == before
    assert "Een twee" in browser.get(address).text


def test_a_row_more_saves_nothing_over_others(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/gezin"
    before = opened(browser, address)
    post(browser, address, {"_versie": before, "gezin": [{"voornaam": "Van hen"}]})

    met = post(browser, address, {"_versie": before, "gezin": [{"voornaam": "Van mij"}], "_meer": "gezin"})

    assert met.status_code == 409
    assert 'value="Van mij"' in met.text and 'name="gezin.1.voornaam"' in met.text
    assert 'value="Van hen"' in browser.get(address).text


def test_a_page_that_says_no_version_fills_only_what_is_empty(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"

    answers = [post(browser, address, {"aanleiding": text}) for text in ("Een", "Twee")]

    assert [answer.status_code for answer in answers] == [303, 409]


def test_an_old_list_of_documents_takes_away_the_one_that_was_pressed(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/documenten"
    for name in ("een.txt", "twee.txt", "drie.txt"):
        browser.post(address, files={"bestand": (name, name.encode(), "text/plain")})
    marks = re.findall(r'name="_weg" value="([^"]+)"', browser.get(address).text)

    for mark in (marks[0], marks[0]):
        assert post(browser, address, {"_weg": mark}).status_code == 303

    page = browser.get(address).text
    assert [name in page for name in ("een.txt", "twee.txt", "drie.txt")] == [False, True, True]


def test_what_changed_after_the_check_is_checked_again_before_it_is_sent(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer4")
    home = started(browser)
    fill(browser, home, sample(4))
    checked = browser.get(f"{home}/controleren").text
    address = f"{home}/hulpvraag"
    changed: dict[str, Any] = {**sample(4)["hulpvraag"], "aanleiding": "Intussen anders."}
    post(browser, address, {"_versie": opened(browser, address), **changed})

    sent = {"gecontroleerd": "on", "_revisie": "1"}
    met = post(browser, f"{home}/aanmelden", {**sent, "_versie": version(checked)})
    done = post(browser, f"{home}/aanmelden", {**sent, "_versie": version(met.text)})

    assert met.status_code == 409
    assert "Intussen anders." in met.text and "Kijk ze nog eens na" in met.text
    assert done.headers["location"].endswith("?gedaan=register")


@pytest.mark.parametrize("first", [True, False], ids=["empty", "saved"])
def test_of_two_who_save_at_once_one_is_told(database: Database, first: bool) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    address = f"{started(browser)}/hulpvraag"
    if not first:
        post(browser, address, {"aanleiding": "Begin."})
    before, start, heard = opened(browser, address), Barrier(4), []
    windows = [site.as_("verwijzer1") for _ in range(4)]

    def save(number: int) -> None:
        start.wait()
        heard.append(post(windows[number], address, {"_versie": before, "aanleiding": f"Nummer {number}."}).status_code)

    threads = [Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(heard) == [303, 409, 409, 409]
