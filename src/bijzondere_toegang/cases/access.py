"""Giving and ending relations to a case; a change takes effect in the same transaction as the act that causes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, ReadingConsent
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import change_rows
from bijzondere_toegang.people.actors import accounts_with_role

ROLE_OF = {
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
    "gi.involved": "involved_gi",
    "parent": "family",
    "youth": "family",
    "foster_parent": "foster_parent",
    "guest.invited": "guest",
    "confidant.invited": "confidant",
    "administrator.break_glass": "administrator",
}
"""Which role of the workflow file an access relation plays; what is not here plays none (rep.lost, ended)."""


def grant(
    tx: Session,
    case: Case,
    account_id: UUID,
    relation: str,
    at: datetime,
    *,
    party_id: UUID | None = None,
    organisation: str = "",
    consortium: str = "",
    ground: str = "",
    until: datetime | None = None,
) -> None:
    """
    Give a relation, unless the account has this very one already. Who is family in a case never works in it: a part
    without a party is not given to them.
    """
    known = tx.exec(
        select(CaseAccess).where(
            CaseAccess.account_id == account_id,
            CaseAccess.case_id == case.id,
            or_(
                and_(col(CaseAccess.relation) == relation, col(CaseAccess.until).is_(None)),
                col(CaseAccess.party_id).is_not(None),
            ),
        )
    ).all()
    held = any(row.relation == relation and row.until is None for row in known)
    works_as_family = party_id is None and any(row.party_id is not None for row in known)
    if not held and not works_as_family:
        tx.add(
            CaseAccess(
                account_id=account_id,
                case_id=case.id,
                relation=relation,
                party_id=party_id,
                organisation=organisation,
                consortium=consortium,
                ground=ground,
                since=at,
                until=until,
            )
        )
        tx.flush()


def end(
    tx: Session,
    case: Case,
    relations: Iterable[str],
    at: datetime,
    *,
    consortium: str | None = None,
    account_id: UUID | None = None,
) -> list[UUID]:
    """End the open relations of these kinds; returns the accounts that held one."""
    chosen: list[ColumnElement[bool]] = [
        col(CaseAccess.case_id) == case.id,
        col(CaseAccess.relation).in_(tuple(relations)),
        col(CaseAccess.until).is_(None),
    ]
    if consortium is not None:
        chosen.append(col(CaseAccess.consortium) == consortium)
    if account_id is not None:
        chosen.append(col(CaseAccess.account_id) == account_id)
    accounts = list(tx.exec(select(CaseAccess.account_id).where(*chosen)).all())
    change_rows(tx, update(CaseAccess).where(*chosen).values(until=at), len(accounts))
    return accounts


def accounts_in_role(tx: Session, case: Case, role: str, at: datetime) -> list[UUID]:
    """The accounts that play a role of the workflow in this case at that moment."""
    if role == "coordinator":
        return accounts_with_role(tx, role, (case.referrer_organisation,), local_day(at))
    if role == "planner":
        return accounts_with_role(tx, role, None, local_day(at))
    relations = [relation for relation, plays in ROLE_OF.items() if plays == role]
    chosen = [
        col(CaseAccess.case_id) == case.id,
        col(CaseAccess.relation).in_(relations),
        col(CaseAccess.since) <= at,
        col(CaseAccess.until).is_(None) | (col(CaseAccess.until) > at),
    ]
    if role == "family":
        chosen += _who_may_look(case, local_day(at))
    return sorted(tx.exec(select(CaseAccess.account_id).where(*chosen).distinct()).all(), key=str)


def is_youth(tx: Session, account_id: UUID, at: datetime) -> bool:
    """Whether this is the young person of a case, now."""
    mine = (
        col(CaseAccess.account_id) == account_id,
        col(CaseAccess.relation) == "youth",
        col(CaseAccess.since) <= at,
        col(CaseAccess.until).is_(None) | (col(CaseAccess.until) > at),
    )
    return tx.exec(select(CaseAccess.id).where(*mine).limit(1)).first() is not None


def _who_may_look(case: Case, on: date) -> Iterable[ColumnElement[bool]]:
    """Nobody is mailed to come and look where there is nothing for them: parents from the youth's 16th birthday on."""
    if case.turns_16_on is None or on < case.turns_16_on:
        return
    is_parent = col(CaseAccess.relation) == "parent"
    of_age = case.turns_18_on is not None and on >= case.turns_18_on
    open_now = select(ReadingConsent.party_id).where(
        ReadingConsent.case_id == case.id, col(ReadingConsent.withdrawn_at).is_(None)
    )
    yield ~is_parent if of_age else or_(~is_parent, col(CaseAccess.party_id).in_(open_now))
