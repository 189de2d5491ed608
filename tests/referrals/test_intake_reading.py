"""What is no sound JSON is refused before a rule looks at it."""

from __future__ import annotations

import json

import pytest

from bijzondere_toegang.errors import Incomplete
from bijzondere_toegang.referrals.intake import MOST_BYTES, decode, parse
from bijzondere_toegang.referrals.intake.reading import (
    NO_NUMBER,
    NO_OBJECT,
    NOT_JSON,
    NOT_UTF8,
    TOO_DEEP,
    TOO_LARGE,
    TWICE,
)
from tests.referrals.samples import ON, raw_sample, region

UNSOUND = {
    "nothing": (b"", NOT_JSON),
    "half an object": (b'{"kader": ', NOT_JSON),
    "two objects": (b"{} {}", NOT_JSON),
    "single quotes": (b"{'a': 1}", NOT_JSON),
    "a raw newline in text": (b'{"a": "\n"}', NOT_JSON),
    "latin-1": ('{"a": "é"}'.encode("latin-1"), NOT_UTF8),
    "UTF-16": ("{}".encode("utf-16"), NOT_UTF8),
    "not a number": (b'{"spoed": NaN}', NO_NUMBER),
    "infinity": (b'{"spoed": -Infinity}', NO_NUMBER),
    "a list": (b"[]", NO_OBJECT),
    "a text": (b'"aanmelding"', NO_OBJECT),
    "null": (b"null", NO_OBJECT),
    "deep": (b'{"a":' + b"[" * 30 + b"]" * 30 + b"}", TOO_DEEP),
    "bottomless": (b"[" * 200_000, TOO_DEEP),
    "large": (b" " * MOST_BYTES + b"{}", TOO_LARGE),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_unsound_bytes_give_one_fault_for_the_whole(kind: str) -> None:
    content, sentence = UNSOUND[kind]

    with pytest.raises(Incomplete) as refusal:
        parse(content, region=region(), on=ON)

    assert [(fault.pointer, fault.text) for fault in refusal.value.faults] == [("", sentence)]


def test_a_name_that_is_there_twice_is_a_fault_where_it_stands_beside_all_others() -> None:
    text = raw_sample(1).decode()
    text = text.replace('"spoed": false', '"spoed": true, "spoed": "ja", "kader": "x"')
    text = text.replace('"naam": "M. Hermans"', '"naam": "A", "naam": "B", "extra": 1')

    with pytest.raises(Incomplete) as refusal:
        parse(text.encode(), region=region(), on=ON)

    found = {fault.pointer: fault.text for fault in refusal.value.faults}
    assert set(found) == {"/spoed", "/kader", "/verwijzer/naam", "/verwijzer/extra"}
    assert found["/spoed"] == found["/kader"] == found["/verwijzer/naam"] == TWICE


def test_what_stands_in_a_doubled_group_is_not_judged() -> None:
    text = raw_sample(1).decode().replace('"kader"', '"hulpvraag": {"x": 1}, "hulpvraag": 3, "kader"')

    with pytest.raises(Incomplete) as refusal:
        parse(text.encode(), region=region(), on=ON)

    assert [fault.pointer for fault in refusal.value.faults] == ["/hulpvraag"]


def test_an_endless_number_costs_no_time() -> None:
    with pytest.raises(Incomplete) as refusal:
        parse(b'{"spoed": ' + b"9" * 1_000_000 + b"}", region=region(), on=ON)

    assert "/spoed" in {fault.pointer for fault in refusal.value.faults}


def test_a_byte_order_mark_is_no_fault() -> None:
    intake = parse(b"\xef\xbb\xbf" + raw_sample(1), region=region(), on=ON)

    assert intake.reference == "TOEGANG-VENLO-2026-0001"


def test_a_pointer_can_always_be_written() -> None:
    content = raw_sample(1).replace(b'"kader"', b'"a/b~c\\ud800": 1, "kader"')

    with pytest.raises(Incomplete) as refusal:
        parse(content, region=region(), on=ON)

    (fault,) = refusal.value.faults
    assert fault.pointer.encode() == "/a~1b~0c\ufffd".encode()


def test_decode_gives_the_document_as_sent() -> None:
    assert decode(raw_sample(2)) == json.loads(raw_sample(2))
