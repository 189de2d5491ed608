"""What makes a definition sound in itself: its graph, its owners and terms, its choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bijzondere_toegang.engine.definition import ANY, ANY_OPEN, Stage, Step, Workflow
from bijzondere_toegang.engine.source import Place

Finding = tuple[Place, str]


def findings(workflow: Workflow) -> list[Finding]:
    """Everything wrong with the definition, with its place; the graph is judged when its parts are right."""
    found = list(_of_parts(workflow))
    return found or list(_of_graph(workflow))


def _of_parts(workflow: Workflow) -> Iterator[Finding]:
    yield from _names(workflow)
    for stage in workflow.stages.values():
        yield from _of_stage(workflow, stage)
    for step in workflow.steps.values():
        yield from _of_step(workflow, step)


def _names(workflow: Workflow) -> Iterator[Finding]:
    if workflow.start not in workflow.stages:
        yield ("start",), f"stadium '{workflow.start}' bestaat niet"
    for step in workflow.steps.values():
        for place, stage in _named_by(step):
            if stage not in workflow.stages:
                yield place, f"stadium '{stage}' bestaat niet"


def _named_by(step: Step) -> Iterator[tuple[Place, str]]:
    at = _at("steps", step.name)
    for index, source in enumerate(step.sources):
        if source not in (ANY, ANY_OPEN):
            yield (*at, "from", index), source
    yield from (((*at, "to", index), target) for index, target in enumerate(step.targets))
    yield from (((*at, "guards_in", stage), stage) for stage in step.guards_in)


def _of_stage(workflow: Workflow, stage: Stage) -> Iterator[Finding]:
    place = _at("stages", stage.name)
    if stage.phase is None and not stage.final:
        yield place, "een stadium dat wacht heeft een fase"
    if stage.phase is not None and stage.phase not in workflow.phases:
        yield (*place, "phase"), f"fase '{stage.phase}' bestaat niet"
    yield from ((place, message) for message in (_of_final(stage) if stage.final else _of_waiting(stage)))


def _of_final(stage: Stage) -> Iterator[str]:
    if stage.turn is not None:
        yield "een eindstadium is niemands beurt (turn)"
    if stage.term is not None:
        yield "een eindstadium heeft geen termijn (term)"


def _of_waiting(stage: Stage) -> Iterator[str]:
    if stage.term is None:
        yield "een stadium dat wacht heeft een termijn (term)"
    if stage.turn is None:
        yield "een stadium dat wacht heeft één eigenaar (turn)"


def _owner_can_go_on(workflow: Workflow, stage: Stage) -> bool:
    here = {stage.turn, *stage.also}
    return any(here & set(step.by) for step in _ways(workflow) if stage.name in step.sources)


def _of_step(workflow: Workflow, step: Step) -> Iterator[Finding]:
    place = _at("steps", step.name)
    if not step.by:
        yield place, "de stap is aan niemand toegekend (by)"
    if not step.sources:
        yield place, "de stap kan vanuit geen enkel stadium (from)"
    yield from ((place, message) for message in _of_kind(step))
    yield from ((place, message) for message in _of_ends(workflow, step))
    for stage in step.guards_in:
        if stage in workflow.stages and stage not in workflow.sources_of(step):
            yield (*place, "guards_in", stage), f"de stap gaat niet vanuit '{stage}'"


def _of_kind(step: Step) -> Iterator[str]:
    if step.kind == "act" and step.targets:
        yield "een handeling (act) verandert het stadium niet: laat 'to' weg"
    if step.kind == "transition" and not step.targets:
        yield "een overgang (transition) heeft een doel: 'to' ontbreekt"
    if len(step.targets) > 1 and step.choose is None:
        yield "meer dan één doel: 'choose' moet zeggen welk antwoord kiest"
    if len(step.targets) < 2 and step.choose is not None:
        yield "'choose' hoort alleen bij meer dan één doel"


def _of_ends(workflow: Workflow, step: Step) -> Iterator[str]:
    if step.kind == "act":
        return
    if ANY in step.sources:
        yield "'any' mag alleen bij een handeling (act)"
    finals = [name for name in step.sources if name in workflow.stages and workflow.stages[name].final]
    if finals and not step.reopens:
        yield f"eindstadium '{finals[0]}' heeft een overgang naar buiten zonder 'reopens'"
    if step.reopens and not finals:
        yield "'reopens' hoort alleen bij een overgang vanuit een eindstadium"


def _of_graph(workflow: Workflow) -> Iterator[Finding]:
    reached = _reached([workflow.start], _arrows(workflow, list(workflow.steps.values())))
    ways = _arrows(workflow, [step for step in _ways(workflow) if ANY_OPEN not in step.sources])
    back = [(target, source) for source, target in ways]
    ending = _reached((name for name, stage in workflow.stages.items() if stage.final), back)
    for name in workflow.stages:
        if name not in reached:
            yield _at("stages", name), "onbereikbaar vanuit het begin"
        if name not in ending:
            yield _at("stages", name), "vanuit dit stadium is geen einde te bereiken"
    for stage in workflow.stages.values():
        if not stage.final and not _owner_can_go_on(workflow, stage):
            yield (
                _at("stages", stage.name),
                f"'{stage.turn}' is aan de beurt maar heeft hier geen enkele overgang",
            )


def _ways(workflow: Workflow) -> list[Step]:
    return [step for step in workflow.steps.values() if step.kind == "transition"]


def _arrows(workflow: Workflow, steps: Iterable[Step]) -> list[tuple[str, str]]:
    return [(source, target) for step in steps for source in workflow.sources_of(step) for target in step.targets]


def _reached(start: Iterable[str], arrows: list[tuple[str, str]]) -> set[str]:
    reached = set(start)
    waiting = list(reached)
    while waiting:
        stage = waiting.pop()
        new = {target for source, target in arrows if source == stage} - reached
        reached |= new
        waiting.extend(new)
    return reached


def _at(*place: str | int) -> Place:
    return place
