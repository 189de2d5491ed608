"""Newcomers join running cases: a new representative or provider gets what her colleagues have in them, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, false, insert, literal, or_, select, union, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from bijzondere_toegang.cases.models import Case, CaseAccess, Independence
from bijzondere_toegang.cases.story import COLLEAGUE_JOINED
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.region import Region
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event, append

REP, PROVIDER = "consortium_rep", "provider"
SEATED = ("rep.invited", "rep.proposed", "rep.accepted")
NAMED = "provider.named"
OF_ROLE = {REP: (*SEATED, "rep.lost"), PROVIDER: (NAMED,)}
"""Who ever had one of these in a case is no newcomer there: it was given, or it was ended or lost."""


@dataclass(frozen=True, slots=True, order=True)
class Joining:
    """A relation that a newcomer is to get in a case."""

    case_id: UUID
    account_id: UUID
    relation: str
    organisation: str
    consortium: str


def join_running(tx: Session, region: Region, stages: Collection[str], at: datetime, most: int) -> int:
    """Let up to `most` memberships that are valid today and new join the cases in these stages; returns how many did.

    Cases are locked before it is read who has what in them: a step that takes a relation away is over, or waits.
    """
    on = local_day(at)
    memberships = _claim(tx, on, most)
    if not memberships:
        return 0
    wanted = _wanted(tx, memberships, region, stages, on)
    if wanted:
        _lock(tx, {one.case_id for one in wanted})
        wanted = _wanted(tx, memberships, region, stages, on)
    _give(tx, wanted, at)
    tx.connection().execute(update(Membership).where(col(Membership.id).in_(memberships)).values(joined_at=at))
    return len(memberships)


def _claim(tx: Session, on: date, most: int) -> Sequence[UUID]:
    """Memberships that begin to count; another scheduler takes others."""
    new = (
        select_rows(Membership.id)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Membership.joined_at).is_(None),
            col(Membership.role).in_(tuple(OF_ROLE)),
            Membership.valid_from <= on,
            or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on),
            col(Account.ended_at).is_(None),
        )
        .order_by(col(Membership.id))
        .limit(most)
        .with_for_update(skip_locked=True, of=Membership)
    )
    return tx.exec(new).all()


def _lock(tx: Session, cases: Iterable[UUID]) -> None:
    tx.exec(select_rows(Case.id).where(col(Case.id).in_(tuple(cases))).order_by(col(Case.id)).with_for_update()).all()


def _wanted(
    tx: Session, memberships: Sequence[UUID], region: Region, stages: Collection[str], on: date
) -> list[Joining]:
    """What these memberships bring, each relation of a person in a case once, in the order of the cases."""
    reps = _for_reps(memberships, region, stages, on)
    both = union(reps, _for_providers(memberships, stages), _for_first_providers(memberships, stages))
    first: dict[tuple[UUID, UUID, str], Joining] = {}
    for one in sorted(Joining(*row) for row in tx.connection().execute(both)):
        first.setdefault((one.case_id, one.account_id, one.relation), one)
    return list(first.values())


def _for_reps(memberships: Sequence[UUID], region: Region, stages: Collection[str], on: date) -> Any:
    """The seats that the consortium of a representative has; a subcontractor has none by its consortium."""
    sits = [
        and_(
            col(CaseAccess.consortium) == one.code,
            col(Membership.organisation).in_([member.organisation for member in one.partners_on(on)]),
        )
        for one in region.consortia_on(on)
    ]
    held = (
        col(CaseAccess.case_id) == col(Case.id),
        col(CaseAccess.relation).in_(SEATED),
        col(CaseAccess.until).is_(None),
    )
    return (
        _columns(col(CaseAccess.relation), col(CaseAccess.consortium))
        .join(CaseAccess, and_(*held))
        .join(Membership, or_(false(), *sits))
        .where(*_newly(memberships, REP, stages))
    )


def _for_providers(memberships: Sequence[UUID], stages: Collection[str]) -> Any:
    """The cases in which a colleague of her organisation is named."""
    held = (
        col(CaseAccess.case_id) == col(Case.id),
        col(CaseAccess.relation) == NAMED,
        col(CaseAccess.until).is_(None),
    )
    return (
        _columns(col(CaseAccess.relation), col(CaseAccess.consortium))
        .join(CaseAccess, and_(*held))
        .join(Membership, col(Membership.organisation) == col(CaseAccess.organisation))
        .where(*_newly(memberships, PROVIDER, stages))
    )


def _for_first_providers(memberships: Sequence[UUID], stages: Collection[str]) -> Any:
    """The cases of which her organisation has the placement, also when nobody there could log in until now."""
    placed = (
        col(Placement.case_id) == col(Case.id),
        col(Placement.consortium) == col(Case.accepted_consortium),
        col(Placement.accepted_at).is_not(None),
        col(Placement.ended_at).is_(None),
    )
    return (
        _columns(literal(NAMED), col(Placement.consortium))
        .join(Placement, and_(*placed))
        .join(Membership, col(Membership.organisation) == col(Placement.provider_organisation))
        .where(*_newly(memberships, PROVIDER, stages))
    )


def _columns(relation: Any, consortium: Any) -> Any:
    """In the order of `Joining`."""
    return select(
        col(Case.id),
        col(Membership.account_id),
        relation.label("relation"),
        col(Membership.organisation),
        consortium.label("consortium"),
    ).select_from(Case)


def _newly(memberships: Sequence[UUID], role: str, stages: Collection[str]) -> list[ColumnElement[bool]]:
    """One of these memberships, in this role, in an open case in which she never had such a part, has no tie and is no
    family."""
    part = aliased(CaseAccess)
    had = exists().where(
        col(part.case_id) == col(Case.id),
        col(part.account_id) == col(Membership.account_id),
        or_(col(part.relation).in_(OF_ROLE[role]), col(part.party_id).is_not(None)),
    )
    tied = exists().where(
        col(Independence.case_id) == col(Case.id),
        col(Independence.account_id) == col(Membership.account_id),
        col(Independence.tie).is_(True),
    )
    return [
        col(Membership.id).in_(memberships),
        col(Membership.role) == role,
        col(Case.stage).in_(tuple(stages)),
        ~had,
        ~tied,
    ]


def _give(tx: Session, wanted: Sequence[Joining], at: datetime) -> None:
    """All rows in one statement, an entry on the timeline of each case, and one mail to each newcomer."""
    if not wanted:
        return
    rows = [asdict(one) | {"id": uuid4(), "ground": "", "since": at} for one in wanted]
    tx.connection().execute(insert(CaseAccess), rows)
    stages = tx.exec(select_rows(Case.id, Case.stage).where(col(Case.id).in_({one.case_id for one in wanted}))).all()
    for case_id, stage in sorted(stages):
        append(tx, case_id, _joined(case_id, stage), at)
    post(tx, sorted({one.account_id for one in wanted}, key=str), "news", at)


def _joined(case_id: UUID, stage: str) -> Event:
    return Event(
        COLLEAGUE_JOINED, "U", object_pseudonym=str(case_id), step=COLLEAGUE_JOINED, from_stage=stage, to_stage=stage
    )
