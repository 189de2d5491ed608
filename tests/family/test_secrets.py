"""What one member of a family never reads of another, over every page of the family."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi.testclient import TestClient
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Item, Party
from tests.conferences import walk as table
from tests.family.walk import called, divided, reported
from tests.support import Site, register_sample, take

SECRETS_OF_02 = ("Akkerlaan", "6008 CK", "6008CK", "Maaskei", "0612130304", "ouder2m@", "Daryna", "Stadhuis Venlo")


def pages_of(client: TestClient, reference: str) -> Iterator[tuple[str, str]]:
    """Every page a family member can reach from the plan, and each step by its name."""
    seen: set[str] = set()
    waiting = [f"/mijn-plan/{reference}", f"/mijn-plan/{reference}/afspraken", f"/mijn-plan/{reference}/verslag"]
    steps = ("add_statement", "state_position", "consent", "score", "withdraw", "nudge", "react_to_minutes")
    waiting += [f"/mijn-plan/{reference}/stappen/{step}" for step in steps]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            text = client.get(path, follow_redirects=True).text
            waiting += re.findall(r'href="(/mijn-plan[^"?]*)"', text)
            yield path, text


def leaks(client: TestClient, reference: str, secrets: tuple[str, ...]) -> set[tuple[str, str]]:
    found = pages_of(client, reference)
    return {(path, secret) for path, text in found for secret in secrets if secret.casefold() in text.casefold()}


def test_a_secret_address_reaches_the_other_parent_nowhere(site: Site) -> None:
    reference = table.planned(site, table.prepared(site, 2))

    assert leaks(site.as_("vader", reference), reference, SECRETS_OF_02) == set()


def test_the_parent_with_the_secret_address_does_read_where_the_talk_is(site: Site) -> None:
    reference = table.planned(site, table.prepared(site, 2))

    assert "Stadhuis Venlo" in site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text
    assert "belt u over de plek" in site.as_("vader", reference).get(f"/mijn-plan/{reference}").text


def hide(site: Site, reference: str, secret: bool) -> None:
    """Mother and child live where nobody may find them, or do not yet."""
    case_id = site.case(reference).id
    with site.database.write() as tx:
        for row in tx.exec(select(Party).where(Party.case_id == case_id, col(Party.word).in_(("moeder", "jeugdige")))):
            row.secret_address = secret
            tx.add(row)


def test_a_text_that_gives_the_address_away_stays_away(site: Site) -> None:
    reference = table.agreed(site, table.prepared(site, 2))
    site.move(minutes=1)
    hide(site, reference, False)
    reported(site, reference, zorgen="Moeder woont op Akkerlaan 83.", afspraken="Vader belt de school.")
    hide(site, reference, True)

    father = site.as_("vader", reference).get(f"/mijn-plan/{reference}/verslag").text
    mother = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/verslag").text

    assert "Akkerlaan" not in father and "Vader belt de school." in father
    assert "Akkerlaan 83" in mother


def test_what_the_child_told_in_confidence_stays_with_the_child(site: Site) -> None:
    reference = divided(site, 7)
    reported(site, reference, wensJeugdige="Ik wil niet bij papa.", afspraken="Moeder belt school.")
    called(site, reference, "vader", "moeder")

    for who in ("vader", "moeder"):
        assert leaks(site.as_(who, reference), reference, ("bij papa", "Niet zeggen dat ik")) == set()


def test_a_document_of_the_intake_is_on_no_page_of_a_parent(site: Site) -> None:
    reference = register_sample(site, 4)
    with site.database.read() as tx:
        documents = tx.exec(select(Item.id).where(Item.kind == "document")).all()

    client = site.as_("jeugdige", reference)

    assert documents
    assert leaks(client, reference, tuple(str(one) for one in documents)) == set()


def test_statements_and_positions_of_another_are_shown_nowhere(site: Site) -> None:
    reference = table.opened(site, table.prepared(site, 7))
    take(site, "moeder", reference, "add_statement", tekst="Kanarie van moeder", wieMagLezen=["voorzitter"])
    table.ask(site, reference)
    words = "Kanarie van standpunt"
    take(site, "moeder", reference, "state_position", standpunt="oneens", woorden=words)

    before = leaks(site.as_("vader", reference), reference, ("Kanarie",))
    for word, account in table.voices(site, reference).items():
        if word != "moeder":
            take(site, account, reference, "state_position", standpunt="eens")

    assert before == set()
    assert leaks(site.as_("vader", reference), reference, ("Kanarie",)) == set()
    assert leaks(site.as_("jeugdige", reference), reference, ("Kanarie",)) == set()
