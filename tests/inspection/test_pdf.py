"""Whatever somebody typed can be printed: little pictures, rare letters, signs that no font knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bijzondere_toegang.inspection.pdf import printable, set_pdf

AT = datetime(2026, 11, 9, tzinfo=UTC)


def printed(text: str) -> bytes:
    part = {"titel": text, "bij": text, "tekst": text}
    return set_pdf("Uitdraai", [text], [part], text, "nl", AT, mark=text)


@pytest.mark.parametrize(
    "text",
    ["Ik voel me \U0001f61e", "\U0001f469\u200d\U0001f467", "\U0001f554\u0301", "Zo\u00eb \u0645\u0631\u062d\u0628\u0627", "\x00\ufeff\ufffe", "", "\u4e2d"],
)  # fmt: skip
def test_what_people_type_makes_a_pdf(text: str) -> None:
    assert printed(text).startswith(b"%PDF-")


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_any_text_makes_a_pdf(text: str) -> None:
    assert printed(text).startswith(b"%PDF-")


def test_what_no_font_shows_is_written_another_way_or_named() -> None:
    assert printable("\uff11\uff12 keer") == "12 keer"
    assert printable("Ik zei \u4e2d\n") == "Ik zei [cjk unified ideograph-4e2d]\n"
    assert printable("a\x00b\u202ec") == "abc"


def test_what_a_font_shows_stays_as_it_was_typed() -> None:
    typed = "Zo\u00eb: \u201cmama\u201d \U0001f61e \u2764 \u20ac 12"

    assert printable(typed) == typed
