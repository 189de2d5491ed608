"""Slowing down who guesses: a try is counted before it is judged, so that no number of them at once gets past."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bijzondere_toegang.people.models import LoginThrottle

FREE_TRIES = 5
LONGEST = 60
"""Minutes that a block lasts at most; it doubles with every try after the free ones."""


def claim_try(tx: Session, key: str, at: datetime) -> bool:
    """
    Take one of the tries of this key; False while it is blocked. Then nothing that was given may be judged.

    One row, one conditional update: of fifty tries at once exactly the free ones get True.
    """
    return _count(tx, key, at) or (_begin(tx, key) and _count(tx, key, at))


def _count(tx: Session, key: str, at: datetime) -> bool:
    failures, blocked = col(LoginThrottle.failures), col(LoginThrottle.blocked_until)
    mine = col(LoginThrottle.login_key) == key
    free = update(LoginThrottle).where(mine, or_(blocked.is_(None), blocked <= at))
    count = tx.connection().execute(free.values(failures=failures + 1).returning(failures)).scalar()
    if count is None:
        return False
    if count >= FREE_TRIES:
        until = at + timedelta(minutes=min(2 ** min(count - FREE_TRIES, 10), LONGEST))
        tx.connection().execute(update(LoginThrottle).where(mine).values(blocked_until=until))
    return True


def _begin(tx: Session, key: str) -> bool:
    """True when this is the first try ever, or another made the row at this very moment: it is counted anew."""
    try:
        with tx.begin_nested():
            tx.connection().execute(insert(LoginThrottle), [{"login_key": key, "failures": 0}])
    except IntegrityError:
        pass
    return True


def forgive(tx: Session, key: str) -> None:
    """What was given is right: the tries begin anew."""
    mine = update(LoginThrottle).where(col(LoginThrottle.login_key) == key)
    tx.connection().execute(mine.values(failures=0, blocked_until=None))


def code_key(account_id: UUID) -> str:
    """Under which the tries of codes of an account are counted, apart from those of its password."""
    return f"code:{account_id}"
