"""The acts through the front door."""

from __future__ import annotations

import re

import pytest

from tests.conferences.walk import prepared
from tests.support import Site, register_sample, take


def test_a_refused_act_keeps_what_was_typed_and_can_be_sent_again(site: Site) -> None:
    reference = register_sample(site, 1)
    browser = site.as_("referrer", reference)
    fields = {"_stap": "suspend", "_revisie": "1", "grond": "instemming-aanvrager", "toelichting": "Moeder tekende."}

    refused = browser.post(f"/zaken/{reference}/stappen", data={**fields, "vanaf": "2026-11-12"})
    taken = browser.post(f"/zaken/{reference}/stappen", data={**fields, "vanaf": "2026-11-09"})

    assert refused.status_code == 422
    assert "Moeder tekende." in refused.text
    assert 'name="_revisie" value="1"' in refused.text
    assert taken.status_code == 303


def test_a_chair_who_declares_a_tie_does_not_find_the_case_again(site: Site) -> None:
    reference = register_sample(site, 1)
    browser = site.as_("chair", reference)

    shown = browser.get(f"/zaken/{reference}/stappen/declare_independence")
    sent = {"_stap": "declare_independence", "_revisie": "1", "band": "ja", "toelichting": "Mijn buren."}
    taken = browser.post(f"/zaken/{reference}/stappen", data=sent)

    assert shown.status_code == 200
    assert taken.status_code == 303
    assert browser.get(f"/zaken/{reference}/stappen/declare_independence").status_code == 404


def test_who_comes_second_reads_that_a_colleague_was_first(site: Site) -> None:
    reference = register_sample(site, 1)
    late = site.as_("referrer", reference)
    take(site, "referrer", reference, "extend_term", tot="2026-11-20", reden="Ziek.", gezinVerteld=True)
    fields = {"_stap": "suspend", "_revisie": "1", "grond": "instemming-aanvrager", "toelichting": "Moeder tekende."}

    refused = late.post(f"/zaken/{reference}/stappen", data={**fields, "vanaf": "2026-11-09"})

    assert refused.status_code == 409
    assert "Een collega was u voor" in refused.text
    assert "Moeder tekende." in refused.text


def test_enter_in_a_field_takes_the_step_and_drops_no_row(site: Site) -> None:
    reference = prepared(site)
    page = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/plan_conference").text

    form = page[page.index('name="_stap"') :]
    first = re.search(r"<button[^>]*>", form)

    assert 'name="_meer"' in form
    assert first is not None
    assert "name=" not in first[0]


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("chair", "/zaken/{}/stappen/conclude_consensus"),
        ("referrer", "/aanmeldingen/{}/hulpvraag"),
        ("moeder", "/mijn-plan/{}/stappen/state_position"),
    ],
)
def test_who_can_not_do_something_now_finds_the_way_back_to_the_case(site: Site, who: str, path: str) -> None:
    reference = register_sample(site, 1)
    home = f"/mijn-plan/{reference}" if who == "moeder" else f"/zaken/{reference}"

    refused = site.as_(who, reference).get(path.format(reference))

    assert refused.status_code in (403, 409)
    assert f'href="{home}">Terug naar {reference}</a>' in refused.text
    assert site.as_(who, reference).get(home).status_code == 200


def test_what_is_not_there_names_no_case_to_go_back_to(site: Site) -> None:
    reference = register_sample(site, 1)

    refused = site.as_("verwijzer2").get(f"/zaken/{reference}/stappen/conclude_consensus")

    assert refused.status_code == 404 and "Terug naar BT-" not in refused.text
