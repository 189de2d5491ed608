"""One line of the worklist: what to do, about whom, before when, and why it is on this list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.calling import CallDue, first_call, why_call
from bijzondere_toegang.cases.doing import turn_role
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Process, Sight
from bijzondere_toegang.cases.signals import Light, age_on, light_of
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.engine import Stage
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import Scope, decide
from bijzondere_toegang.referrals.queries import typed_first_names
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.worklist.queries import DONE, TODO, WAITING, WATCHES

Group = Literal["now", "week", "later", "waiting", "done"]
WAITS, FINISHED = N_("Wacht op anderen"), N_("Klaar")
GROUPS: Mapping[Group, str] = {
    "now": N_("Nu doen"),
    "week": N_("Deze week"),
    "later": N_("Later"),
    "waiting": WAITS,
    "done": FINISHED,
}


LIGHTS: Mapping[Light, str] = {"late": N_("Te laat"), "soon": N_("Bijna"), "ok": N_("Op tijd")}


When = tuple[Light | Literal["", "info"], str, str, str]
"""Light, badge, day and distance in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line, its words ready to show. `light` is empty when nothing is due; `day` and `distance` follow the badge."""

    group: Group
    href: str
    title: str
    about: str
    why: str
    action: str
    light: Light | Literal["", "info"] = ""
    badge: str = ""
    day: str = ""
    distance: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """What every line needs to know of the moment and the language. `drafts`: whether a draft has a page of its own.

    `offers`: the cases that a colleague offers to this person, with the last day to answer. `calls`: what this person
    has to call about, by case.
    """

    process: Process
    t: Translator
    on: date
    drafts: bool
    offers: Mapping[UUID, date] = field(default_factory=dict)
    calls: Mapping[UUID, Sequence[CallDue]] = field(default_factory=dict)


def first_names(tx: Session, sights: Iterable[Sight]) -> dict[UUID, str]:
    """The first names of the young people this person may know, in two statements however many there are, and two
    more for drafts."""
    ids = [sight.case.id for sight in sights if _scope(sight) == "full"]
    rows = list(tx.exec(select(Party).where(col(Party.case_id).in_(ids), Party.kind == "youth")).all())
    unseal_rows(tx, rows)
    registered = {row.case_id: row.called for row in rows}
    return registered | typed_first_names(tx, [one for one in ids if one not in registered])


def row_of(reader: Reader, sight: Sight, name: str | None) -> Row:
    t, case = reader.t, sight.case
    if is_offered(reader, sight):
        return _offered(reader, sight, name)
    if case.id in reader.calls:
        return _called(reader, sight, name)
    stage = _stage(reader.process, sight)
    role, rank = _role(stage, sight)
    mine = role if rank == TODO else "waiting"
    keys = f"work.{stage.name}.{mine}", f"work.{stage.name}", "work.other"
    button = t.first(*(f"{key}.button" for key in keys)) if rank == TODO else None
    light, badge, day, distance = _when(reader, sight, rank)
    return Row(
        group_of(rank, case.due_on, reader.on),
        _href(reader, sight),
        (t.first(*keys) or "{who}").format(who=name or case.reference),
        " · ".join(_about(reader, sight)),
        _why(reader, sight, stage, role, rank),
        button or t.gettext(N_("Bekijken")),
        light,
        badge,
        day,
        distance,
    )


def is_offered(reader: Reader, sight: Sight) -> bool:
    """Whether a colleague asks this person to take the case over, while that still can be."""
    return sight.case.id in reader.offers and not _stage(reader.process, sight).final


def _offered(reader: Reader, sight: Sight, name: str | None) -> Row:
    t, until = reader.t, reader.offers[sight.case.id]
    today = until == reader.on
    return Row(
        "now",
        _href(reader, sight),
        t.gettext(N_("Zaak van {who}: neem deze zaak over of geef haar terug"), who=name or sight.case.reference),
        " · ".join(_about(reader, sight)),
        t.gettext(
            N_("Een collega biedt u deze zaak aan. U kunt kijken en kiezen tot en met {dag}."),
            dag=t.day(until, reader.on),
        ),
        t.gettext(N_("Bekijken")),
        "soon" if today else "info",
        t.gettext(N_("Vandaag") if today else N_("Aanbod")),
        "" if today else t.short_day(until, reader.on),
        "" if today else t.distance(until, reader.on),
    )


def _called(reader: Reader, sight: Sight, name: str | None) -> Row:
    """A promised call comes before whatever else the case waits for."""
    t, due = reader.t, reader.calls[sight.case.id]
    before = min(one.before for one in due)
    light = light_of(before, reader.on)
    today = before == reader.on
    return Row(
        "now",
        _href(reader, sight),
        " ".join(first_call(one, t, reader.on) for one in due),
        " · ".join(filter(None, (name, *_about(reader, sight)))),
        " ".join(why_call(one, t) for one in due),
        t.gettext(N_("Bekijken")),
        light,
        t.gettext(N_("Vandaag") if today else LIGHTS[light]),
        "" if today else t.short_day(before, reader.on),
        "" if today else t.distance(before, reader.on),
    )


def rank_of(reader: Reader, sight: Sight) -> int:
    """What the query ranks this case as."""
    first = is_offered(reader, sight) or sight.case.id in reader.calls
    return TODO if first else _role(_stage(reader.process, sight), sight)[1]


def _stage(process: Process, sight: Sight) -> Stage:
    case = sight.case
    return process.library.get(case.workflow, case.workflow_version).stages[case.stage]


def group_of(rank: int, due_on: date | None, on: date) -> Group:
    if rank != TODO:
        return "done" if rank == DONE else "waiting"
    if due_on is None:
        return "later"
    if due_on <= on:
        return "now"
    return "week" if due_on <= on + timedelta(days=6 - on.weekday()) else "later"


def _scope(sight: Sight) -> Scope:
    return decide(Permission.CASE_SEE, sight.facts).scope


def _role(stage: Stage, sight: Sight) -> tuple[str, int]:
    """The role this person has here, and whether the case waits for it; the same answer as the query's."""
    roles = [ROLE_OF[row.relation] for row in sight.access if row.relation in ROLE_OF]
    roles += [role for role, relation in _STANDING.items() if relation in sight.facts.relations]
    first = roles[0] if roles else ""
    if stage.final:
        return first, DONE
    if turn := turn_role(stage, sight):
        return turn, TODO
    beside = next((role for role in roles if role in stage.also and (stage.name, role) not in WATCHES), None)
    return (beside, TODO) if beside else (first, WAITING)


