"""What a log-in by DigiD or an organisation has to know of somebody's place in cases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.db import lookup
from bijzondere_toegang.people.identities import Kin


def _is_family(tx: Session, account_id: UUID, at: datetime) -> bool:
    held = select(CaseAccess.id).where(
        CaseAccess.account_id == account_id, col(CaseAccess.party_id).is_not(None), open_at(at)
    )
    return tx.exec(held.limit(1)).first() is not None


def _is_youth(tx: Session, account_id: UUID, at: datetime) -> bool:
    return any(kind == "youth" for kind, _ in _places(tx, account_id, at))


def _fits(tx: Session, account_id: UUID, bsn: str, at: datetime) -> bool:
    """The BSN of the young person alone is known: it opens that account, and none of the other members' accounts."""
    given = lookup(tx, "bsn", bsn)
    return all(key is None or (key == given) == (kind == "youth") for kind, key in _places(tx, account_id, at))


def _places(tx: Session, account_id: UUID, at: datetime) -> list[tuple[str, str | None]]:
    """As what somebody is family in a case now, with the keyed BSN of its young person."""
    query = (
        select(Party.kind, Case.bsn_key)
        .select_from(CaseAccess)
        .join(Party, col(Party.id) == col(CaseAccess.party_id))
        .join(Case, col(Case.id) == col(CaseAccess.case_id))
        .where(CaseAccess.account_id == account_id, open_at(at))
    )
    return list(tx.exec(query).all())


KIN = Kin(_is_family, _is_youth, _fits)
