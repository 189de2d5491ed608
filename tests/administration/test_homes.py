"""Everybody begins somewhere, and the menu holds only what opens."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from bijzondere_toegang.records.models import Erasure
from tests import databases
from tests.support import Site, make_site, register_sample

HOMES = {
    "beheerder": "/beheer",
    "fg": "/logboek",
    "analist": "/begin",
    "teamleider": "/werkvoorraad",
    "anneke": "/werkvoorraad",
    "verwijzer1": "/werkvoorraad",
}
NAV = re.compile(r'<nav class="nav".*?</nav>', re.DOTALL)


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


@pytest.mark.parametrize("who", HOMES)
def test_everybody_has_a_home_and_every_entry_of_the_menu_opens(site: Site, who: str) -> None:
    browser = site.as_(who)

    home = browser.get("/").headers["location"]
    page = browser.get(home)

    found = NAV.search(page.text)
    assert home == HOMES[who] and page.status_code == 200 and found
    entries = re.findall(r'href="([^"]+)"', found[0])
    assert entries and home in entries
    assert [browser.get(entry).status_code for entry in entries] == [200] * len(entries)


def test_the_privacy_officer_begins_with_what_waits(site: Site) -> None:
    case = site.case(register_sample(site, 1))
    officer = site.as_("fg")
    before = officer.get("/logboek").text
    with site.database.write() as tx:
        tx.add(
            Erasure(
                case_id=case.id, holder="referrer", ground="request", state="asked", asked_by=uuid4(), asked_at=site.at
            )
        )

    after = officer.get("/logboek").text

    assert "Er wacht nu niets op u." in before
    assert "Vernietigen: geef advies" in after


def test_a_coordinator_sees_cases_of_the_organisation_in_outline_alone(site: Site) -> None:
    reference = register_sample(site, 1)
    family = site.family(reference)

    listed = site.as_("teamleider").get("/werkvoorraad").text

    assert family and reference in listed
    assert site.as_("analist").get("/begin").status_code == 200
    assert site.as_("teamleider").get("/begin").status_code == 404
