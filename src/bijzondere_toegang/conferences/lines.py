"""Agreements in the minutes: a line `/a Anneke belt school 21-4` is kept as typed and read as who, what and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bijzondere_toegang.web.i18n import Translator

_COMMAND = re.compile(r"\s*/a\s+(?P<said>\S.*?)\s*", re.IGNORECASE)
_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
_WHEN = re.compile(
    r"[,;]?\s+(?:uiterlijk\s+)?(?:(?:op|voor|vóór)\s+)?(?P<day>\d{1,2})"
    rf"(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<year>\d{{4}}))?|\s+(?P<word>{'|'.join(_MONTHS)})(?:\s+(?P<then>\d{{4}}))?)"
    r"\s*\.?",
    re.ASCII | re.IGNORECASE,
)
_BEFORE_A_NAME = frozenset(
    {"de", "het", "een", "mevrouw", "meneer", "mevr.", "mw.", "dhr.", "dr.", "van", "der", "den", "ter", "ten"}
)
_LEAP = 8
"""Years within which every day of the calendar comes by."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who does what, before which day (None when none was said)."""

    who: str
    what: str
    until: date | None


Piece = str | tuple[Agreement, ...]
"""Text as it was typed, or agreements that stand together."""


def pieces_of(text: str, on: date) -> tuple[Piece, ...]:
    """A topic of the minutes of a table on this day, in its own order."""
    read = [agreement_in(line, on) or line for line in text.split("\n")]
    grouped = ((kind, list(some)) for kind, some in groupby(read, key=lambda one: isinstance(one, Agreement)))
    found = (tuple(some) if kind else "\n".join(map(str, some)) for kind, some in grouped)
    return tuple(piece for piece in found if not isinstance(piece, str) or piece.strip())  # type: ignore[misc]


def agreement_in(line: str, on: date) -> Agreement | None:
    """What a line says that begins with the command; a day without a year is the first one from the table on."""
    command = _COMMAND.fullmatch(line)
    if command is None:
        return None
    said, until = command["said"], None
    for when in _WHEN.finditer(said):
        if when.end() == len(said) and (until := _day(when, on)):
            said = said[: when.start()]
    words = said.split()
    names = _names(words)
    if not 0 < names < len(words):
        return None
    return Agreement(" ".join(words[:names]).rstrip(",:"), " ".join(words[names:]).rstrip(",;"), until)


def _day(when: re.Match[str], on: date) -> date | None:
    month = int(when["month"]) if when["month"] else _MONTHS.index(when["word"].lower()) + 1
    year = when["year"] or when["then"]
    years = [int(year)] if year else range(on.year, on.year + _LEAP + 1)
    return next((day for day in _days(years, month, int(when["day"])) if year or day >= on), None)


def _days(years: Sequence[int], month: int, day: int) -> Iterator[date]:
    for year in years:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _names(words: Sequence[str]) -> int:
    """How many of these words say who: a name with what belongs to it, and a next one after *en*."""
    at = 0
    while at < len(words) and words[at].lower() in _BEFORE_A_NAME:
        at += 1
    at += 1
    while at < len(words) and words[at - 1][-1] not in ",:":
        rest = words[at:]
        if rest[0] == "en":
            return at + 1 + _names(rest[1:])
        bare = next((n for n, word in enumerate(rest) if word.lower() not in _BEFORE_A_NAME), len(rest) - 1)
        if not rest[bare][0].isupper():
            break
        at += bare + 1
    return at


def in_words(text: str, on: date, t: Translator) -> dict[str, str]:
    """Each line with the command, as it was typed, and the sentence it is on paper."""
    found = {line: agreement_in(line, on) for line in text.split("\n")}
    return {line: _sentence(one, t) for line, one in found.items() if one is not None}


def _sentence(one: Agreement, t: Translator) -> str:
    return f"{one.who} {one.what}" + (f", {t.day(one.until)}" if one.until else "")