ACUTE = "acuut-onveilig"
_STANDING = {"planner": Relation.PLANNER, "coordinator": Relation.COORDINATOR_SAME_ORG}


def _href(reader: Reader, sight: Sight) -> str:
    case = sight.case
    start = reader.process.library.get(case.workflow, case.workflow_version).start
    typing = reader.drafts and case.stage == start and _role(_stage(reader.process, sight), sight)[1] == TODO
    return f"/aanmeldingen/{case.reference}" if typing else f"/zaken/{case.reference}"


def _about(reader: Reader, sight: Sight) -> Iterable[str]:
    case, t, scope = sight.case, reader.t, _scope(sight)
    yield case.reference
    if scope in ("full", "brief") and case.turns_18_on is not None:
        yield t.ngettext("{n} jaar", "{n} jaar", age_on(case.turns_18_on, reader.on))
    municipality = reader.process.region.municipality(case.municipality)
    if municipality is not None:
        yield municipality.name
    if case.urgent:
        yield t.gettext(N_("spoed"))
    if case.safety == ACUTE and scope != "outline":
        yield t.gettext(N_("acuut onveilig gemeld"))


def _when(reader: Reader, sight: Sight, rank: int) -> When:
    case, t, on = sight.case, reader.t, reader.on
    if case.suspended_on is not None and rank != DONE:
        return "info", t.gettext(N_("Staat stil")), "", ""
    if case.due_on is None or rank == DONE:
        return "", t.short_day(case.changed_at.date(), on) if rank == DONE else t.gettext(N_("Geen datum")), "", ""
    light = light_of(case.due_on, on)
    words = t.gettext(LIGHTS[light])
    if case.due_on == on:
        return light, t.gettext(N_("Vandaag")), "", ""
    return light, words, t.short_day(case.due_on, on), t.distance(case.due_on, on)


def _why(reader: Reader, sight: Sight, stage: Stage, role: str, rank: int) -> str:
    t, case = reader.t, sight.case
    if rank == DONE:
        return t.gettext(f"stage.{stage.name}")
    turn = t.gettext(f"role.{stage.turn}")
    if rank == WAITING:
        return t.gettext(N_("Nu is aan zet: {rol}."), rol=turn)
    late = case.due_on is not None and case.due_on < reader.on
    said = (
        [t.gettext(N_("Had {dag} klaar moeten zijn."), dag=t.day(case.due_on, reader.on))]
        if late and case.due_on
        else []
    )
    if role == stage.turn:
        said.append(t.gettext(N_("U bent aan zet: de zaak wacht op u.")))
    else:
        said.append(t.gettext(N_("U doet mee als {rol}."), rol=t.gettext(f"role.{role}").lower()))
    return " ".join(said)
