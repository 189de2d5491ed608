from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from bijzondere_toegang.cases.access import end, grant
from bijzondere_toegang.cases.models import Case, CaseLink, Item, Party
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.decisions.walk import at_the_decision, formal
from tests.statements import statements
from tests.support import Site, make_site, register, register_sample, sample, take

MUTSAERS = "sv-mutsaersstichting"


@pytest.fixture
def site(database: databases.Database) -> Iterator[Site]:
    site = make_site(database)
    yield site
    site.database.dispose()


def page(site: Site, who: str, reference: str, query: str = "") -> str:
    """The words of the case page, without its markup."""
    response = site.as_(who, reference).get(f"/zaken/{reference}{query}")
    assert response.status_code == 200, response.text[-500:]
    return words(response.text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1]))


def status(site: Site, who: str, reference: str) -> int:
    return site.as_(who, reference).get(f"/zaken/{reference}").status_code


def find(tx: Session, reference: str) -> Case:
    return tx.exec(select(Case).where(Case.reference == reference)).one()


def seat(site: Site, who: str, reference: str, relation: str, consortium: str = MUTSAERS) -> None:
    with site.database.write() as tx:
        grant(tx, find(tx, reference), site.cast[who], relation, site.at, consortium=consortium)


def test_the_chair_sees_before_declaring_only_what_shows_a_tie(site: Site) -> None:
    reference = register_sample(site, 1)

    shown = page(site, "chair", reference)

    assert "Roos Smeets" in shown and "geboren in 1990" in shown and "De Maaskei" in shown
    assert "Onafhankelijkheid verklaren" in shown
    assert "eet nauwelijks" not in shown
    assert "ouder1m@example.org" not in shown
    assert "Vrijwillig" not in shown


