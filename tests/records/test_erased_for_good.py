"""One case destroyed, both parts of it: no word left in the database, in a dump, or in an old backup put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, select, type_coerce
from sqlmodel import SQLModel
from sqlmodel import select as rows_of

from bijzondere_toegang import cli
from bijzondere_toegang.cases.advance import advance, choices_of
from bijzondere_toegang.db import Database, DataKey, sealed_tables, unseal_rows
from bijzondere_toegang.records.models import Erasure
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.verify import verify_all
from bijzondere_toegang.web.forms import json_schema
from tests import databases
from tests.cli.test_cli import KEY
from tests.keeping.support import keeper
from tests.records.test_erasing import second_administrator
from tests.routes.stages import STORIES
from tests.routes.test_secrets import marked
from tests.story import Story, answers
from tests.support import Site, register, scene, take

CANARY = "kanariepiet"
HOLDERS = {"verwijzer": ("referrer", "referrer"), "aanbieder": ("provider", "zorg_vvg1")}
"""By the word of the form: the holder, and who decides about its part."""


def singing(value: Any, *, always: bool = False) -> Any:
    """With the canary in every text that somebody typed: whatever holds a blank is no code."""
    if isinstance(value, dict):
        return {name: singing(below, always=always) for name, below in value.items()}
    if isinstance(value, list):
        return [singing(below, always=always) for below in value]
    return f"{value} {CANARY}" if isinstance(value, str) and (always or " " in value) else value


def document() -> dict[str, Any]:
    """A referral with the canary in every name, address and text."""
    found = marked(1)
    for one in (found["jeugdige"], *found["gezin"]):
        one |= {name: singing(one[name], always=True) for name in ("voornaam", "achternaam", "school") if name in one}
        if "email" in one:
            one["email"] = f"{CANARY}-{one['relatie']}@example.org"
    return found | {name: singing(found[name]) for name in ("hulpvraag", "veiligheid")}


class Singing(Story):
    """A case from registration to closing in which everybody's words hold the canary."""

    def __init__(self, site: Site) -> None:
        self.site, self.reference = site, register(site, document())
        super().__init__(self._take, lambda days: site.move(days=days))

    def _take(self, who: str, step: str, **said: Any) -> None:
        who = "zorg_vvg1" if who == "provider" else who
        with self.site.database.write() as tx:
            seen = scene(self.site, tx, who, self.reference)
            form = self.site.process.forms[seen.workflow.steps[step].form]
            told = answers(step, json_schema(form, choices_of(seen, form)), self.site.on, **said)
            advance(seen, step, data=singing(told), revision=seen.case.revision)


@pytest.fixture
def closed(site: Site) -> str:
    """Every mail of it has left but those of an old day, as a mail server that was away leaves them."""
    story = Singing(site)
    STORIES["closed"](story)
    with site.database.write() as tx:
        for row in tx.exec(rows_of(Outbox).where(Outbox.kind == "invitation").limit(2)).all():
            row.state = "sent"
    return story.reference


def granted(site: Site, reference: str, part: str) -> str:
    """Asked, advised and decided; the address where it is executed."""
    holder, who = HOLDERS[part]
    take(site, "referrer", reference, "ask_erasure", deel=part, reden=f"Lang geleden {CANARY}.")
    with site.database.read() as tx:
        row = tx.exec(rows_of(Erasure).where(Erasure.holder == holder)).one()
    site.as_("fg").post(f"/vernietigingen/{row.id}/advies", data={"advies": "for"})
    take(site, who, reference, "decide_erasure", vernietigen=True, motivering=f"Niemand heeft er belang bij {CANARY}.")
    return f"/vernietigingen/{row.id}/uitvoering"


def execute(site: Site, *addresses: str) -> None:
    first, second = site.as_("beheerder"), site.client(second_administrator(site))
    for address in addresses:
        assert first.post(address).status_code == 303
        assert second.post(address).headers["location"].endswith("vernietigd")


def canaries(database: Database, holder: str = "") -> int:
    """How often who has the database and the master keys can read it, in sealed and in plain columns."""
    with database.read() as tx:
        texts = list(unsealed(tx, holder))
        if not holder:
            for table in SQLModel.metadata.sorted_tables:
                columns = (type_coerce(c, LargeBinary) if "Sealed" in repr(c.type) else c for c in table.columns)
                texts += [str(value) for row in tx.connection().execute(select(*columns)) for value in row]
    return sum(CANARY in text.lower() for text in texts)


