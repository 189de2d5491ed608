"""Running numbers. Taking one holds it until the commit, so those who want the next one wait."""

from __future__ import annotations

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bijzondere_toegang.cases.models import Counter


def next_number(tx: Session, name: str, *, first: int) -> int:
    """The next number of this name; the first one ever is `first`."""
    bumped = (
        update(Counter).where(col(Counter.name) == name).values(value=Counter.value + 1).returning(col(Counter.value))
    )
    found = tx.connection().execute(bumped).scalar()
    if found is not None:
        return int(found)
    try:
        with tx.begin_nested():
            tx.connection().execute(insert(Counter), [{"name": name, "value": first}])
        return first
    except IntegrityError:
        return int(tx.connection().execute(bumped).scalar_one())
