"""What the steps of the plan write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.engine import later
from bijzondere_toegang.errors import N_, Fault, Incomplete
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.plans.asked import Asked, consents, together
from bijzondere_toegang.plans.choices import offline
from bijzondere_toegang.plans.forms import (
    AgreePlan,
    ConfirmPlan,
    GiveConsent,
    PaperConsent,
    StartHelp,
    WithdrawConsent,
    WritePlan,
)
from bijzondere_toegang.plans.ladder import LADDER, OUTSIDE_A_FAMILY, STAYS
from bijzondere_toegang.plans.models import Consent, Plan
from bijzondere_toegang.plans.queries import LIVE, current_plan, draft_plan, highest_step, plans
from bijzondere_toegang.timeline.codes import WITNESSED

STEP_UP = N_("Zwaardere hulp kan hier niet. Roep daarvoor de tafel opnieuw bijeen.")


def write_plan(act: Act) -> None:
    """A new version; what was said about the version before it does not carry over."""
    answers: WritePlan = act.answers
    if faults := [*_faults_of_review(act, answers), *_faults_of_ladder(act, answers)]:
        raise Incomplete(faults)
    known = plans(act.scene)
    for plan in known:
        plan.state = "replaced" if plan.state == "draft" else plan.state
    act.tx.add_all(known)
    act.tx.add(_version_of(act, answers, max((plan.version for plan in known), default=0) + 1))
    act.case.medical_treatment = answers.medical


def _faults_of_review(act: Act, answers: WritePlan) -> Iterator[Fault]:
    """The first evaluation: three months at most, four weeks in secure care (Jeugdwet 6.2.9)."""
    begin = max(answers.starts_on or act.on, act.on)
    last = later(begin, 4, "weeks") if act.case.secure else later(begin, 3, "months")
    if answers.review_on < act.on:
        yield Fault("/evaluatiedatum", N_("Deze dag is al voorbij. Kies een latere dag."))
    elif answers.review_on > last:
        yield Fault("/evaluatiedatum", N_("Kies een dag niet later dan {dag}."), {"dag": last})


def _faults_of_ladder(act: Act, answers: WritePlan) -> Iterator[Fault]:
    highest = highest_step(act.scene)
    if highest is not None and LADDER[answers.ladder] > highest:
        yield Fault("/ladder", STEP_UP)


def _version_of(act: Act, answers: WritePlan, version: int) -> Plan:
    stays = answers.ladder in STAYS
    return Plan(
        case_id=act.case.id,
        placement_id=_placement(act),
        version=version,
        state="draft",
        ladder_step=LADDER[answers.ladder],
        goals=len(answers.goals),
        nights_per_week=(answers.nights_per_week or 0) if stays else 0,
        starts_on=answers.starts_on,
        ends_on=answers.ends_on,
        review_on=answers.review_on,
        written_by=act.by.account_id,
        written_at=act.at,
        content=Secret.json(_asked_for(answers)),
    )


def _asked_for(answers: WritePlan) -> dict[str, Any]:
    """Without answers to questions that the chosen step of the ladder does not ask."""
    unasked = set() if answers.ladder in STAYS else {"nachtenPerWeek", "terugkeervoorwaarden"}
    unasked |= set() if answers.ladder in OUTSIDE_A_FAMILY else {"waaromGeenGezin"}
    unasked |= {"waaromNietLichter"} if LADDER[answers.ladder] == 1 else set()
    return {name: value for name, value in answers.as_json().items() if name not in unasked}


def _placement(act: Act) -> Any:
    query = select(Placement.id).where(Placement.case_id == act.case.id, Placement.state == "accepted")
    return act.tx.exec(query.order_by(col(Placement.accepted_at).desc())).first()


def confirm_plan(act: Act) -> None:
    """The referrer confirms the version that was on the screen; the form refuses any other."""
    answers: ConfirmPlan = act.answers
    plan = draft_plan(act.scene)
    assert plan is not None and str(plan.version) == answers.version
    plan.confirmed_by, plan.confirmed_at = act.by.account_id, act.at
    act.tx.add(plan)


def consent(act: Act) -> None:
    """Own answer to the version that was read; a later answer counts, the earlier one stays."""
    answers: GiveConsent = act.answers
    plan = current_plan(act.scene)
    assert plan is not None and str(plan.version) == answers.version
    mine = [one for one in consents(act.scene) if one.party.id in act.scene.sight.parties]
    content = {"words": answers.words or "", "how": "zelf"}
    act.tx.add_all(_consent(act, plan, one, answers.answer == "ja", content) for one in mine)


def _consent(act: Act, plan: Plan, one: Asked, given: bool, content: dict[str, str]) -> Consent:
    return Consent(
        case_id=act.case.id,
        plan_id=plan.id,
        party_id=one.party.id,
        given=given,
        at=act.at,
        account_id=act.by.account_id,
        content=Secret.json(content),
    )


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
            col(Consent.given).is_(True),
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
    """The draft becomes the plan; the term of the next round of planning counts from its own entry."""
    answers: AgreePlan = act.answers
    plan = draft_plan(act.scene)
    assert plan is not None
    _record_paper(act, plan, answers.on_paper)
    for older in plans(act.scene):
        older.state = "replaced" if older.state in LIVE else older.state
    plan.state, plan.agreed_at = "agreed", act.at
    act.witnessed[WITNESSED] = plan.content.reveal() if plan.content else ""
    act.tx.add_all(plans(act.scene))
    case = act.case
    case.ladder_step, case.evaluation_due_on, case.family_plan_cleared_on = plan.ladder_step, plan.review_on, None
    if case.help_started_on is None and plan.starts_on is not None:
        _help_starts(act, plan.starts_on)


def _record_paper(act: Act, plan: Plan, rows: Iterable[PaperConsent]) -> None:
    given = {row.who: row for row in rows}
    waiting = offline(act.scene)
    forgotten = [one.word for one in waiting if str(one.party.id) not in given]
    if forgotten:
        text = N_("Leg ook de toestemming vast van {wie}.")
        raise Incomplete([Fault("/toestemmingZonderInlog", text, {"wie": together(forgotten)})])
    act.tx.add_all(_paper(act, plan, one, given[str(one.party.id)]) for one in waiting)


def _paper(act: Act, plan: Plan, one: Asked, row: PaperConsent) -> Consent:
    content = {"words": row.words or "", "how": row.how, "on": row.on.isoformat()}
    return _consent(act, plan, one, True, content)


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
