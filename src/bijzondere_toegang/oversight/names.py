"""Names that name nobody: how a case or a person is called in a finding and in an export."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from bijzondere_toegang.db import lookup


def case_pseudonym(tx: Session, case: UUID) -> str:
    return f"Z-{_short(tx, case)}"


def person_pseudonym(tx: Session, account: UUID) -> str:
    return f"M-{_short(tx, account)}"


def _short(tx: Session, one: UUID) -> str:
    """Keyed, so that who has the log alone can't tell whose it is; the same in every finding and export."""
    return lookup(tx, "pseudonym", str(one))[:12].upper()
