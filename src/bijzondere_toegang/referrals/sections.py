"""The sections of the web form: what each asks, and where its answers stand in the intake document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bijzondere_toegang.errors import N_
from bijzondere_toegang.web.answers import postcode_in
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    Day,
    Line,
    OptionalChosen,
    OptionalDay,
    OptionalLine,
    OptionalText,
    Text,
    field,
)

LABELS = "referral"
"""Labels stand under form.referral.… and option.referral.… in the catalogue."""
DOCUMENTS = "documenten"
YOUTH = "jeugdige"

Language = Literal["nl", "en", "de", "pl", "ar", "tr", "uk", "ti", "anders"]


class MandateAnswers(Answers):
    reference: Line = field("kenmerk")
    valid_from: Day = field("geldigVan", widget="date")
    valid_until: OptionalDay = field("geldigTot", widget="date", default=None)


class ReferrerAnswers(Answers):
    organisation: Chosen = field("organisatie", widget="select", choices="own_organisations")
    name: Line = field("naam", autocomplete="name")
    function: OptionalLine = field("functie", default=None, autocomplete="organization-title")
    email: Line = field("email", autocomplete="email")
    phone: OptionalLine = field("telefoon", default=None, autocomplete="tel")
    authority: Literal["college", "college-in-mandaat", "gi"] = field("bevoegdheid", widget="radio")
    mandate: MandateAnswers | None = field(
        "mandaat", default=None, show_when=("bevoegdheid", "college-in-mandaat"), required_then=True
    )


class RequestAnswers(Answers):
    requested_on: Day = field("datumAanvraag", widget="date")
    referrer: ReferrerAnswers = field("verwijzer")
    framework: Literal["vrijwillig", "gedwongen"] = field("kader", widget="radio")
    urgent: bool | None = field("spoed", widget="check", default=None)
    continued_help: bool | None = field("voortgezetteHulp", widget="check", default=None)


class AddressAnswers(Answers):
    street: Line = field("straat")
    number: Line = field("huisnummer")
    postcode: Line = field("postcode")
    place: Line = field("plaats")
    secret: bool | None = field("geheim", widget="check", default=None)


class YouthAnswers(Answers):
    first_name: Line = field("voornaam")
    infix: OptionalLine = field("tussenvoegsel", default=None)
    last_name: Line = field("achternaam")
    birth_date: Day = field("geboortedatum", widget="birthday")
    bsn: OptionalLine = field("bsn", default=None)
    bsn_missing: OptionalLine = field("bsnOntbreektReden", default=None)
    gender: Literal["m", "v", "x", "onbekend"] | None = field("geslacht", widget="radio", default=None)
    municipality: Chosen = field("woonplaats", widget="select", choices="municipalities")
    address: AddressAnswers | None = field("adres", default=None)
    school: OptionalLine = field("school", default=None)
    email: OptionalLine = field("email", default=None)
    phone: OptionalLine = field("telefoon", default=None)
    language: Language | None = field("taal", widget="select", default=None)
    interpreter: bool | None = field("tolk", widget="check", default=None)


class MemberAnswers(Answers):
    first_name: Line = field("voornaam")
    infix: OptionalLine = field("tussenvoegsel", default=None)
    last_name: Line = field("achternaam")
    relation: Literal[
        "moeder", "vader", "ouder", "stiefouder", "voogd", "pleegouder", "grootouder", "broer-of-zus", "anders"
    ] = field("relatie", widget="select")
    authority: Literal["ja", "nee", "onbekend"] = field("gezag", widget="radio")
    authority_source: Literal["gezagsregister", "brp", "beschikking", "eigen-opgave"] | None = field(
        "gezagBron", widget="select", default=None
    )
    authority_on: OptionalDay = field("gezagDatum", widget="date", default=None)
    birth_date: OptionalDay = field("geboortedatum", widget="birthday", default=None)
    email: OptionalLine = field("email", default=None)
    phone: OptionalLine = field("telefoon", default=None)
    address: AddressAnswers | None = field("adres", default=None)
    language: Language | None = field("taal", widget="select", default=None)
    interpreter: bool | None = field("tolk", widget="check", default=None)


class FamilyAnswers(Answers):
    family: tuple[MemberAnswers, ...] = field("gezin", widget="rows", min_rows=1, max_rows=20)
    guardian: OptionalChosen = field("voogdInstelling", widget="select", choices="certified", default=None)


class EarlierHelpAnswers(Answers):
    provider: Line = field("aanbieder")
    kind: Literal["ambulant", "dagbehandeling", "pleegzorg", "gezinshuis", "verblijf", "crisis", "ggz", "anders"] = (
        field("soort", widget="select")
    )
    begin: OptionalDay = field("van", widget="date", default=None)
    end: OptionalDay = field("tot", widget="date", default=None)
    result: OptionalText = field("resultaat", widget="text", default=None)


class QuestionAnswers(Answers):
    reason: Text = field("aanleiding", widget="text")
    wish_youth: OptionalText = field("wensJeugdige", widget="text", default=None)
    wish_parents: OptionalText = field("wensOuders", widget="text", default=None)
    analysis: OptionalText = field("verklarendeAnalyse", widget="text", default=None)
    earlier_help: tuple[EarlierHelpAnswers, ...] = field("eerdereHulp", widget="rows")


class MeasureAnswers(Answers):
    kind: Literal["ots", "voogdij", "machtiging-uithuisplaatsing", "machtiging-gesloten", "jeugdreclassering"] = field(
        "soort", widget="select"
    )
    begin: Day = field("begin", widget="date")
    end: OptionalDay = field("einde", widget="date", default=None)
    court: OptionalLine = field("instantie", default=None)
    institution: OptionalChosen = field("uitvoerendeGi", widget="select", choices="certified", default=None)


class SafetyAnswers(Answers):
    estimate: Literal["veilig", "zorgelijk", "acuut-onveilig"] = field("inschatting", widget="radio")
    explanation: OptionalText = field("toelichting", widget="text", default=None)
    done_today: OptionalText = field(
        "watIsVandaagGedaan",
        widget="text",
        default=None,
        show_when=("inschatting", "acuut-onveilig"),
        required_then=True,
    )
    measures: tuple[MeasureAnswers, ...] = field("maatregelen", widget="rows", max_rows=10)


class FamilyGroupPlanAnswers(Answers):
    offered: bool = field("aangeboden", widget="radio")
    reason_not: Literal["ouders-zien-af", "concrete-bedreiging", "belang-jeugdige-geschaad"] | None = field(
        "redenNiet", widget="radio", default=None, show_when=("aangeboden", False), required_then=True
    )
    cleared_on: OptionalDay = field("duidelijkOp", widget="date", default=None)
    plan: OptionalText = field("plan", widget="text", default=None)


class SharingRowAnswers(Answers):
    part: Literal[
        "aanmelding", "wens-jeugdige", "wens-ouders", "verklarende-analyse", "eerdere-hulp", "documenten", "veiligheid"
    ] = field("onderdeel", widget="select")
    recipients: tuple[
        Literal[
            "voorzitter", "samenwerkingsverbanden", "gi", "school", "jeugdige", "moeder", "vader", "ouders", "voogd",
            "pleegouder",
        ],
        ...,
    ] = field("ontvangers", widget="checks", min_rows=1)  # fmt: skip
    ground: Literal["toestemming", "rechtstreeks-betrokken", "ots-informatie-aan-gi", "toegangstaak", "andere-wet"] = (
        field("grondslag", widget="select")
    )
    consent_by: OptionalLine = field(
        "toestemmingVan", default=None, show_when=("grondslag", "toestemming"), required_then=True
    )
    on: OptionalDay = field("datum", widget="date", default=None)
    note: OptionalText = field("toelichting", widget="text", default=None)


class SharingAnswers(Answers):
    sharing: tuple[SharingRowAnswers, ...] = field("gegevensdeling", widget="rows", min_rows=1, row_title="onderdeel")


class DocumentAnswers(Answers):
    """Uploaded, not typed; `inhoud` is base64."""

    name: Line = field("naam")
    media_type: Line = field("mediatype")
    content: Line = field("inhoud", widget="hidden")


class DocumentsAnswers(Answers):
    documents: tuple[DocumentAnswers, ...] = field("documenten", widget="rows", max_rows=20)


def as_meant(answers: Any) -> Any:
    """A postcode and a BSN as the contract writes them, however people space them. What is none stays as typed."""
    if isinstance(answers, list | tuple):
        return [as_meant(one) for one in answers]
    if not isinstance(answers, dict):
        return answers
    meant = {name: _RESPACED[name](value) if name in _RESPACED else as_meant(value) for name, value in answers.items()}
    return type(answers)(meant)


def _postcode(value: Any) -> Any:
    return (postcode_in(value) or value) if isinstance(value, str) else value


def _bsn(value: Any) -> Any:
    digits = re.sub(r"[ .-]", "", value) if isinstance(value, str) else ""
    return digits if _BSN.fullmatch(digits) else value


_BSN = re.compile(r"\d{9}", re.ASCII)
_RESPACED: Mapping[str, Callable[[Any], Any]] = {"bsn": _bsn, "postcode": _postcode}


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form. `places`: name of a field → its place in the document; `root`: where the others stand."""

    name: str
    title: str
    form: type[Answers]
    root: str = ""
    places: Mapping[str, str] | None = None
    optional: bool = False

    @property
    def own(self) -> frozenset[str]:
        """The Dutch names of its fields."""
        return frozenset(info.alias or name for name, info in self.form.model_fields.items())

    def place_of(self, name: str) -> str:
        """The JSON pointer of a field in the document."""
        return (self.places or {}).get(name, f"{self.root}/{name}")

    @property
    def within(self) -> tuple[str, ...]:
        """The places in the document that this section answers for."""
        return tuple(self.place_of(name) for name in sorted(self.own)) + ((self.root,) if self.root else ())

    def pointer_in_form(self, pointer: str) -> str:
        """The pointer of a fault in the document, as the form names it."""
        for name in self.own:
            place = self.place_of(name)
            if pointer == place or pointer.startswith(place + "/"):
                return f"/{name}{pointer[len(place) :]}"
        return pointer.removeprefix(self.root)


