"""What the steps of the plan ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.plans.ladder import OUTSIDE_A_FAMILY, STAYS, LadderCode
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    Day,
    Line,
    OptionalDay,
    OptionalLine,
    OptionalText,
    field,
    rule,
)

MOST_GOALS = 8
LEAST_ATTEMPTS = 2
ANSWERED = ("papier", "gesprek")
NightsPerWeek = Annotated[int, Field(ge=1, le=7)]
Nights = Annotated[int, Field(ge=0, le=10_000)]
Place = Literal["pleeggezin", "gezinshuis", "groep", "deeltijd", "crisis", "gesloten", "netwerk", "thuis"]
AttemptHow = Literal["telefoon", "brief", "bericht", "bezoek"]
MoveReason = Literal["afschalen", "opschalen", "beter-passend", "breuk", "dichterbij", "broer-zus", "anders"]


class GoalRow(Answers):
    text: OptionalText = field("tekst", widget="text", default=None, needed_later=True)
    own_words: OptionalText = field("eigenWoorden", widget="text", default=None, needed_later=True)
    who: OptionalText = field("wieDoetWat", widget="text", default=None, needed_later=True)
    until: OptionalDay = field("voor", widget="date", default=None, needed_later=True)
    fostering: bool | None = field("ookPleegouder", widget="check", default=None)


class WritePlan(Answers):
    """
    The concept, as far as it was written: what is needed may wait until the plan is put up, what is there must be
    sound. Days are checked against today when it is saved and when it is put up.
    """

    goals: tuple[GoalRow, ...] = field("doelen", widget="rows", max_rows=MOST_GOALS, needed_later=True)
    result: OptionalText = field("resultaat", widget="text", default=None, needed_later=True)
    help: OptionalText = field("hulp", widget="text", default=None, needed_later=True)
    help_by: OptionalLine = field("hulpDoor", default=None, needed_later=True)
    ladder: LadderCode | None = field("ladder", widget="radio", default=None, needed_later=True)
    why_not_lighter: OptionalText = field(
        "waaromNietLichter",
        widget="text",
        default=None,
        show_when=("ladder", ("gezinsvormen", "behandeling-thuis", "deeltijd", "kleinschalig")),
        needed_later=True,
    )
    why_no_family: OptionalText = field(
        "waaromGeenGezin", widget="text", default=None, show_when=("ladder", OUTSIDE_A_FAMILY), needed_later=True
    )
    nights_per_week: NightsPerWeek | None = field(
        "nachtenPerWeek", widget="number", default=None, show_when=("ladder", STAYS), needed_later=True
    )
    conditions_for_return: OptionalText = field(
        "terugkeervoorwaarden", widget="text", default=None, show_when=("ladder", STAYS), needed_later=True
    )
    foster_part: OptionalText = field("deelPleegouder", widget="text", default=None)
    at_home: bool | None = field("hulpThuis", widget="radio", default=None, needed_later=True)
    medical: bool | None = field("medischeBehandeling", widget="radio", default=None, needed_later=True)
    starts_on: OptionalDay = field("start", widget="date", default=None)
    ends_on: OptionalDay = field("eind", widget="date", default=None)
    review_on: OptionalDay = field("evaluatiedatum", widget="date", default=None, needed_later=True)
    contact: OptionalLine = field("contact", default=None, needed_later=True)

    @rule
    def nights_fit_the_ladder(self) -> Iterable[Fault]:
        if self.ladder == "deeltijd" and self.nights_per_week == 7:
            yield Fault("/nachtenPerWeek", N_("Deeltijd is hooguit zes nachten in de week."))

    @rule
    def end_follows_start(self) -> Iterable[Fault]:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            yield Fault("/eind", N_("Het eind ligt voor de start. Kies een latere dag."))


class PutUpPlan(Answers):
    """Nothing is asked: who puts the plan up has just read what the others will read."""


class ConfirmPlan(Answers):
    version: Chosen = field("versie", widget="radio", choices="planversie")
    remark: OptionalText = field("opmerking", widget="text", default=None)


class GiveConsent(Answers):
    version: Chosen = field("versie", widget="radio", choices="planversie")
    answer: Literal["ja", "nee"] = field("antwoord", widget="radio")
    words: OptionalText = field("woorden", widget="text", default=None)


class WithdrawConsent(Answers):
    words: OptionalText = field("woorden", widget="text", default=None)


class Attempt(Answers):
    on: Day = field("wanneer", widget="date")
    how: AttemptHow = field("manier", widget="select")


class RecordConsent(Answers):
    """
    What somebody said, recorded on that person's word, or that nobody could reach a parent.

    Consent of each is recorded apart (Jeugdwet 7.3.4–5), and a parent who can't be reached has consented to nothing.
    The other consents stand by themselves; help that can't wait for this parent needs two attempts and a reason on
    record, so that it can be justified and asked again.
    """

    who: Chosen = field("wie", widget="select", choices="zonder_antwoord")
    how: Literal["papier", "gesprek", "niet-bereikt"] = field("hoe", widget="radio")
    answer: Literal["ja", "nee"] | None = field(
        "antwoord", widget="radio", default=None, show_when=("hoe", ANSWERED), required_then=True
    )
    on: OptionalDay = field("datum", widget="date", default=None, show_when=("hoe", ANSWERED), required_then=True)
    words: OptionalText = field("woorden", widget="text", default=None, show_when=("hoe", ANSWERED))
    attempts: tuple[Attempt, ...] = field(
        "pogingen", widget="rows", max_rows=10, show_when=("hoe", "niet-bereikt"), required_then=True
    )
    why: OptionalText = field(
        "waaromNietWachten", widget="text", default=None, show_when=("hoe", "niet-bereikt"), required_then=True
    )

    @rule
    def enough_attempts(self) -> Iterable[Fault]:
        if self.how == "niet-bereikt" and len({(one.on, one.how) for one in self.attempts}) < LEAST_ATTEMPTS:
            text = N_("Schrijf twee pogingen op, op een andere dag of op een andere manier.")
            yield Fault("/pogingen", text)


class AgreePlan(Answers):
    """Nothing is asked: who said what stands with the version that is up."""


class StartHelp(Answers):
    on: Day = field("datum", widget="date")


class RecordStay(Answers):
    from_on: Day = field("van", widget="date")
    until_on: OptionalDay = field("tot", widget="date", default=None)
    place: Place = field("soortPlek", widget="select")
    where: Line = field("plek")
    nights_per_week: NightsPerWeek = field("nachtenPerWeek", widget="number")
    nights: Nights | None = field("nachten", widget="number", default=None)
    planned: bool = field("gepland", widget="radio")

    @rule
    def days_and_nights_fit(self) -> Iterable[Fault]:
        if self.until_on is None:
            return
        if self.until_on < self.from_on:
            yield Fault("/tot", N_("De laatste dag ligt voor de eerste. Kies een latere dag."))
        elif self.nights is not None and self.nights > (self.until_on - self.from_on).days:
            yield Fault("/nachten", N_("Dit zijn meer nachten dan er tussen deze dagen liggen."))


class RecordMove(Answers):
    on: Day = field("datum", widget="date")
    place: Place = field("soortPlek", widget="select")
    where: Line = field("plek")
    reason: MoveReason = field("reden", widget="select")
    words: OptionalText = field("toelichting", widget="text", default=None)
    planned: bool = field("gepland", widget="radio")
