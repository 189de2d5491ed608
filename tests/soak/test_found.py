"""What the fuzzer once found and nobody should find again: odd requests, each with the answer it deserves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.support import Site, make_site, register_sample

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "a NUL in a path": ("GET", "/zaken/BT%00/overleg", {}, 404),
    "a revision of thousands of digits": (
        "POST",
        "/zaken/BT-1001/stappen",
        {"data": {"_stap": "add_statement", "_revisie": "9" * 5000, "tekst": "x"}},
        303,
    ),
    "a field named by thousands of digits": (
        "POST",
        "/zaken/BT-1001/stappen",
        {"data": {"_stap": "add_statement", "tekst": "x", "9" * 5000: "x"}},
        422,
    ),
    "a length of thousands of digits": ("POST", "/zoeken", {"headers": {"content-length": "9" * 5000}}, 413),
    "a NUL in a search": ("POST", "/zoeken", {"data": {"zoek": "BT\x001001"}}, 200),
}


@pytest.fixture
def site(database: databases.Database) -> Site:
    site = make_site(database)
    register_sample(site, 1)
    return site


def test_an_odd_request_gets_an_answer_that_is_not_a_failure(site: Site) -> None:
    referrer = site.as_("verwijzer1")

    answered = {name: referrer.request(*asked, **sent).status_code for name, (*asked, sent, _) in REQUESTS.items()}

    assert answered == {name: status for name, (*_, status) in REQUESTS.items()}


@pytest.mark.parametrize("step", ["a\x00b", "Sanne Bos is bang voor haar vader"])
def test_what_is_no_step_is_refused_and_does_not_reach_the_log(site: Site, step: str) -> None:
    asked = {"stap": step, "revisie": 1, "gegevens": {}}

    answer = site.api("verwijzer1").post("/api/v1/zaken/BT-1001/stappen", json=asked)

    assert answer.status_code == 404
    with site.database.read() as tx:
        steps = tx.exec(select(TimelineEntry.step).where(TimelineEntry.outcome == "refused 404")).all()
    assert steps == [""]


def test_a_body_that_falls_apart_is_refused_before_its_token_is_asked_for(site: Site) -> None:
    head = {"content-type": PARTS + '; boundary="' + "x" * 300 + '"', "sec-fetch-site": "same-origin"}

    answer = site.anonymous().post("/inloggen", content=b"=", headers=head)

    assert answer.status_code == 400
