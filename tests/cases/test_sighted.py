"""Who can see this, and why: everybody the policy lets in and nobody else, in words, whatever their number."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.sighted import sighted
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.routes.people import CAST, grow, join
from tests.routes.table import CELLS
from tests.statements import statements
from tests.support import Site, register_sample, scene, take


@pytest.fixture
def reference(site: Site) -> str:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    return reference


def page(site: Site, reference: str, who: str = "referrer") -> str:
    answer = site.as_(who, reference).get(f"/zaken/{reference}/wie-ziet-dit")
    assert answer.status_code == 200
    return str(answer.text)


def judged(site: Site, reference: str) -> dict[UUID, bool]:
    with site.database.read() as tx:
        return {
            actor.account_id: sight is not None for actor, sight, _ in sighted(scene(site, tx, "verwijzer1", reference))
        }


def test_the_page_says_who_sees_the_case_why_and_what_they_read(site: Site, reference: str) -> None:
    take(site, "referrer", reference, "add_statement", tekst="Woordgezien.", wieMagLezen=["moeder"])

    said = page(site, reference)

    for words in ("leidt deze zaak", "heeft deze zaak", "heeft gezag", "is zelf 12 tot en met 15", "leest"):
        assert words in said.casefold()
    assert "Woordgezien." in said


@pytest.mark.parametrize("relation", [one for one in CAST if one != "anonymous"])
def test_everybody_is_judged_as_for_a_request_of_their_own(site: Site, reference: str, relation: str) -> None:
    grow(site, reference, CAST[relation].age)
    who = join(site, reference, relation)

    told = judged(site, reference).get(who, False)

    own = site.client(who).get(f"/zaken/{reference}").status_code
    sees = own in (200, 303)
    assert told == sees or (CELLS["case.see"][relation] in ("C1", "C5") and told)


def test_what_is_shielded_stands_beside_the_item_and_its_reader_is_gone(site: Site, reference: str) -> None:
    take(site, "referrer", reference, "add_statement", tekst="Woordstuk.", wieMagLezen=["moeder"])
    with site.database.read() as tx:
        choices = site.process.choices
        seen = scene(site, tx, "referrer", reference)
        item = next(one.value for one in choices["stukken"](seen) if one.hint == "Woordstuk.")
        mother = next(one for one in choices["voor_wie_dicht"](seen))

    take(site, "referrer", reference, "shield_item", stuk=item, voor=mother.value, reden="Ruzie.")

    assert "afgeschermd voor" in page(site, reference)
    assert "afgeschermd" not in page(site, reference, "chair"), "the chair may not read the item"


def test_the_page_takes_as_many_statements_for_many_people_as_for_few(site: Site, reference: str) -> None:
    referrer = site.as_("referrer", reference)
    address = f"/zaken/{reference}/wie-ziet-dit"
    referrer.get(address)
    with statements(site) as few:
        referrer.get(address)
    for relation in ("secretary.assigned", "gi.involved", "provider.named", "rep.invited", "rep.accepted", "planner"):
        for _ in range(2):
            join(site, reference, relation)
    for number in range(4):
        take(site, "referrer", reference, "add_statement", tekst=f"Verklaring {number}", wieMagLezen=["voorzitter"])

    with statements(site) as many:
        referrer.get(address)

    assert len(few) == len(many)


def test_the_look_is_written_down_and_others_do_not_get_it(site: Site, reference: str) -> None:
    provider = join(site, reference, "provider.named")
    page(site, reference, "chair")

    answers = [site.client(provider).get(f"/zaken/{reference}/wie-ziet-dit").status_code]
    answers.append(site.as_("moeder", reference).get(f"/zaken/{reference}/wie-ziet-dit").status_code)
    answers.append(site.as_("collega").get(f"/zaken/{reference}/wie-ziet-dit").status_code)

    assert answers == [403, 303, 404]
    with site.database.read() as tx:
        assert tx.exec(select(TimelineEntry).where(TimelineEntry.object_kind == "seers")).one().action == "R"


def test_birthdays_and_the_end_of_a_delegation_are_told_ahead(site: Site, reference: str) -> None:
    take(
        site, "referrer", reference, "delegate", aan=str(site.cast["collega"]), totEnMet="2026-12-01", reden="Vakantie."
    )

    said = page(site, reference)

    assert "wordt de jeugdige 16" in said
    assert "Coen Collega ziet deze zaak tot en met" in said
    with site.database.read() as tx:
        assert tx.exec(select(Case)).one().turns_16_on is not None
