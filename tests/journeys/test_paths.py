"""The other ways through the process. What leads up to each goes by `advance`; what it is about happens in browsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.walking import Browsers, Journey, Live
from tests.test_stories import FAMILY, Told, in_care


@pytest.fixture
def told(live: Live) -> Told:
    return live.told()


@pytest.fixture
def journey(told: Told, browsers: Browsers) -> Iterator[Journey]:
    yield Journey(browsers, told.reference)


def placing(told: Told) -> None:
    told.story.to_placing(*FAMILY)


def at_the_table(told: Told) -> None:
    told.story.to_preparing()
    told.story.to_the_table()


def test_consensus_is_concluded_and_confirmed(told: Told, journey: Journey) -> None:
    at_the_table(told)
    told.story.positions(*FAMILY)

    journey.take("chair", "conclude_consensus")
    journey.take("referrer", "confirm_outcome")
    journey.take("vvg1", "accept_placement")

    assert journey.stage == "planning"


def test_the_table_advises_other_help(told: Told, journey: Journey) -> None:
    told.take("chair", "declare_independence")

    journey.take("chair", "advise_elsewhere")
    journey.take("referrer", "confirm_outcome")
    journey.call("referrer", "moeder")
    mother = journey.person("moeder")
    mother.come_home()

    assert journey.stage == "referred_back"
    expect(mother.page.locator(".now")).to_contain_text("Andere hulp past beter")


def test_one_consortium_returns_and_the_other_accepts(told: Told, journey: Journey) -> None:
    placing(told)

    journey.take("vvg1", "return_placement")
    journey.take("chair", "propose_again")
    journey.take("referrer", "confirm_outcome")
    journey.take("muts1", "accept_placement")
    answer = journey.person("vvg1").page.goto(f"/zaken/{told.reference}")

    assert journey.stage == "planning"
    assert answer is not None and answer.status == 404
    journey.browsers.watch.forgive("404")


def test_a_placement_lapses_when_nobody_answers(told: Told, journey: Journey) -> None:
    placing(told)
    told.story.wait(10)

    journey.take("chair", "lapse_placement")
    journey.take("chair", "propose_again")

    assert journey.stage == "formalising"


def test_an_adjourned_table_meets_again(told: Told, journey: Journey) -> None:
    at_the_table(told)

    journey.take("chair", "adjourn")
    journey.take("chair", "plan_conference")
    told.story.wait(7)
    journey.take("chair", "record_attendance")
    journey.take("chair", "open_conference")

    assert journey.stage == "conference_open"


def test_running_care_goes_back_to_the_table_and_on(told: Told, journey: Journey) -> None:
    in_care(told)

    journey.take("moeder", "ask_reconvene")
    journey.take("chair", "reconvene")
    told.take("chair", "plan_conference")
    told.take("muts1", "declare_independence")
    told.story.wait(7)
    for step in ("record_attendance", "open_conference", "ask_round"):
        told.take("chair", step)
    told.story.positions(*FAMILY)
    journey.take("chair", "conclude_consensus")
    journey.take("referrer", "confirm_outcome", vervolg="in_care")

    assert journey.stage == "in_care"


def test_a_mother_withdraws_on_her_phone(journey: Journey) -> None:
    journey.take("moeder", "withdraw")

    assert journey.stage == "withdrawn"


def test_a_plan_is_revised_after_an_evaluation(told: Told, journey: Journey) -> None:
    in_care(told)
    told.story.evaluation(*FAMILY)

    journey.take("provider", "revise_plan")
    journey.take("provider", "write_plan")
    journey.take("provider", "put_up_plan")
    journey.take("referrer", "confirm_plan")
    for who in FAMILY:
        journey.take(who, "consent")
    journey.take("provider", "agree_plan")

    assert journey.stage == "in_care"


def test_care_ends_early(told: Told, journey: Journey) -> None:
    in_care(told)

    journey.take("referrer", "end_care")
    journey.take("referrer", "close")

    assert journey.stage == "closed"
