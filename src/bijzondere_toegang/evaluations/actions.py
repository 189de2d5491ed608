"""What the steps of an evaluation and of the closing write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.db import Secret
from bijzondere_toegang.engine import later
from bijzondere_toegang.errors import N_, Fault, Incomplete
from bijzondere_toegang.evaluations.forms import (
    Close,
    ContinueCare,
    EndCare,
    GiveScores,
    ProposeClosing,
    StartEvaluation,
)
from bijzondere_toegang.evaluations.models import Closing, Evaluation, FollowUp, Score
from bijzondere_toegang.evaluations.queries import closing, evaluations, open_evaluation, voice_of
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.plans.actions import end_plans
from bijzondere_toegang.plans.ladder import LADDER
from bijzondere_toegang.plans.moves import end_stays
from bijzondere_toegang.plans.queries import agreed_plan, current_plan, goals
from bijzondere_toegang.plans.sound import STEP_UP

FOLLOW_UP_MONTHS = (6, 12)


def start_evaluation(act: Act) -> None:
    """A new evaluation of the agreed plan; one that was broken off by a new conference is put away."""
    answers: StartEvaluation = act.answers
    known = evaluations(act.scene)
    for view in known:
        if view.row.state == "open":
            _conclude(act, view.row, "broken_off", {})
    plan = agreed_plan(act.scene)
    act.tx.add(
        Evaluation(
            case_id=act.case.id,
            plan_id=plan.id if plan else None,
            number=max((view.row.number for view in known), default=0) + 1,
            state="open",
            due_on=act.case.due_on,
            started_by=act.by.account_id,
            started_at=act.at,
            content=Secret.json({"aanleiding": answers.reason or ""}),
        )
    )


def _conclude(act: Act, row: Evaluation, outcome: str, said: dict[str, Any]) -> None:
    known = row.content.data() if row.content else {}
    row.state, row.outcome, row.concluded_at = "concluded", outcome, act.at
    row.content = Secret.json(known | said)
    act.tx.add(row)


def score(act: Act) -> None:
    """The scores of one person in one voice; given again they replace the earlier ones, which stay."""
    answers: GiveScores = act.answers
    view = open_evaluation(act.scene)
    if view is None:
        raise Incomplete([Fault("/scores", N_("Er loopt nu geen evaluatie."))])
    act.tx.add_all(
        Score(
            evaluation_id=view.row.id,
            case_id=act.case.id,
            goal=int(row.goal),
            voice=voice_of(act.scene),
            value=row.mark,
            account_id=act.by.account_id,
            at=act.at,
            content=Secret.json({"words": row.words or ""}),
        )
        for row in answers.scores
    )


def continue_care(act: Act) -> None:
    answers: ContinueCare = act.answers
    _conclude_open(act, "continued")
    act.case.ladder_step = LADDER[answers.ladder]
    act.case.evaluation_due_on = answers.next_on


def is_no_step_up(act: Act) -> Iterator[Fault]:
    highest = act.case.ladder_step
    if highest is not None and LADDER[act.answers.ladder] > highest:
        yield Fault("/ladder", STEP_UP)


def family_has_a_voice(act: Act) -> Iterator[Fault]:
    """Both voices score; without the family's the provider says why."""
    view = open_evaluation(act.scene)
    silent = view is not None and view.goals and all(scored.family is None for scored in view.goals)
    if silent and act.answers.why_no_voice is None:
        yield Fault("/redenZonderStem", N_("Het gezin gaf nog geen cijfers. Vraag ernaar, of zeg waarom het niet kon."))


def next_is_in_time(act: Act) -> Iterator[Fault]:
    """Three months at most, two in secure care (Jeugdwet 6.2.9)."""
    day = act.answers.next_on
    last = later(act.on, 2 if act.case.secure else 3, "months")
    if day < act.on:
        yield Fault("/volgendeEvaluatie", N_("Deze dag is al voorbij. Kies een latere dag."))
    elif day > last:
        yield Fault("/volgendeEvaluatie", N_("Kies een dag niet later dan {dag}."), {"dag": last})


def _conclude_open(act: Act, outcome: str) -> None:
    view = open_evaluation(act.scene)
    if view is not None:
        _conclude(act, view.row, outcome, act.answers.as_json())


def revise_plan(act: Act) -> None:
    """Back to planning: the running plan stays until a new version is agreed, at most as heavy as this one."""
    _conclude_open(act, "revised")


def end_care(act: Act) -> None:
    answers: EndCare = act.answers
    act.tx.add(_closing(act, answers.reason, answers.as_json()))
    _end_help(act, answers.last_day)


def _closing(act: Act, reason: str, said: dict[str, Any]) -> Closing:
    return Closing(
        case_id=act.case.id,
        reason=reason,
        proposed_by=act.by.account_id,
        proposed_at=act.at,
        content=Secret.json(said),
    )


def _end_help(act: Act, last_day: date) -> None:
    end_plans(act, last_day)
    end_stays(act, last_day)


def propose_closing(act: Act) -> None:
    answers: ProposeClosing = act.answers
    _conclude_open(act, "closing")
    act.tx.add(_closing(act, "afgerond", answers.as_json()))


def every_goal_has_a_result(act: Act) -> Iterator[Fault]:
    named = {row.goal for row in act.answers.results}
    if any(str(goal.number) not in named for goal in goals(current_plan(act.scene))):
        yield Fault("/resultaten", N_("Zeg bij elk doel wat er is bereikt."))


def what_was_planned_has_a_result(act: Act) -> Iterator[Fault]:
    """Left out, the results of the proposal stand; after an early end not every goal has one."""
    known = closing(act.scene)
    early = known is not None and known.reason != "afgerond"
    proposed = known is not None and known.content is not None and known.content.data().get("resultaten")
    if act.answers.results or not (early or proposed):
        yield from every_goal_has_a_result(act)


def close(act: Act) -> None:
    """The referrer confirms the results, help has ended, and somebody asks how it goes after 6 and 12 months."""
    answers: Close = act.answers
    found = closing(act.scene) or _closing(act, "afgerond", {})
    before = found.content.data() if found.content else {}
    said = answers.as_json()
    said["resultaten"] = said["resultaten"] or before.get("resultaten", [])
    found.closed_by, found.closed_at = act.by.account_id, act.at
    found.content = Secret.json(before | said)
    act.tx.add(found)
    _finish(act, before)
    act.tx.add_all(_follow_ups(act, answers.contact))


def _finish(act: Act, before: dict[str, Any]) -> None:
    last_day = date.fromisoformat(before["laatsteDag"]) if before.get("laatsteDag") else act.on
    _end_help(act, min(last_day, act.on))
    act.case.help_runs = False
    act.tx.connection().execute(
        update(Placement)
        .where(col(Placement.case_id) == act.case.id, col(Placement.state) == "accepted")
        .values(state="ended", ended_at=act.at)
    )


def _follow_ups(act: Act, contact: str) -> Iterator[FollowUp]:
    for months in FOLLOW_UP_MONTHS:
        day = later(act.on, months, "months")
        yield FollowUp(case_id=act.case.id, due_on=day, content=Secret.json({"contact": contact}))
