"""What somebody said at the table is theirs to read back, also when no minutes are there."""

from __future__ import annotations

from tests.conferences import walk as table
from tests.family.walk import called, divided, reported
from tests.support import Site, take

WORDS = "Ik wil eerst rust thuis."


def page(site: Site, who: str, reference: str, rest: str = "") -> str:
    return site.as_(who, reference).get(f"/mijn-plan/{reference}{rest}").text


def said(site: Site, who: str, reference: str) -> str:
    found = page(site, who, reference).partition('aria-labelledby="gezegd"')[2]
    return found.partition("</section>")[0]


def test_own_words_stand_on_the_own_page_at_once_and_stay(site: Site) -> None:
    reference = divided(site, 7)

    waiting = said(site, "moeder", reference)
    called(site, reference, "moeder")
    after = said(site, "moeder", reference)

    for text in (waiting, after):
        assert "Op dinsdag 17 november zei u: oneens." in text
        assert "Uw woorden:" in text and WORDS in text


def test_the_young_person_reads_back_too_and_nobody_reads_anothers(site: Site) -> None:
    reference = divided(site, 7)
    called(site, reference, "vader", "jeugdige")

    youth, father = said(site, "jeugdige", reference), page(site, "vader", reference)

    assert "Op dinsdag 17 november zei je: eens." in youth
    assert WORDS not in youth + father


def test_every_round_is_told(site: Site) -> None:
    reference = table.opened(site, table.prepared(site, 7))
    table.ask(site, reference)
    table.state_all(site, reference, moeder={"standpunt": "oneens", "woorden": "Te ver weg."})
    site.move(minutes=1)
    table.ask(site, reference)
    take(site, "moeder", reference, "state_position", standpunt="eens-met-zorg", woorden="Als het dichtbij is.")

    text = said(site, "moeder", reference)

    assert text.index("Te ver weg.") < text.index("eens, maar met een zorg") < text.index("Als het dichtbij is.")
    assert "Dat was ronde 2." in text


def test_who_opens_the_question_again_reads_the_answer(site: Site) -> None:
    reference = table.opened(site, table.prepared(site, 7))
    table.ask(site, reference)
    take(site, "moeder", reference, "state_position", standpunt="oneens", woorden=WORDS)

    form = page(site, "moeder", reference, "/stappen/state_position")

    assert WORDS in form and "zei u: oneens." in form


def test_minutes_are_spoken_of_only_when_they_hold_the_words(site: Site) -> None:
    reference = divided(site, 7)
    called(site, reference, "moeder", "vader")
    before = page(site, "moeder", reference)
    reported(site, reference, afwegingen=f"Moeder zei: {WORDS}")

    mother, father = page(site, "moeder", reference), page(site, "vader", reference)

    assert "verslag" not in before.split("<main")[1].split("</main>")[0]
    assert "Uw woorden staan ook in het verslag." in mother
    assert "Uw woorden staan ook in het verslag." not in father


def test_before_anything_was_said_nothing_stands_there(site: Site) -> None:
    reference = table.planned(site, table.prepared(site, 7))

    assert 'id="gezegd"' not in page(site, "moeder", reference)


def test_who_looks_over_the_shoulder_reads_no_words_said_at_the_table(site: Site) -> None:
    reference = divided(site, 7)
    parties = table.table(site, reference)
    client = site.as_("chair", reference)

    answer = client.get(f"/zaken/{reference}/betrokkenen/{parties['moeder'].party_id}/bekijk")

    assert answer.status_code == 200 and 'id="stappen"' in answer.text
    assert 'id="gezegd"' not in answer.text
