"""What the steps of a decision ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    Day,
    OptionalChosen,
    OptionalLine,
    OptionalText,
    Text,
    field,
    pointer_of,
    rule,
)

HELP = ("placing", "planning", "in_care")
"""The stages a decision can lead to that mean help."""
STAY = ("4", "5")
"""The steps of the ladder that are a stay, but no foster family or family home."""
BOTH_SIGN = "samen"


class AdviseElsewhere(Answers):
    reason: Text = field("reden", widget="text")
    where_to: Text = field("waarheen", widget="text")


class RejectOutcome(Answers):
    reason: Text = field("reden", widget="text")


class ConfirmOutcome(Answers):
    """What the table agreed stands; what is left is where it leads, words to go with the letter, and the remedy."""

    target: Chosen = field("vervolg", widget="radio", choices="outcome_targets")
    consortium: OptionalChosen = field(
        "samenwerkingsverband",
        widget="radio",
        choices="agreed_consortium",
        default=None,
        show_when=("vervolg", "placing"),
        required_then=True,
    )
    ladder: OptionalChosen = field(
        "trede",
        widget="radio",
        choices="agreed_ladder",
        default=None,
        show_when=("vervolg", HELP),
        required_then=True,
    )
    ladder_why: OptionalText = field(
        "waaromGeenGezin", widget="text", default=None, show_when=("trede", STAY), required_then=True
    )
    own_words: OptionalText = field("toelichting", widget="text", default=None)
    notified_on: Day = field("bekendgemaaktOp", widget="date")
    remedy: Chosen = field("rechtsmiddel", widget="radio", choices="remedies")
    signature: Chosen = field("ondertekening", widget="radio", choices="signatures")
    second_name: OptionalLine = field(
        "tweedeNaam", default=None, show_when=("ondertekening", BOTH_SIGN), required_then=True
    )
    second_job: OptionalLine = field(
        "tweedeFunctie", default=None, show_when=("ondertekening", BOTH_SIGN), required_then=True
    )


class DissentAnswer(Answers):
    position: Chosen = field("standpunt", widget="hidden", choices="dissents")
    answer: Text = field("antwoord", widget="text")


class Decide(Answers):
    """A decision without consensus: what, by whom, why, and an answer to everyone who was opposed."""

    target: Chosen = field("vervolg", widget="radio", choices="decision_targets")
    consortium: OptionalChosen = field(
        "samenwerkingsverband",
        widget="radio",
        choices="decided_consortium",
        default=None,
        show_when=("vervolg", "placing"),
        required_then=True,
    )
    consortium_why: OptionalText = field(
        "waaromDitVerband", widget="text", default=None, show_when=("vervolg", "placing"), required_then=True
    )
    help: OptionalText = field("hulp", widget="text", default=None, show_when=("vervolg", HELP), required_then=True)
    result: OptionalText = field(
        "resultaat", widget="text", default=None, show_when=("vervolg", HELP), required_then=True
    )
    ladder: OptionalChosen = field(
        "trede",
        widget="radio",
        choices="ladder_steps",
        default=None,
        show_when=("vervolg", HELP),
        required_then=True,
    )
    ladder_why: OptionalText = field(
        "waaromGeenGezin", widget="text", default=None, show_when=("trede", STAY), required_then=True
    )
    where_to: OptionalText = field(
        "waarheen", widget="text", default=None, show_when=("vervolg", "referred_back"), required_then=True
    )
    motivation: Text = field("motivering", widget="text")
    answers: tuple[DissentAnswer, ...] = field("antwoorden", widget="rows", fixed_rows=True, row_title="standpunt")
    own_words: OptionalText = field("toelichting", widget="text", default=None)
    notified_on: Day = field("bekendgemaaktOp", widget="date")
    remedy: Chosen = field("rechtsmiddel", widget="radio", choices="remedies")
    signature: Chosen = field("ondertekening", widget="radio", choices="signatures")
    second_name: OptionalLine = field(
        "tweedeNaam", default=None, show_when=("ondertekening", BOTH_SIGN), required_then=True
    )
    second_job: OptionalLine = field(
        "tweedeFunctie", default=None, show_when=("ondertekening", BOTH_SIGN), required_then=True
    )

    @rule
    def one_answer_each(self) -> Iterable[Fault]:
        seen: set[str] = set()
        for index, row in enumerate(self.answers):
            if row.position in seen:
                yield Fault(pointer_of("antwoorden", index, "standpunt"), N_("Dit standpunt staat er twee keer."))
            seen.add(row.position)


READ_BY_ALL = (
    ("consortium_why", "/waaromDitVerband"),
    ("help", "/hulp"),
    ("result", "/resultaat"),
    ("ladder_why", "/waaromGeenGezin"),
    ("where_to", "/waarheen"),
    ("motivation", "/motivering"),
    ("own_words", "/toelichting"),
)
"""What of `decide` stands in the letter to the whole family."""


class RecordRemedy(Answers):
    kind: Literal["bezwaar", "beroep", "kinderrechter"] = field("soort", widget="radio")
    ruling: Text = field("uitspraak", widget="text")
    ruled_on: Day = field("datum", widget="date")
