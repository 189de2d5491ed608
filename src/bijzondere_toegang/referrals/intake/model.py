"""
A valid intake, ready to be stored. Values of closed lists keep the word of the contract ("moeder", "ots").
None of these classes shows its values in `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Mandate:
    """Both days belong to the period; without `valid_until` it has no end."""

    reference: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Referrer:
    """`organisation` is a code of the region; `authority` is college, college-in-mandaat or gi."""

    organisation: str
    name: str
    function: str
    email: str
    phone: str
    authority: str
    mandate: Mandate | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Measure:
    """`kind` is ots, voogdij, machtiging-uithuisplaatsing, machtiging-gesloten or jeugdreclassering."""

    kind: str
    begin: date
    end: date | None
    court: str
    certified_institution: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Safety:
    """`estimate` is veilig, zorgelijk or acuut-onveilig."""

    estimate: str
    explanation: str
    done_today: str

    @property
    def acute(self) -> bool:
        return self.estimate == "acuut-onveilig"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Address:
    street: str
    number: str
    postcode: str
    place: str
    secret: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """What is known of every person; texts that were not given are empty."""

    first_name: str
    infix: str
    last_name: str
    email: str
    phone: str
    language: str
    interpreter: bool
    address: Address | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Youth(Person):
    """`municipality` is a CBS code. Without `bsn`, `bsn_missing` says why."""

    birth_date: date
    gender: str
    municipality: str
    school: str
    bsn: str | None
    bsn_missing: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FamilyMember(Person):
    """`authority` is ja, nee or onbekend; its source and day may be unknown."""

    birth_date: date | None
    relation: str
    authority: str
    authority_source: str
    authority_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EarlierHelp:
    provider: str
    kind: str
    begin: date | None
    end: date | None
    result: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Question:
    """What is asked, in the words of those who asked it."""

    reason: str
    wish_youth: str
    wish_parents: str
    analysis: str
    earlier_help: tuple[EarlierHelp, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FamilyGroupPlan:
    """`cleared_on`: the day it became clear that there will be none (starts Jeugdwet 4.1.3 lid 5)."""

    offered: bool
    reason_not: str
    cleared_on: date | None
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sharing:
    """Who may read a part, on which ground; with toestemming `consent_by` and `on` are there."""

    part: str
    recipients: tuple[str, ...]
    ground: str
    consent_by: str
    on: date | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Document:
    name: str
    media_type: str
    content: bytes
    words: str | None = None
    """what it says, bare; None: it was not read yet"""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Intake:
    """
    `reference` is the sender's own (bronkenmerk), unique within `referrer.organisation`; `requested_on` starts
    the decision term. `source` is the document itself, for `fields`.
    """

    reference: str
    requested_on: date
    urgent: bool
    referrer: Referrer
    framework: str
    continued_help: bool
    measures: tuple[Measure, ...]
    safety: Safety
    youth: Youth
    family: tuple[FamilyMember, ...]
    guardian_organisation: str
    question: Question
    family_group_plan: FamilyGroupPlan
    sharing: tuple[Sharing, ...]
    documents: tuple[Document, ...]
    source: dict[str, Any] = field(compare=False)

    @property
    def compulsory(self) -> bool:
        """Whether the help rests on a measure (kader gedwongen)."""
        return self.framework == "gedwongen"
