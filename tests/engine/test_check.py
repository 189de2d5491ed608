from dataclasses import replace
from pathlib import Path

import pytest

from bijzondere_toegang.engine import Context, check, load
from tests.engine.helpers import DEFINITION, SMALL, catalogue, context_of, definition, written

# What is replaced, by what, and the one line that must be said about it: line number and words.
PLANTED = [
    pytest.param(
        "from: asked\n    to: answering",
        "from: nowhere\n    to: answering",
        22,
        "'nowhere'",
        id="unknown source",
    ),
    pytest.param("to: [done, asked]", "to: [done, gone]", 30, "'gone'", id="unknown target"),
    pytest.param("start: asked", "start: begin", 3, "'begin'", id="unknown start"),
    pytest.param("    turn: chair\n", "", 10, "eigenaar", id="no owner"),
    pytest.param("turn: chair", "turn: boss", 12, "'boss'", id="unknown role"),
    pytest.param("    term: {amount: 5}\n", "", 10, "termijn", id="no term"),
    pytest.param("{amount: 5}", "{amount: -5}", 13, "waarde", id="negative term"),
    pytest.param(
        "    final: true\n", "    final: true\n    turn: chair\n", 16, "niemands beurt", id="final with owner"
    ),
    pytest.param("    choose: vervolg\n", "", 27, "choose", id="no choice between targets"),
    pytest.param("guards: complete", "choose: vervolg", 20, "choose", id="choice with one target"),
    pytest.param("by: chair\n", "by: []\n", 27, "aan niemand", id="granted to nobody"),
    pytest.param("phase: vraag", "phase: later", 7, "'later'", id="unknown phase"),
    pytest.param("guards: complete", "gaurds: complete", 26, "onbekend veld", id="unknown key"),
    pytest.param("  remark:", "  answer:", 34, "staat al op regel 27", id="step twice"),
    pytest.param("    kind: act\n", "    kind: act\n    to: done\n", 34, "act", id="act with a target"),
    pytest.param("    kind: act\n", "    kind: transition\n", 34, "'to' ontbreekt", id="transition without target"),
    pytest.param("  done:", "  lost:\n    final: true\n  done:", 16, "onbereikbaar", id="unreachable stage"),
    pytest.param("from: asked\n", "from: [asked, done]\n", 20, "reopens", id="way out of a final stage"),
    pytest.param(
        "guards: complete",
        "guards_in: {answering: complete}",
        26,
        "gaat niet vanuit",
        id="guard in a stage not left",
    ),
    pytest.param("guards: complete", "guards: complete\n    proof: later", 27, "'later'", id="unknown proof"),
    pytest.param("version: 1", "version: een", 2, "soort waarde", id="version no number"),
    pytest.param("start: asked", "start: [asked", 4, "YAML", id="no YAML"),
]


@pytest.fixture
def small(tmp_path: Path) -> Context:
    return context_of(load(written(tmp_path, SMALL, "sound.yaml")))


def told(path: Path, context: Context) -> list[str]:
    return [str(problem) for problem in check(path, context)]


def everything(context: Context) -> Context:
    """The same context, with every sentence known: for faults that would also bring a missing sentence."""

    class All:
        def __contains__(self, key: object) -> bool:
            return True

    return replace(context, sentences={"nl": All(), "en": All()})


def test_a_sound_workflow_has_no_problems(tmp_path: Path, small: Context) -> None:
    assert told(written(tmp_path, SMALL), small) == []


@pytest.mark.parametrize(("old", "new", "line", "words"), PLANTED)
def test_each_planted_fault_is_one_line_with_its_place(
    tmp_path: Path, small: Context, old: str, new: str, line: int, words: str
) -> None:
    assert SMALL.count(old) >= 1

    found = told(written(tmp_path, SMALL.replace(old, new, 1)), everything(small))

    assert len(found) == 1, found
    assert found[0].startswith(f"klein.yaml:{line}: ")
    assert words in found[0]
    assert "\n" not in found[0]


def test_a_circle_without_an_end_is_found_at_every_stage_in_it(tmp_path: Path, small: Context) -> None:
    circle = SMALL.replace("to: [done, asked]\n    choose: vervolg", "to: asked")

    found = told(written(tmp_path, circle), small)

    assert sum("geen einde te bereiken" in line for line in found) == 2
    assert sum("onbereikbaar" in line for line in found) == 1


def test_withdrawing_does_not_count_as_an_end_for_a_dead_end(tmp_path: Path, small: Context) -> None:
    trap = SMALL.replace("kind: act\n", "kind: transition\n    to: done\n").replace(
        "to: [done, asked]\n    choose: vervolg", "to: asked"
    )

    found = told(written(tmp_path, trap), small)

    assert sum("geen einde te bereiken" in line for line in found) == 2


def test_an_owner_who_cannot_go_on_is_found(tmp_path: Path, small: Context) -> None:
    found = told(written(tmp_path, SMALL.replace("turn: chair", "turn: referrer")), small)

    assert [line.split(": ", 2)[1] for line in found] == ["stages.answering"]


@pytest.mark.parametrize(
    ("missing", "line", "words"),
    [
        ({"guards": frozenset()}, 26, "voorwaarde 'complete'"),
        ({"forms": {"ask": None, "answer": None}}, 34, "formulier 'remark'"),
        ({"forms": {"ask": None, "answer": ["reden"], "remark": None}}, 27, "vraagt niet naar 'vervolg'"),
        (
            {"grants": {"question.ask": True, "question.answer": False, "question.remark": True}},
            33,
            "question.answer",
        ),
    ],
)
def test_what_the_rooms_do_not_offer_is_one_line(
    tmp_path: Path, small: Context, missing: dict[str, object], line: int, words: str
) -> None:
    found = told(written(tmp_path, SMALL), replace(small, **missing))  # type: ignore[arg-type]

    assert len(found) == 1, found
    assert found[0].startswith(f"klein.yaml:{line}: ")
    assert words in found[0]


@pytest.mark.parametrize(
    "key",
    [
        "stage.asked",
        "stage.asked.family",
        "step.answer",
        "step.answer.intro",
        "role.chair",
        "reminder.almost_due",
    ],
)
def test_a_sentence_missing_in_one_language_is_one_line(tmp_path: Path, small: Context, key: str) -> None:
    keys = small.sentences["nl"]
    poorer = frozenset(known for known in keys if known != key)  # type: ignore[attr-defined]

    found = told(written(tmp_path, SMALL), replace(small, sentences={"nl": keys, "en": poorer}))

    assert len(found) == 1, found
    assert f"'{key}' ontbreekt in taal 'en'" in found[0]


def test_the_real_workflow_is_sound_in_both_languages() -> None:
    context = replace(context_of(definition()), sentences={"nl": catalogue("nl"), "en": catalogue("en")})

    assert told(DEFINITION, context) == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_sentence_of_the_catalogue_is_empty(language: str) -> None:
    assert [key for key, sentence in catalogue(language).items() if not sentence.strip()] == []


def test_family_sentences_are_short() -> None:
    family = {
        key: sentence
        for key, sentence in catalogue("nl").items()
        if key.endswith((".family", ".youth", ".next", ".youth_next"))
    }

    long = {key for key, text in family.items() for part in text.split(".") if len(part.split()) > 15}

    assert long == set()


def test_the_young_person_is_not_addressed_with_u() -> None:
    youth = {key: text for key, text in catalogue("nl").items() if ".youth" in key}

    formal = {
        key for key, text in youth.items() if {"u", "uw"} & set(text.lower().replace(".", "").replace(",", "").split())
    }

    assert formal == set()
