"""A document in a case: who brings it chooses who reads it, and what is wrong with it is said by its field."""

from __future__ import annotations

import base64
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.cases.models import Item, ItemContent, StepRecord
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.documents import files
from tests.support import Site, register_sample, take

NAME = f"{files.CANARY} brief van Sam.pdf"


def send(client: TestClient, where: str, content: bytes | None, name: str = NAME, **said: Any) -> Response:
    told = {"titel": "Brief van school", "soort": "brief"} | said
    sent = {"inhoud": (name, content, "application/x-msdownload")} if content is not None else None
    return client.post(f"{where}/documenten", data=told, files=sent or {"niets": ("", b"")})


def kept(site: Site) -> int:
    """How many documents are kept; those of the sample itself don't count."""
    with site.database.read() as tx:
        return len(tx.exec(select(Item.id).where(Item.kind == "document", Item.part == "")).all())


def test_a_referrer_adds_a_document_and_only_whom_she_ticked_finds_it(site: Site) -> None:
    reference = register_sample(site, 2)
    take(site, "chair", reference, "declare_independence", band=False)
    referrer, where = site.as_("referrer", reference), f"/zaken/{reference}"

    answer = send(referrer, where, files.pdf(), wieMagLezen=["voorzitter", "moeder"])

    page = referrer.get(where).text
    assert (answer.status_code, answer.headers["location"]) == (303, f"{where}?gedaan=add_document")
    assert "Brief van school" in page and "Wie mag dit lezen: voorzitter, moeder" in page
    assert "Brief van school" in site.as_("chair", reference).get(where).text
    assert "Brief van school" in site.as_("moeder", reference).get(f"/mijn-plan/{reference}/documenten").text
    assert "Brief van school" not in site.as_("vader", reference).get(f"/mijn-plan/{reference}/documenten").text


def test_what_a_mother_brings_without_a_tick_is_read_by_her_and_the_referrer_alone(site: Site) -> None:
    reference = register_sample(site, 2)
    take(site, "chair", reference, "declare_independence", band=False)
    mother = site.as_("moeder", reference)

    answer = send(mother, f"/mijn-plan/{reference}", files.jpeg(), soort="foto", titel="Foto van de kamer")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/mijn-plan/{reference}?gedaan=add_document")
    own = mother.get(f"/mijn-plan/{reference}/documenten").text
    assert "Foto van de kamer" in own and "Alleen u en uw contactpersoon lezen dit." in own
    assert "Foto van de kamer" in site.as_("referrer", reference).get(f"/zaken/{reference}").text
    for other, page in (("vader", f"/mijn-plan/{reference}/documenten"), ("chair", f"/zaken/{reference}")):
        assert "Foto van de kamer" not in site.as_(other, reference).get(page).text


def test_a_document_comes_back_as_an_attachment_that_nothing_opens_in_our_name(site: Site) -> None:
    reference = register_sample(site, 2)
    referrer = site.as_("referrer", reference)
    send(referrer, f"/zaken/{reference}", files.pdf())
    link = referrer.get(f"/zaken/{reference}").text.split(f'href="/zaken/{reference}/documenten/')[1].split('"')[0]

    answer = referrer.get(f"/zaken/{reference}/documenten/{link}")

    assert answer.headers["content-disposition"].startswith('attachment; filename="document-')
    assert answer.headers["content-disposition"].endswith('.pdf"')
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers.get_list("content-security-policy")
    assert answer.content.startswith(b"%PDF-") and files.CANARY.encode() not in answer.content


def test_the_name_of_a_file_is_kept_nowhere_and_its_content_only_sealed(site: Site) -> None:
    reference = register_sample(site, 2)

    send(site.as_("referrer", reference), f"/zaken/{reference}", files.TEXT)

    with site.database.read() as tx:
        raw = [str(row) for row in tx.connection().exec_driver_sql("select * from item").all()]
        raw += [str(row) for row in tx.connection().exec_driver_sql("select * from item_content").all()]
        answers = [row for row in tx.exec(select(StepRecord)).all() if row.step == "add_document"]
        content = tx.exec(select(ItemContent).order_by(ItemContent.id)).all()
        said = tx.exec(select(TimelineEntry).where(TimelineEntry.step == "add_document")).all()
    assert len(answers) == len(said) == 1 and content
    assert files.CANARY not in "".join(raw) and "weer naar school" not in "".join(raw)
    assert (said[0].action, said[0].permission, said[0].outcome) == ("U", "document.add yes", "ok")
    assert "inhoud" in said[0].commitments and files.CANARY not in str(said[0])


def test_a_bad_file_is_told_by_its_field_and_what_was_typed_stays(site: Site) -> None:
    reference = register_sample(site, 2)
    referrer = site.as_("referrer", reference)

    answer = send(referrer, f"/zaken/{reference}", files.locked_pdf(), titel="", wieMagLezen=["gi"])

    assert answer.status_code == 422
    assert "Dit bestand heeft een wachtwoord." in answer.text and "Vul dit in." in answer.text
    assert "Kies het bestand hieronder opnieuw." in answer.text
    assert '<option value="brief" selected>' in answer.text
    assert 'value="gi" checked' in answer.text
    assert kept(site) == 0


def test_without_a_file_the_page_asks_for_one(site: Site) -> None:
    reference = register_sample(site, 2)

    answer = send(site.as_("moeder", reference), f"/mijn-plan/{reference}", None, titel="Mijn brief")

    assert answer.status_code == 422
    assert "Kies eerst een bestand." in answer.text and 'value="Mijn brief"' in answer.text


def test_a_step_without_a_checked_file_keeps_nothing(site: Site) -> None:
    reference = register_sample(site, 2)
    said = {"_stap": "add_document", "titel": "Zo", "soort": "brief", "inhoud": "SGFsbG8="}

    answer = site.as_("referrer", reference).post(f"/zaken/{reference}/stappen", data=said)

    assert answer.status_code == 422 and kept(site) == 0


def test_by_machine_a_document_comes_as_base64_and_all_faults_have_pointers(site: Site) -> None:
    reference = register_sample(site, 2)
    api, where = site.api("referrer", reference), f"/api/v1/zaken/{reference}/stappen"

    def post(content: str, **said: Any) -> Response:
        return api.post(where, json={"stap": "add_document", "gegevens": {"inhoud": content, "soort": "brief", **said}})

    good = post(base64.b64encode(files.docx()).decode(), titel="Verslag")
    bad = post(base64.b64encode(b"MZ\x90\x00").decode())
    broken = post("geen base64!", titel="Verslag")
    assert good.status_code == 200 and kept(site) == 1
    assert bad.status_code == 422 and {one["pointer"] for one in bad.json()["fouten"]} == {"/inhoud", "/titel"}
    assert broken.status_code == 422 and "base64" in broken.json()["fouten"][0]["melding"]


def test_who_may_not_add_one_is_told_so_before_the_file_is_looked_at(site: Site) -> None:
    reference = register_sample(site, 2)

    colleague = send(site.as_("planner"), f"/zaken/{reference}", files.TEXT)
    stranger = send(site.as_("muts1"), f"/zaken/{reference}", files.TEXT)

    assert stranger.status_code == 404 and colleague.status_code in (403, 404)
    assert kept(site) == 0
