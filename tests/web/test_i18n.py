from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from starlette.requests import Request

from bijzondere_toegang.errors import Fault, Sentence
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues

TODAY = date(2026, 4, 14)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues(folder("locales"))


def test_a_day_is_said_in_words_with_the_year_only_when_it_is_another(catalogues: Catalogues) -> None:
    nl, en = catalogues.translator("nl"), catalogues.translator("en")

    assert nl.day(TODAY, TODAY) == "dinsdag 14 april"
    assert nl.day(date(2027, 1, 2), TODAY) == "zaterdag 2 januari 2027"
    assert en.day(TODAY, TODAY) == "Tuesday 14 April"
    assert nl.short_day(TODAY, TODAY) == "di 14 april"


def test_a_moment_is_told_by_the_clock_on_a_dutch_wall(catalogues: Catalogues) -> None:
    at = datetime(2026, 4, 14, 7, 12, tzinfo=UTC)

    assert catalogues.translator("nl").moment(at, TODAY) == "di 14 april, 9.12 uur"
    assert catalogues.translator("en").time(at) == "9:12"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (14, "vandaag"),
        (15, "morgen"),
        (13, "gisteren"),
        (17, "over 3 dagen"),
        (12, "2 dagen geleden"),
    ],
)
def test_how_far_a_day_is_is_said_in_words(catalogues: Catalogues, day: int, words: str) -> None:
    assert catalogues.translator("nl").distance(date(2026, 4, day), TODAY) == words


def test_plurals_follow_the_language(catalogues: Catalogues) -> None:
    en = catalogues.translator("en")

    assert en.distance(date(2026, 4, 17), TODAY) == "in 3 days"


def test_a_sentence_takes_days_and_other_sentences_as_parameters(catalogues: Catalogues) -> None:
    said = Sentence("{wie}: {dag}", {"wie": Fault("", "Hulp"), "dag": date(2026, 4, 14)})

    assert catalogues.translator("en").sentence(said) == "Help: Tuesday 14 April 2026"


def test_a_sentence_without_parameters_keeps_its_braces(catalogues: Catalogues) -> None:
    assert catalogues.translator("nl").gettext("a {b}") == "a {b}"


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "lang"),
    [
        ("taal=en", "nl", "nl", "en"),
        ("taal=xx", "en", "nl", "en"),
        ("", "", "de, en-GB;q=0.8, nl;q=0.5", "en"),
        ("", "", "fr;q=x, ,;q=", "nl"),
        ("", "", "", "nl"),
    ],
)
def test_the_language_is_chosen_remembered_or_preferred(
    catalogues: Catalogues, query: str, cookie: str, accept: str, lang: str
) -> None:
    headers = [(b"cookie", f"taal={cookie}".encode()), (b"accept-language", accept.encode())]
    request = Request({"type": "http", "path": "/", "query_string": query.encode(), "headers": headers})

    assert catalogues.language_of(request) == lang
