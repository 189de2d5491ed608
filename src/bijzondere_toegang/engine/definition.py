"""What a workflow file may hold: stages, steps, terms and reminders, as frozen values.

The engine knows roles and units, but no stage or step of any process: those are data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bijzondere_toegang.engine.source import LineFault, Source, read_source

Role = Literal[
    "chair",
    "secretary",
    "planner",
    "referrer",
    "coordinator",
    "consortium_rep",
    "provider",
    "family",
    "foster_parent",
    "involved_gi",
    "guest",
    "confidant",
]
# "turn" stands for whoever's turn it is in the stage the case is in.
Recipient = Literal[Role, "turn"]
Unit = Literal["working_days", "days", "weeks", "months"]

ROLES: tuple[str, ...] = get_args(Role)
ANY_OPEN = "any_open"
ANY = "any"
ENTRY = "entry"


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
Answers = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Roles = Annotated[tuple[Role, ...], BeforeValidator(_listed)]
Recipients = Annotated[tuple[Recipient, ...], BeforeValidator(_listed)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)


class Length(_Part):
    """A stretch of time: a whole number of units, never negative."""

    amount: Annotated[int, Field(ge=0)]
    unit: Unit = "working_days"


class SecureTerm(_Part):
    """The shorter rhythm of secure care: the first time, and each time after (Jeugdwet 6.2.9)."""

    first: Length
    next: Length


class Term(Length):
    """How long a stage may last, counted from entry or from a named day of the case.

    `urgent` replaces the amount when the case is urgent. `earlier` names a day that, when it is known and
    falls before the counted day, is due instead. `shifts` moves the end past free days (Algemene termijnenwet
    art. 1). Amount 0 means: the named day itself. `asks` is the key of a question to the owner at the end.
    """

    urgent: Annotated[int, Field(ge=0)] | None = None
    counts_from: Name = ENTRY
    earlier: Name | None = None
    secure: SecureTerm | None = None
    shifts: bool = False
    asks: str | None = None


class Reminder(_Part):
    """A message relative to the due day (negative: before it), or to the day of entry in a final stage."""

    name: Name
    offset: int
    unit: Unit = "working_days"
    to: Recipient = "turn"


class Stage(_Part):
    """Where a case can be. A stage that is not final waits for one owner (`turn`) within one term.

    `also` are those who have a task here beside the owner. Without `phase` (final only) the case keeps the
    phase it came from.
    """

    name: Name
    turn: Role | None = None
    also: Roles = ()
    phase: Name | None = None
    term: Term | None = None
    final: bool = False
    help_may_run: bool = False
    reminders: Annotated[tuple[Reminder, ...], BeforeValidator(_listed)] = ()


class Step(_Part):
    """Something a person does: a transition to another stage, or an act that leaves the stage as it is.

    `sources` are stages, or the word `any_open` (every stage that is not final) or `any` (acts only). With
    more than one target, the answer named by `choose` holds the target. `guards_in` adds guards for one
    source. `reopens` is the one way out of a final stage. `together`: several people may do it at once.
    `proof: fresh` asks that whoever takes it proved lately who they are.
    """

    name: Name
    kind: Literal["transition", "act"]
    sources: Names = Field(alias="from")
    targets: Names = Field(default=(), alias="to")
    choose: str | None = None
    by: Roles
    permission: str
    form: Name
    answers: Answers = ()
    guards: Names = ()
    guards_in: Mapping[Name, Names] = Field(default_factory=dict)
    together: bool = False
    proof: Literal["fresh"] | None = None
    confirm: bool = False
    reopens: bool = False
    tells: Recipients = ()

    def guards_at(self, stage: str) -> tuple[str, ...]:
        """Every guard that must hold when the step is taken from this stage."""
        return (*self.guards, *self.guards_in.get(stage, ()))


class Workflow(_Part):
    """One version of one process. A case remembers `name` and `version` and keeps to them."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Annotated[int, Field(ge=1)]
    start: Name
    phases: Names
    stages: Mapping[Name, Stage]
    steps: Mapping[Name, Step]

    def sources_of(self, step: Step) -> tuple[str, ...]:
        """The stages a step can be taken from, with `any_open` and `any` written out."""
        return tuple(dict.fromkeys(stage for source in step.sources for stage in self._meant_by(source)))

    def _meant_by(self, source: str) -> tuple[str, ...]:
        if source == ANY:
            return tuple(self.stages)
        if source == ANY_OPEN:
            return tuple(name for name, stage in self.stages.items() if not stage.final)
        return (source,)


class Unsound(Exception):
    """The file can't be read as a workflow; `faults` says why, one for each line at fault."""

    def __init__(self, path: Path, faults: tuple[LineFault, ...]) -> None:
        super().__init__(f"{path.name}: {len(faults)} fouten in de procesbeschrijving")
        self.path = path
        self.faults = faults


def load(path: Path) -> Workflow:
    """The workflow of a YAML file, checked for shape only; `check` proves the rest. Raises `Unsound`."""
    workflow, faults = parse(read_source(path.read_text(encoding="utf-8")))
    if workflow is None or faults:
        raise Unsound(path, faults)
    return workflow


def parse(source: Source) -> tuple[Workflow | None, tuple[LineFault, ...]]:
    """The workflow in the source, or None, and the faults of reading and of shape."""
    if source.data is None:
        return None, source.faults or (LineFault(1, (), "het bestand is leeg"),)
    try:
        return Workflow.model_validate_json(json.dumps(_named(source.data), default=str)), source.faults
    except ValidationError as error:
        return None, (*source.faults, *_faults_of_shape(error, source))


def _named(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    named = dict(data)
    for group, defaults in (("stages", ("name",)), ("steps", ("name", "form"))):
        if isinstance(data.get(group), dict):
            named[group] = {key: _with_name(key, value, defaults) for key, value in data[group].items()}
    return named


def _with_name(key: Any, value: Any, fields: tuple[str, ...]) -> Any:
    return {**dict.fromkeys(fields, key), **value} if isinstance(value, dict) else value


def _faults_of_shape(error: ValidationError, source: Source) -> Iterator[LineFault]:
    for fault in error.errors(include_url=False, include_context=False):
        place = tuple(part for part in fault["loc"] if part != "[key]")
        yield LineFault(source.line_of(place), place, _sentence(fault["type"], fault["input"]))


def _sentence(kind: str, value: object) -> str:
    if kind == "missing":
        return "verplicht veld ontbreekt"
    if kind == "extra_forbidden":
        return "onbekend veld"
    if kind in ("literal_error", "string_pattern_mismatch"):
        return f"'{value}' is hier geen toegestane waarde"
    return f"verkeerde soort waarde ({kind})"
