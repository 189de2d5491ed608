"""The block NU: what happens now, who acts, before when, and the one thing to do first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from bijzondere_toegang.cases.calling import CALL_WITHIN, place_told
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.models import Conference
from bijzondere_toegang.conferences.queries import content_of, latest_conference
from bijzondere_toegang.engine import add_working_days
from bijzondere_toegang.family.news import Shown, calls
from bijzondere_toegang.family.people import chair, helper, referrer
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.plans.asked import consents
from bijzondere_toegang.plans.queries import plan_up

FIRST_SIGN = 5
"""Working days after a stage without a term began, within which the family is called (CFG)."""


@dataclass(frozen=True, slots=True)
class Now:
    """What the page opens with; `facts` are pairs of a question and its answer."""

    heading: Markup
    lines: tuple[Markup, ...]
    facts: tuple[tuple[Markup, Markup], ...]


def now_of(reader: Reader, seen: Shown, say: Voice) -> Now:
    if seen.waiting is not None:
        return _call_first(reader, seen, say)
    conference = _planned(reader, seen)
    if conference is not None and local_day(conference.starts_at) >= reader.scene.on:
        return _talk(reader, conference, say)
    if conference is not None:
        return _talked("family.talk.passed", local_day(conference.starts_at), reader, seen, say)
    if seen.stage == "conference_open" and (held := _held_before(reader)) is not None:
        return _talked("family.talk.was", held, reader, seen, say)
    if seen.stage == "planning" and (plan := plan_up(reader.scene)) and seen.tells(plan.put_up_at):
        return Now(say("family.plan_up"), (_waits_for(reader, say),), _facts(reader, seen, say))
    heading, rest = _happening(reader, seen, say)
    lines = tuple(line for line in (rest, say.next(seen.stage)) if line)
    return Now(heading, lines, _facts(reader, seen, say))


def _waits_for(reader: Reader, say: Voice) -> Markup:
    """Whose answer the plan waits for, as far as this reader goes."""
    mine = [one for one in consents(reader.scene) if one.party.id == reader.party.id]
    if any(one.is_open for one in mine):
        return say("family.plan_up.asked")
    return say("family.plan_up.answered") if mine else say("family.plan_up.not_asked")


def _call_first(reader: Reader, seen: Shown, say: Voice) -> Now:
    assert seen.waiting is not None
    who = referrer(reader.scene)
    lines = [say("family.call.news"), say("family.call.who", naam=who.name, organisatie=who.organisation)]
    if who.phone:
        lines.append(say("family.call.sooner", telefoon=who.phone))
    day = add_working_days(local_day(seen.waiting.at), CALL_WITHIN)
    when = say("family.call.before", dag=day) if reader.scene.on <= day else say("family.call.late")
    return Now(say("family.call.heading"), tuple(lines), ((say("family.fact.when"), when),))


def _planned(reader: Reader, seen: Shown) -> Conference | None:
    conference = latest_conference(reader.scene) if seen.stage == "conference_planned" else None
    return conference if conference is not None and conference.state == "planned" else None


def _held_before(reader: Reader) -> date | None:
    """The day of a talk that was opened on an earlier day than today."""
    conference = latest_conference(reader.scene)
    at = conference.opened_at if conference is not None else None
    return local_day(at) if at is not None and local_day(at) < reader.scene.on else None


def _talked(key: str, day: date, reader: Reader, seen: Shown, say: Voice) -> Now:
    """The day is over: nobody is still asked to come, and the chair says how it goes on."""
    leads = chair(reader.scene)
    after = say(f"{key}.next", naam=leads.name) if leads is not None else say(f"{key}.next.unnamed")
    return Now(say(key, dag=day), (after,), _facts(reader, seen, say))


def _talk(reader: Reader, conference: Conference, say: Voice) -> Now:
    place = "" if reader.kept_apart else reader.safe(str(content_of(conference).get("plaats") or ""))
    day, time = say.day(local_day(conference.starts_at)), say.time(conference.starts_at)
    where = say("family.talk.where", dag=day, tijd=time, plaats=place)
    heading = where if place else say("family.talk.when", dag=day, tijd=time)
    leads = chair(reader.scene)
    lines = [say("family.talk.you_are_there")]
    if leads is not None:
        lines.append(say("family.talk.leads", naam=leads.name))
    if not place:
        told = place_told(reader.scene, calls(reader))
        key = "family.talk.place_told" if told else "family.talk.place_by_phone"
        lines.append(say(key, naam=referrer(reader.scene).name))
    return Now(heading, tuple(lines), ())


def _happening(reader: Reader, seen: Shown, say: Voice) -> tuple[Markup, Markup]:
    """
    A decision that must be taken anew after a remedy is not the same news as a table that did not agree, and help
    that runs is not help that may begin.
    """
    started = reader.scene.case.help_started_on
    if seen.stage == "in_care" and started is not None:
        began = say("family.help_runs") if started <= reader.scene.on else say("family.help_begins", dag=started)
        return began, say.stage(seen.stage)[1]
    if seen.stage == "referrer_decision" and seen.last is not None and seen.last.step == "record_remedy":
        head, dot, rest = say.step("record_remedy").partition(". ")
        return head + dot.strip(), rest
    return say.stage(seen.stage)


def _facts(reader: Reader, seen: Shown, say: Voice) -> tuple[tuple[Markup, Markup], ...]:
    stage = reader.scene.workflow.stages[seen.stage]
    if stage.final:
        return ()
    who = _who(reader, seen, stage.turn or "", say)
    return ((say("family.fact.who"), who), (say("family.fact.when"), _when(reader, say)))


def _who(reader: Reader, seen: Shown, turn: str, say: Voice) -> Markup:
    scene = reader.scene
    if turn == "referrer":
        return say("family.who.referrer", naam=referrer(scene).name, organisatie=referrer(scene).organisation)
    if turn == "chair":
        leads = chair(scene)
        return say("family.who.chair", naam=leads.name) if leads else say("family.who.chair_unknown")
    found = helper(reader, seen)
    if found is not None and found.name:
        return say("family.who.helper", naam=found.name, organisatie=found.organisation)
    return say("family.who.helpers")


def _when(reader: Reader, say: Voice) -> Markup:
    scene, case = reader.scene, reader.scene.case
    if case.suspended_on is not None:
        return say("family.when.suspended")
    if case.due_on is None:
        day = add_working_days(local_day(case.entered_at), FIRST_SIGN)
        return say("family.when.no_date", dag=day) if scene.on <= day else say("family.when.ask")
    if case.due_on < scene.on:
        return say("family.when.late", dag=case.due_on)
    return say("family.when.today") if case.due_on == scene.on else say("family.when.before", dag=case.due_on)
