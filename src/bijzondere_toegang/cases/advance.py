"""The one door through which a case advances: policy, engine, guards, answers; everything in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import ROLE_OF, accounts_in_role
from bijzondere_toegang.cases.deadlines import add_suspended_days, replan_case
from bijzondere_toegang.cases.models import Case, CaseAccess, StepRecord
from bijzondere_toegang.cases.process import Act, Check, Effect, Scene
from bijzondere_toegang.cases.visibility import facts_for_step
from bijzondere_toegang.db import Secret, vault_of
from bijzondere_toegang.documents.checking import Checked
from bijzondere_toegang.engine import Impossible, Step, move
from bijzondere_toegang.errors import (
    N_,
    Fault,
    Incomplete,
    NotAllowed,
    NotNow,
    NotProven,
    NotThere,
    Refused,
    Sentence,
    Stale,
)
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import Decision, decide
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.web.answers import fields_of, model_below
from bijzondere_toegang.web.forms import Answers, Choice, validate

HELD_BY_PROVIDER = frozenset({"planning", "in_care", "evaluating", "closing"})
"""Stages in which what is written belongs to the provider's record (20 years); before, the referrer's (15)."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A step this person may take in the stage the case is in, and what has to happen first (empty: nothing)."""

    step: Step
    obstacles: tuple[Sentence, ...]


def possible_steps(scene: Scene, among: Collection[str] | None = None) -> list[Possible]:
    """Every step open to this person now, in the order of the workflow file; `among`: no others are looked at."""
    workflow, stage = scene.workflow, scene.case.stage
    return [
        Possible(step, tuple(_obstacles(scene, step)))
        for step in workflow.steps.values()
        if (among is None or step.name in among)
        and stage in workflow.sources_of(step)
        and _judge(scene, step, stage_allows=True).allowed
    ]


def _judge(scene: Scene, step: Step, *, stage_allows: bool) -> Decision:
    permission = Permission(step.permission)
    facts = facts_for_step(scene.sight, permission, stage_allows=stage_allows, on=scene.on)
    if Relation.ADMINISTRATOR_BREAK_GLASS in facts.relations:  # who broke the glass reads, whatever else they hold
        return decide(permission, replace(facts, relations=frozenset()))
    playing = frozenset(relation for relation in facts.relations if _part_of(relation) in (*step.by, None))
    return decide(permission, replace(facts, relations=playing))


def may_take(scene: Scene, step: Step) -> bool:
    """Whether the policy would let this person take the step if the stage and the guards were right."""
    return _judge(scene, step, stage_allows=True).allowed


def _part_of(relation: Relation) -> str | None:
    """The role of the workflow file that a relation plays; None for what plays none and is judged by policy alone."""
    kind = relation.partition(".")[0]
    return ROLE_OF.get(kind if kind in ("parent", "youth") else relation)


def _obstacles(scene: Scene, step: Step) -> Iterable[Sentence]:
    for name in step.guards_at(scene.case.stage):
        sentence = scene.once(f"guard:{name}", lambda name=name: scene.process.guards[name](scene))  # type: ignore[misc]
        if sentence is not None:
            yield sentence


def choices_of(scene: Scene, form: type[Answers]) -> dict[str, list[Choice]]:
    """The dynamic lists a form needs, for this case and person."""
    return {
        name: scene.once(f"choices:{name}", lambda name=name: list(scene.process.choices[name](scene)))  # type: ignore[misc]
        for name in sorted(choice_lists(form))
    }


def choice_lists(form: type[Answers]) -> set[str]:
    """The names of the dynamic lists of a form and the rows in it."""
    names: set[str] = set()
    for meta, info in fields_of(form):
        names |= {meta.choices} if meta.choices else set()
        below = model_below(info.annotation)
        names |= choice_lists(below) if below else set()
    return names


def advance(
    scene: Scene,
    step_name: str,
    *,
    data: Mapping[str, Any],
    revision: int | None = None,
    enclosed: Checked | None = None,
) -> Case:
    """
    Take a step with its answers (Dutch names). `revision` is what the person had before them; steps that several
    people may take together don't ask for it. `enclosed`: the file that came along, already checked.

    Raises NotThere (no such step), NotAllowed, NotNow or Stale (with stage and nothing changed), Incomplete, and
    last NotProven: whoever is asked for a proof has nothing else to mend.
    """
    step = scene.workflow.steps.get(step_name)
    if step is None:
        raise NotThere
    decision = check_may(scene, step, revision)
    act, faults = judged(scene, step, data, enclosed)
    if act is None:
        raise Incomplete(faults)
    if step.proof and not scene.by.proven:
        raise NotProven
    _take(act, decision)
    return scene.case


def judged(
    scene: Scene, step: Step, data: Mapping[str, Any], enclosed: Checked | None = None
) -> tuple[Act | None, list[Fault]]:
    """The step with sound answers, ready to be taken; or None and every fault of them at once."""
    form = scene.process.forms[step.form]

    def act_of(answers: Answers) -> Act:
        return Act(scene, step, answers, _target(step, data), enclosed)

    def asked(check: Check) -> Callable[[Answers], Iterable[Fault]]:
        return lambda answers: check(act_of(answers))

    checks = [asked(check) for check in scene.process.checks.get(step.name, ())]
    answers, faults = validate(form, dict(data), choices_of(scene, form), checks)
    return (act_of(answers) if answers is not None else None), faults


