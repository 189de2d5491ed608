"""What the steps of an evaluation and of the closing ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.plans.ladder import LadderCode
from bijzondere_toegang.web.forms import Answers, Chosen, Day, Line, OptionalText, Score, Text, field, rule

EndReason = Literal[
    "toestemming-ingetrokken", "vastgelopen", "verhuisd", "overleden", "achttien-zonder-grond", "anders"
]


class StartEvaluation(Answers):
    reason: OptionalText = field("aanleiding", widget="text", default=None)


class GoalScore(Answers):
    goal: Chosen = field("doel", widget="hidden", choices="doelen")
    mark: Score = field("cijfer", widget="score")
    words: OptionalText = field("woorden", widget="text", default=None)


class GiveScores(Answers):
    scores: tuple[GoalScore, ...] = field("scores", widget="rows", min_rows=1, fixed_rows=True, row_title="doel")

    @rule
    def goals_once(self) -> Iterable[Fault]:
        return _doubles("/scores", [row.goal for row in self.scores])


def _doubles(pointer: str, goals: Sequence[str]) -> Iterable[Fault]:
    for index, goal in enumerate(goals):
        if goal in goals[:index]:
            yield Fault(f"{pointer}/{index}/doel", N_("Dit doel staat er twee keer."))


class Agreement(Answers):
    what: Text = field("wat", widget="text")
    who: Line = field("wie")
    on: Day = field("wanneer", widget="date")


class ContinueCare(Answers):
    agreements: tuple[Agreement, ...] = field("afspraken", widget="rows", min_rows=1, max_rows=20)
    ladder: LadderCode = field("ladder", widget="radio")
    next_on: Day = field("volgendeEvaluatie", widget="date")
    why_no_voice: OptionalText = field("redenZonderStem", widget="text", default=None)


class RevisePlan(Answers):
    reason: Text = field("reden", widget="text")
    why_no_voice: OptionalText = field("redenZonderStem", widget="text", default=None)


class EndCare(Answers):
    reason: EndReason = field("reden", widget="select")
    words: Text = field("toelichting", widget="text")
    last_day: Day = field("laatsteDag", widget="date")
    family_told: Literal["verteld", "nog-niet"] = field("gezinVerteld", widget="radio")
    why_not_told: OptionalText = field(
        "waaromNietVerteld", widget="text", default=None, show_when=("gezinVerteld", "nog-niet"), required_then=True
    )


class GoalResult(Answers):
    goal: Chosen = field("doel", widget="hidden", choices="doelen")
    outcome: Literal["gehaald", "deels", "niet"] = field("uitkomst", widget="radio")
    words: OptionalText = field("woorden", widget="text", default=None)


class ProposeClosing(Answers):
    results: tuple[GoalResult, ...] = field("resultaten", widget="rows", min_rows=1, fixed_rows=True, row_title="doel")
    aftercare: Text = field("nazorg", widget="text")
    contact: Line = field("contact")
    last_day: Day = field("laatsteDag", widget="date")

    @rule
    def goals_once(self) -> Iterable[Fault]:
        return _doubles("/resultaten", [row.goal for row in self.results])


class Close(Answers):
    """Left without results, those of the proposal stand."""

    family_asked: Literal["ja", "niet-gelukt"] = field("gezinGevraagd", widget="radio")
    family_said: OptionalText = field(
        "watZeiHetGezin", widget="text", default=None, show_when=("gezinGevraagd", "ja"), required_then=True
    )
    why_not_asked: OptionalText = field(
        "waaromNietGevraagd",
        widget="text",
        default=None,
        show_when=("gezinGevraagd", "niet-gelukt"),
        required_then=True,
    )
    results: tuple[GoalResult, ...] = field("resultaten", widget="rows", fixed_rows=True, row_title="doel")
    aftercare: Text = field("nazorg", widget="text")
    contact: Line = field("contact")

    @rule
    def goals_once(self) -> Iterable[Fault]:
        return _doubles("/resultaten", [row.goal for row in self.results])
