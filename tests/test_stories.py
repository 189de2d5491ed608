"""Every path of DOMAIN section 4 as a story: who did what, where the case stands, what the timeline says."""

from __future__ import annotations

from typing import Any

import pytest

from bijzondere_toegang.cases.advance import advance, choices_of
from bijzondere_toegang.errors import NotAllowed, NotNow, NotThere
from bijzondere_toegang.timeline.record import entries_of
from bijzondere_toegang.timeline.verify import verify_all
from bijzondere_toegang.web.forms import json_schema
from tests import databases
from tests.story import Story, answers
from tests.support import Site, enclosed_in, make_site, register_sample, scene

PARENTS = ("moeder", "vader")
FAMILY = ("jeugdige", *PARENTS)


class Told:
    """A case of sample 1 with a Story on it, taken through `advance`."""

    def __init__(self, site: Site, number: int = 1) -> None:
        self.site, self.reference = site, register_sample(site, number)
        self.provider = "zorg_vvg1"
        self.story = Story(self.take, lambda days: self.site.move(days=days))

    def take(self, who: str, step: str, **said: Any) -> None:
        who = self.provider if who == "provider" else who
        with self.site.writing_as(self.site.who(who, self.reference)) as tx:
            seen = scene(self.site, tx, who, self.reference)
            form = self.site.process.forms[seen.workflow.steps[step].form]
            schema = json_schema(form, choices_of(seen, form))
            data = answers(step, schema, self.site.on, **said)
            advance(seen, step, data=data, revision=seen.case.revision, enclosed=enclosed_in(data))

    @property
    def stage(self) -> str:
        return self.site.case(self.reference).stage

    def steps(self) -> list[str]:
        """The transitions on the timeline, oldest first."""
        case = self.site.case(self.reference)
        with self.site.database.read() as tx:
            entries = entries_of(tx, case.id, newest=500)
            assert not [found for found in verify_all(tx) if not isinstance(found, int)]
        return [entry.step for entry in reversed(entries) if entry.from_stage != entry.to_stage]


@pytest.fixture
def told(database: databases.Database) -> Told:
    return Told(make_site(database))


def test_consensus_is_confirmed_and_ends_closed(told: Told) -> None:
    story = told.story

    story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    story.plan_to_care(*FAMILY)
    story.evaluation(*FAMILY)
    told.take("provider", "continue_care")
    story.evaluation(*FAMILY)
    told.take("provider", "propose_closing")
    told.take("referrer", "close")

    assert told.stage == "closed"
    assert told.steps() == [
        "register", "take_up", "plan_conference", "open_conference", "conclude_consensus", "confirm_outcome",
        "accept_placement", "agree_plan", "start_evaluation", "continue_care", "start_evaluation", "propose_closing",
        "close",
    ]  # fmt: skip


def test_without_consensus_the_referrer_decides(told: Told) -> None:
    told.story.to_placing_without_consensus(*FAMILY, opposed="vader")

    assert told.stage == "placing"
    assert told.steps()[-2:] == ["conclude_no_consensus", "decide"]


def test_the_table_can_advise_elsewhere(told: Told) -> None:
    told.take("chair", "declare_independence")
    told.take("chair", "advise_elsewhere")
    told.take("referrer", "confirm_outcome")

    assert told.stage == "referred_back"


def test_returned_by_one_consortium_and_accepted_by_the_other(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "return_placement")
    told.take("chair", "propose_again")
    told.take("referrer", "confirm_outcome")
    told.take("muts1", "accept_placement")

    assert told.stage == "planning"
    assert told.site.case(told.reference).accepted_consortium == "sv-mutsaersstichting"
    with pytest.raises(NotThere):
        told.take("vvg1", "add_statement")


def test_silence_blocks_no_child(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    with pytest.raises((NotNow, NotAllowed)):
        told.take("chair", "lapse_placement")
    told.story.wait(10)
    told.take("chair", "lapse_placement")

    assert told.stage == "placement_returned"


def test_adjourned_and_reconvened(told: Told) -> None:
    story = told.story
    story.to_preparing()
    story.to_the_table()
    told.take("chair", "adjourn")
    assert told.stage == "preparing"

    told.take("chair", "plan_conference")
    story.wait(7)
    told.take("chair", "record_attendance")
    told.take("chair", "open_conference")
    told.take("chair", "ask_round")
    story.positions(*FAMILY)
    told.take("chair", "conclude_consensus")

    assert told.stage == "formalising"


def in_care(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    told.story.plan_to_care(*FAMILY)


def test_reconvened_from_running_care_and_back(told: Told) -> None:
    in_care(told)

    told.take("moeder", "ask_reconvene")
    told.take("chair", "reconvene")
    assert told.stage == "preparing"
    assert told.site.case(told.reference).help_runs
    told.take("chair", "plan_conference")
    told.take("muts1", "declare_independence")
    told.story.wait(7)
    told.take("chair", "record_attendance")
    told.take("chair", "open_conference")
    told.take("chair", "ask_round")
    told.story.positions(*FAMILY)
    told.take("chair", "conclude_consensus")
    told.take("referrer", "confirm_outcome", vervolg="in_care")

    assert told.stage == "in_care"
    assert told.site.case(told.reference).accepted_consortium == "sv-vincent-van-gogh"


def test_withdrawn_by_the_family_in_the_voluntary_framework(told: Told) -> None:
    told.take("moeder", "withdraw")

    assert told.stage == "withdrawn"
    with pytest.raises(NotNow):
        told.take("chair", "take_up")


def test_the_plan_is_revised_after_an_evaluation(told: Told) -> None:
    in_care(told)
    told.story.evaluation(*FAMILY)
    told.take("provider", "revise_plan")
    assert told.stage == "planning"

    told.take("provider", "write_plan")
    told.take("provider", "put_up_plan")
    told.take("referrer", "confirm_plan")
    for who in FAMILY:
        told.take(who, "consent")
    told.take("provider", "agree_plan")

    assert told.stage == "in_care"


def test_care_that_ends_early_is_closed(told: Told) -> None:
    in_care(told)

    told.take("referrer", "end_care")
    told.take("referrer", "close")

    assert told.stage == "closed"
    assert not told.site.case(told.reference).help_runs


def test_a_remedy_reopens_the_decision_while_care_goes_on(told: Told) -> None:
    in_care(told)

    told.take("referrer", "record_remedy")

    assert told.stage == "referrer_decision"
    assert told.site.case(told.reference).help_runs


def test_a_case_in_care_is_offered_looked_at_and_taken_over_by_a_colleague(told: Told) -> None:
    in_care(told)

    told.take("referrer", "hand_over_referrer", opvolger=str(told.site.cast["collega"]))
    told.take("collega", "decline_handover")
    with pytest.raises(NotThere):
        told.take("collega", "take_over")
    told.take("teamleider", "hand_over_referrer", opvolger=str(told.site.cast["collega"]))
    told.take("collega", "take_over")

    assert told.stage == "in_care"
    assert told.site.who("referrer", told.reference) == told.site.cast["collega"]
    with pytest.raises(NotThere):
        told.take("verwijzer1", "add_statement")
    told.story.evaluation(*FAMILY)
    told.take("provider", "propose_closing")
    told.take("collega", "close")
    assert told.stage == "closed"
