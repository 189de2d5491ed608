"""What an intake becomes in the case: plain days and codes, parties, items with their readers, who holds the regie."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from bijzondere_toegang.cases.items import HELPERS
from bijzondere_toegang.cases.models import Case, Item, ItemContent, ItemReader, Party, Steering
from bijzondere_toegang.cases.telling import words_of
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Secret, lookup
from bijzondere_toegang.referrals.intake import Address, Document, FamilyMember, Intake, Measure, Person, Sharing, Youth

DECISION_TERM = timedelta(weeks=8)
"""Awb 4:13 lid 2, from the day of the request."""
JSON = "application/json"
PROSE = "text/plain"
NO_PLAN = "geen-familiegroepsplan"
"""Why no family group plan was offered. A parent may be that reason: no line of the sharing list opens it at home."""

PARTY_KINDS: Mapping[str, str] = {
    "moeder": "parent",
    "vader": "parent",
    "ouder": "parent",
    "stiefouder": "step_parent",
    "voogd": "guardian",
    "pleegouder": "foster_parent",
    "grootouder": "grandparent",
    "broer-of-zus": "sibling",
    "anders": "other",
}
AUTHORITY: Mapping[str, str] = {"ja": "yes", "nee": "no", "onbekend": "unknown"}


@dataclass(frozen=True, slots=True)
class Section:
    """A text of the intake on its way to become an item; `part` is the `onderdeel` that decides who reads it."""

    kind: str
    part: str
    text: str
    media_type: str = PROSE
    of_youth: bool = False


def file_intake(tx: Session, case: Case, intake: Intake, at: datetime, author: UUID | None) -> list[Party]:
    """Fill a case and write its parties and items. Returns the parties, the young person first."""
    _fill(tx, case, intake, at)
    parties = [_youth(case, intake.youth), *(_member(case, m, n) for n, m in enumerate(intake.family, 1))]
    tx.add_all(parties)
    tx.flush()
    items = [_item(case, parties[0], section, n, at, author) for n, section in enumerate(sections_of(intake))]
    kept = [_document(case, document, len(items) + n, at, author) for n, document in enumerate(intake.documents)]
    items += [item for item, _ in kept]
    tx.add_all(items)
    tx.flush()
    tx.add_all(content for _, content in kept)
    tx.add_all(words_of(item, one.words, at) for (item, _), one in zip(kept, intake.documents, strict=True))
    tx.add_all(_readers(case, items, intake.sharing))
    tx.add(_steering(case, intake, local_day(at)))
    tx.flush()
    return parties


def _fill(tx: Session, case: Case, intake: Intake, at: datetime) -> None:
    referrer, youth, mandate = intake.referrer, intake.youth, intake.referrer.mandate
    case.municipality, case.referrer_organisation = youth.municipality, referrer.organisation
    case.authority = referrer.authority
    case.mandate_from, case.mandate_until = (mandate.valid_from, mandate.valid_until) if mandate else (None, None)
    case.framework = "compulsory" if intake.compulsory else "voluntary"
    case.urgent, case.safety, case.continued_help = intake.urgent, intake.safety.estimate, intake.continued_help
    case.secure = any(measure.kind == "machtiging-gesloten" for measure in intake.measures)
    case.measure_requested = intake.compulsory and not _executing(intake)
    case.request_on, case.registered_at = intake.requested_on, at
    case.decide_before = intake.requested_on + DECISION_TERM
    case.turns_12_on, case.turns_16_on, case.turns_18_on = (birthday(youth.birth_date, age) for age in (12, 16, 18))
    case.family_plan_cleared_on = intake.family_group_plan.cleared_on
    case.bsn_key = lookup(tx, "bsn", youth.bsn) if youth.bsn else None


def birthday(born: date, age: int) -> date:
    """The day somebody reaches an age; who is born on 29 February reaches it on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def _executing(intake: Intake) -> str:
    """The certified institution that executes a measure or has guardianship; empty when none is named."""
    named = (measure.certified_institution for measure in intake.measures)
    return next(filter(None, named), "") or intake.guardian_organisation


def _youth(case: Case, youth: Youth) -> Party:
    party = _party(case, youth, 0, "youth", "jeugdige", youth.birth_date)
    party.school, party.bsn = _sealed(youth.school), Secret.of(youth.bsn)
    return party


def _member(case: Case, member: FamilyMember, position: int) -> Party:
    kind = PARTY_KINDS[member.relation]
    party = _party(case, member, position, kind, member.relation, member.birth_date)
    party.authority = AUTHORITY[member.authority]
    party.authority_source, party.authority_on = member.authority_source, member.authority_on
    return party


