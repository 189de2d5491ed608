"""Moving through a workflow: a cached `transitions` machine per definition, a throwaway token per move."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

from transitions import Machine, MachineError

from bijzondere_toegang.engine.definition import Step, Workflow

Reason = Literal["unknown_stage", "unknown_step", "not_from_here", "choose_target", "not_a_target"]


class Impossible(Exception):
    """The step can't be taken here. `reason` is one of a closed list of codes; no text for people."""

    def __init__(self, reason: Reason, step: str, stage: str) -> None:
        super().__init__(f"{reason}: {step} in {stage}")
        self.reason = reason
        self.step = step
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Move:
    """A step that is possible: an act has the same stage on both sides. `phase` None: the phase stays."""

    step: Step
    from_stage: str
    to_stage: str
    phase: str | None


@dataclass(slots=True)
class _Token:
    state: str


_machines: dict[tuple[str, int], tuple[Workflow, Machine]] = {}


def move(workflow: Workflow, stage: str, step: str, target: str | None = None) -> Move:
    """Where the step leads from this stage. Raises `Impossible`; asks no guard and no permission."""
    if stage not in workflow.stages:
        raise Impossible("unknown_stage", step, stage)
    found = workflow.steps.get(step)
    if found is None:
        raise Impossible("unknown_step", step, stage)
    token = _Token(stage)
    try:
        machine_of(workflow).events[_trigger(step, _target(found, stage, target))].trigger(token)
    except MachineError:
        raise Impossible("not_from_here", step, stage) from None
    return Move(found, stage, token.state, workflow.stages[token.state].phase or workflow.stages[stage].phase)


def steps_from(workflow: Workflow, stage: str) -> list[Step]:
    """Every step that can be taken from the stage, transitions and acts, in the order of the file."""
    return [step for step in workflow.steps.values() if stage in workflow.sources_of(step)]


def machine_of(workflow: Workflow) -> Machine:
    """The machine of this definition, built once per name and version."""
    known = _machines.get((workflow.name, workflow.version))
    if known is None or known[0] is not workflow:
        known = (workflow, _built(workflow))
        _machines[workflow.name, workflow.version] = known
    return known[1]


def _built(workflow: Workflow) -> Machine:
    machine = Machine(
        model=None,
        states=list(workflow.stages),
        initial=workflow.start,
        auto_transitions=False,
        send_event=True,
    )
    for step in workflow.steps.values():
        for source, target in product(workflow.sources_of(step), step.targets or (None,)):
            machine.add_transition(_trigger(step.name, target), source, target)
    return machine


def _target(step: Step, stage: str, target: str | None) -> str | None:
    if target is None and len(step.targets) > 1:
        raise Impossible("choose_target", step.name, stage)
    if target is not None and target not in step.targets:
        raise Impossible("not_a_target", step.name, stage)
    return target or next(iter(step.targets), None)


def _trigger(step: str, target: str | None) -> str:
    return f"{step}>{target or ''}"
