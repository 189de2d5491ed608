"""Why the glass of a case was broken is told about that case: it is kept under the key of the case and goes with it.

While a request waits nobody may look whether there is such a case, so the reason is sealed for who asked. Once it was
decided the program moves it; of a request that lapsed, or for which there is no case, nothing is kept but that it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

from bijzondere_toegang.administration.models import BrokenGlass, GlassReason
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.db import Secret, beside, unseal_rows

WAITS = timedelta(hours=24)
"""How long a request may wait; what was needed yesterday is asked anew today (CFG)."""
MOST = 100
"""Requests that one tick moves."""


def reasons_of(tx: Session, rows: Sequence[BrokenGlass]) -> dict[UUID, str]:
    """Why each was asked, by request; destroyed with the case: nothing. In a fixed number of statements."""
    found = tx.exec(select(GlassReason).where(col(GlassReason.glass_id).in_([row.id for row in rows]))).all()
    with beside(tx, cases={one.case_id for one in found}):
        unseal_rows(tx, [*found, *rows], ("reason",))
    moved = {one.glass_id: _text(one.reason) for one in found}
    return {row.id: moved.get(row.id) or _text(row.reason) for row in rows}


def move_reasons(tx: Session, at: datetime) -> int:
    """Move what was decided to its case, and forget what lapsed; returns how many. For the program, past the wall."""
    kept = or_(col(BrokenGlass.reason).is_not(None), col(BrokenGlass.why_silent).is_not(None))
    over = or_(col(BrokenGlass.decided_at).is_not(None), col(BrokenGlass.asked_at) < at - WAITS)
    query = select(BrokenGlass).where(kept, over).order_by(col(BrokenGlass.asked_at)).limit(MOST).with_for_update()
    rows = tx.exec(query).all()
    if not rows:
        return 0
    unseal_rows(tx, rows)
    cases = _cases_of(tx, rows)
    for row in rows:
        if row.decided_at is not None and row.reference in cases:
            tx.add(_moved(row, cases[row.reference]))
        row.reason = row.why_silent = None
        tx.add(row)
    return len(rows)


def _cases_of(tx: Session, rows: Sequence[BrokenGlass]) -> dict[str, UUID]:
    """The cases that were asked for and of which the referrer's part is still there."""
    query = select(Case.reference, Case.id).where(
        col(Case.reference).in_({row.reference for row in rows}), col(Case.referrer_destroyed_on).is_(None)
    )
    return {reference: case_id for reference, case_id in tx.exec(query).all()}


def _moved(row: BrokenGlass, case_id: UUID) -> GlassReason:
    return GlassReason(
        case_id=case_id, glass_id=row.id, asked_by=row.asked_by, reason=_again(row.reason),
        why_silent=_again(row.why_silent),
    )  # fmt: skip


def _again(secret: Secret | None) -> Secret | None:
    """The same words, to be sealed for another place."""
    return Secret(_text(secret)) if _text(secret) else None


def _text(secret: Secret | None) -> str:
    return "" if secret is None or secret.is_erased else secret.reveal()
