"""From a document without faults to an Intake."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

from bijzondere_toegang.referrals.intake.model import (
    Address,
    Document,
    EarlierHelp,
    FamilyGroupPlan,
    FamilyMember,
    Intake,
    Mandate,
    Measure,
    Question,
    Referrer,
    Safety,
    Sharing,
    Youth,
)

Group = Mapping[str, Any]


def build(document: dict[str, Any]) -> Intake:
    """The intake of a cleaned document that was found without faults."""
    return Intake(
        reference=document["bronkenmerk"],
        requested_on=date.fromisoformat(document["datumAanvraag"]),
        urgent=document.get("spoed", False),
        referrer=_referrer(document["verwijzer"]),
        framework=document["kader"],
        continued_help=document.get("voortgezetteHulp", False),
        measures=tuple(map(_measure, document.get("maatregelen", ()))),
        safety=_safety(document["veiligheid"]),
        youth=_youth(document["jeugdige"]),
        family=tuple(map(_family_member, document["gezin"])),
        guardian_organisation=document.get("voogdInstelling", ""),
        question=_question(document["hulpvraag"]),
        family_group_plan=_family_group_plan(document["familiegroepsplan"]),
        sharing=tuple(map(_sharing, document["gegevensdeling"])),
        documents=tuple(map(_document, document.get("documenten", ()))),
        source=document,
    )


def _referrer(group: Group) -> Referrer:
    return Referrer(
        organisation=group["organisatie"],
        name=group["naam"],
        function=group.get("functie", ""),
        email=group["email"],
        phone=group.get("telefoon", ""),
        authority=group["bevoegdheid"],
        mandate=_mandate(group["mandaat"]) if "mandaat" in group else None,
    )


def _mandate(group: Group) -> Mandate:
    return Mandate(
        reference=group["kenmerk"],
        valid_from=date.fromisoformat(group["geldigVan"]),
        valid_until=_day(group, "geldigTot"),
    )


def _day(group: Group, name: str) -> date | None:
    text = group.get(name)
    return None if text is None else date.fromisoformat(text)


def _measure(group: Group) -> Measure:
    return Measure(
        kind=group["soort"],
        begin=date.fromisoformat(group["begin"]),
        end=_day(group, "einde"),
        court=group.get("instantie", ""),
        certified_institution=group.get("uitvoerendeGi", ""),
    )


def _safety(group: Group) -> Safety:
    return Safety(
        estimate=group["inschatting"],
        explanation=group.get("toelichting", ""),
        done_today=group.get("watIsVandaagGedaan", ""),
    )


def _youth(group: Group) -> Youth:
    return Youth(
        **_person(group),
        birth_date=date.fromisoformat(group["geboortedatum"]),
        gender=group.get("geslacht", "onbekend"),
        municipality=group["woonplaats"],
        school=group.get("school", ""),
        bsn=group.get("bsn"),
        bsn_missing=group.get("bsnOntbreektReden", ""),
    )


def _person(group: Group) -> dict[str, Any]:
    return {
        "first_name": group["voornaam"],
        "infix": group.get("tussenvoegsel", ""),
        "last_name": group["achternaam"],
        "email": group.get("email", ""),
        "phone": group.get("telefoon", ""),
        "language": group.get("taal", "nl"),
        "interpreter": group.get("tolk", False),
        "address": _address(group["adres"]) if "adres" in group else None,
    }


def _address(group: Group) -> Address:
    return Address(
        street=group["straat"],
        number=group["huisnummer"],
        postcode=group["postcode"],
        place=group["plaats"],
        secret=group.get("geheim", False),
    )


def _family_member(group: Group) -> FamilyMember:
    return FamilyMember(
        **_person(group),
        birth_date=_day(group, "geboortedatum"),
        relation=group["relatie"],
        authority=group["gezag"],
        authority_source=group.get("gezagBron", ""),
        authority_on=_day(group, "gezagDatum"),
    )


def _question(group: Group) -> Question:
    return Question(
        reason=group["aanleiding"],
        wish_youth=group.get("wensJeugdige", ""),
        wish_parents=group.get("wensOuders", ""),
        analysis=group.get("verklarendeAnalyse", ""),
        earlier_help=tuple(map(_earlier_help, group.get("eerdereHulp", ()))),
    )


def _earlier_help(group: Group) -> EarlierHelp:
    return EarlierHelp(
        provider=group["aanbieder"],
        kind=group["soort"],
        begin=_day(group, "van"),
        end=_day(group, "tot"),
        result=group.get("resultaat", ""),
    )


def _family_group_plan(group: Group) -> FamilyGroupPlan:
    return FamilyGroupPlan(
        offered=group["aangeboden"],
        reason_not=group.get("redenNiet", ""),
        cleared_on=_day(group, "duidelijkOp"),
        plan=group.get("plan", ""),
    )


def _sharing(group: Group) -> Sharing:
    return Sharing(
        part=group["onderdeel"],
        recipients=tuple(group["ontvangers"]),
        ground=group["grondslag"],
        consent_by=group.get("toestemmingVan", ""),
        on=_day(group, "datum"),
        note=group.get("toelichting", ""),
    )


def _document(group: Group) -> Document:
    return Document(name=group["naam"], media_type=group["mediatype"], content=base64.b64decode(group["inhoud"]))
