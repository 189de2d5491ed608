"""How often anybody may ask: generous for people, and a calm answer that says how long to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import func, select

from bijzondere_toegang.jobs import MOST_ANSWERED, answer
from bijzondere_toegang.people.accounts import login_key
from bijzondere_toegang.people.models import LinkRequest
from bijzondere_toegang.reminders.links import MOST_A_DAY
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.settings import Settings, WrongSetting, load
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.web.limits import LIMITS, kind_of
from tests.databases import Databases
from tests.entrance import ask
from tests.support import Site, make_site, register_sample

SEARCH = {"naam": "Niemand"}


def too_often(answered: Response) -> bool:
    return answered.status_code == 429 and 1 <= int(answered.headers["retry-after"]) <= 3600


@pytest.fixture
def limited(databases: Databases) -> Iterator[Callable[..., Site]]:
    """A site with these limits and no others."""
    with databases.fresh("sqlite") as database:
        yield partial(make_site, database)


def test_a_person_counts_in_all_browsers_together_and_others_do_not(limited: Callable[..., Site]) -> None:
    site = limited(limit_person="3/minute")
    first, second, other = site.as_("anneke"), site.as_("anneke"), site.as_("joris")

    statuses = [browser.get("/werkvoorraad").status_code for browser in (first, second, first, second)]

    assert statuses == [200, 200, 200, 429]
    assert other.get("/werkvoorraad").status_code == 200
    refused = first.get("/werkvoorraad")
    assert too_often(refused) and "Even rustig aan" in refused.text and "Anneke" not in refused.text


def test_a_refusal_for_asking_too_often_costs_no_entry(limited: Callable[..., Site]) -> None:
    site = limited(limit_person="1/minute")
    browser = site.as_("anneke")
    browser.get("/zaken/BT-9999")
    with site.database.read() as tx:
        before = tx.exec(select(func.count()).select_from(TimelineEntry)).one()

    assert too_often(browser.get("/zaken/BT-9999"))
    with site.database.read() as tx:
        assert tx.exec(select(func.count()).select_from(TimelineEntry)).one() == before


def test_a_machine_reads_problem_json_and_counts_apart(limited: Callable[..., Site]) -> None:
    site = limited(limit_token="1/minute")
    machine, browser = site.api("anneke"), site.as_("anneke")
    machine.get("/api/v1/zaken")

    refused = machine.get("/api/v1/zaken")

    assert too_often(refused) and refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["status"] == 429
    assert browser.get("/werkvoorraad").status_code == 200


@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [
        ("login", "POST", "/inloggen"),
        ("login", "GET", "/inloggen/met/digid"),
        ("login", "POST", "/welkom/abc"),
        ("link", "POST", "/inloglink"),
        ("search", "POST", "/zoeken"),
        ("upload", "POST", "/aanmeldingen/BT-9999/documenten"),
        ("export", "GET", "/mijn-plan/BT-9999/inzage/dossier.pdf"),
        ("intake", "POST", "/api/v1/aanmeldingen"),
    ],
)
def test_some_things_may_be_asked_less_often(limited: Callable[..., Site], limit: str, method: str, path: str) -> None:
    site = limited(**{f"limit_{limit}": "1/hour"})
    client = site.api("verwijzer1") if path.startswith("/api/") else site.as_("verwijzer1")

    first, second = (client.request(method, path, data=SEARCH) for _ in range(2))

    assert first.status_code != 429 and too_often(second)
    assert client.get("/hulp").status_code == 200


def test_a_network_address_counts_whoever_asks_and_what_costs_nothing_does_not(limited: Callable[..., Site]) -> None:
    site = limited(limit_address="2/minute")
    for _ in range(5):
        site.anonymous().get("/healthz")
        site.anonymous().get("/static/app.css")
    elsewhere = TestClient(site.app, client=("192.0.2.7", 1))

    statuses = [browser.get("/hulp").status_code for browser in (site.anonymous(), site.as_("anneke"), elsewhere)]

    assert statuses == [200, 200, 200]
    assert too_often(site.anonymous().get("/hulp"))


def test_nobody_is_counted_under_a_plain_name(limited: Callable[..., Site]) -> None:
    site = limited(limit_person="9/minute", limit_address="9/minute")
    site.as_("anneke").get("/werkvoorraad")

    names = " ".join(site.app.state.limiter._counter.storage.events)

    assert names and "testclient" not in names and str(site.who("anneke")) not in names


def test_every_kind_can_be_set_and_a_wrong_rate_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(hasattr(Settings(), f"limit_{name}") for name in LIMITS)
    monkeypatch.setenv("BT_LIMIT_LOGIN", "vaak")

    with pytest.raises(WrongSetting) as stopped:
        load()

    assert str(stopped.value).startswith("BT_LIMIT_LOGIN: ") and "vaak" not in str(stopped.value)


def test_a_page_is_nothing_strict() -> None:
    assert kind_of({"method": "GET", "path": "/zaken/BT-1001"}) == ""


def test_an_account_gets_few_links_a_day_however_many_networks_ask(limited: Callable[..., Site]) -> None:
    site = limited()
    register_sample(site, 1)
    for _ in range(MOST_A_DAY + 2):
        ask(site, "ouder1m@example.org")
        answer(site.database, site.at)
        site.move(minutes=20)
    with site.database.read() as tx:
        posted = tx.exec(select(func.count()).select_from(Outbox).where(Outbox.kind == "link")).one()
    site.move(days=1)
    ask(site, "ouder1m@example.org")
    answer(site.database, site.at)

    assert posted == MOST_A_DAY
    with site.database.read() as tx:
        assert tx.exec(select(func.count()).select_from(Outbox).where(Outbox.kind == "link")).one() == MOST_A_DAY + 1


def test_a_tick_settles_so_many_requests_and_leaves_the_rest_for_the_next(limited: Callable[..., Site]) -> None:
    site = limited()
    with site.database.write() as tx:
        key = login_key(tx, "niemand@example.org")
        tx.add_all([LinkRequest(login_key=key, asked_at=site.at) for _ in range(MOST_ANSWERED + 5)])

    assert [answer(site.database, site.at) for _ in range(2)] == [MOST_ANSWERED, 5]
