"""The documents of a referral are washed at every door, and a bad one has the pointer of its content."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from sqlmodel import select

from bijzondere_toegang.cases.models import Item, ItemContent
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.referrals.importing import import_files
from bijzondere_toegang.referrals.models import DraftSection
from tests.databases import Database
from tests.documents import files
from tests.referrals.samples import document, sample
from tests.support import Site, make_site

FILES = [
    document("a.pdf", "application/pdf", files.pdf()),
    document("b.jpg", "image/jpeg", files.jpeg()),
    document("c.txt", "text/plain", files.TEXT),
]


def kept(site: Site) -> list[tuple[str, bytes]]:
    with site.database.read() as tx:
        rows = tx.exec(select(Item, ItemContent).where(Item.id == ItemContent.id).order_by(Item.position)).all()
        unseal_rows(tx, [content for _, content in rows])
        return [
            (item.media_type, base64.b64decode(content.content.reveal())) for item, content in rows if content.content
        ]


def test_by_machine_what_is_kept_was_washed(database: Database) -> None:
    site = make_site(database)

    answer = site.api("verwijzer1").post("/api/v1/aanmeldingen", json=sample(1) | {"documenten": FILES})
    again = site.api("verwijzer1").post("/api/v1/aanmeldingen", json=sample(1) | {"documenten": FILES})

    assert (answer.status_code, again.status_code) == (201, 200)
    assert [kind for kind, _ in kept(site)] == ["application/pdf", "image/jpeg", "text/plain"]
    assert not any(files.CANARY.encode() in content for _, content in kept(site))


def test_all_faults_of_a_referral_come_at_once_those_of_its_files_too(database: Database) -> None:
    site = make_site(database)
    sent: dict[str, Any] = sample(1) | {"documenten": [FILES[2], document("d.pdf", content=files.locked_pdf())]}
    sent["jeugdige"]["bsn"] = "123456789"

    answer = site.api("verwijzer1").post("/api/v1/aanmeldingen", json=sent)

    assert answer.status_code == 422
    found = {fault["pointer"]: fault["melding"] for fault in answer.json()["fouten"]}
    assert set(found) == {"/jeugdige/bsn", "/documenten/1/inhoud"}
    assert found["/documenten/1/inhoud"].startswith("Dit bestand heeft een wachtwoord.")


def test_by_command_what_is_kept_was_washed(database: Database, tmp_path: Path) -> None:
    site = make_site(database)
    (tmp_path / "een.json").write_text(json.dumps(sample(1) | {"documenten": FILES}))

    failed = import_files(site.database, site.process, [tmp_path], at=site.at, say=lambda _: None)

    assert failed == 0
    assert not any(files.CANARY.encode() in content for _, content in kept(site))


def test_in_a_draft_a_file_is_washed_before_it_is_kept_and_a_bad_one_is_told(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = browser.post("/aanmeldingen").headers["location"]

    good = browser.post(f"{home}/documenten", files={"bestand": ("foto.jpg", files.jpeg(), "image/jpeg")})
    bad = browser.post(f"{home}/documenten", files={"bestand": ("slot.pdf", files.locked_pdf(), "application/pdf")})

    with site.database.read() as tx:
        saved = [row for row in tx.exec(select(DraftSection)).all() if row.section == "documenten"]
        unseal_rows(tx, saved)
        texts = [row.answers.reveal() for row in saved if row.answers]
    photos = [base64.b64decode(one["inhoud"]) for text in texts for one in json.loads(text)["documenten"]]
    assert (good.status_code, bad.status_code) == (303, 422)
    assert "Dit bestand heeft een wachtwoord." in bad.text
    assert len(photos) == 1 and files.CANARY.encode() not in photos[0]
