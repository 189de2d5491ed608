"""The first version against the rules of the process: owners, terms, permissions, the region's parties."""

import csv

import yaml

from bijzondere_toegang.engine import steps_from
from tests.engine.helpers import ROOT, definition

WORKFLOW = definition()


def test_every_permission_is_granted_to_someone_in_the_table_of_permissions() -> None:
    with (ROOT / "tests" / "people" / "permissions.csv").open(encoding="utf-8") as file:
        granted = {row.pop("action") for row in csv.DictReader(file) if set(list(row.values())[1:]) != {"no"}}

    assert {step.permission for step in WORKFLOW.steps.values()} - granted == set()


def test_everyone_whose_turn_it_is_has_something_to_do() -> None:
    for name, stage in WORKFLOW.stages.items():
        if not stage.final:
            here = {stage.turn, *stage.also}
            assert any(here & set(step.by) for step in steps_from(WORKFLOW, name) if step.kind == "transition"), name


def test_every_waiting_stage_reminds_its_owner() -> None:
    for stage in WORKFLOW.stages.values():
        if not stage.final:
            assert {"turn", stage.turn} & {reminder.to for reminder in stage.reminders}, stage.name


def test_legal_acts_have_a_check_page() -> None:
    legal = {
        "register",
        "conclude_consensus",
        "conclude_no_consensus",
        "confirm_outcome",
        "decide",
        "accept_placement",
    }

    assert legal <= {step.name for step in WORKFLOW.steps.values() if step.confirm}


def test_several_people_may_speak_at_the_same_time() -> None:
    together = {step.name for step in WORKFLOW.steps.values() if step.together}

    assert {"state_position", "consent", "score", "add_statement", "react_to_minutes"} <= together
    assert not {step.name for step in WORKFLOW.steps.values() if step.together and step.kind == "transition"}


def test_help_can_only_end_in_silence_after_it_stopped() -> None:
    assert "no_help_runs" in WORKFLOW.steps["withdraw"].guards
    assert not any(WORKFLOW.stages[name].help_may_run for name in ("draft", "registered", "withdrawn", "closed"))


def test_the_parties_of_the_region_refer_to_each_other_correctly() -> None:
    region = yaml.safe_load((ROOT / "workflows" / "regio-noord-midden-limburg.yaml").read_text(encoding="utf-8"))
    towns = {town["code"] for town in region["gemeenten"]}
    codes = {party["code"] for party in region["organisaties"]}

    served = [code for party in region["organisaties"] for code in party.get("gemeenten", [])]
    members = [member["organisatie"] for group in region["samenwerkingsverbanden"] for member in group["leden"]]

    assert len(towns) == 14
    assert sorted(served) == sorted(towns)
    assert len(members) == len(set(members)) == 10
    assert set(members) <= codes
    assert region["contract"]["beheerder"] in codes
    assert all(len(code) == 4 for code in towns)
