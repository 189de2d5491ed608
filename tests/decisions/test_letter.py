"""The letter a family gets says what was decided, whatever lay ready before."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.decisions.actions import repeated
from bijzondere_toegang.decisions.models import Decision
from bijzondere_toegang.decisions.queries import Dissent, dissents
from tests.conferences import walk as table
from tests.databases import Database
from tests.decisions.walk import at_the_decision, formal, motivated
from tests.family.walk import called
from tests.support import Site, make_site, once, scene, take

TABLED = "Intensieve behandeling thuis, vier keer per week."
QUOTED = "Hier staan woorden van iemand die het niet eens was."
DECIDED = {
    "hulp": "Behandeling op school, twee keer per week.",
    "resultaat": "Elke dag naar school.",
    "motivering": "School is nu het belangrijkste.",
}


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def letter_for(site: Site, who: str, reference: str) -> str:
    answer = site.as_(who, reference).get(f"/mijn-plan/{reference}/afspraken")
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def posted(site: Site, reference: str, step: str, said: dict[str, Any], **page: str) -> Any:
    data = {"_stap": step, "_revisie": str(site.case(reference).revision)} | said | page
    return site.as_("referrer", reference).post(f"/zaken/{reference}/stappen", data=data)


def test_the_letter_says_what_the_referrer_decided_and_not_what_the_table_proposed(site: Site) -> None:
    reference = at_the_decision(site, consensus=False)
    said = motivated(site, **DECIDED) | {"toelichting": "Ik bel u morgen."}
    del said["antwoorden"]

    answer = posted(site, reference, "decide", said)

    called(site, reference, "moeder")
    letter = letter_for(site, "moeder", reference)
    assert answer.status_code == 303, answer.text
    for words in (*DECIDED.values(), "Ik bel u morgen.", "Het is dichtbij huis.", "Ik beslis namens het college"):
        assert words in letter
    assert TABLED not in letter and "Weer samen eten" not in letter and "Dan moet ik beslissen." in letter


def test_who_decides_finds_the_proposal_of_the_table_typed_already(site: Site) -> None:
    reference = at_the_decision(site, consensus=False)

    page = site.as_("referrer", reference).get(f"/zaken/{reference}/stappen/decide").text

    assert page.count(TABLED) == 1 and page.count("Weer samen eten en naar school.") == 1


def test_the_letter_after_consensus_names_the_consortium_that_was_chosen(site: Site) -> None:
    reference = at_the_decision(site, consortium="")

    answer = posted(site, reference, "confirm_outcome", formal(site, samenwerkingsverband="sv-mutsaersstichting"))

    letter = letter_for(site, "moeder", reference)
    assert answer.status_code == 303, answer.text
    assert "Samenwerkingsverband Mutsaersstichting geeft de hulp." in letter
    assert "Dit is de lichtste hulp die helpt." in letter and "[vul in]" not in letter


def test_a_stay_is_explained_in_the_letter(site: Site) -> None:
    reference = at_the_decision(site, ladder="kleinschalig")
    why = "Er is meer toezicht nodig dan een gezin kan geven."

    posted(site, reference, "confirm_outcome", formal(site, trede="5", waaromGeenGezin=why))

    assert why in letter_for(site, "moeder", reference)


def test_a_letter_that_was_typed_whole_before_is_still_shown_as_it_was(site: Site) -> None:
    reference = at_the_decision(site)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))
    with site.database.write() as tx:
        row = tx.exec(select(Decision).join(Case).where(Case.reference == reference)).one()
        unseal_rows(tx, [row])
        assert row.content is not None
        row.content = Secret.json({"help": "Hulp.", "result": "Goed.", "letter": "Beste Sam, dit was de oude brief."})
        tx.add(row)

    letter = letter_for(site, "moeder", reference)

    assert "Beste Sam, dit was de oude brief." in letter
    assert (
        "Beste Sam, dit was de oude brief." in site.as_("referrer", reference).get(f"/zaken/{reference}/besluit").text
    )


# ── Who was against ──

WORDS = {
    "vader": "Ik wil dat hij bij mij woont. Zijn moeder kan het niet aan.",
    "jeugdige": "Ik wil niet naar school. Daar word ik gepest door Daan.",
}
ANSWERS = {"vader": "Bij vader wonen kan nu niet.", "jeugdige": "De begeleider gaat mee naar school."}


@once
def divided(site: Site) -> str:
    """Father and the young person were against."""
    reference = table.opened(site, table.prepared(site, 1))
    table.ask(site, reference)
    against = {who: {"standpunt": "oneens", "woorden": words} for who, words in WORDS.items()}
    table.state_all(site, reference, **against)
    take(site, "chair", reference, "conclude_no_consensus", **table.OUTCOME, samenvatting="Twee zijn tegen.")
    site.move(minutes=1)
    return reference


def answered(site: Site, reference: str) -> list[dict[str, str]]:
    with site.database.read() as tx:
        found = dissents(scene(site, tx, "referrer", reference))
    who = {words: name for name, words in WORDS.items()}
    return [{"standpunt": one.seat, "antwoord": ANSWERS[who[one.words]]} for one in found]


@pytest.mark.parametrize(("who", "other"), [("vader", "jeugdige"), ("jeugdige", "vader")])
def test_who_was_against_reads_the_reasons_and_the_answer_to_the_own_words_alone(
    site: Site, who: str, other: str
) -> None:
    reference = divided(site)
    said = motivated(site, **DECIDED, antwoorden=answered(site, reference))
    take(site, "referrer", reference, "decide", **said)
    called(site, reference, "moeder", "vader", "jeugdige")

    mine, mothers = letter_for(site, who, reference), letter_for(site, "moeder", reference)

    assert DECIDED["motivering"] in mine and DECIDED["motivering"] in mothers
    assert WORDS[who] in mine and ANSWERS[who] in mine
    for letter in (mine, mothers):
        assert WORDS[other] not in letter and ANSWERS[other] not in letter
    assert WORDS[who] not in mothers and ANSWERS[who] not in mothers
    assert "Wie het niet eens was, leest mijn antwoord in de eigen brief." in mothers


def test_a_look_at_the_letter_shows_the_answers_as_they_stand_now(site: Site) -> None:
    reference = divided(site)
    rows = answered(site, reference)

    page = html.unescape(posted(site, reference, "decide", typed(site, rows), _bekijk="brief").text)

    letter = page[page.index("Zo gaat de brief de deur uit") : page.index("Er is nog niets besloten")]
    assert all(words in letter for words in (*DECIDED.values(), *WORDS.values(), *ANSWERS.values()))
    assert letter.count("Alleen in de brief van") == 2
    assert table.OUTCOME["resultaat"] not in letter


def typed(site: Site, rows: list[dict[str, str]], **more: str) -> dict[str, Any]:
    said = motivated(site, **DECIDED) | more
    del said["antwoorden"]
    return said | {f"antwoorden.{n}.{name}": value for n, row in enumerate(rows) for name, value in row.items()}


@pytest.mark.parametrize("field", ["motivering", "toelichting", "hulp"])
def test_words_of_one_are_not_repeated_to_the_whole_family(site: Site, field: str) -> None:
    reference = divided(site)
    quoted = "Sam vertelde: 'Daar word ik gepest door Daan.' Dat weegt zwaar."
    answer = posted(site, reference, "decide", typed(site, answered(site, reference), **{field: quoted}))

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert page.count(QUOTED) == 2 and re.search(rf'href="#[^"]*{field}"[^>]*>[^<]*{QUOTED}', page)


def test_words_that_the_law_gives_everybody_are_no_quotation() -> None:
    against = [Dissent("1", "Vader", "Dat is niet in het belang van het kind, vind ik.", "p")]

    assert list(repeated("Dit is in het belang van het kind, want thuis lukt het.", "/motivering", against)) == []
    assert list(repeated("Vader zei: dat is niet in het belang van het kind, vind ik.", "/motivering", against))


def test_an_answer_repeats_to_one_no_words_of_another(site: Site) -> None:
    reference = divided(site)
    rows = answered(site, reference)
    for row in rows:
        row["antwoord"] = f"U zei: {WORDS['vader']} Dat las ik."

    answer = posted(site, reference, "decide", typed(site, rows))

    assert answer.status_code == 422
    assert html.unescape(answer.text).count(QUOTED) == 2
