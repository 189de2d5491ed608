from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case, Independence
from tests import databases
from tests.decisions.walk import placed
from tests.statements import statements
from tests.support import Site, make_site, register, register_sample, sample, take

MUTSAERS = "sv-mutsaersstichting"
TODAY = date(2026, 11, 9)


@pytest.fixture
def site(database: databases.Database) -> Iterator[Site]:
    site = make_site(database)
    yield site
    site.database.dispose()


def listed(site: Site, who: str, query: str = "") -> str:
    response = site.as_(who).get(f"/werkvoorraad{query}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text.split("<main")[1]))


def references(html: str) -> list[str]:
    return re.findall(r'<h3[^>]*><a class="nl-link" href="/(?:zaken|aanmeldingen)/(BT-\d+)"', html)


def several(site: Site, number: int, due_on: date | None = None) -> list[str]:
    """As many cases for the referrer and chairs, registered today."""
    made = []
    for n in range(number):
        document = sample(1)
        document["bronkenmerk"] = f"TOEGANG-VENLO-2026-9{n:03}"
        made.append(register(site, document))
    change(site, made, due_on=due_on or TODAY + timedelta(days=3))
    return made


def change(site: Site, chosen: list[str], **values: object) -> None:
    with site.database.write() as tx:
        for case in tx.exec(select(Case).where(Case.reference.in_(chosen))).all():  # type: ignore[attr-defined]
            for name, value in values.items():
                setattr(case, name, value)
            tx.add(case)


def test_home_shows_everybody_their_own_way(site: Site) -> None:
    reference = register_sample(site, 1)

    assert site.as_("anneke").get("/").headers["location"] == "/werkvoorraad"
    assert site.as_("moeder", reference).get("/").headers["location"] == "/mijn-plan"
    assert site.anonymous().get("/").headers["location"] == "/inloggen"


def test_the_chair_reads_what_to_do_about_whom_before_when_and_why(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    shown = re.sub(r"\s+", " ", site.as_("chair", reference).get("/werkvoorraad").text)

    assert "Aanmelding van Mohammed bekijken" in shown
    assert f"{reference} · 13 jaar · Venlo" in shown
    assert "do 12 november" in shown and "over 3 dagen" in shown
    assert "U bent aan zet" in shown


def test_no_name_stands_on_the_list_before_the_tie_question(site: Site) -> None:
    reference = register_sample(site, 1)

    shown = site.as_("chair", reference).get("/werkvoorraad").text

    assert f"Aanmelding van {reference} bekijken" in shown
    assert "Mohammed" not in shown


def test_the_referrer_waits_for_the_chair(site: Site) -> None:
    register_sample(site, 1)

    shown = listed(site, "verwijzer1")

    assert "Er wacht nu niets op u." in shown
    assert "Wacht op anderen 1" in shown
    assert "Nu is aan zet: Onafhankelijk voorzitter." in shown
    assert "Nieuwe aanmelding" in shown


def test_a_coordinator_sees_rows_without_names(site: Site) -> None:
    reference = register_sample(site, 1)

    shown = listed(site, "teamleider")

    assert reference in shown and "Mohammed" not in shown and "13 jaar" not in shown


def test_who_has_no_case_reads_the_next_step(site: Site) -> None:
    register_sample(site, 1)

    assert "Begin dan met een aanmelding." in listed(site, "collega")
    assert "krijgt u een mail" in listed(site, "vvg1")


def test_late_comes_first_and_is_said_in_words(site: Site) -> None:
    late, today, later = several(site, 3)
    change(site, [late], due_on=TODAY - timedelta(days=1))
    change(site, [today], due_on=TODAY)
    change(site, [later], due_on=TODAY + timedelta(days=30))
    hand_to(site, "joris", [late, today, later])

    html = site.as_("joris").get("/werkvoorraad").text
    shown = listed(site, "joris")

    assert references(html) == [late, today, later]
    assert "Te laat" in shown and "Vandaag" in shown and "Op tijd" in shown
    assert "Nu doen 2" in shown and "Later 1" in shown
    assert "Had zondag 8 november klaar moeten zijn." in shown


def test_only_the_consortium_that_was_asked_has_to_answer(site: Site) -> None:
    reference = register_sample(site, 1)
    change(site, [reference], stage="placing", proposed_consortium=MUTSAERS)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        grant(tx, case, site.cast["muts1"], "rep.proposed", site.at, consortium=MUTSAERS)
        grant(tx, case, site.cast["vvg1"], "rep.invited", site.at, consortium="sv-vincent-van-gogh")

    assert "aannemen of teruggeven" in listed(site, "muts1")
    assert "Er wacht nu niets op u." in listed(site, "vvg1")


def test_a_tie_takes_a_case_off_the_list_and_out_of_the_numbers(site: Site) -> None:
    reference = register_sample(site, 1)
    chair = site.who("chair", reference)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        tx.add(Independence(case_id=case.id, account_id=chair, declared_at=site.at, tie=True))

    shown = site.as_("chair", reference).get("/werkvoorraad").text

    assert references(shown) == []
    assert "Er zijn nog geen zaken voor u." in shown


def test_a_page_behind_the_last_case_does_not_say_that_there_are_no_cases(site: Site) -> None:
    reference = register_sample(site, 1)

    shown = site.as_("chair", reference).get(f"/werkvoorraad?na=2.9999-12-31.{UUID(int=0)}").text

    assert references(shown) == []
    assert "Hier staat nu niets." in shown
    assert "Er zijn nog geen zaken voor u." not in shown


def test_a_filter_is_a_code_and_an_unknown_one_shows_everything(site: Site) -> None:
    reference = register_sample(site, 1)
    chair = site.as_("chair", reference)

    assert references(chair.get("/werkvoorraad?toon=aanmelding").text) == [reference]
    assert references(chair.get("/werkvoorraad?toon=besluit").text) == []
    assert references(chair.get("/werkvoorraad?toon=%27+or+1=1").text) == [reference]
    assert references(chair.get("/werkvoorraad?na=onzin").text) == [reference]
    assert references(chair.get("/werkvoorraad?na=0.2026-13-40.x").text) == [reference]


def test_what_is_done_stands_apart(site: Site) -> None:
    reference = register_sample(site, 1)
    change(site, [reference], stage="closed", due_on=None)
    chair = site.as_("chair", reference)

    assert references(chair.get("/werkvoorraad").text) == []
    assert references(chair.get("/werkvoorraad?toon=klaar").text) == [reference]


def test_pages_hold_every_case_once_even_when_all_are_due_the_same_day(site: Site) -> None:
    made = several(site, 56)
    change(site, made[:4], due_on=None)
    change(site, made[4:8], stage="supplementing")
    client = site.as_("verwijzer1")

    seen, href = [], "/werkvoorraad"
    while href:
        html = client.get(href).text
        seen += references(html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        href = unescape(following[1]) if following else ""

    assert sorted(seen) == sorted(made)
    assert seen[:4] == sorted(seen[:4], key=seen.index) and set(seen[:4]) == set(made[4:8])


def test_the_number_of_statements_does_not_grow_with_the_list(site: Site) -> None:
    few_cases = several(site, 5)
    client = site.as_("verwijzer1")
    client.get("/werkvoorraad")
    with statements(site) as few:
        assert len(references(client.get("/werkvoorraad").text)) == len(few_cases)
    for n in range(25):
        document = sample(1)
        document["bronkenmerk"] = f"TOEGANG-VENLO-2026-8{n:03}"
        register(site, document)

    with statements(site) as many:
        assert len(references(client.get("/werkvoorraad").text)) == 25

    assert len(many) == len(few)


def hand_to(site: Site, who: str, chosen: list[str]) -> None:
    with site.database.write() as tx:
        for case in tx.exec(select(Case).where(Case.reference.in_(chosen))).all():  # type: ignore[attr-defined]
            grant(tx, case, site.cast[who], "chair.assigned", site.at)


def test_htmx_gets_the_list_alone_and_its_count(site: Site) -> None:
    several(site, 3)
    client = site.as_("verwijzer1")

    part = client.get("/werkvoorraad?toon=wacht", headers={"hx-request": "true", "hx-target": "lijst"}).text
    whole = client.get("/werkvoorraad?toon=wacht").text

    assert references(part) == references(whole)
    assert "<html" not in part and 'id="lijst"' in part and "zaken in de lijst" in part
    assert "zaken in de lijst" not in whole


def test_htmx_gets_what_follows_without_the_filters(site: Site) -> None:
    made = several(site, 30)
    client = site.as_("verwijzer1")
    first = client.get("/werkvoorraad").text
    href = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])  # type: ignore[index]

    rest = client.get(href, headers={"hx-request": "true", "hx-target": "verder"}).text

    assert sorted(references(first) + references(rest)) == sorted(made)
    assert 'class="chip"' not in rest and rest.count("autofocus") == 1
    assert "<h2" not in rest, "the group goes on below its heading"


@pytest.mark.parametrize("who", ["fg", "beheerder", "analist"])
def test_who_works_without_cases_is_not_told_to_wait_for_one(site: Site, who: str) -> None:
    page = site.as_(who).get("/werkvoorraad").text

    assert "Bij uw rol horen geen zaken." in page
    assert "krijgt u een mail" not in page and 'class="chip"' not in page


def test_what_waits_for_others_has_no_primary_button(site: Site) -> None:
    register_sample(site, 1)

    page = site.as_("teamleider").get("/werkvoorraad").text

    assert "nl-button--secondary" in page and "nl-button--primary" not in page


def test_a_draft_of_somebody_else_is_watched_and_not_finished(site: Site) -> None:
    reference = site.as_("verwijzer1").post("/aanmeldingen").headers["location"].rpartition("/")[2]

    own, watched = (site.as_(who).get("/werkvoorraad").text for who in ("verwijzer1", "teamleider"))

    assert f"Aanmelding afmaken: {reference}" in own and f'href="/aanmeldingen/{reference}"' in own
    assert f"Aanmelding wordt ingevuld: {reference}" in watched and "fmaken" not in watched
    assert f'href="/zaken/{reference}"' in watched
    assert site.as_("teamleider").get(f"/zaken/{reference}").status_code == 200


def test_who_is_not_asked_is_not_told_to_answer(site: Site) -> None:
    reference = placed(site)

    asked, other = (site.as_(who).get("/werkvoorraad").text for who in ("vvg1", "muts1"))

    assert reference in other
    assert "aannemen of teruggeven" in asked and "Antwoorden" in asked
    assert "aannemen of teruggeven" not in other and "Antwoorden" not in other
