from __future__ import annotations

from datetime import date

import pytest

from bijzondere_toegang.decisions.remedy import last_day, remedy_against, remedy_until


@pytest.mark.parametrize(
    ("notified_on", "expected"),
    [
        (date(2026, 11, 9), date(2026, 12, 21)),
        (date(2026, 11, 13), date(2026, 12, 28)),
        (date(2026, 11, 14), date(2026, 12, 28)),
        (date(2026, 11, 20), date(2027, 1, 4)),
        (date(2026, 2, 23), date(2026, 4, 7)),
        (date(2026, 3, 16), date(2026, 4, 28)),
        (date(2026, 3, 24), date(2026, 5, 6)),
        (date(2026, 4, 2), date(2026, 5, 15)),
    ],
)
def test_the_last_day_to_object_moves_past_weekends_and_holidays(notified_on: date, expected: date) -> None:
    term = last_day(notified_on)

    assert term.day == expected
    assert term.shifted == ((expected - notified_on).days != 42)


def test_against_a_certified_institution_the_way_is_to_the_juvenile_court_without_a_last_day() -> None:
    assert remedy_against("gi") == "kinderrechter"
    assert remedy_against("college-in-mandaat") == "bezwaar"
    assert remedy_until("kinderrechter", date(2026, 11, 9)) is None
