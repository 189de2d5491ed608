"""With a virus scanner, at every door: what is infected is refused and noted, and without an answer nothing comes in."""

from __future__ import annotations

import base64
import json

from sqlmodel import select

from bijzondere_toegang.cases.models import Item
from bijzondere_toegang.documents.scanner import Clamd
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.documents.files import EICAR, TEXT
from tests.documents.test_scanner import scanner
from tests.support import Site, register_sample, sample

NOWHERE = "unix:///nergens/clamd.ctl"
SAID = {"titel": "Brief van school", "soort": "brief"}


def kept(site: Site) -> int:
    with site.database.read() as tx:
        return len(tx.exec(select(Item.id).where(Item.kind == "document")).all())


def outcomes(site: Site) -> list[str]:
    with site.database.read() as tx:
        return list(tx.exec(select(TimelineEntry.outcome).where(TimelineEntry.step == "add_document")).all())


def referral(content: bytes) -> bytes:
    document = sample(2) | {"documenten": [{"naam": "a.txt", "mediatype": "text/plain", "inhoud": ""}]}
    document["documenten"][0]["inhoud"] = base64.b64encode(content).decode()
    return json.dumps(document).encode()


def test_an_infected_file_is_refused_by_its_field_and_written_down(site: Site) -> None:
    reference = register_sample(site, 2)
    with scanner() as (address, seen):
        site.app.state.scanner = Clamd(address)

        sent = {"inhoud": ("brief.txt", EICAR, "text/plain")}
        answer = site.as_("moeder", reference).post(f"/mijn-plan/{reference}/documenten", data=SAID, files=sent)

    assert answer.status_code == 422 and "In dit bestand zit een virus." in answer.text
    assert "Brief van school" in answer.text
    assert seen == [EICAR] and kept(site) == 0
    assert outcomes(site) == ["refused infected", "refused 422"]


def test_a_clean_file_comes_in_once_the_scanner_said_so(site: Site) -> None:
    reference = register_sample(site, 2)
    with scanner() as (address, seen):
        site.app.state.scanner = Clamd(address)

        sent = {"inhoud": ("brief.txt", TEXT, "text/plain")}
        answer = site.as_("referrer", reference).post(f"/zaken/{reference}/documenten", data=SAID, files=sent)

    assert answer.status_code == 303
    assert seen == [TEXT] and kept(site) == 1 and outcomes(site) == ["ok"]


def test_without_an_answer_of_the_scanner_nothing_comes_in_by_page_by_machine_or_with_a_referral(site: Site) -> None:
    reference = register_sample(site, 1)
    site.app.state.scanner = Clamd(NOWHERE)

    page = site.as_("referrer", reference).post(
        f"/zaken/{reference}/documenten", data=SAID, files={"inhoud": ("brief.txt", TEXT, "text/plain")}
    )
    machine = site.api("referrer", reference).post(
        f"/api/v1/zaken/{reference}/stappen",
        json={"stap": "add_document", "gegevens": {**SAID, "inhoud": base64.b64encode(TEXT).decode()}},
    )
    other = site.api("verwijzer2").post("/api/v1/aanmeldingen", content=referral(TEXT))

    assert (page.status_code, machine.status_code, other.status_code) == (503, 503, 503)
    assert "kan nu niet worden gecontroleerd" in page.text and "kan nu niet worden gecontroleerd" in machine.text
    assert 'value="Brief van school"' in page.text
    assert kept(site) == 0 and "ok" not in outcomes(site)


def test_an_infected_file_in_a_referral_has_the_pointer_of_its_content(site: Site) -> None:
    with scanner() as (address, _):
        site.app.state.scanner = Clamd(address)

        answer = site.api("verwijzer2").post("/api/v1/aanmeldingen", content=referral(EICAR))

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["fouten"]] == ["/documenten/0/inhoud"]


def test_the_scanner_is_asked_before_anything_is_locked(site: Site) -> None:
    reference = register_sample(site, 2)
    wrote: list[int] = []

    def meanwhile(line, content: bytes) -> None:  # type: ignore[no-untyped-def]
        said = {"_stap": "add_statement", "tekst": "Tussendoor."}
        wrote.append(site.as_("moeder", reference).post(f"/mijn-plan/{reference}/stappen", data=said).status_code)
        line.sendall(b"stream: OK\0")

    with scanner(meanwhile) as (address, _):
        site.app.state.scanner = Clamd(address)
        sent = {"inhoud": ("brief.txt", TEXT, "text/plain")}
        answer = site.as_("referrer", reference).post(f"/zaken/{reference}/documenten", data=SAID, files=sent)

    assert (wrote, answer.status_code) == ([303], 303)
