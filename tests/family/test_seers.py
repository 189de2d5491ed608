"""*Wie kan dit zien?* for the family: roles and organisations, never another parent, never a person's name."""

from __future__ import annotations

import pytest

from tests.cases.acting import seat
from tests.support import Site, register, sample, take


@pytest.fixture
def reference(site: Site) -> str:
    document = sample(1)
    for member in document["gezin"]:
        member["achternaam"] = f"Woord{member['relatie']}"
    reference = register(site, document)
    take(site, "chair", reference, "declare_independence", band=False)
    return reference


def page(site: Site, reference: str, who: str) -> str:
    answer = site.as_(who, reference).get(f"/mijn-plan/{reference}/wie-kan-dit-zien")
    assert answer.status_code == 200
    return str(answer.text)


def test_a_parent_reads_roles_and_nothing_of_the_other_parent(site: Site, reference: str) -> None:
    said = page(site, reference, "moeder")

    assert "Onafhankelijk voorzitter" in said and "Verwijzer" in said and "Planner" in said
    assert "Woordvader" not in said and "Woordmoeder" not in said


def test_the_youth_reads_which_parents_see_it_too(site: Site, reference: str) -> None:
    said = page(site, reference, "jeugdige")

    assert "Woordmoeder" in said and "Woordvader" in said


def test_who_is_held_back_for_safety_is_left_out(site: Site, reference: str) -> None:
    code = site.process.region.consortia_of("mutsaersstichting", site.on)[0].code
    provider = seat(site, reference, "zorg_muts1", "provider.named", organisation="mutsaersstichting", consortium=code)
    before = page(site, reference, "moeder")

    take(site, "referrer", reference, "hold_look", wie=str(provider), reden="Dreiging.")

    assert "Mutsaersstichting" in before
    assert "Mutsaersstichting" not in page(site, reference, "moeder")


def test_it_is_the_familys_page_alone(site: Site, reference: str) -> None:
    address = f"/mijn-plan/{reference}/wie-kan-dit-zien"

    assert [site.as_(who, reference).get(address).status_code for who in ("chair", "collega")] == [404, 404]
