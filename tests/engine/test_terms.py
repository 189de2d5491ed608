from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bijzondere_toegang.engine import Term, Unit, UnknownDay, due, is_working_day, later, reminders
from tests.engine.helpers import definition

STAGES = definition().stages
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2045, 12, 31))
units: st.SearchStrategy[Unit] = st.sampled_from(["working_days", "days", "weeks", "months"])
lengths = st.integers(min_value=1, max_value=40)


def term_of(stage: str) -> Term:
    term = STAGES[stage].term
    assert term is not None
    return term


def test_a_conference_is_prepared_in_fifteen_working_days_and_says_what_it_skipped() -> None:
    found = due(term_of("preparing"), date(2026, 4, 2), False, {})

    assert found.day == date(2026, 4, 28)
    assert [key for _, key in found.skipped] == ["good_friday", "easter_monday", "kings_day"]
    assert (found.amount, found.unit, found.from_day, found.key) == (
        15, "working_days", date(2026, 4, 2), "term.why.working_days"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "urgent", "expected"),
    [
        ("draft", False, date(2026, 6, 15)),
        ("registered", False, date(2026, 6, 4)),
        ("registered", True, date(2026, 6, 2)),
        ("supplementing", False, date(2026, 6, 15)),
        ("supplementing", True, date(2026, 6, 15)),
        ("preparing", True, date(2026, 6, 4)),
        ("conference_open", False, date(2026, 6, 3)),
        ("formalising", False, date(2026, 6, 4)),
        ("referrer_decision", False, date(2026, 6, 8)),
        ("placing", False, date(2026, 6, 4)),
        ("placing", True, date(2026, 6, 2)),
        ("placement_returned", False, date(2026, 6, 3)),
        ("planning", False, date(2026, 7, 13)),
        ("in_care", False, date(2026, 9, 1)),
        ("evaluating", False, date(2026, 6, 15)),
        ("closing", False, date(2026, 6, 15)),
    ],
)
def test_each_stage_entered_on_monday_the_first_of_june_2026(stage: str, urgent: bool, expected: date) -> None:
    assert due(term_of(stage), date(2026, 6, 1), urgent, {}).day == expected


def test_the_conference_itself_is_the_term_and_does_not_wait_for_a_suspension() -> None:
    found = due(term_of("conference_planned"), date(2026, 6, 1), False, {"conference_on": date(2026, 6, 20)}, 9)

    assert (found.day, found.key) == (date(2026, 6, 20), "term.why.named_day")


def test_a_named_day_that_is_the_term_must_be_known() -> None:
    with pytest.raises(UnknownDay):
        due(term_of("conference_planned"), date(2026, 6, 1), False, {})


def test_the_plan_counts_from_the_day_the_family_plan_was_cleared_and_moves_past_a_free_day() -> None:
    found = due(term_of("planning"), date(2026, 6, 1), False, {"family_plan_cleared_on": date(2026, 4, 2)})

    assert found.counts_from == "family_plan_cleared_on"
    assert (found.day, found.shifted, found.skipped) == (
        date(2026, 5, 15),
        True,
        ((date(2026, 5, 14), "ascension_day"),),
    )


def test_secure_care_is_evaluated_after_four_weeks_and_then_every_two_months() -> None:
    first = due(term_of("in_care"), date(2026, 6, 1), False, {}, secure="first")
    after = due(term_of("in_care"), date(2026, 6, 1), False, {}, secure="next")

    assert (first.day, after.day) == (date(2026, 6, 29), date(2026, 8, 1))


def test_an_agreed_evaluation_may_be_earlier_but_never_later() -> None:
    term = term_of("in_care")

    earlier = due(term, date(2026, 6, 1), False, {"evaluation_due_on": date(2026, 7, 1)})
    later_one = due(term, date(2026, 6, 1), False, {"evaluation_due_on": date(2026, 12, 1)})

    assert (earlier.day, later_one.day) == (date(2026, 7, 1), date(2026, 9, 1))


def test_a_month_ends_on_its_last_day_when_it_is_too_short() -> None:
    assert later(date(2026, 1, 31), 1, "months") == date(2026, 2, 28)
    assert later(date(2028, 1, 31), 1, "months") == date(2028, 2, 29)
    assert later(date(2026, 11, 30), 3, "months") == date(2027, 2, 28)
    assert later(date(2026, 1, 31), -2, "months") == date(2025, 11, 30)


def test_suspended_days_are_added_as_they_were() -> None:
    found = due(Term(amount=14, unit="days"), date(2026, 6, 1), False, {}, suspended_days=10)

    assert found.day == date(2026, 6, 25)


def test_reminders_stand_around_the_due_day() -> None:
    found = reminders(STAGES["registered"], date(2026, 4, 7))

    assert found == [
        ("almost_due", date(2026, 4, 2), "turn"),
        ("due_today", date(2026, 4, 7), "turn"),
        ("overdue", date(2026, 4, 8), "turn"),
        ("escalated", date(2026, 4, 9), "coordinator"),
    ]


def test_a_closed_case_is_followed_up_after_six_and_twelve_months() -> None:
    found = reminders(STAGES["closed"], date(2026, 8, 31))

    assert found == [
        ("follow_up_6", date(2027, 2, 28), "referrer"),
        ("follow_up_12", date(2027, 8, 31), "referrer"),
    ]


@given(days, lengths, st.integers(min_value=0, max_value=30))
def test_a_term_in_working_days_never_ends_on_a_free_day(day: date, amount: int, suspended: int) -> None:
    assert is_working_day(due(Term(amount=amount), day, False, {}, suspended).day)


@given(days, lengths, units)
def test_a_longer_term_never_ends_earlier(day: date, amount: int, unit: Unit) -> None:
    shorter = due(Term(amount=amount, unit=unit), day, False, {})
    longer = due(Term(amount=amount + 1, unit=unit), day, False, {})

    assert day < shorter.day < longer.day


@given(days, lengths, units, st.integers(min_value=0, max_value=30))
def test_starting_later_never_ends_earlier(day: date, amount: int, unit: Unit, wait: int) -> None:
    term = Term(amount=amount, unit=unit)

    assert due(term, day, False, {}).day <= due(term, day + timedelta(days=wait), False, {}).day


@given(days, lengths, units, st.integers(min_value=0, max_value=30))
def test_standing_still_never_brings_the_end_nearer(day: date, amount: int, unit: Unit, suspended: int) -> None:
    term = Term(amount=amount, unit=unit)

    plain, stood = due(term, day, False, {}), due(term, day, False, {}, suspended)

    assert (stood.day - plain.day).days >= suspended or suspended == 0


@given(days, lengths, st.integers(min_value=0, max_value=30))
def test_an_urgent_case_takes_the_urgent_amount(day: date, amount: int, urgent: int) -> None:
    term = Term(amount=amount, urgent=urgent)

    assert due(term, day, True, {}).amount == urgent
    assert due(term, day, False, {}).amount == amount
