from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bijzondere_toegang.errors import Fault
from bijzondere_toegang.web.answers import EARLIEST, LATEST
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    EmptyRow,
    OptionalText,
    asks_for_rows,
    describe,
    field,
    json_schema,
    missing_labels,
    read_form,
    summary,
    validate,
)
from bijzondere_toegang.web.i18n import LANGUAGES, Messages, Translator
from tests.web.conftest import CHOICES, PAIRS, Goal, Talk

TRANSLATOR = Translator(LANGUAGES["nl"], Messages())


def faults_of(data: Any) -> dict[str, str]:
    answers, faults = validate(Talk, data, CHOICES)
    assert (answers is None) == bool(faults)
    return {fault.pointer: fault.text for fault in faults}


def sound() -> dict[str, Any]:
    return read_form(Talk, PAIRS)


def test_a_form_becomes_answers_in_their_own_types() -> None:
    answers, faults = validate(Talk, read_form(Talk, PAIRS), CHOICES)

    assert faults == []
    assert answers is not None
    assert answers.day.isoformat() == "2026-04-14"
    assert answers.place == "Horn"
    assert answers.guests == ["sam", "mama"]
    assert (answers.urgent, answers.asked) == (False, False)
    assert answers.goals == [Goal(wie="sam", tekst="Naar school\nelke dag")]  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("14-4-2026", "2026-04-14"),
        ("14-04-2026", "2026-04-14"),
        (" 14/4/2026 ", "2026-04-14"),
        ("14.4.2026", "2026-04-14"),
        ("14 4 2026", "2026-04-14"),
        ("2026-04-14", "2026-04-14"),
        ("14 april 2026", "2026-04-14"),
        ("1 Mrt. 2026", "2026-03-01"),
        ("14 apr 2026", "2026-04-14"),
        ("4 May 2026", "2026-05-04"),
        ("31-2-2026", "31-2-2026"),
        ("14 apriel 2026", "14 apriel 2026"),
        ("14-4-26", "14-4-26"),
        ("morgen", "morgen"),
    ],
)
def test_a_day_may_be_typed_day_first(typed: str, sent: str) -> None:
    assert read_form(Talk, [("datum", typed)]) == {"datum": sent}


def test_a_machine_sends_a_day_year_first() -> None:
    assert faults_of(sound() | {"datum": "14-4-2026"}) == {"/datum": "Vul een datum in die bestaat, zoals 2026-04-14."}


def test_answers_written_as_json_are_the_same_answers_read_again() -> None:
    answers, _ = validate(Talk, sound(), CHOICES)

    assert answers is not None
    again, faults = validate(Talk, answers.as_json(), CHOICES)

    assert (again, faults) == (answers, [])
    assert answers.as_json()["begin"] == "10:00"


def test_an_empty_form_says_everything_that_is_missing() -> None:
    faults = faults_of(read_form(Talk, []))

    assert faults == {
        "/datum": "Vul een datum in die bestaat, zoals 2026-04-14.",
        "/begin": "Vul dit in.",
        "/plaats": "Vul dit in.",
        "/standpunt": "Maak een keuze.",
        "/aanbieder": "Maak een keuze.",
        "/gevraagd": "Maak een keuze.",
        "/cijfer": "Maak een keuze.",
        "/doelen": "Vul dit in.",
        "/klopt": "Zet hier een vinkje.",
    }


@pytest.mark.parametrize(
    ("name", "value", "pointer"),
    [
        ("datum", "1735603200", "/datum"),
        ("datum", "2026-02-30", "/datum"),
        ("datum", "2026-04-14\n", "/datum"),
        ("datum", 3, "/datum"),
        ("begin", "24:00", "/begin"),
        ("plaats", "   ", "/plaats"),
        ("plaats", "a\x07b", "/plaats"),
        ("plaats", "a\nb", "/plaats"),
        ("plaats", "a" * 201, "/plaats"),
        ("plaats", "\ud800", "/plaats"),
        ("plaats", None, "/plaats"),
        ("standpunt", "misschien", "/standpunt"),
        ("aanbieder", "c", "/aanbieder"),
        ("gasten", ["sam", "vader"], "/gasten/1"),
        ("gasten", "sam", "/gasten"),
        ("gevraagd", "yes", "/gevraagd"),
        ("gevraagd", 1, "/gevraagd"),
        ("klopt", False, "/klopt"),
        ("klopt", 1, "/klopt"),
        ("cijfer", 11, "/cijfer"),
        ("datum", "9999-12-31", "/datum"),
        ("datum", "1899-12-31", "/datum"),
        ("cijfer", 0, "/cijfer"),
        ("cijfer", "7", "/cijfer"),
        ("cijfer", True, "/cijfer"),
        ("cijfer", 7.5, "/cijfer"),
        ("doelen", [], "/doelen"),
        ("doelen", ["x"], "/doelen/0"),
        ("doelen", [{"wie": "opa", "tekst": "x"}], "/doelen/0/wie"),
        ("doelen", [{"wie": "sam", "tekst": "x"}] * 4, "/doelen"),
        ("onbekend", "x", "/onbekend"),
        ("a/b~c", "x", "/a~1b~0c"),
    ],
)
def test_each_kind_of_mistake_is_one_fault_at_its_place(name: str, value: Any, pointer: str) -> None:
    assert list(faults_of(sound() | {name: value})) == [pointer]


