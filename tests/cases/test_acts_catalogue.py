from __future__ import annotations

import pytest

from bijzondere_toegang.cases.acts import ROOM
from bijzondere_toegang.cases.acts_forms import AddStatement, RecordCall
from bijzondere_toegang.errors import Sentence
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.forms import describe, missing_labels
from bijzondere_toegang.web.i18n import LANGUAGES, Catalogues, Translator, read_catalogue

TRANSLATORS = Catalogues(folder("locales")).translators


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("step", ROOM.forms)
def test_every_question_of_an_act_has_its_words(step: str, lang: str) -> None:
    assert missing_labels(ROOM.forms[step], TRANSLATORS[lang], step) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("form", "step"), [(AddStatement, "add_statement"), (RecordCall, "record_call")])
def test_every_word_to_choose_from_is_said_in_words(form: type, step: str, lang: str) -> None:
    views = describe(form, TRANSLATORS[lang], step)

    assert not [o.value for view in views for o in view.options if view.widget != "radio" and o.label == o.value]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_know_the_same_keys(lang: str) -> None:
    other = {m.id for m in read_catalogue(folder("locales") / "nl" / "cases_acts.po") if m.id}
    own = {m.id for m in read_catalogue(folder("locales") / lang / "cases_acts.po") if m.id}

    assert {key for key in own | other if " " not in key} <= own


@pytest.mark.parametrize("translator", TRANSLATORS.values(), ids=TRANSLATORS)
def test_a_parameter_survives_translation(translator: Translator) -> None:
    said = translator.sentence(Sentence("Kies {day} of een dag erna.", {"day": "X"}))

    assert "X" in said and "{" not in said
