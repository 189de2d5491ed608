"""The plans of somebody who is family in several cases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.cases.visibility import find_cases, mine, open_at
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.family.readers import AT_HOME
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.region import Region

MOST = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One plan: whose it is and where."""

    reference: str
    child: str


def plans_of(visit: Visit, region: Region) -> list[Listed]:
    """The cases in which this person is family today, newest first, in a fixed number of statements."""
    account = visit.person.account_id
    own = select(CaseAccess.case_id).where(
        CaseAccess.account_id == account, col(CaseAccess.relation).in_(AT_HOME), open_at(visit.at)
    )
    chosen = (
        select(Case.id)
        .where(mine(visit.person, visit.at), col(Case.id).in_(own))
        .order_by(col(Case.created_at).desc())
        .limit(MOST)
    )
    sights = [sight for sight in find_cases(visit.tx, visit.person, region, visit.at, chosen).values() if sight]
    ids = [sight.case.id for sight in sights]
    children = visit.tx.exec(select(Party).where(col(Party.case_id).in_(ids), Party.kind == "youth")).all()
    unseal_rows(visit.tx, children)
    names = {party.case_id: party.called for party in children}
    return [Listed(sight.case.reference, names.get(sight.case.id, "")) for sight in sights]