def test_a_fault_never_quotes_what_was_typed() -> None:
    answers, faults = validate(
        Talk, {"datum": "Sam Geheim", "standpunt": "Sam Geheim", "doelen": "Sam Geheim"}, CHOICES
    )

    assert answers is None
    assert "Geheim" not in repr(faults)


def test_what_is_asked_only_then_is_required_only_then() -> None:
    assert faults_of(sound() | {"standpunt": "oneens"}) == {"/reden": "Vul dit in."}
    assert faults_of(sound() | {"standpunt": "oneens", "reden": "  "}) == {"/reden": "Vul dit in."}
    assert faults_of(sound() | {"standpunt": "oneens", "reden": "Te ver weg"}) == {}


def test_a_rule_across_fields_is_told_with_the_other_faults_and_keeps_still_about_what_is_wrong_itself() -> None:
    told = "Spoed past niet bij een {cijfer}."
    assert faults_of(sound() | {"spoed": True, "cijfer": 9}) == {"/spoed": told}
    assert faults_of(sound() | {"spoed": True, "cijfer": 9, "plaats": ""}) == {"/plaats": "Vul dit in.", "/spoed": told}
    assert list(faults_of(sound() | {"spoed": True, "cijfer": 11})) == ["/cijfer"]
    assert list(faults_of(sound() | {"spoed": "x", "cijfer": 9})) == ["/spoed"]


def test_what_only_the_caller_knows_is_told_in_the_order_of_the_form() -> None:
    def place_is_free(talk: Talk) -> Iterator[Fault]:
        if talk.place == "Horn":
            yield Fault("/plaats", "Hier zit al iemand.")

    def guests_fit(talk: Talk) -> Iterator[Fault]:
        if len(talk.as_json()["gasten"]) > 1:
            yield Fault("/gasten", "Te veel.")

    data = sound() | {"cijfer": 11, "datum": "ooit"}
    _, faults = validate(Talk, data, CHOICES, [guests_fit, place_is_free])
    assert [fault.pointer for fault in faults] == ["/datum", "/plaats", "/cijfer"], "the whole is not there to count"
    _, faults = validate(Talk, sound(), CHOICES, [guests_fit, place_is_free])
    assert [fault.pointer for fault in faults] == ["/plaats", "/gasten"]


def test_empty_rows_are_no_answer_and_faults_point_at_what_was_shown() -> None:
    rows = [("doelen.0.wie", "sam"), ("doelen.0.tekst", " "), ("doelen.2.wie", "mama"), ("doelen.2.cijfer", "12")]
    data = read_form(Talk, [p for p in PAIRS if not p[0].startswith("doelen")] + rows)

    faults = faults_of(data)

    assert isinstance(data["doelen"][0], EmptyRow)
    assert list(faults) == ["/doelen/2/tekst", "/doelen/2/cijfer"]


def test_a_row_more_or_less_is_asked_by_a_button() -> None:
    more = [*PAIRS, ("_meer", "doelen")]
    less = [*PAIRS, ("doelen.1.tekst", "weg"), ("_minder", "doelen.1")]

    assert asks_for_rows(more)
    assert not asks_for_rows(PAIRS)
    assert len(read_form(Talk, more)["doelen"]) == 2
    assert len(read_form(Talk, less)["doelen"]) == 1
    assert read_form(Talk, [("_meer", "doelen.9.x"), ("_minder", "plaats.0"), ("_meer", "niets")]) == {}


def test_a_row_with_an_absurd_number_takes_no_memory_and_is_a_fault() -> None:
    data = read_form(Talk, [*PAIRS, ("doelen.999999999.tekst", "x")])

    assert list(faults_of(data)) == ["/doelen"]


def test_what_was_typed_comes_back_with_its_fault(nl: Translator) -> None:
    data = read_form(
        Talk, [("datum", "morgen"), ("cijfer", "zeven"), ("doelen.0.tekst", ""), ("doelen.1.tekst", "Slapen")]
    )
    _, faults = validate(Talk, data, CHOICES)

    views = {view.name: view for view in describe(Talk, nl, "proef", data, faults, CHOICES)}

    assert (views["datum"].value, views["datum"].fault[:16]) == ("morgen", "Vul een datum in")
    assert views["cijfer"].value == "zeven"
    assert [row.fields[1].value for row in views["doelen"].rows] == ["", "Slapen"]
    assert views["datum"].described_by == "v-datum-fout"
    assert views["reden"].condition == "Alleen bij het antwoord: Meer"


