"""Inzage: the referrer looks a file over, holds back what is of others, and issues it; the person fetches it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from bijzondere_toegang.cases.models import CaseAccess, Item, ItemHold, Party
from bijzondere_toegang.inspection.models import Inspection
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.support import Site, make_site, register, sample, take

YOUTH = {"voornaam": "Kindvoor", "achternaam": "Kindachter", "school": "Kindschool"}
WISH = "Ik wil bij oma wonen. Mijn broer steelt geld."


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def a_case(site: Site) -> str:
    """A youth of fourteen with a wish in own words, which only the referrer and the youth read."""
    document = sample(1)
    document["jeugdige"] |= YOUTH
    document["hulpvraag"]["wensJeugdige"] = WISH
    document["hulpvraag"]["verklarendeAnalyse"] = "Alleen voor professionals."
    return register(site, document)


def party_of(site: Site, reference: str, word: str) -> UUID:
    with site.database.read() as tx:
        account = site.family(reference)[word]
        found = tx.exec(select(CaseAccess.party_id).where(CaseAccess.account_id == account)).first()
        assert found is not None
        return found


def test_the_referrer_issues_a_file_and_the_youth_fetches_it(site: Site) -> None:
    reference = a_case(site)
    referrer, youth = site.as_("verwijzer1"), site.as_("jeugdige", reference)
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}"

    people = referrer.get(f"/zaken/{reference}/inzage")
    looked = referrer.get(here)
    before = youth.get(f"/mijn-plan/{reference}/inzage/dossier.pdf")
    issued = referrer.post(f"{here}/uitgifte")
    page = youth.get(f"/mijn-plan/{reference}/inzage")
    pdf = youth.get(f"/mijn-plan/{reference}/inzage/dossier.pdf")
    machine = youth.get(f"/mijn-plan/{reference}/inzage/dossier.json")

    assert here in people.text and WISH in looked.text and "professionals." not in looked.text
    assert "Kindschool" not in looked.text
    assert before.status_code == 404 and issued.status_code == 303
    assert "dossier.pdf" in page.text
    assert pdf.content.startswith(b"%PDF") and b"pdfuaid" in pdf.content
    assert pdf.headers["content-disposition"] == 'attachment; filename="dossier.pdf"'
    told = json.dumps(machine.json(), ensure_ascii=False)
    assert WISH in told and "Kindvoor" in told and "professionals." not in told
    assert [entry.event_type for entry in entries(site, reference) if entry.object_kind == "inspection"][-3:] == [
        "read", "read", "read",
    ]  # fmt: skip


def entries(site: Site, reference: str) -> list[TimelineEntry]:
    with site.database.read() as tx:
        query = select(TimelineEntry).where(TimelineEntry.chain == site.case(reference).id)
        return list(tx.exec(query.order_by(TimelineEntry.seq)).all())  # type: ignore[arg-type]


def test_what_is_held_back_is_not_in_the_file_and_nothing_shows_it(site: Site) -> None:
    reference = a_case(site)
    referrer, youth = site.as_("verwijzer1"), site.as_("jeugdige", reference)
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}"

    sent = referrer.post(f"{here}/achterhouden/{key_of(referrer, here)}", data=held())
    referrer.post(f"{here}/uitgifte")

    parts = youth.get(f"/mijn-plan/{reference}/inzage/dossier.json").json()["onderdelen"]
    texts = [part["tekst"] for part in parts]
    assert sent.status_code == 303, sent.text
    assert "Ik wil bij oma wonen." in texts
    assert not any("steelt" in text or "…" in text for text in texts)


def key_of(referrer: TestClient, here: str) -> str:
    """The section with the wish."""
    page = referrer.get(here).text
    return page[page.index(WISH) :].split("/achterhouden/")[1].split('"')[0]


def held(**changes: str) -> dict[str, str]:
    said = {"hoeveel": "passage", "passage": "Mijn broer steelt geld.", "grond": "derde", "reden": "Over een ander."}
    return said | changes


def test_the_interest_of_the_child_asks_for_a_second_professional_and_a_day(site: Site) -> None:
    reference = a_case(site)
    referrer = site.as_("verwijzer1")
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}"
    place = f"{here}/achterhouden/{key_of(referrer, here)}"

    alone = referrer.post(place, data=held(grond="belang-kind"))
    past = referrer.post(
        place, data=held(grond="belang-kind", tweedeProfessional="G. Wetenschapper", opnieuwBekijkenOp="2026-11-09")
    )
    elsewhere = referrer.post(place, data=held(passage="Dit staat er niet."))

    assert [answer.status_code for answer in (alone, past, elsewhere)] == [422, 422, 422]
    assert "Welke tweede professional" in alone.text and "Over een ander." in alone.text
    with site.database.read() as tx:
        assert tx.exec(select(Inspection)).all() == []


@pytest.mark.parametrize("how", ["passage", "geheel"])
def test_a_file_issued_before_something_was_held_back_is_not_fetched_any_more(site: Site, how: str) -> None:
    reference = a_case(site)
    referrer, youth = site.as_("verwijzer1"), site.as_("jeugdige", reference)
    here, own = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}", f"/mijn-plan/{reference}/inzage"
    key, files = key_of(referrer, here), (f"{own}/dossier.json", f"{own}/dossier.pdf")
    referrer.post(f"{here}/uitgifte")
    before = [youth.get(file).status_code for file in files]
    site.move(seconds=1)

    referrer.post(f"{here}/achterhouden/{key}", data=held(hoeveel=how, passage=PASSAGE if how == "passage" else ""))

    refused = [youth.get(file) for file in files]
    page, told = youth.get(own).text, referrer.get(here).text
    site.move(seconds=1)
    referrer.post(f"{here}/uitgifte")
    anew = youth.get(files[0])
    assert (before, [answer.status_code for answer in refused]) == ([200, 200], [410, 410])
    for text in (page, *(answer.text for answer in refused)):
        assert "Dit dossier is verlopen" in text and "Vraag een nieuw aan." in text
        assert "steelt" not in text and "achtergehouden" not in text
    assert "dossier.pdf" not in page and "Geef een nieuw dossier." in told
    assert anew.status_code == 200 and "steelt" not in anew.text and "Kindvoor" in anew.text


def test_a_hold_that_was_taken_back_leaves_the_file_as_it_was(site: Site) -> None:
    reference = a_case(site)
    referrer, youth = site.as_("verwijzer1"), site.as_("jeugdige", reference)
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}"
    key = key_of(referrer, here)
    referrer.post(f"{here}/uitgifte")
    site.move(seconds=1)
    referrer.post(f"{here}/achterhouden/{key}", data=held())

    referrer.post(f"{here}/teruggave", data={"onderdeel": key})

    assert youth.get(f"/mijn-plan/{reference}/inzage/dossier.json").status_code == 200


PASSAGE = "Mijn broer steelt geld."
SAID = "Vader belt elke nacht."


def issued_to_the_mother(site: Site) -> tuple[str, str]:
    """A file of the mother's own, with a statement of the referrer in it; the case, and that statement."""
    reference = a_case(site)
    take(site, "referrer", reference, "add_statement", tekst=SAID, wieMagLezen=["moeder", "vader"])
    with site.database.read() as tx:
        item = tx.exec(select(Item.id).where(Item.kind == "statement")).one()
    site.as_("verwijzer1").post(f"/zaken/{reference}/inzage/{party_of(site, reference, 'moeder')}/uitgifte")
    site.move(seconds=1)
    return reference, str(item)


