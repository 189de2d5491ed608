from pathlib import Path

import pytest

from bijzondere_toegang.engine import (
    Impossible,
    Library,
    NoSuchWorkflow,
    Unsound,
    Workflow,
    load,
    machine_of,
    move,
    steps_from,
)
from tests.engine.helpers import ROOT, SMALL, definition, written

WORKFLOW: Workflow = definition()
PAIRS = [(stage, step) for stage in WORKFLOW.stages for step in WORKFLOW.steps]


@pytest.mark.parametrize(("stage", "name"), PAIRS)
def test_every_declared_step_goes_and_every_other_is_refused(stage: str, name: str) -> None:
    step = WORKFLOW.steps[name]

    for target in step.targets or (None,):
        if stage in WORKFLOW.sources_of(step):
            assert move(WORKFLOW, stage, name, target).to_stage == (target or stage)
        else:
            with pytest.raises(Impossible) as refused:
                move(WORKFLOW, stage, name, target)
            assert refused.value.reason == "not_from_here"


@pytest.mark.parametrize("stage", WORKFLOW.stages)
def test_a_target_that_is_not_of_the_step_is_refused(stage: str) -> None:
    for step in WORKFLOW.steps.values():
        for target in set(WORKFLOW.stages) - set(step.targets):
            with pytest.raises(Impossible) as refused:
                move(WORKFLOW, stage, step.name, target)
            assert refused.value.reason == "not_a_target"


def test_several_targets_ask_for_a_choice() -> None:
    with pytest.raises(Impossible) as refused:
        move(WORKFLOW, "formalising", "confirm_outcome")

    assert refused.value.reason == "choose_target"


def test_one_target_needs_no_choice() -> None:
    moved = move(WORKFLOW, "registered", "take_up")

    assert (moved.from_stage, moved.to_stage, moved.phase) == ("registered", "preparing", "voorbereiding")


def test_an_unknown_step_or_stage_is_refused() -> None:
    with pytest.raises(Impossible) as no_step:
        move(WORKFLOW, "registered", "fly")
    with pytest.raises(Impossible) as no_stage:
        move(WORKFLOW, "limbo", "take_up")

    assert (no_step.value.reason, no_stage.value.reason) == ("unknown_step", "unknown_stage")


def test_a_withdrawn_case_keeps_the_phase_it_stopped_in() -> None:
    assert move(WORKFLOW, "placing", "withdraw").phase == "plaatsing"


def test_no_final_stage_has_a_way_out_but_a_remedy() -> None:
    finals = [name for name, stage in WORKFLOW.stages.items() if stage.final]

    ways = {(stage, step.name) for stage in finals for step in steps_from(WORKFLOW, stage) if step.kind == "transition"}

    assert ways == {("referred_back", "record_remedy")}


def test_guards_may_differ_by_source() -> None:
    advise = WORKFLOW.steps["advise_elsewhere"]

    assert advise.guards_at("registered") == ("independence_declared",)
    assert advise.guards_at("supplementing") == ("independence_declared", "term_passed")


def test_the_machine_is_built_once_for_a_definition() -> None:
    assert machine_of(WORKFLOW) is machine_of(WORKFLOW)


def test_versions_live_side_by_side(tmp_path: Path) -> None:
    written(tmp_path, SMALL, "klein.1.yaml")
    written(
        tmp_path,
        SMALL.replace("version: 1", "version: 2").replace("[done, asked]", "[done, answering]"),
        "klein.2.yaml",
    )

    library = Library.load(tmp_path)
    old, new = library.get("klein", 1), library.get("klein", 2)

    assert move(old, "answering", "answer", "asked").to_stage == "asked"
    with pytest.raises(Impossible):
        move(new, "answering", "answer", "asked")
    assert move(old, "answering", "answer", "asked").to_stage == "asked"
    assert library.newest("klein") is new


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    written(tmp_path, SMALL, "a.yaml")
    written(tmp_path, SMALL, "b.yaml")

    with pytest.raises(Unsound) as refused:
        Library.load(tmp_path)

    assert refused.value.faults[0].line == 2


def test_a_definition_that_is_not_there_is_said(tmp_path: Path) -> None:
    library = Library.load(tmp_path)

    with pytest.raises(NoSuchWorkflow):
        library.newest("klein")
    with pytest.raises(NoSuchWorkflow):
        library.get("klein", 1)


def test_the_folder_of_the_project_holds_one_process_beside_the_parties() -> None:
    library = Library.load(ROOT / "workflows")

    assert [(workflow.name, workflow.version) for workflow in library] == [("bijzondere-toegang", 1)]


def test_a_file_cannot_build_anything_but_data(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL.replace("name: klein", "name: !!python/object/apply:os.getcwd []"))

    with pytest.raises(Unsound):
        load(path)
