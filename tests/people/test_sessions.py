"""Where somebody is logged in: the list, ending one or all, and the tokens of programs."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request

from bijzondere_toegang.people.browsers import browser_of
from bijzondere_toegang.people.login import make_token, shut_out
from bijzondere_toegang.people.visits import SESSION_COOKIE
from tests import databases
from tests.entrance import PASSWORD, log_in
from tests.people.test_factors import events, keep, mailed, with_password
from tests.support import Site, make_site, register_sample

MOTHER = "ouder1m@example.org"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"


@pytest.fixture
def site(database: databases.Database) -> Site:
    site = make_site(database)
    register_sample(site, 1)
    return site


def test_somebody_sees_the_own_devices_and_ends_one_of_them_or_all_others(site: Site) -> None:
    here, there, third = (site.as_("anneke") for _ in range(3))
    others = site.as_("joris")

    listed = here.get("/mijn-inlog").text
    [first, *_] = re.findall(r"/mijn-inlog/apparaten/([0-9a-f-]{36})/uitloggen", listed)
    others.post(f"/mijn-inlog/apparaten/{first}/uitloggen")
    untouched = [browser.get("/werkvoorraad").status_code for browser in (here, there, third)]
    here.post(f"/mijn-inlog/apparaten/{first}/uitloggen")
    one_ended = sorted(browser.get("/werkvoorraad").status_code for browser in (there, third))
    here.post("/mijn-inlog/apparaten/uitloggen")

    assert listed.count("dit apparaat") == 1 and untouched == [200, 200, 200]
    assert one_ended == [200, 303]
    assert [browser.get("/werkvoorraad").status_code for browser in (here, there, third)] == [200, 303, 303]
    assert others.get("/werkvoorraad").status_code == 200


def test_logging_out_ends_this_session_and_everywhere_ends_all(site: Site) -> None:
    here, there, third = (site.as_("anneke") for _ in range(3))

    here.post("/uitloggen")
    after_one = [browser.get("/werkvoorraad").status_code for browser in (here, there, third)]
    there.post("/uitloggen", data={"overal": "ja"})

    assert after_one == [303, 200, 200]
    assert third.get("/werkvoorraad").status_code == 303
    assert events(site, "anneke").count("log_out") == 2


@pytest.mark.parametrize(("told", "words"), [(FIREFOX, "Firefox|Windows"), (PHONE, "Safari|iPhone"), ("curl/8", "|")])
def test_a_browser_is_known_by_two_words(told: str, words: str) -> None:
    request = Request({"type": "http", "headers": [(b"user-agent", told.encode())]})

    assert browser_of(request) == words


def test_a_changed_password_ends_the_other_sessions_and_is_mailed_about(site: Site) -> None:
    mother = with_password(site, "moeder", MOTHER, "BT-1001")
    other = keep(site.anonymous(), log_in(site, MOTHER))
    here = site.as_("moeder", "BT-1001")

    short = here.post("/mijn-inlog/wachtwoord", data={"wachtwoord": "kort"})
    done = here.post("/mijn-inlog/wachtwoord", data={"wachtwoord": "weer vier gewone woorden"})

    assert (short.status_code, done.status_code) == (422, 303)
    assert [browser.get("/mijn-inlog").status_code for browser in (here, mother, other)] == [200, 303, 303]
    assert log_in(site, MOTHER, PASSWORD).status_code == 422
    assert log_in(site, MOTHER, "weer vier gewone woorden").status_code == 303
    assert "password" in mailed(site, "moeder", "BT-1001")


def test_every_log_in_has_a_token_of_its_own(site: Site) -> None:
    first = with_password(site, "moeder", MOTHER, "BT-1001")
    second = log_in(site, MOTHER)

    halves = {cookie.partition(".")[0] for cookie in (first.cookies[SESSION_COOKIE], second.cookies[SESSION_COOKIE])}
    assert len(halves) == 2


def test_a_token_is_made_named_let_sign_and_withdrawn(site: Site) -> None:
    chair = site.as_("anneke")

    wrong = chair.post("/mijn-inlog/sleutels", data={"naam": "", "dagen": "9999"})
    made = chair.post("/mijn-inlog/sleutels", data={"naam": "Koppeling <b>rooster</b>", "dagen": "30"}).text
    [token] = re.findall(r"bt_[\w-]{43}", made)
    [row] = re.findall(r"/mijn-inlog/sleutels/([0-9a-f-]{36})/ondertekenen", made)

    def ask() -> int:
        return site.anonymous().get("/api/v1/zaken", headers={"authorization": f"Bearer {token}"}).status_code

    signs = chair.post(f"/mijn-inlog/sleutels/{row}/ondertekenen")
    shown = chair.get("/mijn-inlog").text
    others = site.as_("joris").post(f"/mijn-inlog/sleutels/{row}/intrekken").status_code
    before = ask()
    chair.post(f"/mijn-inlog/sleutels/{row}/intrekken")

    assert wrong.status_code == 422 and "Vul in waar de sleutel voor is." in wrong.text and "1 tot 366" in wrong.text
    assert "Koppeling &lt;b&gt;rooster" in made and token not in shown
    assert signs.status_code == 303 and "Mag ondertekenen tot" in shown
    assert (others, before, ask()) == (404, 200, 401)
    assert {"token_made", "token_signs", "token_revoked"} <= set(events(site, "anneke"))


def test_who_leaves_is_out_everywhere_at_once(site: Site) -> None:
    browsers = [site.as_("anneke") for _ in range(2)]
    with site.database.write() as tx:
        token = make_token(tx, site.cast["anneke"], "eigen", site.at)
    with site.database.write() as tx:
        shut_out(tx, site.cast["anneke"], site.at)

    machine = site.anonymous().get("/api/v1/zaken", headers={"authorization": f"Bearer {token}"})

    assert [browser.get("/werkvoorraad").status_code for browser in browsers] == [303, 303]
    assert machine.status_code == 401
