"""Names that name nobody: how a case or a person is called in a finding and in an export."""

from __future__ import annotations

from uuid import UUID

from bijzondere_toegang.crypto import Keyring


def case_pseudonym(ring: Keyring, case: UUID) -> str:
    return f"Z-{_short(ring, case)}"


def person_pseudonym(ring: Keyring, account: UUID) -> str:
    return f"M-{_short(ring, account)}"


def _short(ring: Keyring, one: UUID) -> str:
    """Keyed, so that who has the log alone can't tell whose it is; the same in every finding and export."""
    return ring.lookup("pseudonym", str(one))[:12].upper()
