"""What somebody of the family reads of themselves: an address that is secret, the end of a BSN; of others nothing."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.db import Secret
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.family.test_secrets import leaks
from tests.family.walk import accepted
from tests.parties.test_correcting import party_of
from tests.parties.test_reading import SIXTEEN, let
from tests.plans import walk as plans
from tests.support import Site, register_sample

SAYS_SO = "Uw adres is geheim"


def own(site: Site, who: str | UUID, reference: str) -> str:
    answer = site.as_(who, reference).get(f"/mijn-plan/{reference}/gegevens")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return answer.text


def told(page: str) -> str:
    """What a page says, without its tokens."""
    return page.partition("<main")[2].partition("</main>")[0]


def hide(site: Site, reference: str, word: str, address: str = "Stilleweg 7\n5911 AB Venlo") -> None:
    with site.database.write() as tx:
        row = tx.get_one(Party, party_of(site, reference, word).id)
        row.secret_address, row.address = True, Secret(address)
        tx.add(row)


def looks(site: Site, reference: str) -> list[tuple[str, str, str]]:
    """What was read of an owner's own, of whom, on which row of the table."""
    with site.database.read() as tx:
        of_case = TimelineEntry.chain == site.case(reference).id
        kept = select(TimelineEntry).where(of_case, TimelineEntry.object_kind.in_(("secret_address", "own_data")))  # type: ignore[attr-defined]
        rows = tx.exec(kept.order_by(TimelineEntry.seq)).all()  # type: ignore[arg-type]
        return [(row.object_kind, row.object_pseudonym, row.permission) for row in rows]


def test_who_has_a_secret_address_reads_it_and_that_it_is_kept_and_from_whom(site: Site) -> None:
    reference = register_sample(site, 1)
    hide(site, reference, "moeder")

    page = own(site, "moeder", reference)

    assert SAYS_SO in page and "Stilleweg 7" in page
    assert "niemand in het gezin" in page and "Uw contactpersoon mag het zien, met een reden" in page
    mother = str(party_of(site, reference, "moeder").id)
    assert looks(site, reference) == [("secret_address", mother, "secret_address.show C25")]


def test_nobody_else_reads_it_nor_that_there_is_one(site: Site) -> None:
    reference = register_sample(site, 1)
    before = {who: own(site, who, reference) for who in ("vader", "jeugdige")}
    hide(site, reference, "moeder")

    after = {who: own(site, who, reference) for who in before}

    assert {who: told(page) for who, page in after.items()} == {who: told(page) for who, page in before.items()}
    for who in before:
        assert "geheim" not in after[who]
        assert leaks(site.as_(who, reference), reference, ("Stilleweg", "5911 AB", SAYS_SO, "adres is geheim")) == set()
    assert {kind for kind, _, _ in looks(site, reference)} == {"own_data"}


def test_a_professional_has_no_such_page_and_a_preview_leads_to_none(site: Site) -> None:
    reference = register_sample(site, 1)
    hide(site, reference, "moeder")
    mother = party_of(site, reference, "moeder").id
    referrer = site.as_("referrer", reference)

    answer = referrer.get(f"/mijn-plan/{reference}/gegevens")
    preview = referrer.get(f"/zaken/{reference}/betrokkenen/{mother}/bekijk").text

    assert answer.status_code == 404
    assert "Uw gegevens" in preview and "/gegevens" not in preview and "Stilleweg" not in preview


def test_a_young_person_reads_the_last_three_digits_of_the_own_number(site: Site) -> None:
    reference = register_sample(site, 1)
    number = party_of(site, reference, "jeugdige").bsn
    assert number is not None
    digits = number.reveal()

    pages = {who: own(site, who, reference) for who in ("jeugdige", "moeder", "vader")}

    assert f"eindigt op {digits[-3:]}" in pages["jeugdige"]
    assert not any(digits in page or digits[-4:] in page for page in pages.values())
    assert "BSN" not in pages["moeder"] + pages["vader"]


def test_a_young_person_with_a_secret_address_is_told_in_own_words(site: Site) -> None:
    reference = register_sample(site, 1)
    hide(site, reference, "jeugdige")

    page = own(site, "jeugdige", reference)

    assert "Jouw adres is geheim" in page and "Stilleweg 7" in page and "Uw " not in page.partition("Vragen")[0]
    assert leaks(site.as_("moeder", reference), reference, ("Stilleweg",)) == set()


def test_a_secret_address_that_nobody_knows_is_said_to_be_unknown(site: Site) -> None:
    reference = register_sample(site, 1)
    hide(site, reference, "moeder")
    with site.database.write() as tx:
        row = tx.get_one(Party, party_of(site, reference, "moeder").id)
        row.address = None
        tx.add(row)

    page = own(site, "moeder", reference)

    assert SAYS_SO in page and "Wij weten uw adres niet." in page


def test_a_parent_of_a_youth_of_16_reads_it_while_the_youth_agrees(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    hide(site, reference, "moeder")

    unasked = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/gegevens")
    let(site, reference, moeder=True, vader=False, woorden="Mama wel.")

    assert unasked.status_code == 404 and "Stilleweg" not in unasked.text
    assert SAYS_SO in own(site, "moeder", reference)


def test_where_incapacity_is_recorded_the_young_person_has_no_such_page(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    hide(site, reference, "jeugdige")
    with site.database.write() as tx:
        case = tx.get_one(Case, site.case(reference).id)
        case.incapacitated_on = site.on
        tx.add(case)

    answer = site.as_("jeugdige", reference).get(f"/mijn-plan/{reference}/gegevens")

    assert answer.status_code == 404 and "Stilleweg" not in answer.text


def test_who_is_asked_about_a_plan_reads_that_the_help_comes_home(site: Site) -> None:
    reference = accepted(site)
    plans.put_up(site, reference, hulpThuis=True)

    asked = site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text
    plans.put_up(site, reference, hulpThuis=False)
    asked_again = site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text

    assert "De hulp komt thuis." in asked and "De hulp komt thuis." not in asked_again
