"""The way in for somebody without a password: a one-time link, and for a family the date it asks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import CaseAccess, Party
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.db import ERASED, unseal_rows
from bijzondere_toegang.people.links import DAYS, make_link, too_many_guesses, was_invited
from bijzondere_toegang.people.models import Account, Membership


def way_in(tx: Session, account_id: UUID, at: datetime, *, days: int = DAYS) -> str | None:
    """
    The token of a fresh link. Of a family it asks the date of birth of a young person in whose case they are now;
    None when there is no such date, or too many were wrong already.
    """
    if tx.get_one(Account, account_id).handed_code is not None:
        return _way_in_invited(tx, account_id, at, days)
    if not _is_family(tx, account_id):
        return make_link(tx, account_id, at, days=days)
    known = _birth_dates(tx, account_id, at)
    if not known or too_many_guesses(tx, account_id):
        return None
    return make_link(tx, account_id, at, days=days, known=known)


def _way_in_invited(tx: Session, account_id: UUID, at: datetime, days: int) -> str | None:
    """Of a guest or a confidant the link asks the code of the inviter; None once the invitation is over."""
    runs = select(CaseAccess.id).where(CaseAccess.account_id == account_id, open_at(at)).limit(1)
    if tx.exec(runs).first() is None or too_many_guesses(tx, account_id):
        return None
    return make_link(tx, account_id, at, days=days, known=())


def may_have_way_in(tx: Session, account_id: UUID, at: datetime) -> bool:
    """Whether there is something that a link could ask, of somebody who is family."""
    return not _is_family(tx, account_id) or bool(_birth_dates(tx, account_id, at))


def way_in_unasked(tx: Session, account_id: UUID, at: datetime) -> str | None:
    """A link for somebody of a family who has no password yet; nobody else is let in by an address from a referral."""
    account = tx.get_one(Account, account_id)
    if account.password_hash is not None or _is_professional(tx, account_id) or not _is_family(tx, account_id):
        return None
    return way_in(tx, account_id, at)


def way_in_asked(tx: Session, account_id: UUID, at: datetime) -> str | None:
    """A link for who asked for one: a family, or a professional whom somebody let in before."""
    account = tx.get_one(Account, account_id)
    known = account.password_hash is not None or _is_family(tx, account_id) or was_invited(tx, account_id)
    return way_in(tx, account_id, at) if known else None


def _is_family(tx: Session, account_id: UUID) -> bool:
    held = select(CaseAccess.id).where(CaseAccess.account_id == account_id, col(CaseAccess.party_id).is_not(None))
    return tx.exec(held.limit(1)).first() is not None


def _is_professional(tx: Session, account_id: UUID) -> bool:
    return tx.exec(select(Membership.id).where(Membership.account_id == account_id).limit(1)).first() is not None


def _birth_dates(tx: Session, account_id: UUID, at: datetime) -> set[str]:
    """Of every young person in whose case the account is family at this moment (ISO)."""
    mine = select(CaseAccess.case_id).where(
        CaseAccess.account_id == account_id, col(CaseAccess.party_id).is_not(None), open_at(at)
    )
    youths = list(tx.exec(select(Party).where(Party.kind == "youth", col(Party.case_id).in_(mine))).all())
    unseal_rows(tx, youths)
    return {born for youth in youths if youth.birth_date and (born := youth.birth_date.reveal()) != ERASED}