def unsealed(tx: Any, holder: str) -> Iterator[str]:
    for model in sealed_tables():
        rows = [row for row in tx.exec(rows_of(model)).all() if not holder or getattr(row, "holder", "") == holder]
        unseal_rows(tx, rows)
        for row in rows:
            yield from (secret.reveal() for name in model.seal_columns if (secret := getattr(row, name)) is not None)


def is_sound(database: Database) -> bool:
    with database.read() as tx:
        return [found for found in verify_all(tx) if not isinstance(found, int)] == []


@pytest.mark.parametrize(
    ("part", "gone", "left"),
    [
        ("verwijzer", "Het deel van de verwijzer is vernietigd op", "De aanbieder bewaart nog het eigen deel"),
        ("aanbieder", "Het deel van de aanbieder is vernietigd op", "De verwijzer bewaart nog het eigen deel"),
    ],
)
def test_who_opens_what_is_half_destroyed_reads_which_part_since_when_why_and_what_is_left(
    site: Site, closed: str, part: str, gone: str, left: str
) -> None:
    execute(site, granted(site, closed, part))

    for who in ("referrer", "zorg_vvg1"):
        for place in ("", "/plan", "/stappen/add_statement"):
            page = site.as_(who, closed).get(f"/zaken/{closed}{place}")

            assert page.status_code == 410
            assert gone in page.text and "Daarom was gevraagd" in page.text and left in page.text
            assert "Een deel van dit dossier is vernietigd" in page.text and "probeer het opnieuw" not in page.text


@pytest.mark.parametrize(("part", "other"), [("verwijzer", "provider"), ("aanbieder", "referrer")])
def test_of_one_part_no_word_is_left_and_the_other_stays(
    site: Site, database: databases.Database, closed: str, part: str, other: str
) -> None:
    holder = HOLDERS[part][0]
    before, kept = canaries(site.database, holder), canaries(site.database, other)
    assert before > 3 and kept > 0

    execute(site, granted(site, closed, part))

    assert canaries(site.database, holder) == 0
    assert canaries(site.database, other) >= kept or part == "verwijzer"
    assert is_sound(site.database)


def test_of_a_case_destroyed_no_word_is_left_anywhere(
    site: Site,
    database: databases.Database,
    databases: databases.Databases,
    closed: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before, folder = canaries(site.database), tmp_path / "copies"
    addresses = [granted(site, closed, part) for part in ("aanbieder", "verwijzer")]
    point_at(monkeypatch, database)
    assert cli.main(["backup", str(folder / "before")]) == 0

    execute(site, *addresses)

    assert cli.main(["backup", str(folder / "after")]) == 0
    with databases.fresh(database.kind, migrated=False) as spare:
        point_at(monkeypatch, spare)
        assert cli.main(["restore", str(folder / "before")]) == 0
        restored = keeper(spare)
        left = {"database": canaries(site.database), "restored backup": canaries(restored)}
        sound = is_sound(site.database) and is_sound(restored)
        keys = keys_of(restored, site.case(closed).id)
        restored.dispose()
    left |= {"dump": in_files(folder), "output": CANARY in "".join(capfd.readouterr()).lower()}
    print(f"{database.kind}: {before} canaries in a case before, {left} after it was destroyed; chain sound: {sound}")
    assert before > 30
    assert left == {"database": 0, "restored backup": 0, "dump": 0, "output": 0}
    assert sound
    assert keys == keys_of(site.database, site.case(closed).id) != []
    assert not any(has_key for _, has_key in keys)


def point_at(patch: pytest.MonkeyPatch, database: databases.Database) -> None:
    patch.setenv("BT_MASTER_KEY", KEY)
    patch.setenv("BT_DATABASE_URL", database.app_url)
    patch.setenv("BT_DATABASE_OWNER_URL", database.owner_url)
    patch.setenv("BT_DATABASE_KEEPER_URL", database.keeper_url)


def in_files(folder: Path) -> int:
    """In the bytes of all files below it, plain or as PostgreSQL writes bytes."""
    words = (CANARY.encode(), CANARY.capitalize().encode(), CANARY.encode().hex().encode())
    return sum(word in file.read_bytes() for file in folder.rglob("*") if file.is_file() for word in words)


def keys_of(database: Database, case_id: UUID) -> list[tuple[str, bool]]:
    with database.read() as tx:
        rows = tx.exec(rows_of(DataKey).where(DataKey.owner_id == case_id)).all()
        return sorted((row.holder, row.wrapped is not None) for row in rows)