def test_what_no_answer_on_offer_asks_for_is_not_drawn(nl: Translator) -> None:
    class Outcome(Answers):
        step: Chosen = field("trede", widget="radio", choices="aanbieders")
        why: OptionalText = field("waarom", widget="text", default=None, show_when=("trede", "c"), required_then=True)

    empty = describe(Outcome, nl, "proef", {}, [], CHOICES)
    typed = describe(Outcome, nl, "proef", {"waarom": "Daarom."}, [], CHOICES)

    assert [view.name for view in empty] == ["trede"]
    assert [view.name for view in typed] == ["trede", "waarom"], "nothing that was typed goes out of sight"


def test_the_summary_links_every_fault_to_its_field(nl: Translator) -> None:
    data = sound() | {"gasten": ["x"], "standpunt": "x", "raar": "x"}
    _, faults = validate(Talk, data, CHOICES)
    views = describe(Talk, nl, "proef", data, faults, CHOICES)

    lines = summary(views, faults, nl)

    assert {line.href for line in lines} == {"#v-gasten-0", "#v-standpunt-0", ""}


def test_the_summary_says_in_which_row_and_does_not_call_unsound_rows_too_few(nl: Translator) -> None:
    data = sound() | {"doelen": [{"wie": "mama"}]}
    _, faults = validate(Talk, data, CHOICES)
    views = describe(Talk, nl, "proef", data, faults, CHOICES)

    lines = summary(views, faults, nl)

    assert [(line.label, line.href) for line in lines] == [("Moeder: form.proef.doelen.tekst", "#v-doelen-0-tekst")]


def test_rows_of_people_are_headed_by_their_names(nl: Translator) -> None:
    views = describe(Talk, nl, "proef", {"doelen": [{"wie": "mama"}, {}]}, (), CHOICES)

    assert [row.title for row in next(v for v in views if v.name == "doelen").rows] == ["Moeder", "form.proef.doelen 2"]


def test_missing_labels_are_named(nl: Translator) -> None:
    missing = missing_labels(Goal, nl, "proef")

    assert missing == ["form.proef.tekst", "form.proef.cijfer"]


def test_a_machine_gets_a_schema_that_says_the_same() -> None:
    schema = json_schema(Talk, CHOICES)
    check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    good = json.loads(json.dumps(sound()))

    assert "$ref" not in json.dumps(schema)
    assert schema["properties"]["aanbieder"]["enum"] == ["a", "b"]
    assert schema["properties"]["gasten"]["items"]["x-labels"] == {"sam": "Sam", "mama": "Moeder"}
    assert schema["properties"]["doelen"]["minItems"] == 1
    assert schema["additionalProperties"] is False
    assert list(check.iter_errors(good)) == []
    assert list(check.iter_errors(good | {"standpunt": "oneens"})) != []
    assert list(check.iter_errors(good | {"datum": "2026-02-30"})) != []
    assert list(check.iter_errors(good | {"aanbieder": "c"})) != []


def test_choices_of_one_request_do_not_leak_into_the_next() -> None:
    json_schema(Talk, CHOICES)

    assert json_schema(Talk)["properties"]["aanbieder"]["enum"] == []


lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
texts = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), min_size=1).filter(str.strip)


@given(
    place=lines,
    day=st.dates(EARLIEST, LATEST),
    at=st.times(),
    reason=texts,
    goals=st.lists(texts, min_size=1, max_size=3),
    score=st.integers(1, 10),
)
def test_whatever_people_type_survives_the_form(
    place: str, day: Any, at: Any, reason: str, goals: list[str], score: int
) -> None:
    own = {
        "plaats": place,
        "datum": day.isoformat(),
        "begin": at.strftime("%H:%M"),
        "reden": reason,
        "cijfer": str(score),
    }
    pairs = [p for p in PAIRS if p[0] not in own and not p[0].startswith("doelen")]
    pairs += [*own.items(), *((f"doelen.{i}.tekst", text) for i, text in enumerate(goals))]
    pairs += [(f"doelen.{i}.wie", "sam") for i in range(len(goals))]

    answers, faults = validate(Talk, read_form(Talk, pairs), CHOICES)

    assert faults == []
    assert answers is not None
    assert (answers.place, answers.day, answers.score) == (place.strip(), day, score)
    assert [goal.text for goal in answers.goals] == [text.strip() for text in goals]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)
names = st.sampled_from([*(name for name, _ in PAIRS), "doelen", "doelen.0", "_meer", "_minder", "reden.0"])


@given(st.dictionaries(names, json_values))
def test_nonsense_is_refused_with_faults_and_never_an_error(data: dict[str, Any]) -> None:
    answers, faults = validate(Talk, data, CHOICES)

    assert answers is None
    assert len({fault.pointer for fault in faults}) == len(faults) > 0


@given(st.lists(st.tuples(names | st.text(), st.text())))
def test_any_form_can_be_read_checked_and_shown_again(pairs: list[tuple[str, str]]) -> None:
    translator = TRANSLATOR

    data = read_form(Talk, pairs)
    _, faults = validate(Talk, data, CHOICES)
    views = describe(Talk, translator, "proef", data, faults, CHOICES)

    assert len(views) == 12
    assert len(summary(views, faults, translator)) == len(faults)
