"""Passkeys: one answer to one question, in the browser that was asked, by the device of the account and its owner."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.people.models import Account, Challenge, Passkey
from bijzondere_toegang.people.visits import SESSION_COOKIE
from tests import databases
from tests.people.authenticator import Device
from tests.people.test_factors import events, keep, mailed, send, with_password
from tests.people.test_proving import hidden, strict
from tests.support import Site, make_site

ANSWER = "_bewijs_passkey"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def enrolled(site: Site, who: str = "anneke", **known: Any) -> Device:
    """A device whose passkey this person added."""
    browser, device = site.as_(who), Device(**known)
    options = browser.post("/mijn-inlog/passkeys/opties").json()
    answer = browser.post("/mijn-inlog/passkeys", data={ANSWER: device.make(options), "naam": "Laptop"})
    assert answer.status_code == 303
    return device


def asked(browser: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = send(browser, "/inloggen/passkey/opties").json()
    return found


def enter(browser: TestClient, answer: str) -> Response:
    return send(browser, "/inloggen/passkey", **{ANSWER: answer})


def test_a_passkey_is_added_listed_and_lets_in_without_a_password(site: Site) -> None:
    device, stranger = enrolled(site), site.anonymous()

    options = asked(stranger)
    answer = enter(stranger, device.sign(options))
    listed = keep(site.anonymous(), answer).get("/mijn-inlog").text

    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == ("localhost", "required", [])
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Laptop" in listed and "Laatst gebruikt" in listed
    assert {"passkey_added", "log_in"} <= set(events(site, "anneke")) and mailed(site, "anneke") == ["passkey"]


def test_the_first_passkey_lets_a_professional_in(site: Site) -> None:
    half, device = with_password(site), Device()
    before = half.cookies[SESSION_COOKIE]

    options = send(half, "/mijn-inlog/passkeys/opties").json()
    added = send(half, "/mijn-inlog/passkeys", naam="Laptop", **{ANSWER: device.make(options)})

    assert added.headers["location"] == "/mijn-inlog?gedaan=passkey"
    assert added.cookies[SESSION_COOKIE] != before
    assert keep(site.anonymous(), added).get("/werkvoorraad").status_code == 200


def test_an_answer_counts_once_in_time_and_in_the_browser_that_was_asked(site: Site) -> None:
    device, stranger = enrolled(site), site.anonymous()

    answer = device.sign(asked(stranger))
    elsewhere = enter(site.anonymous(), answer)
    first, again = enter(stranger, answer), enter(stranger, answer)
    late = device.sign(asked(stranger))
    site.move(minutes=6)

    assert (elsewhere.status_code, first.status_code, again.status_code) == (422, 303, 422)
    assert enter(stranger, late).status_code == 422
    with site.database.read() as tx:
        kept = tx.exec(select(Challenge)).all()
    assert len([row for row in kept if row.used_at]) == 2 and not any(hasattr(row, "challenge") for row in kept)


def test_a_question_to_add_one_is_no_question_to_enter(site: Site) -> None:
    device, chair = enrolled(site), site.as_("anneke")

    options = chair.post("/mijn-inlog/passkeys/opties").json()

    assert chair.post("/inloggen/passkey", data={ANSWER: device.sign(options)}).status_code == 422


def test_a_copy_that_counts_behind_is_found_out(site: Site) -> None:
    device = enrolled(site)
    stranger = site.anonymous()
    device.count = 10

    first = enter(stranger, device.sign(asked(stranger)))
    device.count = 5
    behind = enter(stranger, device.sign(asked(stranger)))

    assert (first.status_code, behind.status_code) == (303, 422)


@pytest.mark.parametrize("wrong", [{"verifies": False}, {"origin": "http://elders.test"}, {"host": "elders.test"}])
def test_without_its_owner_or_for_another_address_it_lets_nobody_in(site: Site, wrong: dict[str, Any]) -> None:
    device, stranger = enrolled(site), site.anonymous()

    for name, value in wrong.items():
        setattr(device, name, value)

    assert enter(stranger, device.sign(asked(stranger))).status_code == 422
    browser, other = site.as_("joris"), Device(**wrong)
    options = browser.post("/mijn-inlog/passkeys/opties").json()
    assert browser.post("/mijn-inlog/passkeys", data={ANSWER: other.make(options)}).status_code == 422


def test_who_signs_for_somebody_else_is_not_let_in(site: Site) -> None:
    device, stranger = enrolled(site), site.anonymous()
    device.owner = site.cast["joris"].bytes

    assert enter(stranger, device.sign(asked(stranger))).status_code == 422


def test_a_passkey_of_another_is_no_second_factor(site: Site) -> None:
    enrolled(site, "anneke")
    others, half = enrolled(site, "joris"), with_password(site)

    assert enter(half, others.sign(asked(half))).status_code == 422


def test_who_left_or_removed_it_gets_in_no_more(site: Site) -> None:
    first, second, gone = enrolled(site), enrolled(site), enrolled(site, "joris")
    chair, stranger = site.as_("anneke"), site.anonymous()
    with site.database.write() as tx:
        keys = tx.exec(select(Passkey).where(Passkey.account_id == site.cast["anneke"])).all()
        rows = {row.credential_id: row.id for row in keys}
        leaver = tx.get_one(Account, site.cast["joris"])
        leaver.ended_at = site.at
        tx.add(leaver)

    removed = chair.post(f"/mijn-inlog/passkeys/{rows[first.credential]}/weg")
    last = chair.post(f"/mijn-inlog/passkeys/{rows[second.credential]}/weg")

    assert (removed.status_code, last.status_code) == (303, 409)
    entered = [enter(stranger, device.sign(asked(stranger))).status_code for device in (first, gone, second)]
    assert entered == [422, 422, 303]
    assert mailed(site, "anneke") == ["passkey", "passkey", "removed"]


def test_a_passkey_is_a_fresh_proof(site: Site) -> None:
    device, chair = enrolled(site), site.as_("anneke")
    strict(site)
    site.move(minutes=6)

    page = chair.get("/mijn-inlog/wachtwoord")
    proof = device.sign(chair.post("/inloggen/passkey/opties").json())
    proved = chair.post("/bewijs", data=hidden(page) | {ANSWER: proof})

    assert (page.status_code, proved.status_code) == (403, 303)
    assert proved.headers["location"] == "/mijn-inlog/wachtwoord"
    assert chair.get("/mijn-inlog/wachtwoord").status_code == 200


@pytest.mark.parametrize(
    "nonsense", ["", "x", "[]", "{}", '{"response": []}', "[" * 9000, json.dumps({"rawId": "x", "response": {}})]
)
def test_what_is_no_answer_is_refused_and_breaks_nothing(site: Site, nonsense: str) -> None:
    stranger = site.anonymous()
    device = Device(owner=b"nobody at all")
    broken = json.loads(device.sign(asked(stranger)))
    broken["response"]["authenticatorData"] = "AAAA"

    assert enter(stranger, nonsense).status_code == 422
    assert enter(stranger, json.dumps(broken)).status_code == 422
