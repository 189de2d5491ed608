"""`POST /api/v1/aanmeldingen`: the statuses and what comes with them."""

from __future__ import annotations

import json

from sqlmodel import func, select

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.people.models import Account
from tests.databases import Database
from tests.support import make_site, sample

ADDRESS = "/api/v1/aanmeldingen"


def test_a_new_referral_answers_201_with_its_place_and_again_200(database: Database) -> None:
    site = make_site(database)
    machine = site.api("verwijzer1")

    first = machine.post(ADDRESS, content=json.dumps(sample(1)))
    again = machine.post(ADDRESS, content=json.dumps(sample(1), indent=3))

    assert (first.status_code, first.headers["location"]) == (201, "/api/v1/zaken/BT-1001")
    assert first.json() == {"kenmerk": "BT-1001", "status": "registered"}
    assert (again.status_code, again.json()) == (200, first.json())


def test_other_values_answer_409_with_the_pointers(database: Database) -> None:
    site = make_site(database)
    machine = site.api("verwijzer1")
    machine.post(ADDRESS, content=json.dumps(sample(1)))

    refused = machine.post(ADDRESS, content=json.dumps(sample(1) | {"spoed": not sample(1)["spoed"]}))

    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert [fault["pointer"] for fault in refused.json()["fouten"]] == ["/spoed"]


def test_faults_answer_422_with_all_of_them_and_store_nothing(database: Database) -> None:
    site = make_site(database)
    wrong = sample(1) | {"datumAanvraag": "2027-01-01", "kader": "anders"}
    with site.database.read() as tx:
        before = tx.exec(select(func.count()).select_from(Account)).one()

    refused = site.api("verwijzer1").post(ADDRESS, content=json.dumps(wrong))

    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json()["fouten"]} == {"/datumAanvraag", "/kader"}
    with site.database.read() as tx:
        assert tx.exec(select(Case)).all() == []
        assert tx.exec(select(func.count()).select_from(Account)).one() == before


def test_a_browser_session_is_no_way_in(database: Database) -> None:
    site = make_site(database)

    assert site.as_("verwijzer1").post(ADDRESS, content=json.dumps(sample(1))).status_code == 401
    assert site.anonymous().post(ADDRESS, content=json.dumps(sample(1))).status_code == 401
