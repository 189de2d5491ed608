"""What the tests of the acts share: a site on each database, a case put where it is needed, what was mailed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.people.models import Membership
from bijzondere_toegang.reminders.models import Outbox
from tests.support import Site


def put(site: Site, reference: str, **columns: Any) -> Case:
    """Set columns of a case without a step, so that a test can begin in the middle."""
    with site.database.write() as tx:
        tx.connection().execute(update(Case).where(col(Case.reference) == reference).values(**columns))
    return site.case(reference)


def seat(site: Site, reference: str, who: str, relation: str, **more: Any) -> UUID:
    """Give somebody of the cast a relation to the case."""
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        grant(tx, case, site.who(who), relation, site.at, **more)
    return site.who(who)


def leave(site: Site, who: UUID, role: str | None = None) -> None:
    """End the memberships of an account yesterday."""
    ending = update(Membership).where(col(Membership.account_id) == who)
    if role is not None:
        ending = ending.where(col(Membership.role) == role)
    with site.database.write() as tx:
        tx.connection().execute(ending.values(valid_until=site.on.replace(day=site.on.day - 1)))


def mailed(site: Site, kind: str | None = None) -> list[UUID]:
    """Who got a mail of this kind (any), in the order they were put in the outbox."""
    with site.database.read() as tx:
        rows: Iterable[Outbox] = tx.exec(select(Outbox).order_by(col(Outbox.created_at))).all()
        return [row.account_id for row in rows if kind in (None, row.kind)]