def check_may(scene: Scene, step: Step, revision: int | None) -> Decision:
    """Whether this person may take this step now; raises the refusal that fits, most telling first."""
    plays = {ROLE_OF[row.relation] for row in scene.sight.access if row.relation in ROLE_OF}
    stage_allows = scene.case.stage in scene.workflow.sources_of(step)
    if not stage_allows and plays & set(step.by):
        raise _not_in_this_stage(scene)
    decision = _judge(scene, step, stage_allows=stage_allows)
    if not decision.allowed:
        raise NotAllowed(N_("Deze stap is in deze zaak niet aan u."))
    if not stage_allows:
        raise _not_in_this_stage(scene)
    if not step.together and revision != scene.case.revision:
        raise _overtaken(scene)
    for sentence in _obstacles(scene, step):
        raise NotNow(sentence.text, **sentence.params)
    return decision


def _not_in_this_stage(scene: Scene) -> NotNow:
    return NotNow(N_("Deze stap kan nu niet. De zaak staat op: {stage}. Laatst veranderd door {who}."), **_now(scene))


def _overtaken(scene: Scene) -> Stale:
    return Stale(
        N_("Terwijl u bezig was, veranderde {who} de zaak. Die staat nu op: {stage}. Er is niets van u bewaard."),
        **_now(scene),
    )


def _now(scene: Scene) -> dict[str, object]:
    return {"stage": Sentence(f"stage.{scene.case.stage}"), "who": _who_changed_it(scene)}


def _who_changed_it(scene: Scene) -> str | Sentence:
    """The name of a professional, to who may see the case in full; the family stays unnamed."""
    changed_by = scene.case.changed_by
    if decide(Permission.CASE_SEE, scene.sight.facts).scope != "full":
        return Sentence(N_("iemand anders"))
    query = select(CaseAccess.relation).where(CaseAccess.case_id == scene.case.id, CaseAccess.account_id == changed_by)
    if {"family", "foster_parent", "guest", "confidant"} & {ROLE_OF.get(each) for each in scene.tx.exec(query)}:
        return Sentence(N_("iemand van het gezin"))
    names = names_of(scene.tx, [changed_by])
    return next(iter(names.values()), None) or Sentence(N_("het systeem"))


def _target(step: Step, data: Mapping[str, Any]) -> str | None:
    return str(data.get(step.choose)) if step.choose else None


def _take(act: Act, decision: Decision) -> None:
    scene, case = act.scene, act.case
    try:
        moved = move(scene.workflow, case.stage, act.step.name, act.target)
    except Impossible as error:
        raise _not_in_this_stage(scene) from error
    before, revision = case.stage, case.revision
    _claim(act)
    if effect := scene.process.effects.get(act.step.name):
        _run(effect, act, revision)
    if moved.to_stage != before:
        add_suspended_days(case, act.on)
        case.stage, case.entered_at = moved.to_stage, act.at
        case.suspended_days, case.extended_days = 0, 0
    case.changed_at, case.changed_by = act.at, act.by.account_id
    if not act.step.together:
        replan_case(act.tx, scene.workflow, case, act.at)
    _record(act, decision, before, revision)
    _tell(act)
    act.tx.add(case)
    act.tx.flush()
    scene.forget()


def _run(effect: Effect, act: Act, revision: int) -> None:
    """Write what the step changes; when it is refused after all, the form is shown again at the revision it had."""
    try:
        effect(act)
    except Refused:
        act.case.revision = revision
        raise


def _claim(act: Act) -> None:
    """Win the case for this step: of several at once only one finds the stage and revision it expected.

    Steps that people take together hold the case in its stage, but leave the revision as it is.
    """
    case, together = act.case, act.step.together
    expected = [col(Case.id) == case.id, col(Case.stage) == case.stage]
    if not together:
        expected.append(col(Case.revision) == case.revision)
    values = {"changed_at": act.at} if together else {"changed_at": act.at, "revision": case.revision + 1}
    if act.tx.connection().execute(update(Case).where(*expected).values(values)).rowcount != 1:
        raise Stale(N_("Een collega was u net voor. Er is niets veranderd. Kijk hoe de zaak er nu voor staat."))
    case.revision += 0 if together else 1


def _record(act: Act, decision: Decision, before: str, revision: int) -> None:
    case, answers = act.case, act.answers.as_json()
    holder = "provider" if before in HELD_BY_PROVIDER else "referrer"
    act.tx.add(
        StepRecord(
            case_id=case.id,
            holder=holder,
            step=act.step.name,
            stage=before,
            revision=revision,
            account_id=act.by.account_id,
            at=act.at,
            answers=Secret.json(answers),
        )
    )
    append(
        act.tx,
        case.id,
        Event(
            event_type=act.step.name,
            action="U",
            account_id=act.by.account_id,
            role=role_of(act.scene),
            object_pseudonym=str(case.id),
            object_version=case.revision,
            permission=decision.row,
            care_relation=str(decision.relation or ""),
            step=act.step.name,
            from_stage=before,
            to_stage=case.stage,
            commitments=commitments(act.tx, case.id, holder, {**answers, **act.witnessed}),
        ),
        act.at,
    )


def commitments(tx: Session, case_id: UUID, holder: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """A keyed commitment per answer, so that the log proves what was answered without holding it."""
    vault = vault_of(tx)
    return {name: vault.commitment(tx, (case_id, holder), repr(value)) for name, value in answers.items()}


def role_of(scene: Scene) -> str:
    """The role this person plays in the case, for the log; empty when none."""
    return next((ROLE_OF[row.relation] for row in scene.sight.access if row.relation in ROLE_OF), "")


def _tell(act: Act) -> None:
    """One mail each to those the step tells, except the one who took it."""
    case, workflow = act.case, act.scene.workflow
    told: set[UUID] = set()
    for name in act.step.tells:
        role = workflow.stages[case.stage].turn if name == "turn" else name
        told.update(accounts_in_role(act.tx, case, role, act.at) if role else ())
    post(act.tx, sorted(told - {act.by.account_id}, key=str), "news", act.at)
