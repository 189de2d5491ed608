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
    OptionalText,
    Text,
    field,
)

MOST_GOALS = 8
NightsPerWeek = Annotated[int, Field(ge=1, le=7)]
Nights = Annotated[int, Field(ge=0, le=10_000)]
Place = Literal["pleeggezin", "gezinshuis", "groep", "deeltijd", "crisis", "gesloten", "netwerk", "thuis"]
MoveReason = Literal["afschalen", "opschalen", "beter-passend", "breuk", "dichterbij", "broer-zus", "anders"]


class GoalRow(Answers):
    text: Text = field("tekst", widget="text")
    own_words: Text = field("eigenWoorden", widget="text")
    who: Text = field("wieDoetWat", widget="text")
    until: Day = field("voor", widget="date")


class WritePlan(Answers):
    """A whole version of the plan. Days are checked against today when it is saved."""

    goals: tuple[GoalRow, ...] = field("doelen", widget="rows", min_rows=1, max_rows=MOST_GOALS)
    help: Text = field("hulp", widget="text")
    help_by: Line = field("hulpDoor")
    result: Text = field("resultaat", widget="text")
    ladder: LadderCode = field("ladder", widget="radio")
    why_not_lighter: OptionalText = field(
        "waaromNietLichter",
        widget="text",
        default=None,
        show_when=("ladder", ("gezinsvormen", "behandeling-thuis", "deeltijd", "kleinschalig")),
        required_then=True,
    )
    why_no_family: OptionalText = field(
        "waaromGeenGezin",
        widget="text",
        default=None,
        show_when=("ladder", OUTSIDE_A_FAMILY),
        required_then=True,
    )
    nights_per_week: NightsPerWeek | None = field(
        "nachtenPerWeek", widget="number", default=None, show_when=("ladder", STAYS), required_then=True
    )
    conditions_for_return: OptionalText = field(
        "terugkeervoorwaarden", widget="text", default=None, show_when=("ladder", STAYS), required_then=True
    )
    foster_part: OptionalText = field("deelPleegouder", widget="text", default=None)
    medical: bool = field("medischeBehandeling", widget="radio")
    starts_on: OptionalDay = field("start", widget="date", default=None)
    ends_on: OptionalDay = field("eind", widget="date", default=None)
    review_on: Day = field("evaluatiedatum", widget="date")
    contact: Line = field("contact")

    def rules(self) -> Iterable[Fault]:
        if self.ladder == "deeltijd" and self.nights_per_week == 7:
            yield Fault("/nachtenPerWeek", N_("Deeltijd is hooguit zes nachten in de week."))
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            yield Fault("/eind", N_("Het eind ligt voor de start. Kies een latere dag."))


class ConfirmPlan(Answers):
    version: Chosen = field("versie", widget="radio", choices="planversie")
    remark: OptionalText = field("opmerking", widget="text", default=None)


class GiveConsent(Answers):
    version: Chosen = field("versie", widget="radio", choices="planversie")
    answer: Literal["ja", "nee"] = field("antwoord", widget="radio")
    words: OptionalText = field("woorden", widget="text", default=None)


class WithdrawConsent(Answers):
    words: OptionalText = field("woorden", widget="text", default=None)


class PaperConsent(Answers):
    who: Chosen = field("wie", widget="select", choices="zonder_inlog")
    how: Literal["papier", "gesprek"] = field("hoe", widget="radio")
    on: Day = field("datum", widget="date")
    words: OptionalText = field("woorden", widget="text", default=None)


class AgreePlan(Answers):
    on_paper: tuple[PaperConsent, ...] = field("toestemmingZonderInlog", widget="rows")


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

    def rules(self) -> Iterable[Fault]:
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
