"""Wie keek mee: professionals by role, organisation and day, and nobody else."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import LookHold
from bijzondere_toegang.family import lookers
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.family import walk
from tests.statements import statements
from tests.support import Site, register_sample, take


def page(site: Site, who: str, reference: str, query: str = "") -> str:
    answer = site.as_(who, reference).get(f"/mijn-plan/{reference}/wie-keek-mee{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main")[0])))


def test_a_parent_reads_role_organisation_and_day_and_no_name(site: Site) -> None:
    reference = register_sample(site, 1)
    site.as_("verwijzer1").get(f"/zaken/{reference}")
    site.move(days=1)
    site.as_("chair", reference).get(f"/zaken/{reference}")
    site.as_("chair", reference).get(f"/zaken/{reference}")

    told = page(site, "moeder", reference)

    assert "Onafhankelijk voorzitter" in told and "Verwijzer" in told and "Venlo" in told
    assert told.index("10 november") < told.index("9 november")
    assert told.count("Onafhankelijk voorzitter") == 1
    assert not [name for name in ("Vera", "Anneke", "Joris", "Smeets", "Peeters") if name in told.split("Vragen")[0]]


def test_parents_and_the_youth_do_not_read_of_each_other(site: Site) -> None:
    reference = register_sample(site, 1)
    for who in ("moeder", "jeugdige", "vader"):
        site.as_(who, reference).get(f"/mijn-plan/{reference}")

    for who in ("moeder", "jeugdige", "vader"):
        assert "Er heeft nog niemand gekeken" in page(site, who, reference)


def test_the_youth_reads_je_and_a_parent_u(site: Site) -> None:
    reference = register_sample(site, 1)

    assert "over je staat" in page(site, "jeugdige", reference)
    assert "over u staat" in page(site, "moeder", reference)


def test_a_hold_leaves_out_one_and_the_page_stays_the_same_otherwise(site: Site) -> None:
    reference = register_sample(site, 1)
    for who in ("verwijzer1", "chair"):
        site.as_(who, reference).get(f"/zaken/{reference}")
    chair = str(site.who("chair", reference))
    take(site, "referrer", reference, "hold_look", wie=chair, reden="Woordreden van de dreiging.")

    told = page(site, "moeder", reference)

    assert "voorzitter" not in told and "Verwijzer" in told
    assert "Soms komt iemand er later pas bij." in told and "Woordreden" not in told
    with site.database.read() as tx:
        entry = tx.exec(select(TimelineEntry).where(TimelineEntry.step == "hold_look")).one()
    assert (entry.role, entry.permission) == ("referrer", "read_log.hold yes")


def test_a_hold_over_all_leaves_out_everybody_until_it_is_lifted(site: Site) -> None:
    reference = register_sample(site, 1)
    site.as_("verwijzer1").get(f"/zaken/{reference}")
    before = page(site, "moeder", reference)
    take(site, "referrer", reference, "hold_look", wie="iedereen", reden="Dreiging.")
    held = page(site, "moeder", reference)
    with site.database.read() as tx:
        hold = str(tx.exec(select(LookHold.id)).one())

    take(site, "referrer", reference, "lift_look_hold", afscherming=hold, reden="Voorbij.")

    assert "Verwijzer" in before and "Er heeft nog niemand gekeken" in held
    assert page(site, "moeder", reference) == before


def test_while_hard_news_waits_nothing_newer_is_told(site: Site) -> None:
    reference = walk.divided(site)
    site.move(days=1)
    site.as_("verwijzer1").get(f"/zaken/{reference}")
    day = f"{site.on.day} november"

    waiting = page(site, "vader", reference)
    walk.called(site, reference, "vader")

    assert day not in waiting
    assert day in page(site, "vader", reference)


@pytest.mark.parametrize("who", ["verwijzer1", "chair", "fg", "collega"])
def test_it_is_no_page_of_professionals(site: Site, who: str) -> None:
    reference = register_sample(site, 1)

    assert site.as_(who, reference).get(f"/mijn-plan/{reference}/wie-keek-mee").status_code == 404


def test_the_looks_are_read_in_as_many_statements_however_many_there_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookers, "MOST", 4)
    reference = register_sample(site, 1)
    browser = site.as_("moeder", reference)
    counted = []
    for _ in range(2):
        browser.get(f"/mijn-plan/{reference}/wie-keek-mee")
        with statements(site) as seen:
            browser.get(f"/mijn-plan/{reference}/wie-keek-mee")
        counted.append(len(seen))
        for _ in range(3):
            site.as_("verwijzer1").get(f"/zaken/{reference}")
            site.move(days=1)

    assert counted[0] == counted[1]
    assert "Kijk verder terug" in page(site, "moeder", reference)
    assert "9 november" in page(site, "moeder", reference, "?voor=5")
