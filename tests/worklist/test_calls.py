"""Whom the referrer was said to call: first on the worklist and on the page of the case, until it was done."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, Party
from tests import databases
from tests.conferences import walk as table
from tests.decisions.walk import motivated
from tests.family.test_news import answered
from tests.family.walk import called, divided
from tests.statements import statements
from tests.support import Site, make_site, register, sample, take


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def worklist(site: Site, who: str = "verwijzer7") -> str:
    return site.as_(who).get("/werkvoorraad").text


def doing(site: Site, reference: str, who: str = "referrer") -> str:
    page = site.as_(who, reference).get(f"/zaken/{reference}").text
    return page.split('aria-labelledby="doen"')[1].split("</section>")[0]


def first_button(part: str) -> str:
    found = re.search(r'class="nl-button nl-button--primary" href="([^"]+)"', part) or re.search(
        r'href="([^"]+)"', part
    )
    assert found
    return found[1]


def test_hard_news_asks_for_a_call_first(site: Site) -> None:
    reference = divided(site, 7)

    page, listed = doing(site, reference), worklist(site)

    assert "Bel eerst: moeder, vader, Bram, voor donderdag 19 november" in page
    assert first_button(page).endswith("/stappen/record_call")
    assert "Besluit nemen" in page.split("<details>")[0]
    now = listed.split("Nu doen")[1]
    assert "Bel eerst: moeder, vader, Bram, voor donderdag 19 november" in now


def test_who_was_spoken_is_not_to_be_called_any_more(site: Site) -> None:
    reference = divided(site, 7)

    called(site, reference, "moeder")
    page = doing(site, reference)
    called(site, reference, "vader", "jeugdige")
    after, listed = doing(site, reference), worklist(site)

    assert "Bel eerst: vader, Bram, voor" in page
    assert "Bel eerst" not in after and "Bel eerst" not in listed
    assert first_button(after).endswith("/stappen/decide")


def test_two_attempts_are_enough(site: Site) -> None:
    reference = divided(site, 7)
    called(site, reference, "moeder", "jeugdige")
    called(site, reference, "vader", reached=False)
    assert "Bel eerst: vader, voor" in doing(site, reference)

    called(site, reference, "vader", reached=False)

    assert "Bel eerst" not in doing(site, reference)


def test_a_decision_asks_for_calls_although_the_case_waits_for_others(site: Site) -> None:
    reference = divided(site, 7)
    called(site, reference, "moeder", "vader", "jeugdige")
    answers = motivated(site, rechtsmiddel="kinderrechter", antwoorden=answered(site, reference))
    take(site, "referrer", reference, "decide", **answers)

    page, listed = doing(site, reference), worklist(site)

    assert "Bel eerst: " in page
    assert "Bel eerst: " in listed.split("Nu doen")[1].split("Wacht op anderen")[0]


def test_a_call_that_is_late_says_so(site: Site) -> None:
    reference = divided(site, 7)
    site.move(days=4)

    assert "Dit had donderdag 19 november klaar moeten zijn." in doing(site, reference)
    assert "Dit had donderdag 19 november klaar moeten zijn." in worklist(site)


def test_nobody_else_is_told_to_call(site: Site) -> None:
    reference = divided(site, 7)

    assert "Bel eerst" not in doing(site, reference, "chair")
    assert "Bel eerst" not in worklist(site, "anneke") + worklist(site, "joris")


def test_who_may_not_read_the_page_is_not_on_the_list(site: Site) -> None:
    reference = divided(site, 7)
    with site.database.write() as tx:
        father = tx.exec(select(Party).where(Party.word == "vader")).one()
        father.authority = "no"
        tx.add(father)

    assert "vader" not in doing(site, reference).split("<details>")[0]


def test_a_place_that_stays_off_the_page_is_told_by_telephone(site: Site) -> None:
    reference = hidden_mother(site)

    page, listed, father = doing(site, reference), worklist(site), plan(site, reference, "vader")
    called(site, reference, "vader")
    rest, told = doing(site, reference), plan(site, reference, "vader")

    assert "Bel over de plek van het gesprek: vader" in page and "Bel over de plek van het gesprek: vader" in listed
    assert "moeder" not in page.split("Bel over de plek")[1].split("</b>")[0]
    assert "belt u over de plek." in father
    assert "Bel over de plek van het gesprek: vader" not in rest
    assert "belt u over de plek." not in told and "Weet u de plek nog niet? Bel " in told


def test_where_nobody_must_be_hidden_nobody_is_called_about_the_place(site: Site) -> None:
    reference = table.planned(site, table.prepared(site, 7))

    assert "Bel " not in doing(site, reference) and "Bel " not in worklist(site)


def hidden_mother(site: Site) -> str:
    reference = table.planned(site, table.prepared(site, 7))
    site.move(minutes=1)
    with site.database.write() as tx:
        mother = tx.exec(select(Party).where(Party.word == "moeder")).one()
        mother.secret_address = True
        tx.add(mother)
    return reference


def plan(site: Site, reference: str, who: str) -> str:
    return site.as_(who, reference).get(f"/mijn-plan/{reference}").text


def test_the_number_of_statements_does_not_grow_with_the_calls(site: Site) -> None:
    divided(site, 7)
    client = site.as_("verwijzer7")
    client.get("/werkvoorraad")
    with statements(site) as few:
        assert client.get("/werkvoorraad").text.count("Bel eerst") == 1
    for number in range(2):
        divided_too(site, number)
    client.get("/werkvoorraad")

    with statements(site) as many:
        assert client.get("/werkvoorraad").text.count("Bel eerst") == 3

    assert len(many) == len(few)


def divided_too(site: Site, number: int) -> None:
    """Another case of the same referrer that ends without consensus."""
    document = sample(7)
    document["bronkenmerk"] = f"WSS-2026-7{number:03}"
    another = register(site, document)
    take(site, "chair", another, "declare_independence", band=False)
    take(site, "chair", another, "take_up")
    table.opened(site, another, datum=(site.on + timedelta(days=8)).isoformat())
    table.ask(site, another)
    table.state_all(site, another, moeder={"standpunt": "oneens", "woorden": "Ik wil eerst rust thuis."})
    take(site, "chair", another, "conclude_no_consensus", **table.OUTCOME, samenvatting="Moeder wil eerst rust.")
    site.move(minutes=1)


def test_who_calls_nobody_asks_no_more_of_the_database(site: Site) -> None:
    client = site.as_("anneke")
    client.get("/werkvoorraad")
    with statements(site) as before:
        client.get("/werkvoorraad")
    divided(site, 7)
    with site.database.read() as tx:
        assert tx.exec(select(Case)).all()

    with statements(site) as after:
        client.get("/werkvoorraad")

    assert not [one for one in after if "step_record" in one]
    assert not [one for one in before if "step_record" in one]