@pytest.mark.parametrize("step", ["shield_item", "withhold_item"])
def test_a_file_issued_before_an_item_was_kept_from_the_reader_is_not_fetched_any_more(site: Site, step: str) -> None:
    reference, item = issued_to_the_mother(site)
    own, mother, referrer = f"/mijn-plan/{reference}/inzage", site.as_("moeder", reference), site.as_("verwijzer1")
    files, here = (f"{own}/dossier.json", f"{own}/dossier.pdf"), party_of(site, reference, "moeder")
    before = mother.get(files[0])
    more = {"herzienOp": "2027-01-15"} if step == "withhold_item" else {}

    take(site, "referrer", reference, step, stuk=item, voor=str(here), reden="Dit geeft ruzie.", **more)

    refused, page = [mother.get(file) for file in files], mother.get(own).text
    told = referrer.get(f"/zaken/{reference}/inzage/{here}").text
    site.move(seconds=1)
    referrer.post(f"/zaken/{reference}/inzage/{here}/uitgifte")
    anew = mother.get(files[0])
    assert before.status_code == 200 and SAID in before.text
    assert [answer.status_code for answer in refused] == [410, 410]
    for text in (page, *(answer.text for answer in refused)):
        assert "Dit dossier is verlopen" in text and SAID not in text and "afgeschermd" not in text
    assert "dossier.pdf" not in page and "Geef een nieuw dossier." in told
    assert anew.status_code == 200 and SAID not in anew.text


