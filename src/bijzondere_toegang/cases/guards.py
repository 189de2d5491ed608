"""What has to be so before a step, where several rooms ask it. Guards look at the case, never at answers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.access import accounts_in_role
from bijzondere_toegang.cases.deadlines import due_of
from bijzondere_toegang.cases.models import StepRecord
from bijzondere_toegang.cases.process import Guard, Scene
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.engine import shift_past_free_days
from bijzondere_toegang.errors import N_, Sentence


def independence_declared(scene: Scene) -> Sentence | None:
    """Who acts has declared, and has no tie with this family."""
    facts = scene.sight.facts
    if facts.independence_declared and not facts.tie:
        return None
    return Sentence(N_("Zeg eerst of u een band hebt met dit gezin."))


def authority_valid(scene: Scene) -> Sentence | None:
    """Statutory authority, or a mandate that is valid on the day (Awb 10:1-10:12)."""
    if scene.sight.facts.authority_valid_today:
        return None
    return Sentence(N_("De bevoegdheid of het mandaat geldt vandaag niet. Kijk de gegevens van het mandaat na."))


def term_passed(scene: Scene) -> Sentence | None:
    due_on = scene.case.due_on
    if due_on is None:
        return Sentence(N_("Er loopt nu geen termijn. Dit kan pas als een termijn voorbij is."))
    if due_on < scene.on:
        return None
    return Sentence(N_("De termijn loopt nog tot en met {day}. Daarna kan dit."), {"day": due_on})


def no_help_runs(scene: Scene) -> Sentence | None:
    if not scene.case.help_runs:
        return None
    return Sentence(N_("Er loopt nog hulp. Beëindig eerst de hulp, of roep de tafel opnieuw bijeen."))


def not_suspended(scene: Scene) -> Sentence | None:
    if scene.case.suspended_on is None:
        return None
    return Sentence(N_("De termijn staat stil sinds {day}. Hervat hem eerst."), {"day": scene.case.suspended_on})


def is_suspended(scene: Scene) -> Sentence | None:
    if scene.case.suspended_on is not None:
        return None
    return Sentence(N_("De termijn staat niet stil. Er is niets te hervatten."))


def term_can_move(scene: Scene) -> Sentence | None:
    """A term that is a named day (of the conference, of the evaluation) moves with that day."""
    due = due_of(scene.workflow, scene.case)
    if due is not None and due.amount:
        return None
    return Sentence(N_("Hier is een dag afgesproken. Verzet die dag; een termijn om te verlengen is er niet."))


def reconvene_asked(scene: Scene) -> Sentence | None:
    """Somebody asked for a new conference and has no answer yet."""
    if scene.case.reconvene_asked_at is not None:
        return None
    return Sentence(N_("Niemand vraagt nu om een nieuw overleg."))


def somebody_waits(scene: Scene) -> Sentence | None:
    waiting = waiting_accounts(scene)
    if set(waiting) - {scene.by.account_id}:
        return None
    if waiting:
        return Sentence(N_("U bent zelf aan de beurt. Er is niemand om te herinneren."))
    return Sentence(N_("Er is nu niemand met een account aan de beurt. Bel de organisatie."))


def waiting_accounts(scene: Scene) -> list[UUID]:
    """The accounts whose turn it is."""
    turn = scene.workflow.stages[scene.case.stage].turn
    return accounts_in_role(scene.tx, scene.case, turn, scene.at) if turn else []


def not_nudged_today(scene: Scene) -> Sentence | None:
    """One reminder per working day; a weekend or holiday counts with the working day after it."""
    last = scene.tx.exec(
        select(StepRecord.at)
        .where(StepRecord.case_id == scene.case.id, StepRecord.step == "nudge")
        .order_by(col(StepRecord.at).desc())
        .limit(1)
    ).first()
    if last is None or shift_past_free_days(local_day(last)) < shift_past_free_days(scene.on):
        return None
    return Sentence(N_("Er is vandaag al een herinnering gestuurd. Morgen kan het weer. Haast? Bel dan."))


GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        independence_declared,
        authority_valid,
        term_passed,
        no_help_runs,
        not_suspended,
        is_suspended,
        term_can_move,
        reconvene_asked,
        somebody_waits,
        not_nudged_today,
    )
}
