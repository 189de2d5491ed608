"""What was agreed: from the plan, else the decision, else the table; never what this reader was not told yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bijzondere_toegang.cases.codes import code_for
from bijzondere_toegang.conferences.codes import CONCLUDED
from bijzondere_toegang.conferences.models import Conference
from bijzondere_toegang.conferences.queries import conferences
from bijzondere_toegang.conferences.queries import content_of as table_said
from bijzondere_toegang.decisions.letter import letter_of
from bijzondere_toegang.decisions.models import Decision
from bijzondere_toegang.decisions.queries import content_of as decided
from bijzondere_toegang.decisions.queries import decisions
from bijzondere_toegang.evaluations.queries import closing, evaluations
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.people import Contact, helper, practitioner
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.plans.queries import (
    Goal,
    content_of,
    current_plan,
    foster_goals,
    goals,
    has_foster_part,
    plan_up,
    plans,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One agreement: what, who, before when (empty or None when it was not said)."""

    what: str
    who: str
    before: date | str | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """Plain facts for the page; empty means: nothing to say."""

    help: str = ""
    at_home: bool = False
    """the help comes to the home"""
    result: str = ""
    where_to: str = ""
    goals: tuple[Goal, ...] = ()
    fostering: str = ""
    """what was agreed with the foster parents, for them"""
    lines: tuple[Line, ...] = ()
    starts_on: date | None = None
    review_on: date | None = None
    contact: str = ""
    aftercare: str = ""
    lead: str = ""
    who: Contact | None = None
    proposal: bool = False
    """a plan that still asks for a yes"""
    letter: str = ""
    remedy: str = ""
    remedy_until: date | None = None
    code: str = ""
    """the check code of an agreed plan"""

    def __bool__(self) -> bool:
        said = self.help or self.result or self.where_to or self.fostering or self.aftercare
        return bool(said or self.goals or self.lines)


def agreed(reader: Reader, seen: Shown) -> Agreed:
    """What stands now. A plan that is being made does not count before everybody said yes."""
    plan, decision = _plan(reader, seen), _decision(reader, seen)
    formal = _formal(reader, decision)
    if plan is not None:
        return Agreed(**_of_plan(reader, seen, plan), **formal, **_of_end(reader, seen), lines=_lines(reader, seen))
    if decision is not None:
        return Agreed(**_of_decision(reader, decision), **formal, who=helper(reader, seen))
    table = _table(reader, seen)
    return Agreed(**_of_table(reader, table)) if table is not None else Agreed()


def proposed_plan(reader: Reader, seen: Shown) -> Agreed | None:
    """The version that was put up and waits for a yes, for who may read it; what is still written is nobody's yet."""
    return _told_plan(reader, seen, plan_up(reader.scene), proposal=True)


def asked_plan(reader: Reader, seen: Shown) -> Agreed | None:
    """The version that an answer is about: the one that is up, or the agreed one of who was not heard before."""
    return _told_plan(reader, seen, current_plan(reader.scene), proposal=plan_up(reader.scene) is not None)


def _told_plan(reader: Reader, seen: Shown, plan: Plan | None, *, proposal: bool) -> Agreed | None:
    if plan is None or not seen.tells(plan.put_up_at) or not _may_read_plan(reader):
        return None
    if reader.is_foster:
        return _foster_part(reader, plan, proposal=proposal)
    return Agreed(**_of_plan(reader, seen, plan), proposal=proposal)


def agreed_part(reader: Reader, seen: Shown) -> Agreed:
    """The part of the agreed plan that is meant for foster parents."""
    plan = _plan(reader, seen)
    return _foster_part(reader, plan, proposal=False) if plan is not None else Agreed()


def _foster_part(reader: Reader, plan: Plan, *, proposal: bool) -> Agreed:
    """Nothing at all where the plan asks nothing of foster parents."""
    if not has_foster_part(plan):
        return Agreed(proposal=proposal)
    return Agreed(
        fostering=reader.safe(content_of(plan).get("deelPleegouder")),
        goals=tuple(_goal(reader, goal) for goal in foster_goals(plan)),
        review_on=_review(reader, plan),
        proposal=proposal,
    )


