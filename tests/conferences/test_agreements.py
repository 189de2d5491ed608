"""A line of the minutes that begins with /a is an agreement: who, what, before when, in words for everybody who reads."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bijzondere_toegang.conferences.lines import Agreement, in_words, pieces_of
from bijzondere_toegang.inspection.record import Held, Section, minus
from tests.conferences.walk import opened
from tests.support import CATALOGUES, Site, take

TABLE = date(2026, 11, 17)
NOTES = "Eerst dit.\n/a Anneke belt school 21-4\n/a Moeder, zoekt een tolk\nTot slot dat."


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_everybody_reads_who_does_what_and_when(site: Site) -> None:
    reference = opened(site)
    take(site, "chair", reference, "write_minutes", afspraken=NOTES)
    take(site, "chair", reference, "put_up_minutes")
    take(site, "vvg1", reference, "declare_independence", band=False)

    pages = {
        "chair": f"/zaken/{reference}/overleg",
        "vvg1": f"/zaken/{reference}/overleg",
        "moeder": f"/mijn-plan/{reference}/verslag",
    }
    for who, path in pages.items():
        page = site.as_(who, reference).get(path).text
        shown = page[page.index("Eerst dit.", page.rindex("</textarea>") if "</textarea>" in page else 0) :]
        assert "/a " not in shown, who
        read = text_of(shown)
        assert read.startswith("Eerst dit. Anneke belt school woensdag 21 april 2027 Moeder zoekt een tolk"), who
        assert "Tot slot dat." in read, who


def test_who_writes_still_finds_the_line_as_it_was_typed(site: Site) -> None:
    reference = opened(site)

    take(site, "chair", reference, "write_minutes", afspraken=NOTES)

    assert "/a Anneke belt school 21-4" in site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text


def test_a_printed_file_has_it_in_words_and_holds_back_what_was_typed() -> None:
    t = CATALOGUES().translator("nl")
    lines = "Eerst dit.\n/a Anneke belt school 21-4\n/a Opa belt oma op 24-11"
    section = Section("verslag-0", "Verslag", "", lines, words=in_words(lines, TABLE, t))
    hold = Held("passage", "/a Opa belt oma op 24-11", "grond", "reden")

    whole, less = (minus([section], held)[0].text for held in ({}, {"verslag-0": hold}))

    assert whole.split("\n")[1:] == [
        "Anneke belt school, woensdag 21 april 2027",
        "Opa belt oma, dinsdag 24 november 2026",
    ]
    assert less.split("\n") == ["Eerst dit.", "Anneke belt school, woensdag 21 april 2027"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/a Anneke belt school 21-4", Agreement("Anneke", "belt school", date(2027, 4, 21))),
        ("/a Anneke belt school 24-11", Agreement("Anneke", "belt school", date(2026, 11, 24))),
        ("/a Anneke belt school op 24-11-2026.", Agreement("Anneke", "belt school", date(2026, 11, 24))),
        (
            "/a mevrouw van der Berg belt Veilig Thuis 1/12",
            Agreement("mevrouw van der Berg", "belt Veilig Thuis", date(2026, 12, 1)),
        ),
        ("/a de moeder zoekt een tolk voor 3 december", Agreement("de moeder", "zoekt een tolk", date(2026, 12, 3))),
        ("/A Anneke Smeets: belt school", Agreement("Anneke Smeets", "belt school", None)),
        (
            "/a oma en opa, halen Sam op vrijdag, 4-12",
            Agreement("oma en opa", "halen Sam op vrijdag", date(2026, 12, 4)),
        ),
        ("/a Anneke belt school 31-2", Agreement("Anneke", "belt school 31-2", None)),
        ("/a Anneke", "/a Anneke"),
        ("en/of dat /a niet", "en/of dat /a niet"),
    ],
)
def test_a_line_is_read_as_people_type_it(line: str, found: object) -> None:
    pieces = pieces_of(line, TABLE)

    assert pieces == ((found,) if isinstance(found, str) else ((found,),))
