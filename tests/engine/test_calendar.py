from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bijzondere_toegang.engine import (
    HOLIDAYS,
    add_working_days,
    holiday,
    is_working_day,
    shift_past_free_days,
    skipped,
)
from tests.engine.helpers import catalogue

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2045, 12, 31))


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2026, 1, 1), "new_year"),
        (date(2026, 4, 3), "good_friday"),
        (date(2026, 4, 6), "easter_monday"),
        (date(2026, 4, 27), "kings_day"),
        (date(2025, 4, 26), "kings_day"),
        (date(2026, 5, 5), "liberation_day"),
        (date(2027, 5, 5), "liberation_day"),
        (date(2026, 5, 14), "ascension_day"),
        (date(2026, 5, 25), "whit_monday"),
        (date(2026, 12, 25), "christmas_day"),
        (date(2026, 12, 26), "second_christmas_day"),
    ],
)
def test_the_days_of_the_termijnenwet_are_free(day: date, key: str) -> None:
    assert holiday(day) == key
    assert not is_working_day(day)


def test_all_nine_holidays_are_known_in_every_year() -> None:
    for year in range(2020, 2046):
        found = {holiday(date(year, 1, 1) + timedelta(days=n)) for n in range(366)} - {None}
        assert found == set(HOLIDAYS) or date(year, 5, 5) == ascension(year)


def ascension(year: int) -> date:
    """Forty days into Easter: the Thursday before Whit Monday by eleven days."""
    whit = next(day for n in range(366) if holiday(day := date(year, 1, 1) + timedelta(days=n)) == "whit_monday")
    return whit - timedelta(days=11)


def test_weekends_are_free_and_other_days_are_not() -> None:
    assert not is_working_day(date(2026, 4, 11))
    assert not is_working_day(date(2026, 4, 12))
    assert is_working_day(date(2026, 4, 13))


def test_fifteen_working_days_after_the_second_of_april_2026() -> None:
    assert add_working_days(date(2026, 4, 2), 15) == date(2026, 4, 28)
    assert skipped(date(2026, 4, 2), date(2026, 4, 28)) == [
        (date(2026, 4, 3), "good_friday"),
        (date(2026, 4, 6), "easter_monday"),
        (date(2026, 4, 27), "kings_day"),
    ]


def test_every_holiday_has_a_name_in_every_language() -> None:
    for language in ("nl", "en"):
        assert {f"holiday.{key}" for key in HOLIDAYS} <= set(catalogue(language))


@given(days, st.integers(min_value=1, max_value=60))
def test_adding_lands_on_a_working_day_and_counts_exactly_that_many(day: date, n: int) -> None:
    end = add_working_days(day, n)

    counted = sum(is_working_day(day + timedelta(days=k)) for k in range(1, (end - day).days + 1))
    assert is_working_day(end)
    assert counted == n


@given(days, st.integers(min_value=1, max_value=60))
def test_going_back_from_a_working_day_undoes_going_forward(day: date, n: int) -> None:
    start = shift_past_free_days(day)

    assert add_working_days(add_working_days(start, n), -n) == start


@given(days)
def test_shifting_leaves_working_days_alone_and_never_goes_back(day: date) -> None:
    shifted = shift_past_free_days(day)

    assert is_working_day(shifted)
    assert shifted >= day
    assert not any(is_working_day(day + timedelta(days=k)) for k in range((shifted - day).days))
