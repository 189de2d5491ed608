"""Faults of text and of days, leaf by leaf."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.referrals.intake.schema import Leaf
from bijzondere_toegang.referrals.intake.sentences import sentence
from bijzondere_toegang.referrals.intake.shape import day_of

CONTROL = N_("Hier staan tekens in die niet kunnen. Typ de tekst opnieuw.")
BIDI = N_("In deze naam staan tekens die de leesrichting omdraaien. Typ de naam opnieuw.")
FUTURE = N_("Deze dag is nog niet geweest. Kijk de datum na.")
LONG_AGO = N_("Deze datum ligt te ver terug. Kijk het jaar na.")

EARLIEST = date(1900, 1, 1)
_NAMES = frozenset({"achternaam", "naam", "toestemmingVan", "tussenvoegsel", "voornaam"})
_MAY_BE_LATER = frozenset({"einde", "geldigTot", "geldigVan", "tot"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text_faults(leaves: Iterable[Leaf]) -> Iterator[Fault]:
    """Control characters; nothing but blanks where something is required; turned reading order in names."""
    for leaf in leaves:
        text = leaf.value
        if not isinstance(text, str) or (leaf.is_encoded and text):
            continue
        if has_control(text):
            yield Fault(leaf.pointer, CONTROL)
        elif leaf.required and _is_blank(text):
            yield Fault(leaf.pointer, sentence("required", leaf.name))
        elif leaf.name in _NAMES and has_bidi(text):
            yield Fault(leaf.pointer, BIDI)


def day_faults(leaves: Iterable[Leaf], on: date) -> Iterator[Fault]:
    """Days that can't be: still to come where that makes no sense, or of another age."""
    for leaf in leaves:
        day = day_of(leaf.value) if leaf.is_date and isinstance(leaf.value, str) else None
        if day is None:
            continue
        if day < EARLIEST:
            yield Fault(leaf.pointer, LONG_AGO)
        elif day > on and leaf.name not in _MAY_BE_LATER:
            yield Fault(leaf.pointer, FUTURE)


def has_control(text: str) -> bool:
    """Control characters (C0, DEL, C1) other than newline and tab, or half a surrogate pair."""
    return not text.isprintable() and any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text
    )


def has_bidi(text: str) -> bool:
    return not text.isascii() and not _BIDI.isdisjoint(text)


def _is_blank(text: str) -> bool:
    """Nothing that can be seen: only separators and invisible characters."""
    return all(unicodedata.category(letter)[0] in "ZC" for letter in text)
