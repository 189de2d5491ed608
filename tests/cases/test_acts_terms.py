from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bijzondere_toegang.errors import Incomplete, NotNow
from tests.cases.acting import mailed, put
from tests.support import Site, register_sample, take

LETTER = {"grond": "brief-aan-aanvrager", "toelichting": "Gevraagd: het verslag van school."}


def suspend(site: Site, reference: str, since: str, **more: Any) -> None:
    take(site, "referrer", reference, "suspend", **{**LETTER, "briefdatum": since, "vanaf": since, **more})


def pointers(error: pytest.ExceptionInfo[Incomplete]) -> list[str]:
    return [fault.pointer for fault in error.value.faults]


def test_while_suspended_nothing_is_due_and_afterwards_the_actual_days_are_added(site: Site) -> None:
    reference = register_sample(site, 1)
    before = site.case(reference)
    suspend(site, reference, "2026-11-09")
    assert site.case(reference).due_on is None
    site.move(days=9)

    take(site, "referrer", reference, "resume", vanaf="2026-11-16")

    case = site.case(reference)
    assert before.due_on is not None and before.decide_before is not None
    assert (case.suspended_on, case.suspended_days) == (None, 7)
    assert case.due_on == before.due_on + timedelta(days=7)
    assert case.decide_before == before.decide_before + timedelta(days=7)


def test_a_suspension_that_outlasts_its_stage_still_moves_the_decision_term(site: Site) -> None:
    reference = register_sample(site, 1)
    before = site.case(reference).decide_before
    suspend(site, reference, "2026-11-09")
    take(site, "chair", reference, "declare_independence", band=False)
    site.move(days=4)

    take(site, "chair", reference, "take_up")

    case = site.case(reference)
    assert before is not None
    assert (case.stage, case.suspended_on, case.suspended_days) == ("preparing", None, 0)
    assert case.decide_before == before + timedelta(days=4)


@pytest.mark.parametrize(
    ("answers", "at"),
    [
        ({"vanaf": "2026-11-08", "briefdatum": "2026-11-06"}, ["/vanaf"]),
        ({"vanaf": "2026-11-10", "briefdatum": "2026-11-09"}, ["/vanaf"]),
        ({"vanaf": "2026-11-09", "briefdatum": "2026-11-10"}, ["/briefdatum", "/vanaf"]),
        ({"vanaf": "2026-11-09"}, ["/briefdatum"]),
    ],
)
def test_the_clock_stops_only_from_registration_to_today_and_not_before_its_letter(
    site: Site, answers: dict[str, Any], at: list[str]
) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(Incomplete) as refused:
        take(site, "referrer", reference, "suspend", **LETTER, **answers)

    assert pointers(refused) == at
    assert site.case(reference).suspended_on is None


def test_days_that_were_counted_do_not_count_twice(site: Site) -> None:
    reference = register_sample(site, 1)
    suspend(site, reference, "2026-11-09")
    site.move(days=9)
    take(site, "referrer", reference, "resume", vanaf="2026-11-16")

    with pytest.raises(Incomplete) as refused:
        suspend(site, reference, "2026-11-12")

    assert pointers(refused) == ["/vanaf"]


def test_what_stands_still_can_not_stop_again_and_what_runs_can_not_be_resumed(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(NotNow):
        take(site, "referrer", reference, "resume", vanaf="2026-11-09")
    suspend(site, reference, "2026-11-09")
    with pytest.raises(NotNow):
        suspend(site, reference, "2026-11-09")
    with pytest.raises(NotNow):
        take(site, "referrer", reference, "extend_term", tot="2026-11-20", reden="Ziekte.", gezinVerteld=True)


@pytest.mark.parametrize("stage", ["registered", "preparing", "planning"])
def test_an_extended_term_ends_on_exactly_the_day_that_was_asked(site: Site, stage: str) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage=stage)

    for asked in (date(2026, 12, 24), date(2026, 12, 28), date(2027, 1, 4), date(2027, 3, 30), date(2027, 4, 2)):
        extend(site, reference, asked)

        assert site.case(reference).due_on == asked


def extend(site: Site, reference: str, until: date) -> None:
    take(site, "referrer", reference, "extend_term", tot=until.isoformat(), reden="Ziekte.", gezinVerteld=True)


@pytest.mark.parametrize("until", [date(2026, 11, 28), date(2026, 12, 25), date(2026, 11, 10), date(2028, 6, 1)])
def test_a_term_does_not_end_on_a_free_day_nor_earlier_nor_years_later(site: Site, until: date) -> None:
    reference = register_sample(site, 1)
    before = site.case(reference)

    with pytest.raises(Incomplete) as refused:
        extend(site, reference, until)

    assert pointers(refused) == ["/tot"]
    assert (site.case(reference).due_on, site.case(reference).revision) == (before.due_on, before.revision)


def test_the_day_of_a_conference_is_moved_and_not_extended(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="conference_planned", conference_on=date(2026, 11, 20), due_on=date(2026, 11, 20))

    with pytest.raises(NotNow):
        extend(site, reference, date(2026, 11, 27))


def test_a_nudge_mails_whose_turn_it_is_once_a_working_day(site: Site) -> None:
    reference = register_sample(site, 1)
    chair = site.who("chair", reference)
    before = mailed(site, "reminder")

    take(site, "referrer", reference, "nudge")
    with pytest.raises(NotNow):
        take(site, "moeder", reference, "nudge")
    site.move(days=1)
    take(site, "moeder", reference, "nudge")

    assert mailed(site, "reminder")[len(before) :] == [chair, chair]


def test_a_weekend_counts_with_the_monday_after_it(site: Site) -> None:
    reference = register_sample(site, 1)
    site.move(days=5)
    take(site, "referrer", reference, "nudge")

    site.move(days=2)
    with pytest.raises(NotNow):
        take(site, "referrer", reference, "nudge")
    site.move(days=1)
    take(site, "referrer", reference, "nudge")

    assert len(mailed(site, "reminder")) == 2


def test_nobody_nudges_himself(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    with pytest.raises(NotNow):
        take(site, "chair", reference, "nudge")

    assert mailed(site, "reminder") == []
