"""Whoever loses the right to a case has lost it at the very next request, with a session and a token still open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from bijzondere_toegang import cli
from tests import databases
from tests.cases.acting import leave, put
from tests.cases.test_handover import accept, offer
from tests.cli.test_cli import KEY
from tests.decisions.walk import accepting, placed
from tests.parties.test_correcting import NEW_AUTHORITY, correct
from tests.parties.test_reading import SIXTEEN, let
from tests.support import CAST, Part, Site, join, make_site, register_sample, take


@pytest.fixture
def site(database: databases.Database, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site, and the command line on the same database at the same moment."""
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)
    monkeypatch.setenv("BT_MASTER_KEY", KEY)
    site = make_site(database)
    monkeypatch.setattr("bijzondere_toegang.cli.people.system_clock", site.clock)
    return site


@dataclass(frozen=True, slots=True)
class Loss:
    """Who has sight of a case and loses it: the case, the person, what happens, and what is answered from then on."""

    who: str
    begin: Callable[[Site], str]
    happens: Callable[[Site, str, UUID], Any]
    page: int = 404
    door: int = 404
    home: str = "/zaken"


def registered(site: Site) -> str:
    return register_sample(site, 1)


def delegated(site: Site) -> str:
    reference = registered(site)
    delegate(site, reference, "collega", days=5)
    return reference


def delegate(site: Site, reference: str, who: str, days: int) -> None:
    until = (site.on + timedelta(days=days)).isoformat()
    take(site, "referrer", reference, "delegate", aan=str(site.who(who)), totEnMet=until, reden="Vakantie.")


def shortened(site: Site, reference: str, who: UUID) -> None:
    delegate(site, reference, "collega", days=0)
    site.move(days=1)


def offered(site: Site) -> str:
    reference = registered(site)
    offer(site, reference)
    return reference


def delegated_and_offered(site: Site) -> str:
    """Delegated to one colleague, and offered to another."""
    reference = registered(site)
    with site.database.write() as tx:
        site.cast["derde"] = join(tx, Part("Derde Venlo", "toegang-venlo", "referrer", "derde@example.org"), site.at)
    delegate(site, reference, "derde", days=5)
    offer(site, reference)
    return reference


def tied(site: Site, reference: str, who: str) -> None:
    take(site, who, reference, "declare_independence", band=True, toelichting="De vader is mijn neef.")


def with_a_secretary(site: Site) -> str:
    reference = registered(site)
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "hand_pen", notulist=str(site.who("notulist")))
    return reference


def nearly(site: Site, **born: date) -> str:
    """A case of a child of fifteen whose birthday is tomorrow."""
    reference = registered(site)
    put(site, reference, turns_12_on=site.on - timedelta(days=1400), **born)
    return reference


def nearly_16(site: Site) -> str:
    return nearly(site, turns_16_on=site.on + timedelta(days=1), turns_18_on=site.on + timedelta(days=732))


def nearly_18(site: Site) -> str:
    """The youth of 17 lets the mother read along, to the last day."""
    reference = register_sample(site, SIXTEEN)
    let(site, reference, moeder=True)
    put(site, reference, turns_18_on=site.on + timedelta(days=1))
    return reference


def let_in(site: Site) -> str:
    reference = register_sample(site, SIXTEEN)
    let(site, reference, moeder=True)
    return reference


def tomorrow(site: Site, reference: str, who: UUID) -> None:
    site.move(days=1)


LOSSES = {
    "an account that has ended": Loss(
        "referrer", registered, lambda site, *_: cli.main(["people", "leave", CAST["verwijzer1"].email]), 303, 401
    ),
    "a membership that has ended": Loss("referrer", registered, lambda site, _, who: leave(site, who)),
    "a chair that has left the office": Loss("chair", registered, lambda site, _, who: leave(site, who)),
    "a case taken over by a colleague": Loss("referrer", offered, lambda site, case, _: accept(site, case)),
    "an offer that was called back": Loss(
        "collega", offered, lambda site, case, _: take(site, "referrer", case, "recall_handover")
    ),
    "a delegation past its last day": Loss("collega", delegated, lambda site, *_: site.move(days=6)),
    "a delegation shortened to today": Loss("collega", delegated, shortened),
    "a delegation when another takes the case over": Loss(
        "derde", delegated_and_offered, lambda site, case, _: accept(site, case)
    ),
    "a chair with a tie": Loss("chair", registered, lambda site, case, _: tied(site, case, "chair")),
    "a secretary with a tie": Loss("notulist", with_a_secretary, lambda site, case, _: tied(site, case, "notulist")),
    "a placement that the other accepts": Loss(
        "muts1", placed, lambda site, case, _: take(site, "vvg1", case, "accept_placement", **accepting(site))
    ),
    "authority that is lost": Loss(
        "moeder", registered, lambda site, case, _: correct(site, "referrer", case, "moeder", gezag="nee", **NEW_AUTHORITY),
        home="/mijn-plan",
    ),
    "reading along, taken back": Loss("moeder", let_in, lambda site, case, _: let(site, case, moeder=False), home="/mijn-plan"),
    "the 16th birthday": Loss("moeder", nearly_16, tomorrow, home="/mijn-plan"),
    "the 18th birthday": Loss("moeder", nearly_18, tomorrow, home="/mijn-plan"),
}  # fmt: skip


@pytest.mark.parametrize("what", LOSSES)
def test_the_next_request_fails_in_an_open_session_and_with_a_token(site: Site, what: str) -> None:
    loss = LOSSES[what]
    reference = loss.begin(site)
    account = site.who(loss.who, reference)
    browser, machine = site.client(account), site.api(account)
    page, door = f"{loss.home}/{reference}", f"/api/v1/zaken/{reference}"
    before = browser.get(page).status_code, machine.get(door).status_code

    loss.happens(site, reference, account)

    after = browser.get(page).status_code, machine.get(door).status_code
    posted = browser.post(f"{page}/stappen", data={"_stap": "add_statement", "_revisie": "1", "tekst": "Nog iets."})
    asked = machine.post(
        f"{door}/stappen", json={"stap": "add_statement", "revisie": 1, "gegevens": {"tekst": "Nog iets."}}
    )
    listed = browser.get("/werkvoorraad").text + machine.get("/api/v1/zaken").text
    print(f"{what}: {before} before, {after} at the next request")
    assert before == (200, 200)
    assert after == (loss.page, loss.door)
    assert (posted.status_code, asked.status_code) in {(loss.page, loss.door), (401, 401)}
    assert reference not in listed
