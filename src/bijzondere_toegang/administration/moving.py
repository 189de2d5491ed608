"""What somebody does in cases, and giving that to a successor: access, entry and mail in the transaction of leaving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, insert, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Handover, Independence
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import NothingChanged, beside, change_rows
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.region import Region
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event

SEATED = frozenset({"rep.invited", "rep.proposed", "rep.accepted"})
MOVES: Mapping[str, str] = {
    "chair": "chair_moved",
    "secretary": "pen_moved",
    "referrer": "referrer_moved",
    "rep": "seat_moved",
    "provider": "provider_moved",
    "gi": "gi_moved",
}
"""The kinds of work that go to somebody else, each with the entry in the case."""
_KIND_OF = {
    "chair.assigned": "chair",
    "secretary.assigned": "secretary",
    "referrer.own": "referrer",
    "provider.named": "provider",
    "gi.involved": "gi",
} | dict.fromkeys(SEATED, "rep")
WORK = tuple(_KIND_OF)
"""The relations that are work in a case."""
_ROLE = {
    "chair": "chair",
    "secretary": "secretary",
    "referrer": "referrer",
    "rep": "consortium_rep",
    "provider": "provider",
}
"""The membership a successor needs; for a GI any will do."""
FAMILY_HEARS = frozenset({"chair", "referrer"})
"""When these change, the family is mailed to come and look."""


@dataclass(frozen=True, slots=True)
class Held:
    """One relation to one case that somebody has now."""

    access_id: UUID
    case_id: UUID
    stage: str
    relation: str
    organisation: str
    consortium: str
    ground: str


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody who may take the work over."""

    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """Everything somebody does of one kind for one organisation or consortium; it goes to one successor."""

    kind: str
    place: str
    held: tuple[Held, ...]
    successors: tuple[Successor, ...] = ()
    alone: bool = True
    """nobody else does the same in at least one of these cases, so a successor is needed"""

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.kind}-{self.place}" if self.place else self.kind

    @property
    def cases(self) -> frozenset[UUID]:
        return frozenset(one.case_id for one in self.held)


def parts_of(tx: Session, process: Process, account_id: UUID, at: datetime) -> list[Part]:
    """What the account does in cases that others have to go on with, and who could. Some five statements."""
    with beside(tx, people=[account_id]):
        found = tx.exec(
            select(CaseAccess).where(
                CaseAccess.account_id == account_id,
                col(CaseAccess.relation).in_(tuple(_KIND_OF)),
                col(CaseAccess.party_id).is_(None),
                open_at(at),
            )
        ).all()
    cases = {row.case_id for row in found}
    if not cases:
        return []
    with beside(tx, cases=cases):
        known = {row.id: row for row in tx.exec(select(Case).where(col(Case.id).in_(cases))).all()}
        parts = _grouped([row for row in found if _goes_on(row, known[row.case_id], process)], known)
        return _with_successors(tx, process.region, parts, account_id, at)


def _goes_on(row: CaseAccess, case: Case, process: Process) -> bool:
    """Running cases; of a referrer closed ones too, for the record is kept and asked for. Never what was destroyed."""
    if case.destroyed_on is not None:
        return False
    final = process.library.get(case.workflow, case.workflow_version).stages[case.stage].final
    return not final or row.relation == "referrer.own"


def _grouped(rows: Iterable[CaseAccess], cases: Mapping[UUID, Case]) -> list[Part]:
    groups: dict[tuple[str, str], list[Held]] = {}
    for row in rows:
        kind, case = _KIND_OF[row.relation], cases[row.case_id]
        place = {
            "referrer": case.referrer_organisation,
            "rep": row.consortium,
            "provider": row.organisation,
            "gi": row.organisation,
        }
        held = Held(row.id, case.id, case.stage, row.relation, row.organisation, row.consortium, row.ground)
        groups.setdefault((kind, place.get(kind, "")), []).append(held)
    order = list(MOVES)
    return [
        Part(kind, place, tuple(held))
        for (kind, place), held in sorted(groups.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
    ]


def _with_successors(tx: Session, region: Region, parts: Sequence[Part], account_id: UUID, at: datetime) -> list[Part]:
    """Who works in the right place today and is no family and has no tie in any of these cases."""
    on = local_day(at)
    members = tx.exec(
        select(Membership)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Account.ended_at).is_(None),
            Membership.account_id != account_id,
            Membership.valid_from <= on,
            or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on),
            or_(*(_fits(part, region, at) for part in parts)),
        )
    ).all()
    names = names_of(tx, {one.account_id for one in members})
    kept_away = _kept_away(tx, parts)
    shared = _shared(tx, parts, account_id, set(names), at)
    found = []
    for part in parts:
        fit = {one.account_id for one in members if _is_for(part, one, region, at)}
        who = sorted(((names[one], one) for one in fit - kept_away.get(part.key, set())), key=lambda pair: pair[0])
        alone = not part.cases <= {case for kind, place, case in shared if (kind, place) == (part.kind, part.place)}
        found.append(replace(part, successors=tuple(Successor(one, name) for name, one in who), alone=alone))
    return found


def _fits(part: Part, region: Region, at: datetime) -> ColumnElement[bool]:
    role = _ROLE.get(part.kind)
    right_role = col(Membership.role) == role if role else col(Membership.role).is_not(None)
    places = _places(part, region, at)
    return right_role if places is None else and_(right_role, col(Membership.organisation).in_(places))


def _is_for(part: Part, member: Membership, region: Region, at: datetime) -> bool:
    role, places = _ROLE.get(part.kind), _places(part, region, at)
    return role in (None, member.role) and (places is None or member.organisation in places)


