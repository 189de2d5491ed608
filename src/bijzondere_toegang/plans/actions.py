"""What the steps of the plan write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang.cases.access import accounts_in_role
from bijzondere_toegang.cases.models import CaseAccess
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.plans.asked import Asked, consents
from bijzondere_toegang.plans.forms import (
    ConfirmPlan,
    GiveConsent,
    RecordConsent,
    StartHelp,
    WithdrawConsent,
    WritePlan,
)
from bijzondere_toegang.plans.ladder import LADDER, OUTSIDE_A_FAMILY, STAYS
from bijzondere_toegang.plans.models import Consent, Plan
from bijzondere_toegang.plans.queries import LIVE, concept, concept_now, content_of, current_plan, plan_up, plans
from bijzondere_toegang.plans.sound import late_review, step_up
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.codes import WITNESSED

GIVES: Mapping[str, str] = {"ja": "given", "nee": "refused"}


def write_plan(act: Act) -> None:
    """Save the concept as far as it is; what is up stays up, with everything that was said about it."""
    answers: WritePlan = act.answers
    plan = concept(act.scene) or Plan(case_id=act.case.id, version=0, state="concept", ladder_step=0, written_at=act.at)
    stays = answers.ladder in STAYS
    plan.placement_id = _placement(act)
    plan.ladder_step = LADDER[answers.ladder] if answers.ladder else 0
    plan.goals = len(answers.goals)
    plan.nights_per_week = (answers.nights_per_week or 0) if stays else 0
    plan.starts_on, plan.ends_on, plan.review_on = answers.starts_on, answers.ends_on, answers.review_on
    plan.written_by, plan.written_at = act.by.account_id, act.at
    plan.content = Secret.json(_asked_for(answers))
    act.tx.add(plan)


def is_as_light_as_decided(act: Act) -> Iterator[Fault]:
    return step_up(act.scene, act.answers.ladder)


def is_reviewed_in_time(act: Act) -> Iterator[Fault]:
    return late_review(act.scene, act.answers.starts_on, act.answers.review_on)


def _asked_for(answers: WritePlan) -> dict[str, Any]:
    """Without answers to questions that the chosen step of the ladder does not ask."""
    if answers.ladder is None:
        return answers.as_json()
    unasked = set() if answers.ladder in STAYS else {"nachtenPerWeek", "terugkeervoorwaarden"}
    unasked |= set() if answers.ladder in OUTSIDE_A_FAMILY else {"waaromGeenGezin"}
    unasked |= {"waaromNietLichter"} if LADDER[answers.ladder] == 1 else set()
    return {name: value for name, value in answers.as_json().items() if name not in unasked}


def _placement(act: Act) -> Any:
    query = select(Placement.id).where(Placement.case_id == act.case.id, Placement.state == "accepted")
    return act.tx.exec(query.order_by(col(Placement.accepted_at).desc())).first()


def put_up_plan(act: Act) -> None:
    """
    The concept becomes the version that people are asked about; what was said about the one before it does not carry
    over.
    """
    plan, known = concept_now(act.scene), plans(act.scene)
    assert plan is not None
    for older in known:
        older.state = "replaced" if older.state == "up" else older.state
    plan.version = max((older.version for older in known), default=0) + 1
    plan.state, plan.put_up_at = "up", act.at
    act.tx.add_all([*known, plan])
    act.case.medical_treatment = content_of(plan)["medischeBehandeling"]


def confirm_plan(act: Act) -> None:
    """The referrer confirms the version that was on the screen; the form refuses any other."""
    answers: ConfirmPlan = act.answers
    plan = plan_up(act.scene)
    assert plan is not None and str(plan.version) == answers.version
    plan.confirmed_by, plan.confirmed_at = act.by.account_id, act.at
    act.tx.add(plan)


def consent(act: Act) -> None:
    """Own answer to the version that was read; a later answer counts, the earlier one stays. A no is told at once."""
    answers: GiveConsent = act.answers
    plan = current_plan(act.scene)
    assert plan is not None and str(plan.version) == answers.version
    mine = [one for one in consents(act.scene) if one.party.id in act.scene.sight.parties]
    content = {"words": answers.words or "", "how": "zelf"}
    act.tx.add_all(_consent(act, plan, one, GIVES[answers.answer], content) for one in mine)
    if answers.answer == "nee":
        post(act.tx, accounts_in_role(act.tx, act.case, "referrer", act.at), "news", act.at)


def _consent(act: Act, plan: Plan, one: Asked, answer: str, content: dict[str, Any]) -> Consent:
    return Consent(
        case_id=act.case.id,
        plan_id=plan.id,
        party_id=one.party.id,
        answer=answer,
        at=act.at,
        account_id=act.by.account_id,
        content=Secret.json(content),
    )


def record_consent(act: Act) -> None:
    """What a party said, or that a parent could not be reached; the party is told and may still answer."""
    answers: RecordConsent = act.answers
    plan = current_plan(act.scene)
    one = _who(act)
    assert plan is not None
    answer = GIVES[answers.answer] if answers.answer else "not_reached"
    act.tx.add(_consent(act, plan, one, answer, _record_of(answers)))
    post(act.tx, _accounts_of(act, one), "news", act.at)


def _who(act: Act) -> Asked:
    return next(one for one in consents(act.scene) if str(one.party.id) == act.answers.who)


def youth_answers(act: Act) -> Iterator[Fault]:
    """Without the youth's own yes no help begins."""
    if _who(act).party.kind == "youth" and act.answers.answer is None:
        yield Fault("/hoe", N_("Zonder de jeugdige zelf kan het niet. Praat met de jeugdige."))


