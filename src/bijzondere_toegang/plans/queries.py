"""Reading the plan of a case: its versions, its goals, where the young person stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from bijzondere_toegang.cases.models import StepRecord
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.placements.queries import placement
from bijzondere_toegang.plans.models import Plan, Stay

LIVE = ("up", "agreed")
WRITER = "provider.named"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of one version; `number` counts from 1 and names the goal in that version."""

    number: int
    text: str
    own_words: str
    who: str
    until: date
    fostering: bool = False
    """who wrote the plan ticked it for the foster parents too"""


def plans(scene: Scene) -> list[Plan]:
    """Every version that was ever put up, newest first, unsealed; never a concept."""
    return scene.once("plans", lambda: _read_plans(scene))


def _read_plans(scene: Scene) -> list[Plan]:
    query = select(Plan).where(Plan.case_id == scene.case.id, Plan.state != "concept")
    found = list(scene.tx.exec(query.order_by(col(Plan.version).desc())).all())
    unseal_rows(scene.tx, found)
    return found


def concept(scene: Scene) -> Plan | None:
    """
    What the provider is writing, unsealed, for a provider of the same consortium; for everybody else there is none.
    A consortium that has the placement next begins from what was put up.
    """
    writers = [row.consortium for row in scene.sight.access if row.relation == WRITER]
    return scene.once("concept", lambda: _read_concept(scene, writers)) if writers else None


def _read_concept(scene: Scene, consortia: Sequence[str]) -> Plan | None:
    query = (
        select(Plan)
        .join(Placement, col(Placement.id) == col(Plan.placement_id), isouter=True)
        .where(Plan.case_id == scene.case.id, Plan.state == "concept")
        .where(or_(col(Placement.consortium).in_(consortia), col(Placement.id).is_(None)))
    )
    found = scene.tx.exec(query.order_by(col(Plan.written_at).desc()).limit(1)).first()
    unseal_rows(scene.tx, [found])
    return found


def concept_now(scene: Scene) -> Plan | None:
    """The concept, when it was saved in this round of planning; an older one is only a text to go on from."""
    found = concept(scene)
    return found if found is not None and found.written_at >= scene.case.entered_at else None


def current_plan(scene: Scene) -> Plan | None:
    """
    What the plan is now: the version that people are asked about, else the agreed one, else the last that was. In a
    new round of planning nobody is asked about what was put up before it.
    """
    past = ("replaced", "up") if scene.case.stage == "planning" else ("replaced",)
    kept = [plan for plan in plans(scene) if plan.state not in past]
    kept.sort(key=lambda plan: plan.agreed_at is None)
    return plan_up(scene) or agreed_plan(scene) or next(iter(kept), None)


def plan_up(scene: Scene) -> Plan | None:
    """The version that was put up in this round of planning; an older one does not count."""
    if scene.case.stage != "planning":
        return None
    newest = next((plan for plan in plans(scene) if plan.state == "up"), None)
    asked = newest is not None and newest.put_up_at is not None and newest.put_up_at >= scene.case.entered_at
    return newest if asked else None


def agreed_plan(scene: Scene) -> Plan | None:
    return next((plan for plan in plans(scene) if plan.state == "agreed"), None)


def plan_in_force(scene: Scene) -> Plan | None:
    """The agreed plan under which help is given today; none once its last day has passed or the help has ended."""
    known = [plan for plan in plans(scene) if plan.agreed_at is not None and plan.state in ("agreed", "ended")]
    newest = max(known, key=lambda plan: plan.version, default=None)
    if newest is None or (newest.ends_on is not None and newest.ends_on < scene.on):
        return None
    return newest if newest.state == "agreed" or scene.case.help_runs else None


def treats_at_home(scene: Scene) -> bool:
    """Whether this person works for the provider of the case, and the plan in force says that help comes home."""
    mine = {row.organisation for row in scene.sight.access if row.relation == WRITER}
    plan = plan_in_force(scene) if mine else None
    if plan is None or not content_of(plan).get("hulpThuis"):
        return False
    running = placement(scene)
    return running is not None and running.id == plan.placement_id and running.provider_organisation in mine


def goals(plan: Plan | None) -> tuple[Goal, ...]:
    """The goals of an unsealed version, in order; none when there is no plan or it was erased."""
    rows = content_of(plan).get("doelen", ())
    return tuple(
        Goal(
            number,
            row["tekst"],
            row["eigenWoorden"],
            row["wieDoetWat"],
            date.fromisoformat(row["voor"]),
            fostering=bool(row.get("ookPleegouder")),
        )
        for number, row in enumerate(rows, start=1)
    )


def foster_goals(plan: Plan | None) -> tuple[Goal, ...]:
    """The goals that foster parents read, without what the young person or a parent said about them."""
    return tuple(replace(goal, own_words="") for goal in goals(plan) if goal.fostering)


def has_foster_part(plan: Plan | None) -> bool:
    """Whether the plan asks anything of foster parents (Jeugdwet 4.1.3 lid 6)."""
    return bool(content_of(plan).get("deelPleegouder") or foster_goals(plan))


def reads_foster_part(scene: Scene) -> bool:
    """Whether this person reads of the plan what is meant for foster parents, and nothing else."""
    return decide(Permission.PLAN_READ, scene.sight.facts).scope == "own_part"


def content_of(plan: Plan | None) -> dict[str, Any]:
    """The answers of an unsealed version by their Dutch interface names."""
    if plan is None or plan.content is None:
        return {}
    found: dict[str, Any] = plan.content.data()
    return found


def highest_step(scene: Scene) -> int | None:
    """The heaviest step a revision may choose; None when the table or the referrer decided anew."""
    revised = select(StepRecord.id).where(
        StepRecord.case_id == scene.case.id,
        StepRecord.step == "revise_plan",
        col(StepRecord.at) >= scene.case.entered_at,
    )
    return scene.case.ladder_step if scene.tx.exec(revised).first() else None


def stays(scene: Scene) -> Sequence[Stay]:
    """Stays and moves, newest first, unsealed."""
    query = select(Stay).where(Stay.case_id == scene.case.id).order_by(col(Stay.from_on).desc())
    found = list(scene.tx.exec(query).all())
    unseal_rows(scene.tx, found)
    return found
