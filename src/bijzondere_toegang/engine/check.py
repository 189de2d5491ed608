"""Proving a workflow file sound before it is used: one line for every fault."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bijzondere_toegang.engine.definition import Step, Term, Workflow, parse
from bijzondere_toegang.engine.soundness import Finding, findings
from bijzondere_toegang.engine.source import LineFault, Place, Source, read_source


@dataclass(frozen=True, slots=True)
class Context:
    """What the rooms above offer.

    `forms`: field names by form, or None where they are not known. `grants`: for each permission whether at
    least one relation may. `sentences`: the known keys by language.
    """

    guards: Container[str]
    forms: Mapping[str, Collection[str] | None]
    grants: Mapping[str, bool]
    sentences: Mapping[str, Container[str]]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault; `str()` is its one line: file, line number, place, what is wrong."""

    file: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.message}"


def check(path: Path, context: Context) -> list[Problem]:
    """Every fault of the file, in the order of its lines; an empty list is a sound workflow."""
    source = read_source(path.read_text(encoding="utf-8"))
    workflow, faults = parse(source)
    found = faults or (tuple(_in_context(workflow, context, source)) if workflow else ())
    return sorted({_problem(path, fault) for fault in found})


def _in_context(workflow: Workflow, context: Context, source: Source) -> Iterator[LineFault]:
    for place, message in (*findings(workflow), *_offered(workflow, context), *_said(workflow, context)):
        yield LineFault(source.line_of(place), place, message)


def _problem(path: Path, fault: LineFault) -> Problem:
    place = ".".join(str(part) for part in fault.place) or "bestand"
    return Problem(path.name, fault.line, place, " ".join(fault.message.split()))


def _offered(workflow: Workflow, context: Context) -> Iterator[Finding]:
    for step in workflow.steps.values():
        if not context.grants.get(step.permission, False):
            yield ("steps", step.name, "permission"), f"niemand heeft recht op '{step.permission}'"
        for guard in dict.fromkeys((*step.guards, *(name for names in step.guards_in.values() for name in names))):
            if guard not in context.guards:
                yield ("steps", step.name, "guards"), f"voorwaarde '{guard}' bestaat niet"
        yield from _of_form(step, context)


def _of_form(step: Step, context: Context) -> Iterator[Finding]:
    if step.form not in context.forms:
        yield ("steps", step.name, "form"), f"formulier '{step.form}' bestaat niet"
        return
    fields = context.forms[step.form]
    for answer in (*step.answers, *((step.choose,) if step.choose and len(step.targets) > 1 else ())):
        if fields is not None and answer not in fields:
            yield ("steps", step.name, "answers"), f"formulier '{step.form}' vraagt niet naar '{answer}'"


def _said(workflow: Workflow, context: Context) -> Iterator[Finding]:
    for key, place in sentence_keys(workflow).items():
        for language, known in context.sentences.items():
            if key not in known:
                yield place, f"zin '{key}' ontbreekt in taal '{language}'"


def sentence_keys(workflow: Workflow) -> dict[str, Place]:
    """Every catalogue key the definition needs, with the place that needs it."""
    return dict([*_keys_of_stages(workflow), *_keys_of_steps(workflow), *_keys_of_roles(workflow)])


def _keys_of_stages(workflow: Workflow) -> Iterator[tuple[str, Place]]:
    for index, phase in enumerate(workflow.phases):
        yield f"phase.{phase}", ("phases", index)
    for name, stage in workflow.stages.items():
        for part in ("", ".family", ".youth", ".next", ".youth_next"):
            yield f"stage.{name}{part}", ("stages", name)
        for position, reminder in enumerate(stage.reminders):
            yield f"reminder.{reminder.name}", ("stages", name, "reminders", position)
        if stage.term:
            yield from ((key, ("stages", name, "term")) for key in _keys_of_term(stage.term))


def _keys_of_term(term: Term) -> list[str]:
    days = [f"term.from.{day}" for day in (term.counts_from, term.earlier) if day]
    return [*days, *([term.asks] if term.asks else [])]


def _keys_of_steps(workflow: Workflow) -> Iterator[tuple[str, Place]]:
    for name in workflow.steps:
        for part in ("", ".intro", ".done", ".family", ".youth"):
            yield f"step.{name}{part}", ("steps", name)


def _keys_of_roles(workflow: Workflow) -> Iterator[tuple[str, Place]]:
    for name, stage in workflow.stages.items():
        for role in (*((stage.turn,) if stage.turn else ()), *stage.also):
            yield f"role.{role}", ("stages", name)
    for name, step in workflow.steps.items():
        for role in step.by:
            yield f"role.{role}", ("steps", name)
