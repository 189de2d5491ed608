"""What the acts without a phase ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, WithJsonSchema

from bijzondere_toegang.documents.limits import MOST_BYTES
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    Day,
    Line,
    OptionalDay,
    OptionalLine,
    OptionalText,
    Text,
    field,
    rule,
)

MOST_ENCODED = MOST_BYTES * 4 // 3 + 4

Reader = Literal[
    "voorzitter",
    "samenwerkingsverbanden",
    "gi",
    "jeugdige",
    "moeder",
    "vader",
    "ouders",
    "voogd",
    "pleegouder",
]
"""The recipient words of `gegevensdeling` that somebody in a case can read as."""


class DeclareIndependence(Answers):
    tie: bool = field("band", widget="radio")
    explanation: OptionalText = field(
        "toelichting", widget="text", default=None, show_when=("band", True), required_then=True
    )


class HandOverChair(Answers):
    successor: Chosen = field("opvolger", widget="radio", choices="andere_voorzitters")
    reason: Text = field("reden", widget="text")


class HandOverReferrer(Answers):
    successor: Chosen = field("opvolger", widget="radio", choices="collega_verwijzers")
    reason: Text = field("reden", widget="text")


class TakeOver(Answers):
    called: bool = field("gezinGebeld", widget="radio")
    called_on: OptionalDay = field(
        "gebeldOp", widget="date", default=None, show_when=("gezinGebeld", True), required_then=True
    )
    why_not: OptionalText = field(
        "waaromNietGebeld", widget="text", default=None, show_when=("gezinGebeld", False), required_then=True
    )


class DeclineHandover(Answers):
    reason: Text = field("reden", widget="text")


class RecallHandover(Answers):
    """Nothing is asked: the colleague did not answer yet."""


class HandPen(Answers):
    secretary: Chosen = field("notulist", widget="radio", choices="notulisten")


class TakePenBack(Answers):
    """Nothing is asked: there is one pen."""


class InvolveGi(Answers):
    professional: Chosen = field("professional", widget="radio", choices="gi_professionals")
    ground: Literal["ondertoezichtstelling", "jeugdwet-7-3-11-lid-4", "toestemming"] = field("grond", widget="radio")
    consent_by: OptionalLine = field(
        "toestemmingVan", default=None, show_when=("grond", "toestemming"), required_then=True
    )
    explanation: OptionalText = field("toelichting", widget="text", default=None)


class EndGi(Answers):
    professional: Chosen = field("professional", widget="radio", choices="betrokken_gi")
    reason: Text = field("reden", widget="text")


class Delegate(Answers):
    to: Chosen = field("aan", widget="radio", choices="collega_verwijzers")
    until: Day = field("totEnMet", widget="date")
    reason: Text = field("reden", widget="text")


class EndDelegation(Answers):
    who: Chosen = field("wie", widget="radio", choices="vervangers")


class AddStatement(Answers):
    text: Text = field("tekst", widget="text")
    about: OptionalLine = field("over", default=None)
    readers: list[Reader] = field("wieMagLezen", widget="checks", default=[])


class AddDocument(Answers):
    """The file travels as base64 and is checked on the way in; of the answers that are kept it is left out."""

    content: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MOST_ENCODED),
        WithJsonSchema({"type": "string", "contentEncoding": "base64", "minLength": 1, "maxLength": MOST_ENCODED}),
    ] = field("inhoud", widget="file")
    title: Line = field("titel")
    sort: Literal["verslag", "brief", "besluit", "onderzoek", "foto", "anders"] = field("soort", widget="select")
    readers: list[Reader] = field("wieMagLezen", widget="checks", default=[])

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"content"})


class Suspend(Answers):
    ground: Literal["brief-aan-aanvrager", "instemming-aanvrager"] = field("grond", widget="radio")
    letter_on: OptionalDay = field(
        "briefdatum", widget="date", default=None, show_when=("grond", "brief-aan-aanvrager"), required_then=True
    )
    since: Day = field("vanaf", widget="date")
    explanation: Text = field("toelichting", widget="text")

    @rule
    def letter_before_standstill(self) -> Iterable[Fault]:
        if self.letter_on is not None and self.since < self.letter_on:
            yield Fault("/vanaf", N_("De termijn staat op zijn vroegst stil vanaf de dag van de brief."))


class Resume(Answers):
    since: Day = field("vanaf", widget="date")
    explanation: OptionalText = field("toelichting", widget="text", default=None)


class ExtendTerm(Answers):
    until: Day = field("tot", widget="date")
    reason: Text = field("reden", widget="text")
    told: bool = field("gezinVerteld", widget="radio")
    why_not: OptionalText = field(
        "waaromNietVerteld", widget="text", default=None, show_when=("gezinVerteld", False), required_then=True
    )


class Nudge(Answers):
    """Nothing is asked: the mail holds no word of the case."""


class AskReconvene(Answers):
    reason: Text = field("reden", widget="text")


class DeclineReconvene(Answers):
    reason: Text = field("reden", widget="text")


class Reconvene(Answers):
    reason: Text = field("reden", widget="text")
    agenda: Text = field("agenda", widget="text")
    experts: bool = field("deskundigenteam", widget="radio")


class RecordCall(Answers):
    with_whom: Literal[
        "jeugdige",
        "moeder",
        "vader",
        "ouder",
        "voogd",
        "pleegouder",
        "verwijzer",
        "voorzitter",
        "aanbieder",
        "gi",
        "school",
        "anders",
    ] = field("metWie", widget="radio")
    day: Day = field("wanneer", widget="date")
    reached: bool = field("gelukt", widget="radio")
    words: OptionalText = field("wat", widget="text", default=None, show_when=("gelukt", True), required_then=True)