def _party(case: Case, person: Person, position: int, kind: str, word: str, born: date | None) -> Party:
    return Party(
        case_id=case.id,
        position=position,
        kind=kind,
        word=word,
        language=person.language,
        interpreter=person.interpreter,
        secret_address=person.address is not None and person.address.secret,
        first_name=Secret(person.first_name),
        infix=_sealed(person.infix),
        last_name=Secret(person.last_name),
        birth_date=Secret.of(born.isoformat() if born else None),
        email=_sealed(person.email),
        phone=_sealed(person.phone),
        address=_address(person.address),
    )


def _sealed(text: str) -> Secret | None:
    return Secret(text) if text else None


def _address(address: Address | None) -> Secret | None:
    if address is None:
        return None
    return Secret(f"{address.street} {address.number}\n{address.postcode} {address.place}")


def sections_of(intake: Intake) -> list[Section]:
    """Every text of the intake that says something, with the part of the sharing list that opens it."""
    question = intake.question
    found = [
        Section("aanmelding", "aanmelding", question.reason),
        Section("wens-jeugdige", "wens-jeugdige", question.wish_youth, of_youth=True),
        Section("wens-ouders", "wens-ouders", question.wish_parents),
        Section("verklarende-analyse", "verklarende-analyse", question.analysis),
        *_data_sections(intake),
    ]
    return [section for section in found if section.text]


def _data_sections(intake: Intake) -> Iterator[Section]:
    """Sections of more than one value, as JSON with the names of the contract."""
    source = intake.source
    measures = _present(maatregelen=source.get("maatregelen"), voogdInstelling=intake.guardian_organisation)
    youth = _present(
        bsnOntbreektReden=intake.youth.bsn_missing, geslacht=intake.youth.gender, woonplaats=intake.youth.municipality
    )
    yield _data("eerdere-hulp", "eerdere-hulp", source["hulpvraag"].get("eerdereHulp"))
    yield _data("veiligheid", "veiligheid", source["veiligheid"])
    yield _data("maatregelen", "aanmelding", measures)
    plan = intake.family_group_plan
    offered = plan.offered and not plan.reason_not
    yield _data(*(("familiegroepsplan", "aanmelding") if offered else (NO_PLAN, NO_PLAN)), source["familiegroepsplan"])
    yield _data("verwijzer", "aanmelding", source["verwijzer"])
    yield _data("registratie", "", youth)


def _present(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


def _data(kind: str, part: str, value: object) -> Section:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
    return Section(kind, part, text, JSON)


def _item(case: Case, youth: Party, section: Section, position: int, at: datetime, author: UUID | None) -> Item:
    return Item(
        case_id=case.id,
        position=position,
        kind=section.kind,
        part=section.part,
        party_id=youth.id if section.of_youth else None,
        author_account=author,
        created_at=at,
        media_type=section.media_type,
        text=Secret(section.text),
    )


def _document(
    case: Case, document: Document, position: int, at: datetime, author: UUID | None
) -> tuple[Item, ItemContent]:
    item = Item(
        id=uuid4(),
        case_id=case.id,
        position=position,
        kind="document",
        part="documenten",
        author_account=author,
        created_at=at,
        media_type=document.media_type,
        title=Secret(document.name),
    )
    content = Secret(base64.b64encode(document.content).decode())
    return item, ItemContent(id=item.id, case_id=case.id, content=content)


def _readers(case: Case, items: Iterable[Item], sharing: Iterable[Sharing]) -> Iterator[ItemReader]:
    """One row per item and recipient. A part that nobody lists gets none: it stays with the referrer."""
    rows = list(sharing)
    for item in items:
        part = "aanmelding" if item.part == NO_PLAN else item.part
        for row in (row for row in rows if row.part == part):
            for recipient in dict.fromkeys(row.recipients):
                if item.part == NO_PLAN and recipient not in HELPERS:
                    continue
                yield ItemReader(
                    case_id=case.id,
                    item_id=item.id,
                    recipient=recipient,
                    ground=row.ground,
                    granted_on=row.on,
                    consent_by=_sealed(row.consent_by),
                    note=_sealed(row.note),
                )


def _steering(case: Case, intake: Intake, on: date) -> Steering:
    """The family holds the regie, unless a certified institution executes a measure (Jeugdwet 3.5, 4.1.2)."""
    institution = _executing(intake) or (intake.referrer.organisation if intake.referrer.authority == "gi" else "")
    if intake.compulsory and institution and _takes_over(intake.measures, intake.guardian_organisation):
        return Steering(case_id=case.id, who="gi", organisation=institution, since=on)
    return Steering(case_id=case.id, who="family", since=on)


def _takes_over(measures: Iterable[Measure], guardian: str) -> bool:
    return bool(guardian) or any(measure.kind != "jeugdreclassering" for measure in measures)
