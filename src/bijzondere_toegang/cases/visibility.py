"""Loading cases through the person. There is no other query for a case; not yours looks like not there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from bijzondere_toegang.cases.models import Case, CaseAccess, Independence, ItemReader, Party, ReadingConsent
from bijzondere_toegang.cases.process import Sight
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.facts import Facts
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.region import Region

_ENDED_AFTER = {
    Relation.REP_LOST: frozenset({Relation.REP_INVITED, Relation.REP_PROPOSED, Relation.REP_ACCEPTED}),
    Relation.CONFIDANT_ENDED: frozenset({Relation.CONFIDANT_INVITED}),
}
_ROLE_HELD = {
    "administrator.break_glass": "administrator",
    "chair.assigned": "chair",
    "secretary.assigned": "secretary",
    "planner": "planner",
    "coordinator.same_org": "coordinator",
    "referrer.own": "referrer",
    "referrer.delegate": "referrer",
    "rep.invited": "consortium_rep",
    "rep.proposed": "consortium_rep",
    "rep.accepted": "consortium_rep",
    "provider.named": "provider",
}
"""The membership without which a professional's relation counts for nothing; `gi.involved` asks any membership."""
_OF_REFERRER = frozenset({"referrer.own", "referrer.delegate", "coordinator.same_org"})
_STANDING = {
    "chair": Relation.CHAIR_OTHER,
    "planner": Relation.PLANNER,
    "privacy_officer": Relation.PRIVACY_OFFICER,
    "administrator": Relation.ADMINISTRATOR,
    "analyst": Relation.ANALYST,
}


def find_case(tx: Session, actor: Actor, reference: str, region: Region, at: datetime) -> Sight:
    """The case with this reference as this person may see it now, in one statement. Raises NotThere."""
    query = _looking_of(actor.account_id, at).where(Case.reference == reference)
    if tx.info.get("writing"):
        # Guards are judged on what they read: nobody else may write to this case until the commit.
        query = query.with_for_update(of=Case)
    rows = tx.exec(query).all()
    sight = _sight(rows, actor, region, at) if rows else None
    if sight is None:
        raise NotThere
    return sight


def find_cases(
    tx: Session, actor: Actor, region: Region, at: datetime, chosen: SelectOfScalar[UUID]
) -> dict[UUID, Sight | None]:
    """The cases whose ids `chosen` selects (it holds `mine`, an order and a limit), in its order and in two statements.

    None where the person may not see the case after all: its age or a tie decides, not the list.
    """
    ids = list(tx.exec(chosen).all())
    rows = tx.exec(_looking_of(actor.account_id, at).where(col(Case.id).in_(ids))).all()
    grouped: dict[UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row[0].id, []).append(row)
    return {case_id: _sight(grouped[case_id], actor, region, at) for case_id in ids}


def sights_of(
    tx: Session, case: Case, actors: Sequence[Actor], region: Region, at: datetime
) -> dict[UUID, Sight | None]:
    """
    This case as each of these people may see it now, by account, judged as for a request of their own; in two
    statements for however many. For who may know who sees the case.
    """
    ids = [actor.account_id for actor in actors]
    grouped: dict[UUID, list[Any]] = {account_id: [] for account_id in ids}
    mine = and_(col(CaseAccess.case_id) == col(Case.id), col(CaseAccess.account_id).in_(ids), open_at(at))
    shared = ""
    for row in tx.exec(_looking(mine, col(CaseAccess.account_id), at).where(Case.id == case.id)):
        shared = row[6]
        if row[1] is not None:
            grouped[row[1].account_id].append(row)
    said = tx.exec(select(Independence).where(Independence.case_id == case.id, col(Independence.account_id).in_(ids)))
    declared: dict[UUID, list[Independence]] = {}
    for one in said:
        declared.setdefault(one.account_id, []).append(one)
    for account_id, rows in grouped.items():
        known = declared.get(account_id, [None]) if not rows else ()
        rows += [(case, None, None, None, None, one, shared, False) for one in known]
    return {actor.account_id: _sight(grouped[actor.account_id], actor, region, at) for actor in actors}


