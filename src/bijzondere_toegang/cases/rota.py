"""Whose turn it is to lead a case: the chairs take turns, and nobody with a tie is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import union
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import end, grant
from bijzondere_toegang.cases.models import Case, CaseAccess, Independence
from bijzondere_toegang.cases.numbers import next_number
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.reminders.plan import post

ROTA = "chair_rota"


def next_chair(tx: Session, case: Case, on: date, avoid: Collection[UUID] = ()) -> UUID | None:
    """The chair whose turn it is, left out those in `avoid` and those with a tie on record; None: nobody is left."""
    left_out = {*avoid, *tied(tx, case)}
    chairs = [account for account in accounts_with_role(tx, "chair", None, on) if account not in left_out]
    return chairs[next_number(tx, ROTA, first=0) % len(chairs)] if chairs else None


def assign_chair(tx: Session, case: Case, at: datetime, avoid: Collection[UUID] = ()) -> UUID | None:
    """Give the case to the next chair and tell her; with nobody left the administrators are told instead."""
    kind = "urgent" if case.urgent else "news"
    chair = next_chair(tx, case, local_day(at), avoid)
    if chair is None:
        post(tx, accounts_with_role(tx, "administrator", None, local_day(at)), "urgent", at)
        return None
    grant(tx, case, chair, "chair.assigned", at)
    post(tx, [chair], kind, at)
    return chair


def assign_waiting(tx: Session, stages: Iterable[str], at: datetime) -> int:
    """Give every case in these stages that lost its chair to one who is there now; returns how many got one.

    A chair whose last day is over leads nothing any more.
    """
    chairs = accounts_with_role(tx, "chair", None, local_day(at))
    if not chairs:
        return 0
    chaired = (
        select(CaseAccess.case_id)
        .where(
            CaseAccess.relation == "chair.assigned",
            col(CaseAccess.until).is_(None),
            col(CaseAccess.account_id).in_(chairs),
        )
        .scalar_subquery()
    )
    waiting = tx.exec(select(Case).where(col(Case.stage).in_(tuple(stages)), col(Case.id).not_in(chaired))).all()
    for case in waiting:
        end(tx, case, ("chair.assigned",), at)
    return sum(assign_chair(tx, case, at) is not None for case in waiting)


def tied(tx: Session, case: Case) -> set[UUID]:
    """The accounts with a tie with this family: they declared one, or they are of it themselves."""
    declared = select(Independence.account_id).where(Independence.case_id == case.id, col(Independence.tie).is_(True))
    family = select(CaseAccess.account_id).where(CaseAccess.case_id == case.id, col(CaseAccess.party_id).is_not(None))
    return {row[0] for row in tx.connection().execute(union(declared, family))}
