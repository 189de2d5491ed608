"""The steps as a family knows them: six, each with what is true of it today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from markupsafe import Markup

from bijzondere_toegang.cases.calling import Moment
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.models import Conference
from bijzondere_toegang.conferences.queries import conferences
from bijzondere_toegang.decisions.queries import decisions
from bijzondere_toegang.evaluations.queries import evaluations
from bijzondere_toegang.family.news import WITH_PLAN, Shown, history
from bijzondere_toegang.family.people import chair, helper
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.plans.queries import plans

STEPS = ("referral", "talk", "choice", "plan", "help", "look")
AT: Mapping[str, int] = MappingProxyType(
    {
        "draft": 0, "registered": 0, "supplementing": 0,
        "preparing": 1, "conference_planned": 1, "conference_open": 1,
        "formalising": 2, "referrer_decision": 2, "placing": 2, "placement_returned": 2,
        "planning": 3, "in_care": 4, "evaluating": 5, "closing": 5,
    }
)  # fmt: skip
"""Which of `STEPS` a stage belongs to; a final stage belongs to none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the path, as `parts.steps` draws it: `state` is done, here, running beside that, or empty."""

    label: Markup
    note: Markup
    state: str


def path_of(reader: Reader, seen: Shown, say: Voice) -> list[Step]:
    here, ended = _here(reader, seen), _has_ended(reader, seen)
    told = _Telling(reader, seen, say)
    return [_step(told, index, here, ended) for index in range(len(STEPS)) if _kept(index, here, ended)]


def _has_ended(reader: Reader, seen: Shown) -> bool:
    return reader.scene.workflow.stages[seen.stage].final


def _here(reader: Reader, seen: Shown) -> int:
    """The step the family is at; beyond the last one when all is done."""
    if seen.stage in AT:
        return AT[seen.stage]
    if seen.stage == "closed":
        return len(STEPS)
    return max((AT.get(moment.stage, 0) for moment in _told(reader, seen)), default=0)


def _kept(index: int, here: int, ended: bool) -> bool:
    """What never comes any more is not shown as if it would."""
    return not ended or index <= here


def _step(told: _Telling, index: int, here: int, ended: bool) -> Step:
    name = STEPS[index]
    label = told.say(f"family.step.{name}")
    if index == here and ended:
        return Step(label, told.stopped(), "done")
    running = told.running() if name == "help" else None
    if index == here:
        return Step(label, _NOW[name](told), "here")
    if running is not None and not ended:
        return Step(label, running, "running")
    if index < here:
        return Step(label, _DONE[name](told), "done")
    return Step(label, told.look_later() if name == "look" else told.say(f"family.step.{name}.later"), "")


@dataclass(frozen=True, slots=True)
class _Telling:
    """The words for each step, while it goes on and when it is over, as far as this reader may be told."""

    reader: Reader
    seen: Shown
    say: Voice

    def referral_now(self) -> Markup:
        return self._since(self._registered())

    def referral_done(self) -> Markup:
        return self._done(self._registered())

    def talk_now(self) -> Markup:
        """What is planned says when; what was held says that it was, and that there is more to come."""
        newest = next(iter(self._conferences()), None)
        if self.seen.stage == "conference_open":
            return self._held_today(newest)
        if self.seen.stage == "conference_planned" and newest is not None:
            return self._coming(local_day(newest.starts_at), _leads(self.reader))
        held = self._held()
        key = "family.path.no_day" if held is None else "family.path.again"
        return self._named(key, _leads(self.reader), **({"dag": held} if held else {}))

    def talk_done(self) -> Markup:
        held = self._held()
        return self.say("family.path.no_talk") if held is None else self._done(held)

    def choice_now(self) -> Markup:
        return self._since(self._entered(2))

    def choice_done(self) -> Markup:
        return self._done(self._latest(row.issued_at for row in decisions(self.reader.scene)))

    def plan_now(self) -> Markup:
        return self._since(self._entered(3))

    def plan_done(self) -> Markup:
        return self._done(self._latest(row.agreed_at for row in plans(self.reader.scene)))

    def help_now(self) -> Markup:
        running = self.running()
        if running is not None:
            return running
        starts = self.reader.scene.case.help_started_on
        return self._named("family.path.no_day", self._helps()) if starts is None else self._begins(starts)

    def help_done(self) -> Markup:
        return self._done(self._last_day("closed"))

    def look_now(self) -> Markup:
        return self.say("family.path.ending") if self.seen.stage == "closing" else self._since(self._entered(5))

    def look_later(self) -> Markup:
        """On its day once that is known: a day that passed without a look is no promise any more."""
        day = self.reader.scene.case.evaluation_due_on
        if day is None or self.running() is None:
            return self.say("family.step.look.later")
        return self._coming(day, self._helps())

    def look_done(self) -> Markup:
        looked = self._latest(view.row.concluded_at for view in evaluations(self.reader.scene))
        return self._done(looked or self._last_day("closed"))

    def stopped(self) -> Markup:
        return self._dated(self._last_day(self.seen.stage), self.say("family.path.stopped"))

    def running(self) -> Markup | None:
        """Help that began goes on whatever else is talked about, until all is over."""
        case = self.reader.scene.case
        began = case.help_started_on
        if began is None or began > self.reader.scene.on or not self._was_told_of_help():
            return None
        return self._begins(began)

    def _was_told_of_help(self) -> bool:
        """Help is told of once a plan or a decision that brought it was."""
        return any(one.to in WITH_PLAN for one in _told(self.reader, self.seen))

    def _begins(self, day: date) -> Markup:
        on = self.reader.scene.on
        when = "begins" if day > on else "begins_today" if day == on else "runs"
        return self.say(f"family.path.{when}", dag=day)

    def _held_today(self, newest: Conference | None) -> Markup:
        opened = local_day(newest.opened_at) if newest is not None and newest.opened_at is not None else None
        if opened is None or (opened == self.reader.scene.on and self.seen.waiting is None):
            return self.say("family.path.now")
        return self.say("family.path.talked", dag=opened)

    def _coming(self, day: date, who: str) -> Markup:
        on = self.reader.scene.on
        if day < on:
            return self._named("family.path.passed", who)
        return self.say("family.path.today") if day == on else self.say("family.path.on", dag=day)

    def _named(self, key: str, who: str, **params: object) -> Markup:
        """Who tells, by name where there is one."""
        return self.say(key, naam=who, **params) if who else self.say(f"{key}.unnamed", **params)

    def _since(self, day: date | None) -> Markup:
        if day is None or day >= self.reader.scene.on:
            return self.say("family.path.now")
        return self.say("family.path.since", dag=day)

    def _done(self, day: date | None) -> Markup:
        return self._dated(day, self.say("family.path.done"))

    def _dated(self, day: date | None, words: Markup) -> Markup:
        if day is None:
            return words
        said = self.say.day(day)
        return self.say("family.path.dated", dag=said[:1].upper() + said[1:], woorden=words)

    def _registered(self) -> date | None:
        at = self.reader.scene.case.registered_at
        return local_day(at) if at is not None else None

    def _conferences(self) -> list[Conference]:
        return [row for row in conferences(self.reader.scene) if row.state != "cancelled"]

    def _held(self) -> date | None:
        """The day of the newest talk that took place: not the one that was planned."""
        return self._latest(row.opened_at for row in self._conferences())

    def _entered(self, index: int) -> date | None:
        """Since when the family is at this step without a break."""
        since: Moment | None = None
        for moment in _told(self.reader, self.seen):
            since = None if AT.get(moment.to) != index else since or moment
        return local_day(since.at) if since else None

    def _last_day(self, stage: str) -> date | None:
        return self._latest(one.at for one in _told(self.reader, self.seen) if one.to == stage)

    def _latest(self, moments: Iterable[datetime | None]) -> date | None:
        told = [at for at in moments if at is not None and self.seen.tells(at)]
        return local_day(max(told)) if told else None

    def _helps(self) -> str:
        found = helper(self.reader, self.seen)
        return found.name if found else ""


_NOW: Mapping[str, Callable[[_Telling], Markup]] = MappingProxyType(
    {
        "referral": _Telling.referral_now, "talk": _Telling.talk_now, "choice": _Telling.choice_now,
        "plan": _Telling.plan_now, "help": _Telling.help_now, "look": _Telling.look_now,
    }
)  # fmt: skip
_DONE: Mapping[str, Callable[[_Telling], Markup]] = MappingProxyType(
    {
        "referral": _Telling.referral_done, "talk": _Telling.talk_done, "choice": _Telling.choice_done,
        "plan": _Telling.plan_done, "help": _Telling.help_done, "look": _Telling.look_done,
    }
)  # fmt: skip


def _told(reader: Reader, seen: Shown) -> list[Moment]:
    return [moment for moment in history(reader.scene) if seen.tells(moment.at)]


def _leads(reader: Reader) -> str:
    found = chair(reader.scene)
    return found.name if found else ""