def family_of(tx: Session, cases: Collection[UUID], region: Region, at: datetime) -> list[Sight]:
    """
    The parents and young people of these cases who may see their case now, each judged as for a request of their own;
    in one statement. For who may know the family.
    """
    mine = and_(col(CaseAccess.case_id) == col(Case.id), col(CaseAccess.relation).in_(("youth", "parent")), open_at(at))
    grouped: dict[tuple[UUID, UUID], list[Any]] = {}
    for row in tx.exec(_looking(mine, col(CaseAccess.account_id), at).where(col(Case.id).in_(cases))):
        if row[1] is not None:
            grouped.setdefault((row[0].id, row[1].account_id), []).append(row)
    actors = {account: Actor(account, "", "nl", local_day(at), ()) for _, account in grouped}
    sights = [_sight(rows, actors[account], region, at) for (_, account), rows in grouped.items()]
    return [sight for sight in sights if sight is not None]


def _sight(rows: Sequence[Any], actor: Actor, region: Region, at: datetime) -> Sight | None:
    case = rows[0][0]
    on = local_day(at)
    found = {row[1].id: row[1] for row in rows if row[1] is not None}
    access = tuple(row for row in found.values() if still_counts(row, case, actor, region, on))
    words = {row[1].id: (row[2], row[3], row[4]) for row in rows if row[1] in access}
    declared = max((row[5] for row in rows if row[5] is not None), key=lambda row: row.declared_at, default=None)
    shared = frozenset((rows[0][6] or "").split(",")) - {""}
    consented = any(row[7] for row in rows if row[1] in access)
    facts = _facts(case, actor, access, words, declared, shared, consented, region, local_day(at))
    return Sight(case, actor, access, facts) if allows(Permission.CASE_SEE, facts) else None


def _looking_of(account_id: UUID, at: datetime):  # type: ignore[no-untyped-def]
    mine = and_(col(CaseAccess.case_id) == col(Case.id), col(CaseAccess.account_id) == account_id, open_at(at))
    return _looking(mine, account_id, at)


def _looking(mine: ColumnElement[bool], account: Any, at: datetime):  # type: ignore[no-untyped-def]
    shared = (
        select(func.aggregate_strings(col(ItemReader.recipient), ","))
        .where(col(ItemReader.case_id) == col(Case.id), reads_on(local_day(at)))
        .correlate(Case)
        .scalar_subquery()
    )
    declared = and_(col(Independence.case_id) == col(Case.id), col(Independence.account_id) == account)
    return (
        select(Case, CaseAccess, Party.kind, Party.word, Party.authority, Independence, shared, _may_read_along())  # type: ignore[call-overload]
        .join(CaseAccess, mine, isouter=True)
        .join(Party, col(Party.id) == col(CaseAccess.party_id), isouter=True)
        .join(Independence, declared, isouter=True)
    )


def _may_read_along() -> ColumnElement[bool]:
    """Whether the youth lets the party of this access row read along; a part of the one statement, never its own."""
    given = (
        col(ReadingConsent.case_id) == col(Case.id),
        col(ReadingConsent.party_id) == col(CaseAccess.party_id),
        col(ReadingConsent.withdrawn_at).is_(None),
    )
    return exists().where(*given).correlate(Case, CaseAccess)


def open_at(at: datetime) -> ColumnElement[bool]:
    """An access row that counts at this moment."""
    return and_(col(CaseAccess.since) <= at, or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > at))


def still_counts(row: CaseAccess, case: Case, actor: Actor, region: Region, on: date) -> bool:
    """Whether the actor holds the membership that stands behind a relation today; a leaver loses it at once."""
    if row.relation == "gi.involved":
        return any(held.organisation == row.organisation for held in actor.held)
    role = _ROLE_HELD.get(row.relation)
    if role is None:
        return True
    organisations = actor.organisations(role)
    if row.relation in _OF_REFERRER:
        return case.referrer_organisation in organisations
    if role == "provider":
        return row.organisation in organisations
    return bool(organisations) if role != "consortium_rep" else _sits_for(organisations, row.consortium, region, on)


