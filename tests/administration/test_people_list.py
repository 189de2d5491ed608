"""*Beheer*: the list stands in the order of names, and what gives or takes access asks a fresh proof."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from bijzondere_toegang.administration import people
from bijzondere_toegang.administration.people import PAGE
from bijzondere_toegang.people.accounts import add_membership, find_account, make_account
from bijzondere_toegang.people.models import Account, LoginSession, Membership
from bijzondere_toegang.reminders.models import Outbox
from tests import databases
from tests.administration.test_inviting import NEW
from tests.statements import statements
from tests.support import SINCE, Site, make_site, register_sample

NAME = re.compile(r'href="/beheer/personen/[0-9a-f-]{36}">([^<]*)</a>')


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def add(site: Site, *names: str) -> None:
    with site.database.write() as tx:
        for name in names:
            account = make_account(tx, f"{name.replace(' ', '.')}@example.org".lower(), name, at=site.at)
            add_membership(tx, account.id, "toegang-venlo", "referrer", SINCE)


def names_on(client: TestClient, page: str = "/beheer") -> list[str]:
    return NAME.findall(client.get(page).text)


def test_people_stand_in_the_order_of_their_names_over_all_pages(site: Site) -> None:
    many = [f"Iemand {number:03}" for number in reversed(range(2 * PAGE + 5))]
    add(site, *many, "aad zonder hoofdletter", "Zus Laatste")
    coordinator = site.as_("teamleider")

    seen: list[str] = []
    page: str | None = "/beheer"
    while page:
        text = coordinator.get(page).text
        seen += NAME.findall(text)
        further = re.search(r'href="(/beheer\?na=[^"]+)"', text)
        page = further[1] if further else None

    assert seen == sorted(seen, key=str.casefold)
    assert seen[0] == "aad zonder hoofdletter" and set(many) < set(seen)
    assert len(seen) == len(set(seen))


def test_an_administrator_reads_organisation_by_organisation_and_nobody_twice(site: Site) -> None:
    add(site, *(f"Iemand {number:03}" for number in range(PAGE + 5)))
    administrator = site.as_("beheerder")

    seen: list[str] = []
    page: str | None = "/beheer"
    while page:
        text = administrator.get(page).text
        seen += re.findall(r'href="/beheer/personen/([0-9a-f-]{36})"', text)
        further = re.search(r'href="(/beheer\?na=[^"]+)"', text)
        page = further[1] if further else None

    with site.database.read() as tx:
        assert len(seen) == len(set(seen)) > PAGE
        assert {UUID(one) for one in seen} <= set(tx.exec(select(Account.id)).all())


def test_the_list_asks_as_many_statements_for_many_as_for_few(site: Site) -> None:
    coordinator = site.as_("teamleider")
    coordinator.get("/beheer")
    with statements(site) as few:
        coordinator.get("/beheer")
    add(site, *(f"Iemand {number:03}" for number in range(30)))

    with statements(site) as many:
        coordinator.get("/beheer")

    assert [str(one)[:60] for one in many] == [str(one)[:60] for one in few]


@pytest.mark.parametrize("who", ["teamleider", "beheerder"])
def test_an_organisation_with_more_people_than_are_opened_at_once_is_shown_to_the_last(
    site: Site, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(people, "AT_ONCE", PAGE + 10)
    with site.database.read() as tx:
        before = members(tx, "toegang-venlo")
    add(site, *(f"Iemand {number:03}" for number in range(3 * PAGE)))
    with site.database.read() as tx:
        everybody = members(tx, None if who == "beheerder" else "toegang-venlo")
    client = site.as_(who)
    client.get("/beheer")

    seen: list[str] = []
    asked: set[tuple[str, ...]] = set()
    page: str | None = "/beheer"
    while page:
        with statements(site) as these:
            text = client.get(page).text
        shown = re.findall(r'href="/beheer/personen/([0-9a-f-]{36})"', text)
        asked |= {tuple(one[:60] for one in these)} if len(shown) > 1 else set()
        seen += shown
        further = re.search(r'href="(/beheer\?na=[^"]+)"', text)
        page = further[1] if further else None

    assert len(everybody) >= 3 * PAGE + len(before)
    assert sorted(seen) == sorted(everybody)
    assert len(asked) == 1


def members(tx: Session, organisation: str | None) -> list[str]:
    """Who is or was of this organisation, or of any."""
    query = select(Membership.account_id).distinct()
    if organisation is not None:
        query = query.where(Membership.organisation == organisation)
    return [str(one) for one in tx.exec(query).all()]


def test_each_block_of_people_stands_in_the_order_of_names(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "AT_ONCE", 2 * PAGE)
    add(site, *(f"Iemand {number:03}" for number in range(3 * PAGE)))
    coordinator = site.as_("teamleider")

    first = coordinator.get("/beheer").text
    second = coordinator.get(re.findall(r'href="(/beheer\?na=[^"]+)"', first)[0]).text

    seen = NAME.findall(first) + NAME.findall(second)
    assert len(seen) == 2 * PAGE and seen == sorted(seen, key=str.casefold)


def test_a_search_goes_on_among_the_people_it_has_not_looked_at(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "AT_ONCE", PAGE)
    add(site, *(f"Iemand {number:03}" for number in range(2 * PAGE)), "Zeldzame Naam")
    coordinator = site.as_("teamleider")

    found: list[str] = []
    onward: str | None = ""
    rounds = 0
    while onward is not None:
        text = coordinator.post("/beheer", data={"zoek": "zeldz", "na": onward}).text
        found += NAME.findall(text)
        further = re.search(r'name="na" value="([^"]+)"', text)
        assert "Niemand heet zo." not in text or further is None
        onward, rounds = (further[1] if further else None), rounds + 1

    assert found == ["Zeldzame Naam"] and rounds == 3


def test_a_search_that_has_looked_at_everybody_offers_no_more(site: Site) -> None:
    page = site.as_("teamleider").post("/beheer", data={"zoek": "bestaat niet", "na": "onzin"}).text

    assert "Niemand heet zo." in page and 'name="na"' not in page


def lapse(site: Site) -> None:
    """Every proof of login is long ago."""
    with site.database.write() as tx:
        for session in tx.exec(select(LoginSession)).all():
            session.proved_at = site.at - timedelta(days=10**5)


@pytest.mark.parametrize("act", ["vertrek", "overdracht", "adres", "uitnodiging", "uitnodigen"])
def test_what_gives_or_takes_access_asks_a_fresh_proof_and_does_nothing_before(site: Site, act: str) -> None:
    register_sample(site, 1)
    leaver = site.who("verwijzer1")
    page = "/beheer/uitnodigen" if act == "uitnodigen" else f"/beheer/personen/{leaver}/{act}"
    data = {"uitnodigen": NEW, "adres": {"email": "elders@example.org"}}.get(
        act, {"referrer-toegang-venlo": str(site.who("collega"))}
    )
    administrator = site.as_("beheerder")
    with site.database.read() as tx:
        mails = len(tx.exec(select(Outbox)).all())
    lapse(site)

    asked = administrator.post(page, data=data)

    assert asked.status_code == 403 and "Even bewijzen" in asked.text
    with site.database.read() as tx:
        assert tx.get_one(Account, leaver).ended_at is None
        assert find_account(tx, NEW["email"]) is None
        assert len(tx.exec(select(Outbox)).all()) == mails


def test_who_manages_nobody_is_not_asked_for_a_proof(site: Site) -> None:
    page, referrer = f"/beheer/personen/{site.who('collega')}/vertrek", site.as_("verwijzer1")
    lapse(site)

    assert referrer.post(page).status_code == 404


def test_the_only_one_who_can_take_over_is_chosen_already(site: Site) -> None:
    register_sample(site, 1)
    leaver, only = site.who("verwijzer1"), site.who("collega")

    page = site.as_("beheerder").get(f"/beheer/personen/{leaver}/vertrek").text

    others = set(re.findall(r'<option value="([0-9a-f-]{36})"', page))
    assert (f'<option value="{only}" selected>' in page) == (others == {str(only)})
