"""A young person of twelve or older who can't weigh up their own interests: recorded, looked at again, ended.

While it stands the representatives act, and the young person's own acts and pages rest (Jeugdwet 7.3.15; C3, C18, C24).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bijzondere_toegang.cases.deadlines import replan_case
from bijzondere_toegang.cases.process import Act, Room, Scene
from bijzondere_toegang.errors import N_, Fault, Sentence
from bijzondere_toegang.web.forms import Answers, Day, Line, Text, field

LONGEST = timedelta(days=366)
"""How far ahead the day to look again may lie (CFG)."""


class RecordIncapacity(Answers):
    reason: Text = field("waarom", widget="text")
    second: Line = field("metWie")
    told: Text = field("verteld", widget="text")
    review_on: Day = field("opnieuwOp", widget="date")


class EndIncapacity(Answers):
    reason: Text = field("waarom", widget="text")


def record_incapacity(act: Act) -> None:
    """Counts from the next request on. Recorded once more, it gets a new day to look again."""
    answers: RecordIncapacity = act.answers
    act.case.incapacitated_on = act.case.incapacitated_on or act.on
    act.case.incapacity_review_on = answers.review_on
    replan_case(act.tx, act.scene.workflow, act.case, act.at)


def review_fits(act: Act) -> Iterator[Fault]:
    latest = act.on + LONGEST
    if not act.on < act.answers.review_on <= latest:
        yield Fault("/opnieuwOp", N_("Kies een dag na vandaag, tot en met {day}."), {"day": latest})


def end_incapacity(act: Act) -> None:
    act.case.incapacitated_on = act.case.incapacity_review_on = None
    replan_case(act.tx, act.scene.workflow, act.case, act.at)


def old_enough(scene: Scene) -> Sentence | None:
    """Below twelve the parents decide anyway."""
    twelve = scene.case.turns_12_on
    if twelve is not None and scene.on >= twelve:
        return None
    return Sentence(N_("De jeugdige is nog geen twaalf jaar. De ouders beslissen al."))


def incapacity_stands(scene: Scene) -> Sentence | None:
    if scene.case.incapacitated_on is not None:
        return None
    return Sentence(N_("Er is niet vastgelegd dat de jeugdige wilsonbekwaam is."))


ROOM = Room(
    forms={"record_incapacity": RecordIncapacity, "end_incapacity": EndIncapacity},
    checks={"record_incapacity": (review_fits,)},
    effects={"record_incapacity": record_incapacity, "end_incapacity": end_incapacity},
    guards={"old_enough": old_enough, "incapacity_stands": incapacity_stands},
)
