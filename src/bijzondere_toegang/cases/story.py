"""Where a case has been: the path of phases with days, the timeline in sentences, and why a day is what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, true
from sqlmodel import col, or_

from bijzondere_toegang.cases.deadlines import due_of
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.shielding import IN_CHARGE, QUIET
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.engine import Due, Workflow
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import entries_of
from bijzondere_toegang.web.i18n import Translator

MOST = 200
"""Entries a page looks back at."""
TURNED_TWELVE, COLLEAGUE_JOINED = "turned_twelve", "colleague_joined"
BY_ITSELF = frozenset({TURNED_TWELVE, COLLEAGUE_JOINED})
"""What the timeline tells beside the steps: nobody took it."""
MOVED = frozenset({"chair_moved", "pen_moved", "referrer_moved", "seat_moved", "provider_moved", "gi_moved"})
"""Who worked on the case left, and somebody else got her part (`administration.moving`)."""
RUNS = frozenset({"write_minutes"})
"""Steps that somebody takes many times in a row: notes save themselves. A row of them is one line."""
_OWN_NAME_STAYS_AWAY = frozenset({"family", "foster_parent", "guest", "confidant"})


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of the path; `state` is done, here or empty, `note` the day or "hier bent u"."""

    label: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    at: datetime
    words: str


def entries(scene: Scene) -> list[TimelineEntry]:
    """What happened in the case, newest first."""
    return scene.once("timeline", lambda: entries_of(scene.tx, scene.case.id, newest=MOST, runs=RUNS))


def stages_seen(scene: Scene) -> frozenset[str]:
    """Every stage the case has been in."""
    return frozenset({entry.to_stage for entry in entries(scene)} | {scene.case.stage})


def path_of(scene: Scene, t: Translator) -> list[Phase]:
    """The phases of the process: those behind with the day they were last entered, and the one the case is in."""
    workflow, here = scene.workflow, phase_of(scene)
    days = _entered(workflow, entries(scene))
    at = workflow.phases.index(here) if here in workflow.phases else 0
    ended = workflow.stages[scene.case.stage].final
    return [_phase(scene, t, name, number - at, days.get(name), ended) for number, name in enumerate(workflow.phases)]


def phase_of(scene: Scene) -> str:
    """The phase the case is in; an end without a phase keeps the one it came from."""
    stages = scene.workflow.stages
    came = [scene.case.stage, *(entry.from_stage for entry in entries(scene) if entry.to_stage != entry.from_stage)]
    return next((phase for name in came if name in stages and (phase := stages[name].phase)), "")


def _entered(workflow: Workflow, told: Iterable[TimelineEntry]) -> dict[str, date]:
    days: dict[str, date] = {}
    for entry in told:
        stage = workflow.stages.get(entry.to_stage)
        if stage is not None and stage.phase and entry.from_stage != entry.to_stage:
            days.setdefault(stage.phase, local_day(entry.at))
    return days


def _phase(scene: Scene, t: Translator, name: str, ahead: int, day: date | None, ended: bool) -> Phase:
    label = t.gettext(f"phase.{name}")
    if ahead == 0:
        return Phase(label, t.gettext(N_("hier stopte de zaak") if ended else N_("hier bent u")), "here")
    if ahead > 0:
        return Phase(label, "", "")
    return Phase(label, t.gettext(N_("klaar")) if day is None else t.short_day(day, scene.on), "done")


def timeline_of(scene: Scene, t: Translator) -> list[Told]:
    """What happened as sentences, with the professional who did it; a family's own steps carry no name."""
    known = scene.workflow.steps.keys() | BY_ITSELF | MOVED
    told = [entry for entry in entries(scene) if entry.step in known and not is_quiet(scene, entry)]
    names = names_of(scene.tx, {entry.account_id for entry in told if entry.role not in _OWN_NAME_STAYS_AWAY})
    return [
        Told(entry.at, _sentence(entry, names.get(entry.account_id) if entry.account_id else None, t)) for entry in told
    ]


def is_quiet(scene: Scene, entry: TimelineEntry) -> bool:
    """Whether this entry would tell this person that something is kept back. Who wrote it, and who leads, may know."""
    return entry.step in QUIET and not _leads(scene) and entry.account_id != scene.by.account_id


def tells(scene: Scene) -> ColumnElement[bool]:
    """The same as a condition, for who reads the timeline page by page."""
    mine = col(TimelineEntry.account_id) == scene.by.account_id
    return true() if _leads(scene) else or_(col(TimelineEntry.step).not_in(sorted(QUIET)), mine)


def _leads(scene: Scene) -> bool:
    return any(row.relation in IN_CHARGE for row in scene.sight.access)


def _sentence(entry: TimelineEntry, name: str | None, t: Translator) -> str:
    done = t.gettext(f"step.{entry.step}.done")
    return f"{done} ({name})" if name else done


def why_due(scene: Scene, t: Translator) -> list[str]:
    """The sentences that say how the due day was counted; empty without a term."""
    case = scene.case
    if case.suspended_on is not None:
        return [t.gettext(N_("De termijn staat stil sinds {dag}."), dag=t.day(case.suspended_on, scene.on))]
    found = due_of(scene.workflow, case)
    return [] if found is None else _why(found, t, scene.on)


def _why(found: Due, t: Translator, today: date) -> list[str]:
    length = t.gettext(f"term.unit.{found.unit}.{_number(found.amount)}", amount=found.amount)
    start, named = t.day(found.from_day, today), t.gettext(f"term.from.{found.counts_from}")
    said = [t.gettext(found.key, length=length, from_day=start, named_day=named)]
    if found.skipped:
        said.append(t.gettext("term.why.skipped", days=_days(found.skipped, t, today)))
    if found.shifted:
        said.append(t.gettext("term.why.shifted"))
    if found.suspended_days:
        key = f"term.why.suspended.{_number(found.suspended_days)}"
        said.append(t.gettext(key, days=found.suspended_days))
    return said


def _number(amount: int) -> str:
    return "one" if amount == 1 else "many"


def _days(days: Sequence[tuple[date, str]], t: Translator, today: date) -> str:
    return ", ".join(f"{t.gettext(f'holiday.{key}')} ({t.short_day(day, today)})" for day, key in days)
