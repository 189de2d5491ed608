"""Why the glass was broken goes with the case: under its key once it was decided, and gone when the case is."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.administration.models import BrokenGlass, GlassReason
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.records.destroying import destroy
from tests import databases
from tests.administration.test_glass import ASKED, ask
from tests.entrance import deliver
from tests.support import Site, make_site, register_sample

WHY = ASKED["reden"]
UNSAFE = "Vader leest de mail van moeder."


@pytest.fixture
def site(database: databases.Database) -> Site:
    site = make_site(database)
    register_sample(site, 1)
    deliver(site)
    return site


def kept(site: Site) -> tuple[list[str], list[tuple[UUID, str, str]]]:
    """What is readable for who has the keys: sealed for who asked, and sealed for a case."""
    with site.database.read() as tx:
        asked, moved = tx.exec(select(BrokenGlass)).all(), tx.exec(select(GlassReason)).all()
        unseal_rows(tx, [*asked, *moved])
        words = [secret.reveal() for row in asked for secret in (row.reason, row.why_silent) if secret]
        return words, [
            (row.case_id, row.reason.reveal() if row.reason else "", row.why_silent.reveal() if row.why_silent else "")
            for row in moved
        ]


@pytest.mark.parametrize("decision", ["ja", "nee"])
def test_what_was_decided_is_kept_with_the_case_and_read_as_before(site: Site, decision: str) -> None:
    place = ask(site)
    waiting = kept(site)

    site.as_("fg").post(f"{place}/besluit", data={"besluit": decision})
    deliver(site)

    assert waiting == ([WHY], [])
    assert kept(site) == ([], [(site.case("BT-1001").id, WHY, "")])
    assert WHY in site.as_("fg").get("/noodtoegang").text
    assert WHY in site.as_("beheerder").get("/noodtoegang").text


def test_why_the_family_was_not_told_moves_along_and_the_page_still_says_later(site: Site) -> None:
    site.as_("fg").post(f"{ask(site)}/besluit", data={"besluit": "ja", "waarom": UNSAFE})
    deliver(site)

    page = site.as_("beheerder").get("/zaken/BT-1001").text

    assert kept(site) == ([], [(site.case("BT-1001").id, WHY, UNSAFE)])
    assert "Het gezin krijgt dit later te zien." in page


def test_with_the_case_the_reason_is_gone(site: Site, tmp_path: Path) -> None:
    site.as_("fg").post(f"{ask(site)}/besluit", data={"besluit": "ja", "waarom": UNSAFE})
    deliver(site)

    with site.database.write() as tx:
        destroy(tx, site.case("BT-1001").id, "referrer", site.at, tmp_path / "vernietigd")

    gone = "‹gewist›"
    assert kept(site) == ([], [(site.case("BT-1001").id, gone, gone)])
    page = site.as_("fg").get("/noodtoegang")
    assert page.status_code == 200 and WHY not in page.text and gone not in page.text


def test_a_reason_that_comes_after_the_case_is_destroyed_is_not_kept(site: Site, tmp_path: Path) -> None:
    place = ask(site)
    with site.database.write() as tx:
        destroy(tx, site.case("BT-1001").id, "referrer", site.at, tmp_path / "vernietigd")

    site.as_("fg").post(f"{place}/besluit", data={"besluit": "nee"})
    deliver(site)

    assert kept(site) == ([], [])


@pytest.mark.parametrize("fate", ["lapsed", "no case"])
def test_of_what_lapsed_or_was_about_no_case_no_word_stays(site: Site, fate: str) -> None:
    place = ask(site, kenmerk="BT-1001" if fate == "lapsed" else "BT-9999")

    if fate == "lapsed":
        site.move(hours=25)
    else:
        site.as_("fg").post(f"{place}/besluit", data={"besluit": "nee"})
    deliver(site)

    assert kept(site) == ([], [])
    assert site.as_("fg").get("/noodtoegang").status_code == 200
