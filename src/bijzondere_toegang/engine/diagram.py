"""The process as a drawing (mermaid) and as a page, in the words of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bijzondere_toegang.engine.definition import ANY_OPEN, Length, Stage, Step, Workflow

Translate = Callable[[str], str]


def mermaid(workflow: Workflow, translate: Translate) -> str:
    """A `stateDiagram-v2` with one arrow per source and target; steps from any open stage stand in a note."""
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in _lines(workflow, translate))]) + "\n"


def document(workflow: Workflow, translate: Translate) -> str:
    """A markdown page: the drawing, the stages with owner and term, the transitions and the acts."""
    parts = [
        f"# {translate('process.title')}",
        f"{translate('process.intro')} ({workflow.name}, {translate('process.version')} {workflow.version})",
        f"```mermaid\n{mermaid(workflow, translate)}```",
        _section(translate, "stages", _stage_rows(workflow, translate)),
        _section(translate, "transitions", _step_rows(workflow, "transition", translate)),
        _section(translate, "acts", _step_rows(workflow, "act", translate)),
    ]
    return "\n\n".join(parts) + "\n"


def _lines(workflow: Workflow, translate: Translate) -> Iterator[str]:
    for name in workflow.stages:
        yield f'state "{_plain(translate(f"stage.{name}"))}" as {name}'
    yield f"[*] --> {workflow.start}"
    for step in workflow.steps.values():
        yield from _arrows(workflow, step, translate)
    yield from (f"{name} --> [*]" for name, stage in workflow.stages.items() if stage.final)


def _arrows(workflow: Workflow, step: Step, translate: Translate) -> Iterator[str]:
    label = _plain(translate(f"step.{step.name}"))
    for target in step.targets:
        if ANY_OPEN in step.sources:
            yield f"note right of {target}"
            yield f"    {_plain(translate('process.any_open'))} {label}"
            yield "end note"
        else:
            yield from (f"{source} --> {target} : {label}" for source in workflow.sources_of(step))


def _plain(label: str) -> str:
    return label.replace('"', "'").replace(":", " –").replace(";", ",")


def _section(translate: Translate, name: str, rows: Iterator[list[str]]) -> str:
    heads = translate(f"process.{name}.columns").split("|")
    lines = [heads, ["---"] * len(heads), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {translate(f'process.{name}')}\n\n{table}"


def _stage_rows(workflow: Workflow, translate: Translate) -> Iterator[list[str]]:
    for name, stage in workflow.stages.items():
        owner = translate(f"role.{stage.turn}") if stage.turn else "–"
        phase = translate(f"phase.{stage.phase}") if stage.phase else "–"
        yield [f"`{name}`", translate(f"stage.{name}"), phase, owner, _term(stage, translate)]


def _term(stage: Stage, translate: Translate) -> str:
    term = stage.term
    if term is None:
        return "–"
    start = translate(f"term.from.{term.counts_from}")
    if term.amount == 0:
        return start
    parts = [f"{_length(term, translate)} {start}"]
    if term.urgent is not None:
        parts.append(f"{translate('term.urgent')} {_length(Length(amount=term.urgent, unit=term.unit), translate)}")
    if term.secure:
        parts.append(f"{translate('term.secure.first')} {_length(term.secure.first, translate)}")
        parts.append(f"{translate('term.secure.next')} {_length(term.secure.next, translate)}")
    return "; ".join(parts)


def _length(length: Length, translate: Translate) -> str:
    form = "one" if length.amount == 1 else "many"
    return translate(f"term.unit.{length.unit}.{form}").replace("{amount}", str(length.amount))


def _step_rows(workflow: Workflow, kind: str, translate: Translate) -> Iterator[list[str]]:
    for step in workflow.steps.values():
        if step.kind == kind:
            row = [f"`{step.name}`", translate(f"step.{step.name}"), _places(step.sources, translate)]
            yield [*row, *_goals(step, translate), _roles(step, translate), _guards(step)]


def _places(names: tuple[str, ...], translate: Translate) -> str:
    return ", ".join(translate(f"stage.{name}") for name in names)


def _goals(step: Step, translate: Translate) -> list[str]:
    return [_places(step.targets, translate)] if step.kind == "transition" else []


def _roles(step: Step, translate: Translate) -> str:
    return ", ".join(translate(f"role.{role}") for role in step.by)


def _guards(step: Step) -> str:
    extra = [f"`{guard}` ({stage})" for stage, guards in step.guards_in.items() for guard in guards]
    proof = [f"`proof: {step.proof}`"] if step.proof else []
    return ", ".join([*(f"`{guard}`" for guard in step.guards), *extra, *proof]) or "–"
