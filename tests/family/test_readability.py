"""Every Dutch sentence a family reads, by the measure of Flesch and Douma."""

from __future__ import annotations

import re
from statistics import fmean

import pytest

from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import read_catalogue

FAMILY_KEYS = re.compile(r"^(stage|step)\.\w+\.(family|next|youth|youth_next)$")
VOWELS = re.compile(r"aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyéëïöüá]")
PLACES = {
    "dag": "dinsdag", "tijd": "tien uur", "naam": "Jan Smit", "organisatie": "Venlo", "plaats": "Venlo",
    "telefoon": "077", "cijfers": "123", "kenmerk": "BT", "woorden": "Klaar.", "woord": "eens",
    "wie": "Jan Smit", "begin": "tien uur", "eind": "elf uur", "nummer": "2",
}  # fmt: skip
LONGEST = 15
"""Words in a sentence."""


def texts(file: str) -> dict[str, str]:
    rows = read_catalogue(folder("locales") / "nl" / file)
    return {str(row.id): str(row.string) for row in rows if row.id}


CHOSEN = {key: text for key, text in texts("workflow.po").items() if FAMILY_KEYS.match(key)} | texts("family.po")
FAMILY = {key: text.format_map(PLACES) for key, text in CHOSEN.items()}


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!:])\s+", text) if words(part)]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def syllables(word: str) -> int:
    return max(1, len(VOWELS.findall(word)))


def flesch_douma(text: str) -> float:
    """206.84 − 0.77 · syllables per 100 words − 0.93 · words per sentence."""
    found = words(text)
    per_hundred = 100 * sum(syllables(word) for word in found) / len(found)
    return 206.84 - 0.77 * per_hundred - 0.93 * len(found) / len(sentences(text))


SENTENCES = [one for text in FAMILY.values() for one in sentences(text)]


def test_syllables_are_counted_as_in_speech() -> None:
    counted = {word: syllables(word) for word in ("hulp", "verwijzer", "eeuw", "moeite", "plan", "overleg")}

    assert counted == {"hulp": 1, "verwijzer": 3, "eeuw": 1, "moeite": 2, "plan": 1, "overleg": 3}


def test_the_family_reads_easy_sentences() -> None:
    whole = flesch_douma(" ".join(f"{one} ." if one[-1] not in ".?!:" else one for one in SENTENCES))

    assert whole >= 70
    assert fmean(len(words(one)) for one in SENTENCES) <= 10


@pytest.mark.parametrize("key", sorted(FAMILY))
def test_no_sentence_is_long(key: str) -> None:
    assert [one for one in sentences(FAMILY[key]) if len(words(one)) > LONGEST] == []


def test_no_text_of_some_length_is_hard() -> None:
    hard = {key: round(flesch_douma(text)) for key, text in FAMILY.items() if len(words(text)) >= 8}

    assert {key: mark for key, mark in hard.items() if mark < 70} == {}


def test_no_jargon() -> None:
    jargon = re.compile(r"\b(casus|segment|consensus|traject|indicatie|regie|beschikking|dossier|%|cliënt|verwijzer)\b")

    assert {key: text for key, text in FAMILY.items() if jargon.search(text.casefold())} == {}


def test_a_text_for_the_young_person_says_je() -> None:
    formal = re.compile(r"\b(u|uw|uzelf)\b", re.IGNORECASE)

    for key, text in FAMILY.items():
        if "youth" in key:
            assert not formal.search(text), key
