"""A document that gives a secret address away in its text is kept from the others as one that does in its name."""

from __future__ import annotations

import base64
import re

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Item, ItemWords, Party
from bijzondere_toegang.jobs import read_documents
from tests.documents import files
from tests.support import Site, register_sample, take

LETTER = files.letter("Moeder woont op Akkerlaan 83.")
TOLD = files.letter("Moeder belt de school.")
CASE = 2
"""A sample in which the mother and the young person live at a secret address."""


@pytest.fixture
def reference(site: Site) -> str:
    reference = register_sample(site, CASE)
    take(site, "chair", reference, "declare_independence", band=False)
    return reference


def brought(site: Site, reference: str, content: bytes, who: str = "referrer", title: str = "Verslag") -> str:
    """A document that both parents may read; its address."""
    enclosed = base64.b64encode(content).decode()
    readers = ["moeder", "vader"]
    take(site, who, reference, "add_document", titel=title, soort="verslag", inhoud=enclosed, wieMagLezen=readers)
    with site.database.read() as tx:
        newest = tx.exec(select(Item.id).where(Item.kind == "document").order_by(Item.created_at.desc())).first()  # type: ignore[attr-defined]
    site.move(seconds=1)
    return f"/zaken/{reference}/documenten/{newest}"


def reads(site: Site, reference: str, who: str, address: str) -> tuple[bool, int]:
    """Whether the document is in the list of this person, and what fetching it answers."""
    client = site.as_(who, reference)
    listed = address in client.get(f"/mijn-plan/{reference}/documenten").text
    return listed, client.get(address).status_code


GIVEN, KEPT = (True, 200), (False, 404)


@pytest.mark.parametrize(
    "content",
    [LETTER, files.odt("<text:p>akkerlaan-83</text:p>"), b"Post naar 6008CK graag.", files.letter("Bel 06 12130304")],
)
def test_a_document_with_the_address_in_its_text_reaches_the_other_parent_nowhere(
    site: Site, reference: str, content: bytes
) -> None:
    address = brought(site, reference, content)

    assert reads(site, reference, "vader", address) == KEPT
    assert reads(site, reference, "moeder", address) == GIVEN
    assert site.as_("referrer", reference).get(address).status_code == 200


def test_a_document_with_the_address_in_its_name_is_not_fetched_either(site: Site, reference: str) -> None:
    assert reads(site, reference, "vader", brought(site, reference, TOLD, title="Brief over Akkerlaan 83")) == KEPT


def test_who_brought_it_keeps_reading_it_and_what_tells_nothing_is_read(site: Site, reference: str) -> None:
    mine, other = brought(site, reference, LETTER, "vader"), brought(site, reference, TOLD)

    assert reads(site, reference, "vader", mine) == reads(site, reference, "vader", other) == GIVEN


def test_it_is_kept_from_the_day_on_which_the_address_becomes_secret_until_it_is_no_more(
    site: Site, reference: str
) -> None:
    secret(site, False)
    address = brought(site, reference, LETTER)
    before = reads(site, reference, "vader", address)

    secret(site, True)
    during = reads(site, reference, "vader", address)
    secret(site, False)

    assert (before, during, reads(site, reference, "vader", address)) == (GIVEN, KEPT, GIVEN)


def secret(site: Site, yes: bool) -> None:
    with site.database.write() as tx:
        for party in tx.exec(select(Party).where(Party.word.in_(("moeder", "jeugdige")))).all():  # type: ignore[attr-defined]
            party.secret_address = yes


def test_what_nobody_read_yet_is_kept_where_an_address_is_secret_until_it_was_read(site: Site, reference: str) -> None:
    telling, told = brought(site, reference, LETTER), brought(site, reference, TOLD)
    picture = brought(site, reference, files.jpeg())
    with site.database.write() as tx:
        for row in tx.exec(select(ItemWords)).all():
            row.read_at = row.words = None
    unread = [reads(site, reference, "vader", one) for one in (telling, told, picture)]

    count = read_documents(site.database, site.at)

    read = [reads(site, reference, "vader", one) for one in (telling, told, picture)]
    assert unread == [KEPT, KEPT, KEPT] and read == [KEPT, GIVEN, GIVEN]
    assert count >= 3 and read_documents(site.database, site.at) == 0


def test_the_words_of_a_document_stand_nowhere_in_the_clear(site: Site, reference: str) -> None:
    brought(site, reference, LETTER)

    with site.database.read() as tx:
        rows = tx.connection().exec_driver_sql("select words from item_words").all()
    raw = b"".join(bytes(row[0]) for row in rows if row[0] is not None)
    assert raw and not re.search(rb"(?i)akkerlaan|6008", raw)


def test_a_guest_is_offered_no_document_with_a_secret_address_in_its_text(site: Site, reference: str) -> None:
    telling, told = brought(site, reference, LETTER), brought(site, reference, TOLD)

    page = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/stappen/invite_confidant").text

    assert told.rpartition("/")[2] in page and telling.rpartition("/")[2] not in page
