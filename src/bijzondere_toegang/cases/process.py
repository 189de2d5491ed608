"""What rooms give to the process: form, checks, effect and guards per step, joined by name with the workflow file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session

from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.documents.checking import Checked
from bijzondere_toegang.engine import Library, Step, Workflow
from bijzondere_toegang.errors import Fault, Sentence
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.facts import Facts
from bijzondere_toegang.region import Region
from bijzondere_toegang.web.forms import Answers, Choice

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sight:
    """A case as one person may see it now; the only way in which code gets hold of a case."""

    case: Case
    actor: Actor
    access: tuple[CaseAccess, ...]
    facts: Facts

    @property
    def parties(self) -> frozenset[UUID]:
        """The parties of this case that are this person."""
        return frozenset(row.party_id for row in self.access if row.party_id is not None)

    @property
    def consortium(self) -> str:
        """The consortium for which this person sits at the table or has the placement; empty for others."""
        return next((row.consortium for row in self.access if row.consortium), "")


@dataclass(frozen=True)
class Scene:
    """Everything a guard, a choice list or a page may look at; `once` keeps what was read within the request."""

    process: Process
    tx: Session
    sight: Sight
    at: datetime
    on: date
    _memo: dict[str, Any] = field(default_factory=dict)
    handed: dict[str, str] = field(default_factory=dict)
    """what an effect gives to who took the step, to show once and keep nowhere"""

    @property
    def case(self) -> Case:
        return self.sight.case

    @property
    def by(self) -> Actor:
        return self.sight.actor

    @property
    def region(self) -> Region:
        return self.process.region

    @property
    def workflow(self) -> Workflow:
        return self.process.library.get(self.case.workflow, self.case.workflow_version)

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` gives, read at most once for this scene."""
        if name not in self._memo:
            self._memo[name] = read()
        found: T = self._memo[name]
        return found

    def forget(self) -> None:
        """Drop what was kept; called after a step changed the case."""
        self._memo.clear()


@dataclass(frozen=True)
class Act:
    """One step being taken: the scene, the step and its valid answers. Effects write with it, in its transaction."""

    scene: Scene
    step: Step
    answers: Any
    target: str | None = None
    enclosed: Checked | None = None
    """a file that came along, washed and scanned before the transaction began"""
    witnessed: dict[str, str] = field(default_factory=dict)
    """texts that the entry commits to beside the answers; the effect puts them here"""

    @property
    def tx(self) -> Session:
        return self.scene.tx

    @property
    def case(self) -> Case:
        return self.scene.case

    @property
    def by(self) -> Actor:
        return self.scene.by

    @property
    def at(self) -> datetime:
        return self.scene.at

    @property
    def on(self) -> date:
        return self.scene.on


Check = Callable[[Act], Iterable[Fault]]
"""Faults of the answers that only the case or the day can show. Asked together with the rules of the form, also when
other answers are wrong: one that reads such an answer keeps still. Never writes."""
Effect = Callable[[Act], None]
"""Writes what a step changes beside stage and revision, when the case is claimed. What two people at once may both have
passed is looked at here again: it may raise Incomplete too."""
Guard = Callable[[Scene], Sentence | None]
"""None when it holds, else the sentence that says what has to happen first. Looks at the case, never at answers."""
Chooser = Callable[[Scene], Sequence[Choice]]
"""A list to choose from in a form, for this case and person."""
Prefill = Callable[[Scene], dict[str, Any]]
"""What a form shows before anything was typed (Dutch names, JSON values)."""


View = Callable[[Scene], Mapping[str, Any]]
"""What the page of a step shows above its form: names for `templates/steps/<step>.html`."""
Look = Callable[[Scene, Mapping[str, Any]], Mapping[str, Any]]
"""The same for who looks before the step is taken (`_bekijk`): what comes of the form as it stands, checked or not."""


@dataclass(frozen=True)
class Room:
    """What one room adds to the process, by name. Names are those of the workflow file."""

    forms: Mapping[str, type[Answers]] = field(default_factory=dict)
    checks: Mapping[str, Sequence[Check]] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    choices: Mapping[str, Chooser] = field(default_factory=dict)
    prefills: Mapping[str, Prefill] = field(default_factory=dict)
    views: Mapping[str, View] = field(default_factory=dict)
    looks: Mapping[str, Look] = field(default_factory=dict)


@dataclass(frozen=True)
class Process:
    """The workflow library joined with what the rooms know. Made once, when the application starts."""

    library: Library
    region: Region
    forms: Mapping[str, type[Answers]]
    checks: Mapping[str, Sequence[Check]]
    effects: Mapping[str, Effect]
    guards: Mapping[str, Guard]
    choices: Mapping[str, Chooser]
    prefills: Mapping[str, Prefill]
    views: Mapping[str, View]
    looks: Mapping[str, Look]

    @classmethod
    def of(cls, library: Library, region: Region, rooms: Sequence[Room]) -> Process:
        """Join the rooms; a name given twice is a mistake and raises ValueError."""
        return cls(
            library,
            region,
            _joined([room.forms for room in rooms]),
            _joined([room.checks for room in rooms]),
            _joined([room.effects for room in rooms]),
            _joined([room.guards for room in rooms]),
            _joined([room.choices for room in rooms]),
            _joined([room.prefills for room in rooms]),
            _joined([room.views for room in rooms]),
            _joined([room.looks for room in rooms]),
        )


def _joined(parts: Sequence[Mapping[str, T]]) -> dict[str, T]:
    joined: dict[str, T] = {}
    for part in parts:
        if twice := joined.keys() & part.keys():
            raise ValueError(f"given by two rooms: {sorted(twice)}")
        joined.update(part)
    return joined
