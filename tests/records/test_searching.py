"""Searching by name: over own cases only, nothing in an address, nothing before it may be known."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bijzondere_toegang.records.searching import fits, plain
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.statements import statements
from tests.support import Site, register, sample, take


def named(site: Site, number: int, first: str, last: str) -> str:
    document = sample(number)
    document["jeugdige"] |= {"voornaam": first, "achternaam": last}
    return register(site, document)


def found(site: Site, who: str, term: str) -> str:
    answer = site.as_(who).post("/zoeken", data={"zoek": term})
    assert answer.status_code == 200, answer.text
    return answer.text.split("</form>")[1] if "Gevonden" in answer.text else answer.text


@pytest.mark.parametrize("term", ["Noël", "noel", "NOE", "ang", "noel ang", "angela noel", "BT-1001", "bt-1001 "])
def test_the_beginning_of_a_name_finds_an_own_case(site: Site, term: str) -> None:
    reference = named(site, 1, "Noël", "Ángela-Vries")
    other = named(site, 2, "Noël", "Elders")

    told = found(site, "verwijzer1", term)

    assert f"/zaken/{reference}" in told and other not in told


@pytest.mark.parametrize("term", ["oel", "n", "", "zz", "noel zz"])
def test_what_does_not_begin_a_name_finds_nothing(site: Site, term: str) -> None:
    reference = named(site, 1, "Noël", "Ángela")

    assert f"/zaken/{reference}" not in site.as_("verwijzer1").post("/zoeken", data={"zoek": term}).text


def test_a_chair_finds_a_name_only_after_declaring_independence(site: Site) -> None:
    reference = named(site, 1, "Noël", "Ángela")
    chair = site.as_("chair", reference)

    before = chair.post("/zoeken", data={"zoek": "noel"}).text
    by_number = chair.post("/zoeken", data={"zoek": reference}).text
    take(site, "chair", reference, "declare_independence", band=False)
    after = chair.post("/zoeken", data={"zoek": "noel"}).text

    assert f"/zaken/{reference}" not in before and "Ángela" not in before
    assert f"/zaken/{reference}" in by_number and "Ángela" not in by_number
    assert f"/zaken/{reference}" in after and "Ángela" in after


@pytest.mark.parametrize("who", ["collega", "teamleider", "verwijzer2", "vvg1", "zorg_vvg1"])
def test_who_may_not_know_the_name_finds_nothing_by_it(site: Site, who: str) -> None:
    reference = named(site, 1, "Noël", "Ángela")

    told = site.as_(who).post("/zoeken", data={"zoek": "noel"}).text

    assert f"/zaken/{reference}" not in told and "Ángela" not in told


@pytest.mark.parametrize("who", ["fg", "beheerder", "analist"])
def test_for_others_there_is_no_search(site: Site, who: str) -> None:
    assert site.as_(who).get("/zoeken").status_code == 404
    assert site.as_(who).post("/zoeken", data={"zoek": "noel"}).status_code == 404


def test_a_family_member_has_no_search(site: Site) -> None:
    reference = named(site, 1, "Noël", "Ángela")

    assert site.as_("moeder", reference).post("/zoeken", data={"zoek": "noel"}).status_code == 404


def test_a_search_is_written_down_without_what_was_sought(site: Site) -> None:
    named(site, 1, "Noël", "Ángela")
    site.as_("verwijzer1").post("/zoeken", data={"zoek": "noel"})

    with site.database.read() as tx:
        entry = tx.exec(select(TimelineEntry).where(TimelineEntry.event_type == "search")).one()
    assert entry.chain == site.cast["verwijzer1"] and entry.action == "R"
    assert "noel" not in str(entry.model_dump()).casefold()


def test_a_search_asks_as_much_of_the_database_with_a_hit_as_without(site: Site) -> None:
    for number in (1, 2, 3):
        named(site, number, "Noël", "Ángela")
    referrer = site.as_("verwijzer1")
    referrer.post("/zoeken", data={"zoek": "noel"})

    with statements(site) as hit:
        referrer.post("/zoeken", data={"zoek": "noel"})
    with statements(site) as miss:
        referrer.post("/zoeken", data={"zoek": "niemand"})

    assert len(hit) == len(miss)


def test_names_are_compared_without_accents_case_and_hyphens() -> None:
    assert plain("  Ánge-la ÇELIK ") == "ange la celik"
    assert fits(["cel"], "Ängela Çelik") and not fits(["elik"], "Ängela Çelik")