def test_the_chair_sees_the_case_after_declaring(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    shown = page(site, "chair", reference, "?gedaan=declare_independence")

    assert "Mohammed Smeets Aangemeld" in shown
    assert "eet nauwelijks" in shown
    assert "Onafhankelijk voorzitter: u" in shown
    assert "Gelukt." in shown
    assert "In behandeling nemen" in shown
    assert "3 werkdagen geteld vanaf maandag 9 november" in shown


def test_one_step_is_the_primary_button(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    html = site.as_("chair", reference).get(f"/zaken/{reference}").text

    primary = re.findall(r'<a class="nl-button nl-button--primary" href="([^"]+)"', html)
    assert primary == [f"/zaken/{reference}/stappen/take_up"]


def test_a_tie_sends_the_chair_home_after_the_step(site: Site) -> None:
    reference = register_sample(site, 1)
    chair = site.as_("chair", reference)
    revision = site.case(reference).revision
    fields = {"_stap": "declare_independence", "_revisie": str(revision), "band": "ja", "toelichting": "Buren."}

    answer = chair.post(f"/zaken/{reference}/stappen", data=fields)
    after = chair.get(answer.headers["location"])

    assert answer.status_code == 303
    assert (after.status_code, after.headers["location"]) == (303, "/")
    assert chair.get(f"/zaken/{reference}").status_code == 404


def test_the_referrer_sees_everything_and_whose_turn_it_is(site: Site) -> None:
    reference = register_sample(site, 2)

    shown = page(site, "referrer", reference)

    assert "Nu is aan zet: Onafhankelijk voorzitter, tot en met donderdag 12 november." in shown
    assert "Waarom deze aanmelding" in shown
    assert "Victor Roermond, Centrum voor Jeugd en Gezin Midden-Limburg" in shown


def test_a_secret_address_is_on_no_page(site: Site) -> None:
    document = sample(1)
    document["gezin"][0]["adres"]["geheim"] = True
    reference = register(site, document)

    shown = page(site, "referrer", reference)

    assert "geheim adres" in shown
    assert "Kerkstraat" not in shown and "5998 AC" not in shown


def test_a_representative_sees_the_case_without_names_before_the_tie_question(site: Site) -> None:
    reference = register_sample(site, 1)
    seat(site, "muts1", reference, "rep.invited")

    shown = page(site, "muts1", reference)

    assert "U ziet de zaak zonder namen." in shown
    assert "12 tot en met 15 jaar" in shown and "Venlo" in shown
    assert "Smeets" not in shown and "Mohammed" not in shown and "eet nauwelijks" not in shown


def test_a_representative_without_a_tie_sees_what_was_shared(site: Site) -> None:
    reference = register_sample(site, 1)
    seat(site, "muts1", reference, "rep.invited")
    take(site, "muts1", reference, "declare_independence", band=False)

    shown = page(site, "muts1", reference)

    assert "Mohammed Smeets" in shown and "eet nauwelijks" in shown


def test_a_representative_who_lost_finds_nothing(site: Site) -> None:
    reference = register_sample(site, 1)
    seat(site, "muts1", reference, "rep.invited")
    with site.database.write() as tx:
        case = find(tx, reference)
        end(tx, case, ["rep.invited"], site.at)
        grant(tx, case, site.cast["muts1"], "rep.lost", site.at, consortium=MUTSAERS)

    assert status(site, "muts1", reference) == 404


def test_planner_and_coordinator_see_an_outline(site: Site) -> None:
    reference = register_sample(site, 1)

    for who in ("planner", "teamleider"):
        shown = page(site, who, reference)

        assert "U ziet alleen waar de zaak staat" in shown
        assert f"Zaak {reference}" in shown and "Aangemeld" in shown
        assert "Smeets" not in shown.replace("Anneke Smeets", "") and "Mohammed" not in shown
        assert "eet nauwelijks" not in shown and "Vrijwillig" not in shown


@pytest.mark.parametrize("who", ["collega", "verwijzer2", "vvg1", "zorg_muts1", "beheerder", "analist"])
def test_who_has_no_part_finds_nothing(site: Site, who: str) -> None:
    reference = register_sample(site, 1)

    assert status(site, who, reference) == 404


def test_a_family_goes_to_its_own_page(site: Site) -> None:
    reference = register_sample(site, 1)

    answer = site.as_("moeder", reference).get(f"/zaken/{reference}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/mijn-plan/{reference}")


def test_nobody_is_asked_to_log_in_first(site: Site) -> None:
    reference = register_sample(site, 1)

    answer = site.anonymous().get(f"/zaken/{reference}")

    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen")


def test_a_look_is_written_down(site: Site) -> None:
    reference = register_sample(site, 1)

    page(site, "referrer", reference)

    with site.database.read() as tx:
        looks = tx.exec(
            select(TimelineEntry).where(TimelineEntry.chain == find(tx, reference).id, TimelineEntry.action == "R")
        ).all()
    assert [(look.object_kind, look.account_id) for look in looks] == [("case", site.cast["verwijzer1"])]


def test_the_page_takes_the_same_statements_however_much_happened(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    client = site.as_("chair", reference)
    with statements(site) as few:
        client.get(f"/zaken/{reference}")
    for _ in range(6):
        take(site, "referrer", reference, "add_statement", tekst="Er is gebeld.", wieMagLezen=["voorzitter"])
    with statements(site) as many:
        client.get(f"/zaken/{reference}")

    assert len(many) <= len(few) + 2


def test_the_last_day_of_the_decision_is_no_free_day_and_goes_once_it_is_taken(site: Site) -> None:
    before = at_the_decision(site)
    page = site.as_("referrer", before).get(f"/zaken/{before}").text
    assert str(site.case(before).decide_before) == "2026-12-25"
    assert re.search(r"Besluit op aanvraag.{0,200}maandag 28 december", page, re.S)

    take(site, "referrer", before, "confirm_outcome", **formal(site))

    assert "Besluit op aanvraag" not in site.as_("referrer", before).get(f"/zaken/{before}").text


def test_linked_cases_are_for_the_chair_alone(site: Site) -> None:
    first, second = register_sample(site, 1), register_sample(site, 5)
    take(site, "chair", first, "declare_independence", band=False)
    with site.database.write() as tx:
        one, other = find(tx, first), find(tx, second)
        tx.add(CaseLink(case_id=one.id, other_case_id=other.id, kind="same_bsn", at=site.at))

    assert f"Zaak {second}" in page(site, "chair", first)
    assert second not in page(site, "referrer", first)


def test_a_document_is_fetched_under_a_name_that_tells_nothing(site: Site) -> None:
    reference = register(site, with_document())
    item = document_of(site, reference)

    answer = site.as_("referrer", reference).get(f"/zaken/{reference}/documenten/{item}")

    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-disposition"] == 'attachment; filename="document-1.txt"'
    assert "sandbox" in answer.headers.get_list("content-security-policy")
    assert "Schoolverslag" in page(site, "referrer", reference)


def test_a_document_that_was_not_shared_is_not_there(site: Site) -> None:
    reference = register(site, with_document())
    take(site, "chair", reference, "declare_independence", band=False)
    item = document_of(site, reference)

    answer = site.as_("chair", reference).get(f"/zaken/{reference}/documenten/{item}")

    assert answer.status_code == 404
    assert "Schoolverslag" not in page(site, "chair", reference)


def test_the_help_page_is_for_everybody(site: Site) -> None:
    answer = site.anonymous().get("/hulp")

    assert answer.status_code == 200
    assert "Veilig Thuis" in answer.text and "Jeugdstem" in answer.text


def test_a_stale_step_keeps_what_was_typed(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    fields = {"_stap": "suspend", "_revisie": "0", "toelichting": "Brief verstuurd.", "vanaf": "2026-11-09"}

    answer = site.as_("chair", reference).post(f"/zaken/{reference}/stappen", data=fields)

    assert answer.status_code in (409, 422)
    assert "Brief verstuurd." in answer.text


CONTENT = b"Sam was er deze week vier dagen.\n"


def with_document() -> dict[str, object]:
    document = sample(1)
    document["documenten"] = [
        {"naam": "Schoolverslag.txt", "mediatype": "text/plain", "inhoud": b64encode(CONTENT).decode()}
    ]
    return document


def document_of(site: Site, reference: str) -> str:
    with site.database.read() as tx:
        query = select(Item.id).where(Item.case_id == find(tx, reference).id, Item.kind == "document")
        return str(tx.exec(query).one())


def test_a_document_names_no_reader_that_it_is_kept_from(site: Site) -> None:
    document = sample(4)
    shared = {"onderdeel": "documenten", "ontvangers": ["moeder", "vader"], "grondslag": "rechtstreeks-betrokken"}
    document["gegevensdeling"] = [*document["gegevensdeling"], shared]
    reference = register(site, document)
    with site.database.read() as tx:
        item = tx.exec(select(Item.id).where(Item.kind == "document")).one()
        mother = tx.exec(select(Party.id).where(Party.word == "moeder")).one()
    referrer = site.as_("referrer", reference)
    before = referrer.get(f"/zaken/{reference}").text

    take(site, "referrer", reference, "shield_item", stuk=str(item), voor=str(mother), reden="Ruzie.")

    after = referrer.get(f"/zaken/{reference}").text
    assert "moeder, vader" in before and "moeder, vader" not in after and "vader" in after
