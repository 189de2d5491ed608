from __future__ import annotations

import html

import pytest

from tests.databases import Database
from tests.decisions.walk import at_the_decision, formal
from tests.support import Site, make_site, take


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def text_of(site: Site, who: str, reference: str, path: str) -> str:
    answer = site.as_(who, reference).get(f"/zaken/{reference}{path}")
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def test_the_step_shows_what_was_agreed_by_whom_and_until_when_one_may_object(site: Site) -> None:
    reference = at_the_decision(site)

    page = text_of(site, "referrer", reference, "/stappen/confirm_outcome")

    assert "Weer samen eten en naar school." in page
    assert "Samenwerkingsverband Vincent van Gogh" in page
    assert "Bezwaar maken kan tot en met maandag 21 december." in page


def test_the_step_without_consensus_shows_each_dissent_in_its_own_words(site: Site) -> None:
    reference = at_the_decision(site, consensus=False, opposed=["Hij moet thuis blijven."])

    page = text_of(site, "referrer", reference, "/stappen/decide")

    assert page.count("Hij moet thuis blijven.") == 2
    assert 'name="antwoorden.0.antwoord"' in page


def test_the_posted_form_of_a_decision_is_taken(site: Site) -> None:
    reference = at_the_decision(site)
    data = {"_stap": "confirm_outcome", "_revisie": str(site.case(reference).revision)} | formal(site)

    answer = site.as_("referrer", reference).post(f"/zaken/{reference}/stappen", data=data)

    assert answer.status_code == 303
    assert site.case(reference).stage == "placing"


@pytest.mark.parametrize(("step", "consensus"), [("confirm_outcome", True), ("decide", False)])
def test_the_letter_is_shown_as_it_will_leave_and_nothing_is_decided_by_that(
    site: Site, step: str, consensus: bool
) -> None:
    reference = at_the_decision(site, consensus=consensus)
    before = site.case(reference)
    typed = {
        "_stap": step,
        "_revisie": str(before.revision),
        "_bekijk": "brief",
        "toelichting": "Ik bel je morgen op.",
    }

    page = site.as_("referrer", reference).post(f"/zaken/{reference}/stappen", data=typed)

    assert page.status_code == 200
    assert page.text.count("Ik bel je morgen op.") == 2
    assert "Beste Mohammed, beste ouders" in page.text
    assert "Er is nog niets besloten of verstuurd." in page.text
    assert (site.case(reference).stage, site.case(reference).revision) == (before.stage, before.revision)


def test_the_page_tells_the_last_day_and_why_that_day(site: Site) -> None:
    reference = at_the_decision(site)
    take(site, "referrer", reference, "confirm_outcome", **formal(site, bekendgemaaktOp="2026-11-13"))

    page = text_of(site, "referrer", reference, "/besluit")

    assert "Beste Mohammed, beste ouders of verzorgers," in page
    assert "Bezwaar maken kan tot en met maandag 28 december." in page
    assert "De laatste dag zou vrijdag 25 december zijn." in page


@pytest.mark.parametrize("who", ["moeder", "vader", "jeugdige"])
def test_the_family_reads_of_a_decision_on_its_own_pages(site: Site, who: str) -> None:
    reference = at_the_decision(site)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))

    answer = site.as_(who, reference).get(f"/zaken/{reference}/besluit")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/mijn-plan/{reference}")
    assert "Dit schrijf ik er zelf bij." not in answer.text


def test_without_a_decision_the_page_says_so(site: Site) -> None:
    reference = at_the_decision(site)

    assert "Er is nog geen besluit genomen." in text_of(site, "referrer", reference, "/besluit")


@pytest.mark.parametrize("who", ["muts1", "teamleider", "collega"])
def test_a_brief_or_an_outline_holds_no_decision(site: Site, who: str) -> None:
    reference = at_the_decision(site)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))

    answer = site.as_(who).get(f"/zaken/{reference}/besluit")

    assert answer.status_code == 404 or "Dit schrijf ik er zelf bij." not in answer.text
