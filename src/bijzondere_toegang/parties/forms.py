"""What is asked to correct a person, to add one, and to say who may read along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    Day,
    Line,
    OptionalDay,
    OptionalEmail,
    OptionalLine,
    OptionalPhone,
    OptionalPostcode,
    OptionalText,
    Text,
    field,
    rule,
)

Language = Literal["nl", "en", "de", "pl", "ar", "tr", "uk", "ti", "anders"]
Authority = Literal["ja", "nee", "onbekend"]
Source = Literal["gezagsregister", "brp", "beschikking", "eigen-opgave"]
Word = Literal["moeder", "vader", "ouder", "stiefouder", "voogd", "pleegouder", "grootouder", "broer-of-zus", "anders"]
Emptied = Literal["voornaam", "achternaam", "geboortedatum", "tussenvoegsel", "telefoon", "email"]

ALWAYS_KNOWN = ("voornaam", "achternaam", "geboortedatum")
"""What can be corrected but not taken away."""


WHOLE_ADDRESS = N_("Vul het hele adres in.")


class Contact(Answers):
    """How a person is reached, and where; the address is asked whole or not at all."""

    phone: OptionalPhone = field("telefoon", default=None)
    email: OptionalEmail = field("email", default=None)
    language: Language | None = field("taal", widget="select", default=None)
    interpreter: bool | None = field("tolk", widget="radio", default=None)
    secret_address: bool | None = field("geheimAdres", widget="radio", default=None)
    street: OptionalLine = field("straat", default=None)
    postcode: OptionalPostcode = field("postcode", default=None)
    place: OptionalLine = field("plaats", default=None)

    @property
    def address(self) -> str | None:
        """The address as the case keeps it; None when none was given."""
        return f"{self.street}\n{self.postcode} {self.place}" if self.street else None

    @rule
    def street_is_there(self) -> Iterable[Fault]:
        if (self.place or self.postcode) and not self.street:
            yield Fault("/straat", WHOLE_ADDRESS)

    @rule
    def postcode_is_there(self) -> Iterable[Fault]:
        if (self.street or self.place) and not self.postcode:
            yield Fault("/postcode", WHOLE_ADDRESS)

    @rule
    def place_is_there(self) -> Iterable[Fault]:
        if (self.street or self.postcode) and not self.place:
            yield Fault("/plaats", WHOLE_ADDRESS)


class Corrected(Answers):
    who: Chosen = field("wie", widget="radio", choices="betrokkenen")
    first_name: OptionalLine = field("voornaam", default=None)
    infix: OptionalLine = field("tussenvoegsel", default=None)
    last_name: OptionalLine = field("achternaam", default=None)
    birth_date: OptionalDay = field("geboortedatum", widget="birthday", default=None)
    authority: Authority | None = field("gezag", widget="radio", default=None)
    authority_source: Source | None = field("gezagBron", widget="select", default=None)
    authority_on: OptionalDay = field("gezagOp", widget="date", default=None)


class CorrectParty(Contact, Corrected):
    """What is left out stays as it is; `weghalen` takes away what is known. Fields are asked Corrected first."""

    school: OptionalLine = field("school", default=None)
    emptied: list[Emptied] = field("weghalen", widget="checks", default=[])
    reason: Text = field("reden", widget="text")

    @rule
    def keeps_what_is_always_known(self) -> Iterable[Fault]:
        yield from (Fault(f"/{name}", N_("Vul dit in.")) for name in ALWAYS_KNOWN if name in self.emptied)


class Added(Answers):
    word: Word = field("relatie", widget="select")
    first_name: Line = field("voornaam")
    infix: OptionalLine = field("tussenvoegsel", default=None)
    last_name: Line = field("achternaam")
    authority: Authority = field("gezag", widget="radio")
    authority_source: Source | None = field(
        "gezagBron", widget="select", default=None, show_when=("gezag", "ja"), required_then=True
    )
    authority_on: OptionalDay = field(
        "gezagOp", widget="date", default=None, show_when=("gezag", "ja"), required_then=True
    )


class AddParty(Contact, Added):
    """Fields are asked Added first."""

    reason: Text = field("reden", widget="text")


class ReaderRow(Answers):
    parent: Chosen = field("ouder", widget="hidden", choices="meelezers")
    reads: bool = field("leestMee", widget="radio")


class WhoReads(Answers):
    rows: tuple[ReaderRow, ...] = field("ouders", widget="rows", min_rows=1, fixed_rows=True, row_title="ouder")

    @rule
    def one_answer_each(self) -> Iterable[Fault]:
        named = [row.parent for row in self.rows]
        for index, parent in enumerate(named):
            if parent in named[:index]:
                yield Fault(f"/ouders/{index}/ouder", N_("Geef per ouder één antwoord."))


class LetParentsRead(WhoReads):
    words: OptionalText = field("woorden", widget="text", default=None)


class RecordParentsReading(WhoReads):
    how: Literal["gesprek", "telefoon", "bericht"] = field("hoe", widget="radio")
    said_on: Day = field("gezegdOp", widget="date")
    words: Text = field("woorden", widget="text")