def said_while_it_was_up(act: Act) -> Iterator[Fault]:
    return _while_up(act, {"/datum": act.answers.on})


def tried_while_it_was_up(act: Act) -> Iterator[Fault]:
    return _while_up(act, {f"/pogingen/{row}/wanneer": each.on for row, each in enumerate(act.answers.attempts)})


def _while_up(act: Act, days: Mapping[str, date | None]) -> Iterator[Fault]:
    """Nobody answers about a version before it is up, nor tomorrow."""
    plan = current_plan(act.scene)
    assert plan is not None
    first = local_day(plan.put_up_at or plan.written_at)
    for pointer, day in days.items():
        if day is not None and day > act.on:
            yield Fault(pointer, N_("Deze dag komt nog. Vul een dag in die al geweest is."))
        elif day is not None and day < first:
            yield Fault(pointer, N_("Deze versie ligt er sinds {dag}. Vul die dag in of een latere."), {"dag": first})


def _record_of(answers: RecordConsent) -> dict[str, Any]:
    if answers.answer is None:
        tried = [{"on": each.on.isoformat(), "how": each.how} for each in answers.attempts]
        return {"how": answers.how, "attempts": tried, "why": answers.why}
    assert answers.on is not None
    return {"how": answers.how, "on": answers.on.isoformat(), "words": answers.words or ""}


def _accounts_of(act: Act, one: Asked) -> Sequence[UUID]:
    query = select(CaseAccess.account_id).where(
        CaseAccess.case_id == act.case.id, CaseAccess.party_id == one.party.id, open_at(act.at)
    )
    return act.tx.exec(query.distinct()).all()


def withdraw_consent(act: Act) -> None:
    """Every running consent of this person ends; help may go on only as the law allows, which people decide."""
    answers: WithdrawConsent = act.answers
    rows = act.tx.exec(
        select(Consent)
        .join(Plan, col(Plan.id) == col(Consent.plan_id))
        .where(
            Consent.case_id == act.case.id,
            col(Consent.party_id).in_(tuple(act.scene.sight.parties)),
            col(Consent.withdrawn_at).is_(None),
            Consent.answer == "given",
            col(Plan.state).in_(LIVE),
        )
    ).all()
    unseal_rows(act.tx, rows)
    for row in rows:
        said = row.content.data() if row.content else {}
        row.withdrawn_at = act.at
        row.content = Secret.json(said | {"withdrawn": answers.words or ""})
    act.tx.add_all(rows)


def agree_plan(act: Act) -> None:
    """What is up becomes the plan; the term of the next round of planning counts from its own entry."""
    plan = plan_up(act.scene)
    assert plan is not None
    for older in plans(act.scene):
        older.state = "replaced" if older.state in LIVE else older.state
    plan.state, plan.agreed_at = "agreed", act.at
    act.witnessed[WITNESSED] = plan.content.reveal() if plan.content else ""
    act.tx.add_all(plans(act.scene))
    case = act.case
    case.ladder_step, case.evaluation_due_on, case.family_plan_cleared_on = plan.ladder_step, plan.review_on, None
    if case.help_started_on is None and plan.starts_on is not None:
        _help_starts(act, plan.starts_on)


def start_help(act: Act) -> None:
    answers: StartHelp = act.answers
    _help_starts(act, answers.on)


def _help_starts(act: Act, day: date) -> None:
    """A day to come is a start day; help runs from that day on, not before."""
    act.case.help_started_on = day
    act.case.help_runs = act.case.help_runs or day <= act.on


def end_plans(act: Act, last_day: date) -> None:
    """Help ends: the live versions of the plan end on that day, and help no longer runs after it."""
    act.tx.connection().execute(
        update(Plan)
        .where(col(Plan.case_id) == act.case.id, col(Plan.state).in_(LIVE))
        .values(state="ended", ends_on=last_day)
    )
    act.case.help_runs = act.case.help_runs and last_day > act.on
