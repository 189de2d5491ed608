"""A draft: its sections as they were saved, the intake document they make, and what is still missing in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.deadlines import replan_case
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.process import Process, Scene
from bijzondere_toegang.db import Secret, lookup, unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotAllowed, NotNow, Stale
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.referrals.intake import check
from bijzondere_toegang.referrals.models import DraftSection
from bijzondere_toegang.referrals.reception import WORKFLOW, new_case
from bijzondere_toegang.referrals.sections import BY_NAME, DOCUMENTS, SECTIONS, Section
from bijzondere_toegang.region import AUTHORITY_OF_KIND, Region
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.web.answers import is_phone
from bijzondere_toegang.web.checking import SENTENCES
from bijzondere_toegang.web.forms import Choice, EmptyRow

Data = dict[str, Any]

ALREADY = N_("Deze aanmelding is al ingediend. U kunt haar hier niet meer veranderen.")
WHY_NO_HASTE = N_(
    "Acuut onveilig, en toch geen spoed: schrijf hier waarom niet. Of zet bij de aanvraag een vinkje bij "
    "‘Dit heeft spoed’."
)
SAVED_ELSEWHERE = N_(
    "Dit deel is intussen ook ergens anders bewaard: in een ander venster, of door een collega. "
    "Wat u typte, is nog niet bewaard. Het staat hieronder nog."
)
NOT_A_REFERRER = N_("Alleen een verwijzer kan een jongere aanmelden.")
OWN_REFERENCE = "web/{reference}"
"""The source reference of what was typed here."""


@dataclass(frozen=True)
class Draft:
    """What was saved so far, by section, and how it stands against the rules on a day."""

    reference: str
    saved: Mapping[str, Data]
    region: Region
    on: date

    @cached_property
    def document(self) -> Data:
        """The intake document, in the shape of the contract; what was not answered is empty."""
        document: Data = {"bronkenmerk": OWN_REFERENCE.format(reference=self.reference)}
        for section in SECTIONS:
            _place(document, section, self.saved.get(section.name, {}))
        return document

    @cached_property
    def faults(self) -> list[Fault]:
        """Against the contract, and against what is asked of who fills in the form here."""
        found = check(self.document, region=self.region, on=self.on)
        known = {fault.pointer for fault in found}
        return found + [fault for fault in _asked_here(self.document) if fault.pointer not in known]

    def faults_of(self, section: Section) -> list[Fault]:
        """The faults of one section, with pointers as its form names them."""
        return [
            Fault(section.pointer_in_form(fault.pointer), fault.text, fault.params)
            for fault in self.faults
            if section_of(fault.pointer) is section
        ]

    def state_of(self, section: Section) -> str:
        """none, begun, done or optional (nothing there, and nothing needed)."""
        if self.saved.get(section.name) is None:
            return "optional" if section.optional else "none"
        return "begun" if self.faults_of(section) else "done"

    @property
    def needed(self) -> int:
        """How many sections have to be filled in."""
        return sum(not section.optional for section in SECTIONS)

    @property
    def done(self) -> int:
        """How many of those are."""
        return sum(not section.optional and self.state_of(section) == "done" for section in SECTIONS)

    @property
    def complete(self) -> bool:
        return not self.faults


def _place(document: Data, section: Section, answers: Data) -> None:
    if section.root:
        document.setdefault(section.root[1:], {})
    for name in section.own & answers.keys():
        *above, last = section.place_of(name)[1:].split("/")
        target = document
        for part in above:
            target = target[part]
        target[last] = _rows_with_an_end(answers[name]) if name == "maatregelen" else answers[name]


def _asked_here(document: Data) -> Iterator[Fault]:
    """What the contract has no room to ask: numbers that can be rung, and why what is acute would have no haste."""
    people = {"/verwijzer": document.get("verwijzer"), "/jeugdige": document.get("jeugdige")}
    family = document.get("gezin")
    people |= {f"/gezin/{row}": one for row, one in enumerate(family if isinstance(family, list) else ())}
    for at, one in people.items():
        number = one.get("telefoon") if isinstance(one, dict) else None
        if isinstance(number, str) and number.strip() and not is_phone(number.strip()):
            yield Fault(f"{at}/telefoon", SENTENCES["phone"])
    safety = _group(document, "veiligheid")
    acute = safety.get("inschatting") == "acuut-onveilig" and document.get("spoed") is not True
    if acute and not str(safety.get("toelichting") or "").strip():
        yield Fault("/veiligheid/toelichting", WHY_NO_HASTE)


def _rows_with_an_end(rows: Any) -> Any:
    """The contract wants to hear that a measure has no end yet; the form leaves it empty."""
    if not isinstance(rows, list):
        return rows
    return [{"einde": None, **row} if isinstance(row, dict) else row for row in rows]


def section_of(pointer: str) -> Section | None:
    """The section that answers for a place in the document."""
    for section in SECTIONS:
        if any(pointer == place or pointer.startswith(place + "/") for place in section.within):
            return section
    return None


def start_draft(tx: Session, process: Process, starter: Actor, at: datetime) -> Case:
    """A new draft of this referrer, with nothing asked yet."""
    organisations = starter.organisations("referrer")
    if not organisations:
        raise NotAllowed(NOT_A_REFERRER)
    workflow = process.library.newest(WORKFLOW)
    case = new_case(tx, workflow, workflow.start, at, starter.account_id)
    case.referrer_organisation = organisations[0]
    grant(tx, case, starter.account_id, "referrer.own", at, organisation=organisations[0])
    replan_case(tx, workflow, case, at)
    write_down(tx, case, starter.account_id, "draft_started", at)
    return case


def write_down(tx: Session, case: Case, by: UUID, what: str, at: datetime, section: str = "") -> None:
    """That a draft was begun or saved, without a word of what is in it."""
    append(
        tx,
        case.id,
        Event(
            event_type=what,
            action="C" if what == "draft_started" else "U",
            account_id=by,
            role="referrer",
            object_kind=section or "case",
            object_pseudonym=str(case.id),
            object_version=case.revision,
            permission="referral.edit_draft",
            care_relation="referrer.own",
            from_stage=case.stage,
            to_stage=case.stage,
        ),
        at,
    )


def draft_of(scene: Scene) -> Draft:
    """The draft of this case as it stands, read once per request."""
    return scene.once("draft", lambda: _read(scene))


def _read(scene: Scene) -> Draft:
    rows = _rows(scene.tx, scene.case)
    unseal_rows(scene.tx, rows)
    saved = {row.section: row.answers.data() for row in rows if row.answers is not None}
    return Draft(scene.case.reference, saved, scene.region, scene.on)


def _rows(tx: Session, case: Case) -> list[DraftSection]:
    return list(tx.exec(select(DraftSection).where(DraftSection.case_id == case.id)).all())


def hold_draft(scene: Scene) -> None:
    """Nobody else saves or registers this draft until the commit; asked before anything of it is read."""
    query = select(Case.id).where(Case.id == scene.case.id, Case.stage == scene.case.stage).with_for_update()
    if scene.tx.exec(query).first() is None:
        raise NotNow(ALREADY)


def shown(scene: Scene, section: Section) -> Data:
    """What the page of a section shows: what was saved, else what is known beforehand."""
    saved = draft_of(scene).saved.get(section.name)
    return prefilled(scene, section) if saved is None else saved


def version_of(scene: Scene, section: Section) -> str:
    """By this a page knows again what it was drawn from. Made of the answers: the same again is the same version."""
    return marked(scene, shown(scene, section))


def version_of_all(scene: Scene) -> str:
    """The same for the draft as a whole, for who checks it before registering."""
    return marked(scene, draft_of(scene).saved)


def marked(scene: Scene, answers: object) -> str:
    """A keyed mark of these answers in this case, which says nothing about them."""
    return lookup(scene.tx, "draft", json.dumps([str(scene.case.id), answers], sort_keys=True))


def save_section(scene: Scene, section: Section, answers: Data, based_on: str) -> Draft:
    """
    Keep what was typed, complete or not, on a page that was drawn from the version `based_on`. Returns the draft as it
    stands now; the same again changes nothing, and neither does a page on which nothing was changed.

    Raises Stale when something else was saved since then.
    """
    kept = without_empty_rows({name: answers[name] for name in answers.keys() & section.own})
    saved = draft_of(scene).saved.get(section.name)
    if saved == kept:
        return draft_of(scene)
    if saved is not None and based_on != version_of(scene, section):
        if based_on == marked(scene, kept):
            return draft_of(scene)
        raise Stale(SAVED_ELSEWHERE)
    row = next((row for row in _rows(scene.tx, scene.case) if row.section == section.name), None)
    row = row or DraftSection(case_id=scene.case.id, section=section.name, state="begun", saved_at=scene.at)
    row.answers, row.saved_at = Secret(json.dumps(kept, ensure_ascii=False)), scene.at
    scene.tx.add(row)
    scene.tx.flush()
    scene.forget()
    draft = draft_of(scene)
    row.state = "done" if draft.state_of(section) == "done" else "begun"
    _carry_over(scene, draft)
    scene.tx.add(row)
    write_down(scene.tx, scene.case, scene.by.account_id, "draft_saved", scene.at, section.name)
    return draft


def _carry_over(scene: Scene, draft: Draft) -> None:
    """Plain codes and days on the case, by which lists sort and guards judge; what is faulty stays away."""
    case, asked = scene.case, draft.saved.get("aanvraag", {})
    referrer = _group(asked, "verwijzer")
    mandate, authority = _group(referrer, "mandaat"), str(referrer.get("bevoegdheid"))
    if (organisation := str(referrer.get("organisatie"))) in scene.by.organisations("referrer"):
        case.referrer_organisation = organisation
    case.authority = authority if authority in AUTHORITY_OF_KIND.values() else ""
    case.mandate_from, case.mandate_until = _day(mandate.get("geldigVan")), _day(mandate.get("geldigTot"))
    case.urgent = asked.get("spoed") is True
    scene.tx.add(case)


def _group(answers: Data, name: str) -> Data:
    found = answers.get(name)
    return found if isinstance(found, dict) else {}


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def without_empty_rows(value: Any) -> Any:
    """Rows that were shown and left empty are no answers."""
    if isinstance(value, Mapping):
        return {name: without_empty_rows(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [without_empty_rows(one) for one in value if not isinstance(one, EmptyRow)]
    return value


def wipe_draft(tx: Session, case: Case) -> None:
    """What was typed is in the case now, or the draft is given up. Rows stay: the application may delete none."""
    tx.connection().execute(update(DraftSection).where(col(DraftSection.case_id) == case.id).values(answers=None))


def prefilled(scene: Scene, section: Section) -> Data:
    """What a section shows before it was ever saved."""
    if section.name == "aanvraag":
        return {"verwijzer": _referrer(scene)}
    if section.name == "delen":
        return {"gegevensdeling": [{"onderdeel": "aanmelding", "ontvangers": ["voorzitter"]}]}
    return {}


def _referrer(scene: Scene) -> Data:
    account = scene.tx.exec(select(Account).where(Account.id == scene.by.account_id)).one()
    unseal_rows(scene.tx, [account])
    organisation = scene.region.organisation(scene.case.referrer_organisation)
    known = {
        "naam": account.name, "email": account.email or account.login,
        "telefoon": account.phone, "functie": account.job,
    }  # fmt: skip
    filled = {name: secret.reveal() for name, secret in known.items() if secret is not None}
    authority = organisation.authority if organisation else None
    return (
        filled | {"organisatie": scene.case.referrer_organisation} | ({"bevoegdheid": authority} if authority else {})
    )


def choices_for(scene: Scene) -> dict[str, list[Choice]]:
    """The lists of the region from which sections choose."""
    region, on = scene.region, scene.on
    own = {scene.case.referrer_organisation, *scene.by.organisations("referrer")}
    return {
        "municipalities": _named(sorted((m.name, m.code) for m in region.municipalities if m.valid_on(on))),
        "certified": _named((o.name, o.code) for o in region.organisations if o.certified and o.valid_on(on)),
        "own_organisations": _named((o.name, o.code) for o in region.organisations if o.code in own),
    }


def _named(pairs: Iterable[tuple[str, str]]) -> list[Choice]:
    return [Choice(code, name) for name, code in pairs]


def documents_in(draft: Draft) -> list[Data]:
    """The documents that were added so far."""
    found = draft.saved.get(DOCUMENTS, {}).get("documenten", [])
    return list(found)


def without_document(scene: Scene, mark: str) -> list[Data]:
    """The documents but the one with this mark, wherever in the list it stands by now."""
    kept = documents_in(draft_of(scene))
    found = next((one for one in kept if marked(scene, one) == mark), None)
    return [one for one in kept if one is not found]


def section_named(name: str) -> Section | None:
    return BY_NAME.get(name)
