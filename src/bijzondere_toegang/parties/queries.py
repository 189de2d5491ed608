"""Reading the people of a case: what is known of each, who reads along, what was corrected, whom mail reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess, Party, ReadingConsent
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.parties.models import PartyChange
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.reminders.outbox import newest_failed

AUTHORITY: Mapping[str, str] = {"yes": "ja", "no": "nee", "unknown": "onbekend"}
VOICES = ("parent", "guardian")


@dataclass(frozen=True, slots=True)
class Door:
    """The account of a person: whether it opens the case, can log in, and is reached by mail."""

    account: Account
    is_open: bool
    mail_failed: bool

    @property
    def has_address(self) -> bool:
        return bool(self.account.email and self.account.email.reveal())


def party(scene: Scene, party_id: UUID) -> Party | None:
    """One of this case, unsealed."""
    return next((one for one in parties_of(scene) if one.id == party_id), None)


def known_of(one: Party) -> dict[str, Any]:
    """What is known of an unsealed person now, by the Dutch names of the form; None for nothing."""
    return {
        "voornaam": _text(one.first_name),
        "tussenvoegsel": _text(one.infix),
        "achternaam": _text(one.last_name),
        "geboortedatum": _text(one.birth_date),
        "telefoon": _text(one.phone),
        "email": _text(one.email),
        "gezag": AUTHORITY.get(one.authority),
        "gezagBron": one.authority_source or None,
        "gezagOp": one.authority_on.isoformat() if one.authority_on else None,
        "taal": one.language,
        "tolk": one.interpreter,
        "geheimAdres": one.secret_address,
        "adres": _text(one.address),
        "school": _text(one.school),
    }


def _text(secret: Secret | None) -> str | None:
    return secret.reveal() or None if secret else None


def parents(scene: Scene) -> list[Party]:
    """The parents and guardians with authority: who may read along when the youth of 16 says so."""
    return [one for one in parties_of(scene) if one.kind in VOICES and one.authority == "yes"]


def readers(scene: Scene) -> dict[UUID, ReadingConsent]:
    """The open consents of the youth by parent, unsealed."""
    return scene.once("reading_consents", lambda: _readers(scene))


def _readers(scene: Scene) -> dict[UUID, ReadingConsent]:
    query = select(ReadingConsent).where(
        ReadingConsent.case_id == scene.case.id, col(ReadingConsent.withdrawn_at).is_(None)
    )
    rows = list(scene.tx.exec(query).all())
    unseal_rows(scene.tx, rows)
    return {row.party_id: row for row in rows}


def doors(scene: Scene) -> dict[UUID, Door]:
    """The newest account of each person, in one statement and one for the keys."""
    query = (
        select(CaseAccess.party_id, Account, open_at(scene.at), newest_failed(col(Account.id)))
        .join(Account, col(Account.id) == col(CaseAccess.account_id))
        .where(CaseAccess.case_id == scene.case.id, col(CaseAccess.party_id).is_not(None))
        .order_by(col(CaseAccess.since), col(CaseAccess.until).desc(), col(CaseAccess.id))
    )
    rows = scene.tx.exec(query).all()
    unseal_rows(scene.tx, [account for _, account, _, _ in rows])
    found: dict[UUID, Door] = {}
    for party_id, account, is_open, failed in rows:
        if party_id is not None and (party_id not in found or is_open or not found[party_id].is_open):
            found[party_id] = Door(account, bool(is_open), bool(failed))
    return found


def changes(scene: Scene) -> list[PartyChange]:
    """Every correction, newest first, unsealed."""
    query = select(PartyChange).where(PartyChange.case_id == scene.case.id)
    rows = list(scene.tx.exec(query.order_by(col(PartyChange.at).desc(), col(PartyChange.id))).all())
    unseal_rows(scene.tx, rows)
    return rows