def _places(part: Part, region: Region, at: datetime) -> list[str] | None:
    """The organisations a successor may work for; None: any."""
    if part.kind in ("chair", "secretary"):
        return None
    if part.kind != "rep":
        return [part.place]
    consortium, on = region.consortium(part.place), local_day(at)
    return [partner.organisation for partner in consortium.partners_on(on)] if consortium else []


def _kept_away(tx: Session, parts: Sequence[Part]) -> dict[str, set[UUID]]:
    """Per part who has a tie with a family in one of its cases, or is of it."""
    cases = {case for part in parts for case in part.cases}
    declared = select(Independence.case_id, Independence.account_id).where(
        col(Independence.case_id).in_(cases), col(Independence.tie).is_(True)
    )
    family = select(CaseAccess.case_id, CaseAccess.account_id).where(
        col(CaseAccess.case_id).in_(cases), col(CaseAccess.party_id).is_not(None)
    )
    pairs = [*tx.exec(declared).all(), *tx.exec(family).all()]
    return {part.key: {who for case, who in pairs if case in part.cases} for part in parts}


def _shared(
    tx: Session, parts: Sequence[Part], account_id: UUID, members: set[UUID], at: datetime
) -> set[tuple[str, str, UUID]]:
    """In which cases a colleague who still works there does the same."""
    rows = tx.exec(
        select(CaseAccess).where(
            col(CaseAccess.case_id).in_({case for part in parts for case in part.cases}),
            col(CaseAccess.relation).in_(tuple(SEATED | {"provider.named", "gi.involved"})),
            col(CaseAccess.account_id).in_(members),
            CaseAccess.account_id != account_id,
            open_at(at),
        )
    ).all()
    return {
        (_KIND_OF[row.relation], row.consortium if row.relation in SEATED else row.organisation, row.case_id)
        for row in rows
    }


def lock(tx: Session, parts: Sequence[Part]) -> None:
    """A step that somebody takes in one of these cases is over, or waits."""
    wanted = {case for part in parts for case in part.cases}
    query = select(Case.id).where(col(Case.id).in_(wanted)).order_by(col(Case.id)).with_for_update()
    if wanted and len(tx.exec(query).all()) != len(wanted):
        raise NothingChanged


def move(
    tx: Session, part: Part, leaver: UUID, successor: UUID | None, by: UUID | None, at: datetime
) -> list[tuple[UUID, Event]]:
    """The successor has these cases from this moment, and the leaver no longer. Returns the entries to write."""
    ids = [one.access_id for one in part.held]
    change_rows(tx, update(CaseAccess).where(col(CaseAccess.id).in_(ids)).values(until=at), len(ids))
    _close_offers(tx, part, at)
    if successor is None:
        return []
    given = _give(tx, part, successor, at)
    post(tx, sorted({successor} | _family(tx, part, at), key=str), "news", at)
    return [(one.case_id, _entry(one, MOVES[part.kind], by)) for one in given]


def _close_offers(tx: Session, part: Part, at: datetime) -> None:
    """What the leaver offered to a colleague is recalled, and the colleague's look ends with it."""
    if part.kind != "referrer":
        return
    offers = tx.exec(
        select(Handover).where(
            col(Handover.case_id).in_(part.cases), col(Handover.answered_at).is_(None), Handover.until > at
        )
    ).all()
    for offer in offers:
        offer.answered_at, offer.answer = at, "recalled"
        tx.add(offer)
    looks = [offer.look_id for offer in offers]
    if looks:
        tx.flush()
        change_rows(tx, update(CaseAccess).where(col(CaseAccess.id).in_(looks)).values(until=at), len(looks))


def _give(tx: Session, part: Part, successor: UUID, at: datetime) -> list[Held]:
    """The same relation in each case, unless she has it there already."""
    mine, theirs = aliased(CaseAccess), aliased(CaseAccess)
    same = exists().where(
        col(theirs.case_id) == col(mine.case_id),
        col(theirs.relation) == col(mine.relation),
        col(theirs.account_id) == successor,
        col(theirs.until).is_(None),
    )
    ids = [one.access_id for one in part.held]
    has = set(tx.exec(select(mine.id).where(col(mine.id).in_(ids), same)).all())
    given = [one for one in part.held if one.access_id not in has]
    if given:
        tx.connection().execute(
            insert(CaseAccess),
            [
                {
                    "id": uuid4(),
                    "account_id": successor,
                    "case_id": one.case_id,
                    "relation": one.relation,
                    "organisation": one.organisation,
                    "consortium": one.consortium,
                    "ground": one.ground,
                    "since": at,
                }
                for one in given
            ],
        )
    return given


def _family(tx: Session, part: Part, at: datetime) -> set[UUID]:
    """Who of the family is mailed; parents of a youth of 16 are told by the youth."""
    if part.kind not in FAMILY_HEARS:
        return set()
    young = or_(col(Case.turns_16_on).is_(None), col(Case.turns_16_on) > local_day(at))
    query = (
        select(CaseAccess.account_id)
        .join(Case, col(Case.id) == col(CaseAccess.case_id))
        .where(
            col(CaseAccess.case_id).in_(part.cases),
            or_(col(CaseAccess.relation) == "youth", and_(col(CaseAccess.relation) == "parent", young)),
            open_at(at),
        )
    )
    return set(tx.exec(query).all())


def _entry(one: Held, step: str, by: UUID | None) -> Event:
    return Event(
        step, "U", by, "administrator", object_pseudonym=str(one.case_id), permission="people.manage", step=step,
        from_stage=one.stage, to_stage=one.stage,
    )  # fmt: skip