def _sits_for(organisations: tuple[str, ...], consortium: str, region: Region, on: date) -> bool:
    found = region.consortium(consortium)
    partners = found.partners_on(on) if found is not None and found.valid_on(on) else ()
    return any(partner.organisation in organisations for partner in partners)


def reads_on(on: date) -> ColumnElement[bool]:
    """A sharing ground that counts on this day."""
    return or_(col(ItemReader.until).is_(None), col(ItemReader.until) >= on)


def _facts(
    case: Case,
    actor: Actor,
    access: tuple[CaseAccess, ...],
    words: dict[UUID, tuple[str | None, str | None, str | None]],
    declared: Independence | None,
    shared: frozenset[str],
    consented: bool,
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
        youth_consented=consented,
        youth_incapacitated=case.incapacitated_on is not None,
        medical_treatment=case.medical_treatment,
        foster_parent_of_child=any(row.relation == Relation.FOSTER_PARENT for row in access),
        participant=bool(access),
        conference_open=case.stage == "conference_open",
        holds_pen=bool({Relation.CHAIR_ASSIGNED, Relation.SECRETARY_ASSIGNED} & relations),
        fresh_login=actor.proven,
        break_glass_open=any(row.relation == Relation.ADMINISTRATOR_BREAK_GLASS for row in access),
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
    """
    The facts as they stand towards taking a step. What its form demands is taken as given: without it, no step.
    Incapacity of a youth is not recorded yet, so it is not there. Lifting a shield is asked by one person and answered
    by another: that the two differ is a guard of the answer.
    """
    case = sight.case
    consortium = case.proposed_consortium or case.accepted_consortium
    notes = permission is Permission.MINUTES_WRITE and stage_allows
    return replace(
        sight.facts,
        conference_open=sight.facts.conference_open or notes,
        holds_pen=sight.facts.holds_pen or notes,
        stage_allows=stage_allows,
        own_part=True,
        record_holder=True,
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
        second_person=permission is Permission.SHIELDING_LIFT,
        term_passed_and_escalated=case.due_on is not None and case.due_on < on,
    )


def mine(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """The cases a professional's lists may hold: open relations whose role is held today, and the coordinator's.

    A lost or ended relation holds nothing; what a row shows is judged apart, the consortium of a representative too.
    """
    held = (
        select(CaseAccess.case_id)
        .join(Case, col(Case.id) == col(CaseAccess.case_id))
        .where(CaseAccess.account_id == actor.account_id, _still_held(actor), open_at(at))
        .scalar_subquery()
    )
    own = [col(Case.id).in_(held)]
    if organisations := actor.organisations("coordinator"):
        own.append(col(Case.referrer_organisation).in_(organisations))
    if "planner" in actor.roles:
        own.append(col(Case.stage).in_(("preparing", "conference_planned")))
    return and_(or_(*own), col(Case.referrer_destroyed_on).is_(None), col(Case.provider_destroyed_on).is_(None))


def _still_held(actor: Actor) -> ColumnElement[bool]:
    """`still_counts` as far as columns tell it."""
    relation = col(CaseAccess.relation)
    nothing = (*_ROLE_HELD, "gi.involved", Relation.REP_LOST, Relation.CONFIDANT_ENDED)
    mine = [name for name, role in _ROLE_HELD.items() if role in actor.roles]
    return or_(
        relation.not_in(nothing),
        relation.in_([name for name in mine if name not in (*_OF_REFERRER, "provider.named")]),
        and_(relation.in_(_OF_REFERRER), col(Case.referrer_organisation).in_(actor.organisations("referrer"))),
        and_(relation == "provider.named", col(CaseAccess.organisation).in_(actor.organisations("provider"))),
        and_(relation == "gi.involved", col(CaseAccess.organisation).in_([held.organisation for held in actor.held])),
    )