def test_a_file_stays_when_an_item_is_kept_from_somebody_else_or_no_longer(site: Site) -> None:
    reference, item = issued_to_the_mother(site)
    mother, file = site.as_("moeder", reference), f"/mijn-plan/{reference}/inzage/dossier.json"
    father, mine = (str(party_of(site, reference, word)) for word in ("vader", "moeder"))

    take(site, "referrer", reference, "shield_item", stuk=item, voor=father, reden="Dit geeft ruzie.")
    while_his = mother.get(file).status_code
    with site.database.write() as tx:
        tx.exec(select(ItemHold)).one().kept_from = mine
    while_hers = mother.get(file).status_code
    with site.database.write() as tx:
        tx.exec(select(ItemHold)).one().lifted_at = site.at

    assert (while_his, while_hers, mother.get(file).status_code) == (200, 410, 200)


def test_what_was_held_back_can_be_given_after_all(site: Site) -> None:
    reference = a_case(site)
    referrer, youth = site.as_("verwijzer1"), site.as_("jeugdige", reference)
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}"
    key = key_of(referrer, here)
    referrer.post(f"{here}/achterhouden/{key}", data=held(hoeveel="geheel", passage=""))

    referrer.post(f"{here}/teruggave", data={"onderdeel": key})
    referrer.post(f"{here}/uitgifte")

    assert WISH in youth.get(f"/mijn-plan/{reference}/inzage/dossier.json").text


def test_a_parent_gets_an_own_file_without_the_others(site: Site) -> None:
    reference = a_case(site)
    referrer, mother, father = (site.as_(who, reference) for who in ("verwijzer1", "moeder", "vader"))
    with site.database.read() as tx:
        assert tx.exec(select(Party)).all()

    referrer.post(f"/zaken/{reference}/inzage/{party_of(site, reference, 'moeder')}/uitgifte")

    told = mother.get(f"/mijn-plan/{reference}/inzage/dossier.json").text
    assert sample(1)["gezin"][0]["voornaam"] in told
    assert WISH not in told and "Kindschool" not in told
    assert father.get(f"/mijn-plan/{reference}/inzage/dossier.json").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("anneke", 404), ("collega", 404), ("verwijzer3", 404), ("chair", 403)])
def test_nobody_but_the_referrer_prepares_a_file(site: Site, who: str, status: int) -> None:
    reference = a_case(site)
    if who == "chair":
        take(site, "chair", reference, "declare_independence", band=False)
    person = site.as_(who, reference) if who != "anneke" else site.as_("fg")
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'jeugdige')}"

    assert person.get(here).status_code in (status, 403)
    assert person.post(f"{here}/uitgifte").status_code in (status, 403)
    with site.database.read() as tx:
        assert tx.exec(select(Inspection)).all() == []
