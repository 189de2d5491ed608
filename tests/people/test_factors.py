"""The second factor: codes of an app, codes on paper, and that nobody who works here gets past it."""

from __future__ import annotations

import re
import threading
from datetime import datetime

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.people.codes import begin_app, secret_of, take_code, waiting_app
from bijzondere_toegang.people.factors import factors_of
from bijzondere_toegang.people.links import make_link
from bijzondere_toegang.people.models import CodeApp, RecoveryCode
from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.entrance import CSRF, PASSWORD, choose, deliver, log_in, words_of
from tests.people.test_proving import hidden, know_password, strict
from tests.support import Site, make_site, register_sample

LOGIN = "anneke@example.org"
RECOVERY = re.compile(r"<code>([A-Z2-9]{5}-[A-Z2-9]{5})</code>")


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def code_now(secret: str, at: datetime, drift: int = 0) -> str:
    """What an app shows whose clock is this many half minutes ahead."""
    return pyotp.TOTP(secret).generate_otp(int(at.timestamp()) // 30 + drift)


def give_app(site: Site, who: str, reference: str | None = None) -> str:
    """A working app of this person; its secret. The half minute of now is still unused."""
    account = site.who(who, reference)
    with site.database.write() as tx:
        begin_app(tx, account, site.at)
        app = waiting_app(tx, account)
        assert app is not None
        app.confirmed_at = site.at
        tx.add(app)
        return secret_of(tx, app)


def keep(browser: TestClient, answer: Response) -> TestClient:
    """A browser that keeps the session it was just given, and sends its token."""
    browser.cookies.set(SESSION_COOKIE, answer.cookies[SESSION_COOKIE])
    return browser


def send(browser: TestClient, path: str, page: str | None = None, **data: str) -> Response:
    found = CSRF.search(page or browser.get("/inloglink").text)
    assert found
    return browser.post(path, data={"_csrf": found[1], **data}, headers={"sec-fetch-site": "same-origin"})


def with_password(site: Site, who: str = "anneke", login: str = LOGIN, reference: str | None = None) -> TestClient:
    know_password(site, who, reference)
    return keep(site.anonymous(), log_in(site, login))


def events(site: Site, who: str) -> list[str]:
    with site.database.read() as tx:
        query = select(TimelineEntry).where(TimelineEntry.chain == site.who(who)).order_by(TimelineEntry.seq)  # type: ignore[arg-type]
        return [entry.event_type for entry in tx.exec(query).all()]


def mailed(site: Site, who: str, reference: str | None = None) -> list[str]:
    with site.database.read() as tx:
        return [row.kind for row in tx.exec(select(Outbox).where(Outbox.account_id == site.who(who, reference))).all()]


def test_a_professional_with_a_password_alone_can_do_nothing_but_set_up_a_second_factor(site: Site) -> None:
    reference = register_sample(site, 1)
    browser = with_password(site)

    closed = [browser.get(path) for path in ("/werkvoorraad", "/mijn-inlog", f"/zaken/{reference}", "/zoeken", "/")]
    steps = send(browser, f"/zaken/{reference}/stappen", _stap="take_up")

    assert {(answer.status_code, answer.headers.get("location")) for answer in closed} == {(303, "/inloggen")}
    assert steps.status_code == 401
    assert browser.get("/inloggen").headers["location"] == "/inloggen/tweede"
    assert "Stel een tweede bewijs in" in browser.get("/inloggen/tweede").text


def test_the_first_app_lets_a_professional_in_with_a_new_session(site: Site) -> None:
    browser = with_password(site)
    before = browser.cookies[SESSION_COOKIE]

    send(browser, "/mijn-inlog/codes-app")
    page = browser.get("/mijn-inlog/codes-app")
    drawn = browser.get("/mijn-inlog/codes-app/qr.svg")
    with site.database.read() as tx:
        app = waiting_app(tx, site.cast["anneke"])
        assert app is not None
        secret = secret_of(tx, app)
    wrong = send(browser, "/mijn-inlog/codes-app/code", _bewijs_code="12")
    odd = send(browser, "/mijn-inlog/codes-app/code", _bewijs_code="\ufeff١٢٣٤٥٦")
    right = send(browser, "/mijn-inlog/codes-app/code", _bewijs_code=code_now(secret, site.at))

    assert drawn.headers["content-type"] == "image/svg+xml" and b"<svg" in drawn.content
    assert secret[:4] in page.text and secret not in str(page.headers)
    assert (wrong.status_code, odd.status_code, right.status_code) == (422, 422, 303)
    assert right.headers["location"] == "/mijn-inlog?gedaan=app"
    old = site.anonymous()
    old.cookies.set(SESSION_COOKIE, before)
    assert keep(site.anonymous(), right).get("/werkvoorraad").status_code == 200
    assert old.get("/inloggen").status_code == 200
    assert "code_app_added" in events(site, "anneke") and mailed(site, "anneke") == ["passkey"]


def test_who_waits_too_long_with_the_code_logs_in_again(site: Site) -> None:
    give_app(site, "anneke")
    browser = with_password(site)
    strict(site)
    site.move(minutes=16)

    assert send(browser, "/inloggen/code", _bewijs_code="123456").headers["location"] == "/inloggen"


def test_a_half_session_sets_up_nothing_beside_a_factor_that_is_there(site: Site) -> None:
    browser = with_password(site)
    give_app(site, "anneke")

    assert send(browser, "/mijn-inlog/codes-app").status_code == 401
    assert send(browser, "/mijn-inlog/passkeys/opties").status_code == 401


def test_a_code_lets_in_once_and_none_of_before_it(site: Site) -> None:
    secret = give_app(site, "anneke")
    code = code_now(secret, site.at)
    first = send(with_password(site), "/inloggen/code", _bewijs_code=code[:3] + " " + code[3:])
    again = send(with_password(site), "/inloggen/code", _bewijs_code=code)
    with site.database.write() as tx:
        earlier = take_code(tx, site.cast["anneke"], code_now(secret, site.at, -1), site.at)
    site.move(seconds=30)
    following = send(with_password(site), "/inloggen/code", _bewijs_code=code_now(secret, site.at))

    assert (first.status_code, again.status_code, earlier, following.status_code) == (303, 422, "", 303)
    assert "is al gebruikt" in again.text
    assert keep(site.anonymous(), first).get("/werkvoorraad").status_code == 200
    assert "proof_refused" in events(site, "anneke")


@pytest.mark.parametrize(("drift", "right"), [(-2, ""), (-1, "code"), (0, "code"), (1, "code"), (2, "")])
def test_the_clock_of_a_phone_may_be_half_a_minute_off(site: Site, drift: int, right: str) -> None:
    secret = give_app(site, "anneke")

    with site.database.write() as tx:
        assert take_code(tx, site.cast["anneke"], code_now(secret, site.at, drift), site.at) == right


def test_of_one_code_given_many_times_at_once_one_counts(site: Site) -> None:
    code, got = code_now(give_app(site, "anneke"), site.at), list[str]()

    def give() -> None:
        with site.database.write() as tx:
            got.append(take_code(tx, site.cast["anneke"], code, site.at))

    threads = [threading.Thread(target=give) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == [""] * 19 + ["code"]


def test_recovery_codes_are_shown_once_work_once_and_end_with_new_ones(site: Site) -> None:
    give_app(site, "anneke")
    chair = site.as_("anneke")

    first = RECOVERY.findall(chair.post("/mijn-inlog/herstelcodes").text)
    again = chair.get("/mijn-inlog").text
    used = send(with_password(site), "/inloggen/code", _bewijs_code=first[0].lower())
    twice = send(with_password(site), "/inloggen/code", _bewijs_code=first[0])
    second = RECOVERY.findall(chair.post("/mijn-inlog/herstelcodes").text)
    ended = send(with_password(site), "/inloggen/code", _bewijs_code=first[1])

    assert len(set(first)) == len(set(second)) == 10 and not RECOVERY.findall(again)
    assert (used.status_code, twice.status_code, ended.status_code) == (303, 422, 422)
    assert "recovery_code_used" in events(site, "anneke") and mailed(site, "anneke") == ["recovery"]
    [mail] = [mail for mail in deliver(site) if mail["To"] == LOGIN]
    assert mail["Subject"] == "Er is met een herstelcode ingelogd"
    assert not [word for word in ("Anneke", "BT-", first[0]) if word in words_of(mail)]
    with site.database.read() as tx:
        kept = {row.code_hash for row in tx.exec(select(RecoveryCode)).all()}
        assert all(len(one) == 64 for one in kept) and not kept & set(first)
        assert all(row.secret is not None for row in tx.exec(select(CodeApp)).all())


def test_a_mailed_link_gets_nobody_past_the_second_factor(site: Site) -> None:
    secret = give_app(site, "anneke")
    with site.database.write() as tx:
        token = make_link(tx, site.cast["anneke"], site.at)

    chosen = choose(site, token)
    browser = keep(site.anonymous(), chosen)

    assert chosen.headers["location"] == "/inloggen/code"
    assert browser.get("/werkvoorraad").headers["location"] == "/inloggen"
    assert send(browser, "/inloggen/code", _bewijs_code=code_now(secret, site.at)).status_code == 303


def test_family_may_have_a_second_factor_and_needs_none(site: Site) -> None:
    reference = register_sample(site, 1)
    mother = with_password(site, "moeder", "ouder1m@example.org", reference)

    assert mother.get("/mijn-plan").status_code == 303 and mother.get("/mijn-inlog").status_code == 200
    give_app(site, "moeder", reference)
    assert log_in(site, "ouder1m@example.org").headers["location"] == "/inloggen/code"


def test_a_professional_keeps_one_factor_and_family_may_remove_all(site: Site) -> None:
    reference = register_sample(site, 1)
    give_app(site, "anneke")
    give_app(site, "moeder", reference)

    kept = site.as_("anneke").post("/mijn-inlog/codes-app/weg")
    removed = site.as_("moeder", reference).post("/mijn-inlog/codes-app/weg")

    assert (kept.status_code, removed.status_code) == (409, 303)
    with site.database.read() as tx:
        assert factors_of(tx, site.cast["anneke"]).app
        assert not factors_of(tx, site.who("moeder", reference)).second


def test_what_changes_a_log_in_asks_for_a_fresh_proof(site: Site) -> None:
    secret = give_app(site, "anneke")
    know_password(site, "anneke")
    strict(site)
    chair = site.as_("anneke")
    site.move(minutes=6)

    gets = [chair.get(f"/mijn-inlog/{page}").status_code for page in ("passkeys", "codes-app", "wachtwoord")]
    posts = [
        chair.post(f"/mijn-inlog/{page}").status_code
        for page in ("passkeys", "passkeys/opties", "codes-app", "codes-app/weg", "herstelcodes", "wachtwoord")
    ]
    asked = chair.post("/mijn-inlog/sleutels", data={"naam": "Koppeling", "dagen": "30"})
    code = code_now(secret, site.at)
    half = chair.post("/bewijs", data=hidden(asked) | {"_bewijs_wachtwoord": PASSWORD, "_bewijs_code": "000"})
    whole = chair.post("/bewijs", data=hidden(asked) | {"_bewijs_wachtwoord": PASSWORD, "_bewijs_code": code})

    assert set(gets) | set(posts) == {403}
    assert (asked.status_code, half.status_code, whole.status_code) == (403, 422, 307)
    made = chair.post(whole.headers["location"], data=hidden(asked))
    assert "bt_" in made.text and "bt_" not in chair.get("/mijn-inlog").text
