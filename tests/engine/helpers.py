"""The real definition and its catalogues, and a small workflow to plant faults in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bijzondere_toegang.engine import Context, Workflow, load, sentence_keys

ROOT = Path(__file__).parents[2]
DEFINITION = ROOT / "workflows" / "bijzondere-toegang.yaml"

SMALL = """\
name: klein
version: 1
start: asked
phases: [vraag, antwoord]
stages:
  asked:
    phase: vraag
    turn: referrer
    term: {amount: 3}
  answering:
    phase: antwoord
    turn: chair
    term: {amount: 5}
    reminders:
      - {name: almost_due, offset: -1}
  done:
    phase: antwoord
    final: true
steps:
  ask:
    kind: transition
    from: asked
    to: answering
    by: referrer
    permission: question.ask
    guards: complete
  answer:
    kind: transition
    from: answering
    to: [done, asked]
    choose: vervolg
    by: chair
    permission: question.answer
  remark:
    kind: act
    from: any_open
    by: [chair, referrer]
    permission: question.remark
"""


def catalogue(language: str) -> dict[str, str]:
    """Every sentence of the rooms' catalogues in one language."""
    entries = (entry for path in sorted((ROOT / "locales" / language).glob("*.po")) for entry in _entries(path))
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}


def _entries(path: Path) -> Iterable[Message]:
    with path.open("rb") as file:
        return list(read_po(file))


def definition() -> Workflow:
    return load(DEFINITION)


def written(folder: Path, text: str, name: str = "klein.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def context_of(workflow: Workflow) -> Context:
    """A context that offers exactly what the workflow asks for."""
    steps = list(workflow.steps.values())
    keys = frozenset(sentence_keys(workflow))
    return Context(
        guards=frozenset(guard for step in steps for stage in workflow.stages for guard in step.guards_at(stage)),
        forms={step.form: [*step.answers, *([step.choose] if step.choose else [])] for step in steps},
        grants={step.permission: True for step in steps},
        sentences={"nl": keys, "en": keys},
    )
