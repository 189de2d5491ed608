"""Loading cases through the person. There is no other query for a case; not yours looks like not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, and_, col, or_, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Independence, ItemReader, Party
from bijzondere_toegang.cases.process import Sight
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.facts import Facts
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.region import Region

_ENDED_AFTER = {Relation.REP_LOST: frozenset({Relation.REP_INVITED, Relation.REP_PROPOSED, Relation.REP_ACCEPTED})}
_STANDING = {
    "chair": Relation.CHAIR_OTHER,
    "planner": Relation.PLANNER,
    "privacy_officer": Relation.PRIVACY_OFFICER,
    "administrator": Relation.ADMINISTRATOR,
    "analyst": Relation.ANALYST,
}


def find_case(tx: Session, actor: Actor, reference: str, region: Region, at: datetime) -> Sight:
    """The case with this reference as this person may see it now, in one statement. Raises NotThere."""
    rows = tx.exec(_looking(actor.account_id, at).where(Case.reference == reference)).all()
    if not rows:
        raise NotThere
    case = rows[0][0]
    access = tuple({row[1].id: row[1] for row in rows if row[1] is not None}.values())
    words = {row[1].id: (row[2], row[3], row[4]) for row in rows if row[1] is not None}
    declared = max((row[5] for row in rows if row[5] is not None), key=lambda row: row.declared_at, default=None)
    shared = frozenset((rows[0][6] or "").split(",")) - {""}
    sight = Sight(case, actor, access, _facts(case, actor, access, words, declared, shared, region, local_day(at)))
    if not allows(Permission.CASE_SEE, sight.facts):
        raise NotThere
    return sight


def _looking(account_id: UUID, at: datetime):  # type: ignore[no-untyped-def]
    shared = (
        select(func.aggregate_strings(col(ItemReader.recipient), ","))
        .where(col(ItemReader.case_id) == col(Case.id), _reads_on(local_day(at)))
        .correlate(Case)
        .scalar_subquery()
    )
    mine = and_(col(CaseAccess.case_id) == col(Case.id), col(CaseAccess.account_id) == account_id, open_at(at))
    declared = and_(col(Independence.case_id) == col(Case.id), col(Independence.account_id) == account_id)
    return (
        select(Case, CaseAccess, Party.kind, Party.word, Party.authority, Independence, shared)  # type: ignore[call-overload]
        .join(CaseAccess, mine, isouter=True)
        .join(Party, col(Party.id) == col(CaseAccess.party_id), isouter=True)
        .join(Independence, declared, isouter=True)
    )


def open_at(at: datetime) -> ColumnElement[bool]:
    """An access row that counts at this moment."""
    return and_(col(CaseAccess.since) <= at, or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > at))


def _reads_on(on: date) -> ColumnElement[bool]:
    return or_(col(ItemReader.until).is_(None), col(ItemReader.until) >= on)


def _facts(
    case: Case,
    actor: Actor,
    access: tuple[CaseAccess, ...],
    words: dict[UUID, tuple[str | None, str | None, str | None]],
    declared: Independence | None,
    shared: frozenset[str],
    region: Region,
    on: date,
) -> Facts:
    relations = frozenset(_relation(row, words[row.id], case, on) for row in access) | _standing(case, actor)
    return Facts(
        relations=_without_outlived(relations),
        on=on,
        stage=case.stage,
        framework="voluntary" if case.framework == "voluntary" else "compulsory",
        help_runs=case.help_runs,
        party_word=next((word or "" for _, word, _ in words.values() if word), ""),
        shared_with=shared,
        recused=declared is not None and declared.tie,
        independence_declared=declared is not None,
        tie=declared is not None and declared.tie,
        tie_answered=declared is not None,
        in_consortium=_in_consortium(actor, region, on),
        provider_role=_also_provider(actor, region),
        authority_valid_today=_authority_valid(case, on),
        delegation_valid=any(row.relation == Relation.REFERRER_DELEGATE for row in access),
        foster_parent_of_child=any(row.relation == Relation.FOSTER_PARENT for row in access),
        participant=bool(access),
        conference_open=case.stage == "conference_open",
        holds_pen=Relation.CHAIR_ASSIGNED in relations,
    )


def _relation(row: CaseAccess, party: tuple[str | None, str | None, str | None], case: Case, on: date) -> Relation:
    if row.relation == "youth":
        return _youth_relation(case, on)
    if row.relation == "parent":
        return _parent_relation(party[2] or "", case, on)
    return Relation(row.relation)


def _youth_relation(case: Case, on: date) -> Relation:
    if case.turns_16_on is not None and on >= case.turns_16_on:
        return Relation.YOUTH_16_PLUS
    if case.turns_12_on is not None and on >= case.turns_12_on:
        return Relation.YOUTH_12_15
    return Relation.YOUTH_0_11


def _parent_relation(authority: str, case: Case, on: date) -> Relation:
    if case.turns_18_on is not None and on >= case.turns_18_on:
        return Relation.PARENT_CHILD_18
    if authority != "yes":
        return Relation.PARENT_WITHOUT_AUTHORITY
    if case.turns_16_on is not None and on >= case.turns_16_on:
        return Relation.PARENT_CHILD_16_17
    if case.turns_12_on is not None and on >= case.turns_12_on:
        return Relation.PARENT_CHILD_12_15
    return Relation.PARENT_CHILD_0_11


def _standing(case: Case, actor: Actor) -> frozenset[Relation]:
    found = {_STANDING[held.role] for held in actor.held if held.role in _STANDING}
    if case.referrer_organisation in actor.organisations("coordinator"):
        found.add(Relation.COORDINATOR_SAME_ORG)
    if "referrer" in actor.roles:
        own = case.referrer_organisation in actor.organisations("referrer")
        found.add(Relation.REFERRER_COLLEAGUE if own else Relation.REFERRER_ELSEWHERE)
    return frozenset(found)


def _without_outlived(relations: frozenset[Relation]) -> frozenset[Relation]:
    outlived = {ended for ended, newer in _ENDED_AFTER.items() if newer & relations}
    return relations - outlived


def _in_consortium(actor: Actor, region: Region, on: date) -> bool:
    return any(region.consortia_of(held.organisation, on) for held in actor.held)


def _also_provider(actor: Actor, region: Region) -> bool:
    organisations = (region.organisation(held.organisation) for held in actor.held)
    return any(organisation is not None and organisation.also_provider for organisation in organisations)


def _authority_valid(case: Case, on: date) -> bool:
    if case.authority != "college-in-mandaat":
        return case.authority in ("college", "gi")
    begun = case.mandate_from is not None and case.mandate_from <= on
    return begun and (case.mandate_until is None or on <= case.mandate_until)


def facts_for_step(sight: Sight, permission: Permission, *, stage_allows: bool, on: date) -> Facts:
    """The facts as they stand towards taking a step. What its form demands is taken as given: without it, no step."""
    case = sight.case
    consortium = case.accepted_consortium or case.proposed_consortium
    return replace(
        sight.facts,
        stage_allows=stage_allows,
        own_part=True,
        revision_matches=True,
        own_consortium=bool(consortium) and sight.consortium == consortium,
        return_coded=True,
        own_data=True,
        asked_now=stage_allows,
        entry_already_made=False,
        reason_given=True,
        on_persons_word=True,
        own_organisation=True,
        successor_named=True,
        second_signer=True,
        medical_treatment=permission is Permission.PLAN_CONSENT,
        term_passed_and_escalated=case.due_on is not None and case.due_on < on,
    )


def mine(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """The cases a professional's lists may hold: open relations, and those of the own organisation's coordinator.

    A lost or ended relation holds nothing; what a row shows is judged apart.
    """
    held = (
        select(CaseAccess.case_id)
        .where(
            CaseAccess.account_id == actor.account_id,
            col(CaseAccess.relation).not_in((Relation.REP_LOST, Relation.CONFIDANT_ENDED)),
            open_at(at),
        )
        .scalar_subquery()
    )
    own = [col(Case.id).in_(held)]
    if organisations := actor.organisations("coordinator"):
        own.append(col(Case.referrer_organisation).in_(organisations))
    if "planner" in actor.roles:
        own.append(col(Case.stage).in_(("preparing", "conference_planned")))
    return or_(*own)