def _may_read_plan(reader: Reader) -> bool:
    return allows(Permission.PLAN_READ, reader.scene.sight.facts)


def _plan(reader: Reader, seen: Shown) -> Plan | None:
    if not _may_read_plan(reader):
        return None
    known = [row for row in plans(reader.scene) if seen.tells(row.agreed_at)]
    return next((row for row in known if row.state in ("agreed", "ended")), None)


def _decision(reader: Reader, seen: Shown) -> Decision | None:
    return next(iter(told_decisions(reader, seen)), None)


def told_decisions(reader: Reader, seen: Shown) -> list[Decision]:
    """Every decision that this reader was told of, the newest first."""
    return [row for row in reversed(decisions(reader.scene)) if seen.tells(row.issued_at)]


def _table(reader: Reader, seen: Shown) -> Conference | None:
    known = (row for row in conferences(reader.scene) if row.state in CONCLUDED)
    newest = next((row for row in known if seen.tells(row.ended_at)), None)
    return newest if newest is not None and newest.state == "consensus" else None


def _of_plan(reader: Reader, seen: Shown, plan: Plan) -> dict[str, Any]:
    said: Mapping[str, Any] = content_of(plan)
    return {
        "help": reader.safe(said.get("hulp")),
        "at_home": bool(said.get("hulpThuis")),
        "result": reader.safe(said.get("resultaat")),
        "goals": tuple(_goal(reader, goal) for goal in goals(plan)),
        "starts_on": reader.scene.case.help_started_on or plan.starts_on,
        "review_on": _review(reader, plan),
        "contact": "" if reader.kept_apart else reader.safe(said.get("contact")),
        "lead": practitioner(reader, seen),
        "who": helper(reader, seen),
        "code": code_for(reader.scene, "agree_plan", plan.agreed_at),
    }


def _review(reader: Reader, plan: Plan) -> date | None:
    """The next day on which all look whether it helps: an evaluation moves what the agreed plan began with."""
    moved = reader.scene.case.evaluation_due_on if plan.state == "agreed" else None
    return moved or plan.review_on


def _goal(reader: Reader, goal: Goal) -> Goal:
    return Goal(goal.number, reader.safe(goal.text), reader.safe(goal.own_words), reader.safe(goal.who), goal.until)


def _of_decision(reader: Reader, decision: Decision) -> dict[str, Any]:
    said = decided(decision)
    return {
        "help": reader.safe(said.get("help")),
        "result": reader.safe(said.get("result")),
        "where_to": reader.safe(said.get("where_to")),
    }


def _formal(reader: Reader, decision: Decision | None) -> dict[str, Any]:
    """The letter and what can be done against it."""
    if decision is None:
        return {}
    return {"letter": letter_to(reader, decision), "remedy": decision.remedy, "remedy_until": decision.remedy_until}


def letter_to(reader: Reader, decision: Decision) -> str:
    """The letter of a decision as this reader gets it."""
    return letter_of(decided(decision), reader.safe, party=str(reader.party.id), youth=reader.is_youth)


def _of_table(reader: Reader, conference: Conference) -> dict[str, Any]:
    said = table_said(conference)
    return {
        "help": reader.safe(said.get("hulp")),
        "result": reader.safe(said.get("resultaat")),
        "where_to": reader.safe(said.get("waarheen")),
    }


def _lines(reader: Reader, seen: Shown) -> tuple[Line, ...]:
    """The agreements of the last evaluation that was concluded."""
    done = (view for view in evaluations(reader.scene) if seen.tells(view.row.concluded_at))
    last = next((view for view in done if view.agreements), None)
    rows = last.agreements if last else []
    lines = (Line(reader.safe(row.get("wat")), reader.safe(row.get("wie")), _day(row.get("wanneer"))) for row in rows)
    return tuple(line for line in lines if line.what)


def _day(text: str | None) -> date | str | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return text


def _of_end(reader: Reader, seen: Shown) -> dict[str, Any]:
    """What was agreed for after the help."""
    row = closing(reader.scene)
    if row is None or not seen.tells(row.proposed_at) or row.content is None:
        return {}
    said = row.content.data()
    return {"aftercare": "" if reader.kept_apart else reader.safe(said.get("nazorg"))}
