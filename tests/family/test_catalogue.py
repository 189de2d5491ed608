"""Every key the family's pages use has its words, in each language, and the languages say the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bijzondere_toegang.family
from bijzondere_toegang.app import load_process
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.forms import missing_labels
from bijzondere_toegang.web.i18n import LANGUAGES, Catalogues, read_catalogue
from bijzondere_toegang.web.labels import help_of, label_of, paths_of

PLACES = (Path(bijzondere_toegang.family.__file__).parent, folder("templates") / "family")
KEY = re.compile(r'"(family\.[a-z_.]*[a-z_])"')
PROCESS = load_process()
FAMILY_STEPS = [step for step in PROCESS.library.get("bijzondere-toegang", 1).steps.values() if "family" in step.by]
TRANSLATORS = Catalogues(folder("locales")).translators


def used() -> Iterator[str]:
    for place in PLACES:
        for path in (*place.glob("*.py"), *place.glob("*.html")):
            yield from KEY.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_of_the_pages_has_its_words(lang: str) -> None:
    assert sorted(key for key in set(used()) if not TRANSLATORS[lang].has(key)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("step", [step.name for step in FAMILY_STEPS])
def test_every_step_of_the_family_has_a_link_and_thanks(lang: str, step: str) -> None:
    translator = TRANSLATORS[lang]

    assert translator.has(f"family.do.{step}")
    assert translator.has(f"family.done.{step}") or translator.has(f"step.{step}.family")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("audience", ["family", "youth"])
def test_every_field_of_the_family_has_a_label(lang: str, audience: str) -> None:
    missing = [
        key
        for step in FAMILY_STEPS
        for key in missing_labels(PROCESS.forms[step.form], TRANSLATORS[lang], f"{step.form}_{audience}")
    ]

    assert missing == []


def test_the_languages_have_the_same_keys() -> None:
    keys = {lang: {str(row.id) for row in read_catalogue(folder("locales") / lang / "family.po")} for lang in LANGUAGES}
    dotted = {lang: {key for key in found if " " not in key} for lang, found in keys.items()}

    assert dotted["nl"] == dotted["en"]


def test_parameters_survive_translation() -> None:
    for row in read_catalogue(folder("locales") / "nl" / "family.po"):
        english = TRANSLATORS["en"].gettext(str(row.id))
        assert sorted(re.findall(r"{\w+}", str(row.string))) == sorted(re.findall(r"{\w+}", english)), row.id


def test_a_young_person_is_addressed_as_je_in_every_form() -> None:
    polite = re.compile(r"\b([Uu]|[Uu]w|[Jj]eugdige)\b")
    read = [
        said(TRANSLATORS["nl"], f"{step.form}_youth", path)
        for step in FAMILY_STEPS
        for path in paths_of(PROCESS.forms[step.form])
        for said in (label_of, help_of)
    ]

    assert [words for words in read if polite.search(words)] == []