SECTIONS: tuple[Section, ...] = (
    Section("aanvraag", N_("De aanvraag"), RequestAnswers),
    Section(YOUTH, N_("De jongere"), YouthAnswers, root="/jeugdige"),
    Section("gezin", N_("Het gezin en wie gezag heeft"), FamilyAnswers),
    Section("hulpvraag", N_("De hulpvraag"), QuestionAnswers, root="/hulpvraag"),
    Section(
        "veiligheid",
        N_("Veiligheid en maatregelen"),
        SafetyAnswers,
        root="/veiligheid",
        places={"maatregelen": "/maatregelen"},
    ),
    Section("familiegroepsplan", N_("Familiegroepsplan"), FamilyGroupPlanAnswers, root="/familiegroepsplan"),
    Section("delen", N_("Wie leest wat"), SharingAnswers),
    Section(DOCUMENTS, N_("Documenten"), DocumentsAnswers, optional=True),
)
BY_NAME: Mapping[str, Section] = {section.name: section for section in SECTIONS}


def neighbours(name: str) -> tuple[Section | None, Section | None]:
    """The section before and the section after."""
    at = [section.name for section in SECTIONS].index(name)
    return (SECTIONS[at - 1] if at else None), (SECTIONS[at + 1] if at + 1 < len(SECTIONS) else None)
