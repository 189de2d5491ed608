"""A sound intake becomes what can be stored, quickly, and can be compared with a resend."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bijzondere_toegang.errors import Incomplete
from bijzondere_toegang.referrals import intake as room
from bijzondere_toegang.referrals.intake import accept, differing, fields, parse, passes_eleven_test
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues, used_messages
from tests.referrals.samples import NUMBERS, ON, changed, raw, raw_sample, region, sample

SAID = used_messages([folder("locales").parent / "src/bijzondere_toegang/referrals/intake"])
ENGLISH = Catalogues(folder("locales")).translator("en")
BITS: list[Any] = [
    None, True, False, 0, -1, 1.5, "", " ", "x", "ja", "\x00", "\ud800", "\u202e", "2026-02-30",
    "2999-01-01", "0001-01-01", "college-in-mandaat", "gedwongen", "toestemming", "acuut-onveilig", "000000000",
    [], [[]], {}, {"a": {}}, ["voorzitter"],
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_the_samples_are_accepted(number: int) -> None:
    intake = parse(raw_sample(number), region=region(), on=ON)

    assert intake.reference == sample(number)["bronkenmerk"]
    assert intake == accept(sample(number), region=region(), on=ON)


def test_an_intake_carries_what_was_sent_under_english_names() -> None:
    two, four, eight = (parse(raw_sample(n), region=region(), on=ON) for n in (2, 4, 8))

    assert two.referrer.mandate is not None
    assert two.referrer.mandate.valid_from == date(2023, 1, 1)
    assert two.referrer.mandate.valid_until is None
    assert two.youth.address is not None and two.youth.address.secret
    assert two.safety.acute and two.safety.done_today
    assert two.question.wish_parents == ""
    assert four.urgent and four.documents[0].content == b"Verslag van school. Niet delen met vader."
    assert [member.relation for member in four.family] == ["moeder", "vader", "grootouder"]
    assert four.family[2].birth_date is None and four.family[2].address is None
    assert eight.compulsory and eight.measures[0].end == date(2027, 5, 1)
    assert eight.family_group_plan.cleared_on == date(2026, 11, 1)
    assert eight.sharing[0].recipients == ("voorzitter", "samenwerkingsverbanden")


def test_an_intake_shows_no_value_of_a_person() -> None:
    shown = repr(parse(raw_sample(1), region=region(), on=ON))

    assert not any(word in shown for word in ("Smeets", "Mohammed", "999900006", "example.org"))


def test_an_intake_cannot_be_changed() -> None:
    intake = parse(raw_sample(1), region=region(), on=ON)

    with pytest.raises(AttributeError):
        intake.urgent = True  # type: ignore[misc]


def test_a_resend_is_the_same_whatever_the_order_and_what_is_left_to_its_default() -> None:
    first = sample(2)
    again = changed(first, {"/voortgezetteHulp": False, "/jeugdige/school": "De Maaskei", "/jeugdige/taal": "nl"})
    again["verwijzer"]["mandaat"].pop("geldigTot")
    again["verwijzer"]["functie"] = "consulent"
    again["hulpvraag"].pop("wensOuders")
    again["documenten"] = []
    backwards = json.loads(json.dumps(dict(reversed(again.items()))))

    assert differing(fields(first), fields(backwards)) == []


def test_a_resend_names_what_differs() -> None:
    first = sample(1)
    again = changed(first, {"/spoed": True, "/gezin/1/gezag": "nee", "/jeugdige/bsn": None})

    assert differing(fields(first), fields(again)) == ["/gezin/1/gezag", "/jeugdige/bsn", "/spoed"]


def test_a_truth_and_its_word_are_not_the_same() -> None:
    assert fields({"jeugdige": {"tolk": True}}) != fields({"jeugdige": {"tolk": "true"}})


def test_the_eleven_test_lets_one_in_eleven_through_and_never_the_zeros() -> None:
    passing = [n for n in range(999_900_000, 999_901_100) if passes_eleven_test(str(n))]

    assert passing[0] == 999_900_006
    assert 90 <= len(passing) <= 110
    assert not passes_eleven_test("000000000")


def test_a_sample_is_parsed_in_a_few_milliseconds() -> None:
    content = raw_sample(7)
    parse(content, region=region(), on=ON)

    began = time.process_time()
    for _ in range(20):
        parse(content, region=region(), on=ON)

    assert (time.process_time() - began) / 20 < 0.02


def test_every_sentence_of_the_room_is_there_in_english() -> None:
    assert {sentence for sentence in SAID if not ENGLISH.has(sentence)} == set()


def places(value: Any, at: str = "") -> list[str]:
    found = [at] if at else []
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, below in rows:
        found += places(below, f"{at}/{part}")
    return found


ANYTHING = st.recursive(
    st.sampled_from(BITS) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, Any]:
    document = sample(draw(st.sampled_from(NUMBERS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(places(document)))
        document = changed(document, {place: draw(ANYTHING)})
    return document


@settings(max_examples=300)
@given(mutations())
def test_a_mutation_is_an_intake_or_a_list_of_faults_with_sentences(document: dict[str, Any]) -> None:
    try:
        parse(raw(document), region=region(), on=ON)
    except Incomplete as refusal:
        pointers = [fault.pointer for fault in refusal.faults]
        assert refusal.faults and len(pointers) == len(set(pointers))
        for fault in refusal.faults:
            assert fault.text in SAID
            assert room.__name__ not in ENGLISH.sentence(fault)
            assert fault.pointer.encode()


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.builds(raw, ANYTHING))
def test_any_bytes_are_refused_and_never_break(content: bytes) -> None:
    with pytest.raises(Incomplete):
        parse(content, region=region(), on=ON)
