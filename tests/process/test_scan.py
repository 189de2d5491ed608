"""Nothing a person said or is lies readable in the database, the log or the mail.

The eight samples are registered under names that stand nowhere else, one is walked to its end by machine with every
reminder and mail sent, and then every byte that was kept or written is searched.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bijzondere_toegang.jobs import Post
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues
from tests import databases, story
from tests.api.test_walker import FAMILY, ByMachine
from tests.support import NUMBERS, Site, make_site, register, sample

PRIVATE = frozenset({
    "voornaam", "tussenvoegsel", "achternaam", "bsn", "email", "telefoon", "straat", "postcode", "school", "naam",
})  # fmt: skip
LEAST = 6
"""letters; a shorter value is found anywhere"""
PLACES = ("zaken/{}", "zaken/{}/tijdlijn", "zaken/{}/overleg", "zaken/{}/plan", "zaken/{}/plaatsing", "mijn-plan/{}")


class Kept:
    """A mailer that keeps what was handed over."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        self.mails.append(message)


def renamed(number: int) -> dict[str, Any]:
    """A sample whose people have names, schools and streets that stand nowhere else."""
    document = sample(number)
    document["verwijzer"]["naam"] = f"Verwijzernaam Kwyx{number}"
    for index, person in enumerate([document["jeugdige"], *document["gezin"]]):
        person |= {"voornaam": f"Voornaam{number}kwyx{'abcdefghij'[index]}", "achternaam": f"Achternaam{number}kwyx"}
    return document


def secrets(value: Any, name: str = "") -> Iterator[str]:
    """Every value about a person, and every sentence, in a document."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from secrets(below, key)
    elif isinstance(value, list):
        for below in value:
            yield from secrets(below, name)
    elif isinstance(value, str) and (name in PRIVATE or " " in value.strip()):
        yield value
        yield from re.split(r"(?<=[.!?])\s+", value)


def said_in_story() -> set[str]:
    """What is typed while the case is walked to its end."""
    told = (story.HELP, story.RESULT, "Ik maak me zorgen over de avonden.", "Ik wil mijn vrienden weer zien.")
    return {*told, "R. Behandelaar", "0770000001", "Het is goed zo.", "Alle standpunten zijn gewogen."}


def walked(site: Site, mailer: Kept, document: dict[str, Any]) -> str:
    """From the referral to its end, with every page looked at and all post sent on the way."""
    told = ByMachine(site, document)
    told.story.to_placing_without_consensus(*FAMILY, opposed="vader")
    look_around(told)
    told.ring()
    told.take("vvg1", "accept_placement")
    look_around(told)
    send(site, mailer)
    told.story.plan_to_care(*FAMILY)
    told.story.evaluation(*FAMILY)
    look_around(told)
    told.take("provider", "propose_closing")
    told.take("referrer", "close")
    site.move(days=400)
    send(site, mailer)
    return told.reference


def look_around(told: ByMachine) -> None:
    for who in ("chair", "referrer", "moeder", "jeugdige", "vvg1", "zorg_vvg1", "muts1"):
        browser = told.site.as_(who, told.reference)
        for place in PLACES:
            browser.get("/" + place.format(told.reference))


def send(site: Site, mailer: Kept) -> None:
    Post(site.database, site.process, mailer, Catalogues(folder("locales")), site.app.state.settings).run(site.at)


def stored(database: databases.Database) -> bytes:
    """All that the database keeps, as it lies on the disk or comes out of every column."""
    if database.kind == "sqlite":
        file = Path(database.app_url.removeprefix("sqlite:///"))
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")))
    with psycopg.connect(_superuser(database)) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return b"\n".join(_rows(connection, name) for (name,) in names)


def _superuser(database: databases.Database) -> str:
    """Under FORCE the owner sees no row either."""
    return database.owner_url.replace("postgresql+psycopg:", "postgresql:").replace("bt_owner@", "postgres@")


def _rows(connection: psycopg.Connection[Any], table: str) -> bytes:
    connection.execute("SET row_security = off")
    rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


def readable(mail: EmailMessage) -> str:
    """Headers without the envelope's address, and every part decoded."""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items() if name != "To")
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([headers, *(part if isinstance(part, str) else part.decode() for part in parts)])


def test_what_people_are_and_say_is_nowhere_to_be_read(
    database: databases.Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    site, mailer = make_site(database), Kept()
    documents = [renamed(number) for number in NUMBERS]
    needles = {one for document in documents for one in secrets(document) if len(one) >= LEAST} | said_in_story()

    for document in documents[1:]:
        register(site, document)
    reference = walked(site, mailer, documents[0])

    written = capfd.readouterr()
    places = {
        "database": stored(database).lower(),
        "log": "\n".join([caplog.text, written.out, written.err]).encode().lower(),
        "mail": "\n".join(readable(mail) for mail in mailer.mails).encode().lower(),
    }
    found = {(place, one) for place, text in places.items() for one in needles if one.encode().lower() in text}
    assert found == set()
    assert site.case(reference).stage == "closed"
    assert len(needles) > 150
    assert len(mailer.mails) > 20
    assert reference.encode().lower() in places["database"]
    assert not [mail for mail in mailer.mails if reference in readable(mail) and not list(mail.iter_attachments())]
