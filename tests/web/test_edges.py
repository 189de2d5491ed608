"""What OWASP ASVS asks of the edges of the site and nothing else shows: cookies, log-ins, redirects, odd requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.app import create_app
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.login import set_password
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.entrance import CSRF
from tests.support import CATALOGUES, Site, make_site, register_sample

PASSWORD = "  Vier GEWONE woorden samen é" + "x" * 40


@pytest.fixture
def site(databases: databases.Databases) -> Iterator[Site]:
    with databases.fresh("sqlite") as database:
        yield make_site(database)


def mother(site: Site) -> str:
    """A mother with a password; her login."""
    reference = register_sample(site, 2)
    with site.database.write() as tx:
        account = tx.exec(select(Account).where(Account.id == site.family(reference)["moeder"])).one()
        set_password(account, PASSWORD)
        unseal_rows(tx, [account])
        assert account.login is not None
        return account.login.reveal()


@contextmanager
def over_https(site: Site) -> Iterator[TestClient]:
    settings = site.app.state.settings.model_copy(update={"base_url": "https://localhost"})
    app = create_app(settings, database=site.database, clock=site.clock, process=site.process, catalogues=CATALOGUES())
    with TestClient(app, base_url="https://localhost", follow_redirects=False) as client:
        yield client


def log_in(client: TestClient, login: str, password: str = PASSWORD) -> Response:
    token = CSRF.search(client.get("/inloggen").text)
    assert token is not None
    return client.post("/inloggen", data={"login": login, "wachtwoord": password, "_csrf": token[1]})


def test_the_session_cookie_is_for_this_host_alone_and_for_no_script(site: Site) -> None:
    login = mother(site)
    with over_https(site) as client:
        said = log_in(client, login).headers.get_list("set-cookie")

    cookie = next(one for one in said if one.startswith("__Host-sessie="))
    assert re.search(r"(?i); *secure", cookie) and re.search(r"(?i); *httponly", cookie)
    assert re.search(r"(?i)samesite=(lax|strict)", cookie) and re.search(r"(?i)path=/(;|$)", cookie)
    assert "domain" not in cookie.casefold()


def test_every_log_in_has_a_new_long_token(site: Site) -> None:
    login = mother(site)
    tokens = []
    for _ in range(3):
        client = site.anonymous()
        log_in(client, login)
        tokens.append(client.cookies["sessie"])

    assert len(set(tokens)) == 3 and all(len(token) >= 40 for token in tokens)


def test_who_logged_out_is_out_on_the_server_too(site: Site) -> None:
    client = site.anonymous()
    log_in(client, mother(site))
    stolen, page = client.cookies["sessie"], client.get("/mijn-plan", follow_redirects=True).text
    token = CSRF.search(page)

    assert 'action="/uitloggen"' in page and token is not None
    client.post("/uitloggen", data={"_csrf": token[1]})

    client.cookies.set("sessie", stolen)
    assert client.get("/mijn-plan").headers["location"].startswith("/inloggen")


def test_a_session_ends_when_idle_and_after_its_longest_time(site: Site) -> None:
    login = mother(site)
    object.__setattr__(site.app.state.settings, "session_idle_minutes", 15)
    object.__setattr__(site.app.state.settings, "session_hours", 10)
    idle, busy = site.anonymous(), site.anonymous()
    log_in(idle, login)
    log_in(busy, login)

    alive = []
    for _ in range(62):
        site.clock.move(timedelta(minutes=10))
        alive.append("inloggen" not in busy.get("/mijn-plan").headers.get("location", ""))

    assert alive[:59] == [True] * 59 and alive[-1] is False
    assert idle.get("/mijn-plan").headers["location"].startswith("/inloggen")


def test_a_password_is_masked_may_be_pasted_and_is_taken_as_typed(site: Site) -> None:
    login = mother(site)
    page = site.anonymous().get("/inloggen").text

    assert re.search(r'name="wachtwoord" type="password" autocomplete="current-password"', page)
    assert "onpaste" not in page
    assert log_in(site.anonymous(), login, PASSWORD.strip()).status_code == 422
    assert log_in(site.anonymous(), login, PASSWORD.casefold()).status_code == 422
    assert log_in(site.anonymous(), login, PASSWORD[:64]).status_code == 422
    assert log_in(site.anonymous(), login).status_code == 303


def test_a_password_is_kept_as_argon2id(site: Site) -> None:
    mother(site)

    with site.database.read() as tx:
        kept = [one.password_hash for one in tx.exec(select(Account)).all() if one.password_hash]
    assert len(kept) == 1 and kept[0].startswith("$argon2id$")


def test_a_fresh_database_has_no_account(databases: databases.Databases) -> None:
    with databases.fresh("sqlite") as database, make_site(database).database.read() as tx:
        accounts = tx.exec(select(Account)).all()

    assert not any(account.password_hash for account in accounts)


def test_no_other_origin_is_let_in(site: Site) -> None:
    asked = {"origin": "https://elders.example", "access-control-request-method": "POST"}

    answers = [site.anonymous().options("/api/v1/zaken", headers=asked), site.as_("fg").get("/", headers=asked)]

    assert not any(name.startswith("access-control-") for answer in answers for name in answer.headers)


@pytest.mark.parametrize("path", ["//elders.example", "/\\elders.example", "/inloggen?naar=https://elders.example"])
def test_no_way_on_leads_out_of_the_house(site: Site, path: str) -> None:
    answer = site.as_("fg").get(path)

    assert "elders.example" not in answer.headers.get("location", "")


def test_every_answer_says_what_it_is(site: Site) -> None:
    page, machine = site.anonymous().get("/inloggen"), site.api("fg").get("/api/v1/zaken")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert machine.headers["content-type"] == "application/json"


def test_nobody_chooses_their_own_address_in_the_log(site: Site) -> None:
    reference = register_sample(site, 2)

    site.as_("referrer", reference).get(
        f"/zaken/{reference}", headers={"x-forwarded-for": "6.6.6.6", "x-real-ip": "6.6.6.6"}
    )

    with site.database.read() as tx:
        assert "6.6.6.6" not in tx.exec(select(TimelineEntry.network_address)).all()


def test_no_folder_is_listed_and_no_trace_is_answered(site: Site) -> None:
    client = site.anonymous()

    assert client.get("/static/").status_code == 404 and client.get("/static/../pyproject.toml").status_code == 404
    assert client.request("TRACE", "/inloggen").status_code in (403, 405)
