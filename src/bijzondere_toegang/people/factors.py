"""What an account has to prove itself with, beside its password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from bijzondere_toegang.people.models import Account, CodeApp, Passkey, RecoveryCode


@dataclass(frozen=True, slots=True)
class Factors:
    """The working ways of one account."""

    password: bool
    passkeys: int
    app: bool
    recovery: int
    """recovery codes that are left"""

    @property
    def second(self) -> bool:
        """Whether there is a second factor; recovery codes are no factor of their own."""
        return self.app or self.passkeys > 0

    @property
    def only_one(self) -> bool:
        return self.passkeys + int(self.app) == 1


def factors_of(tx: Session, account_id: UUID) -> Factors:
    """In one statement."""
    passkeys = _count(Passkey, col(Passkey.account_id) == account_id, col(Passkey.removed_at).is_(None))
    apps = _count(CodeApp, *_working_app(account_id))
    codes = _count(RecoveryCode, *_unused(account_id))
    found = select(col(Account.password_hash).is_not(None), passkeys, apps, codes).where(Account.id == account_id)
    row = tx.exec(found).first()
    return Factors(bool(row[0]), row[1], row[2] > 0, row[3]) if row else Factors(False, 0, False, 0)


def _count(table: type, *chosen: ColumnElement[bool]):  # type: ignore[no-untyped-def]
    return select(func.count()).select_from(table).where(*chosen).scalar_subquery()


def _working_app(account_id: UUID) -> tuple[ColumnElement[bool], ...]:
    confirmed, removed = col(CodeApp.confirmed_at), col(CodeApp.removed_at)
    return col(CodeApp.account_id) == account_id, confirmed.is_not(None), removed.is_(None)


def _unused(account_id: UUID) -> tuple[ColumnElement[bool], ...]:
    used, ended = col(RecoveryCode.used_at), col(RecoveryCode.ended_at)
    return col(RecoveryCode.account_id) == account_id, used.is_(None), ended.is_(None)


def passkeys_of(tx: Session, account_id: UUID) -> list[Passkey]:
    """The working passkeys of an account, sealed as they stand, oldest first."""
    query = select(Passkey).where(Passkey.account_id == account_id, col(Passkey.removed_at).is_(None))
    return list(tx.exec(query.order_by(col(Passkey.created_at))).all())


def app_of(tx: Session, account_id: UUID) -> CodeApp | None:
    """The app whose codes count."""
    return tx.exec(select(CodeApp).where(*_working_app(account_id))).first()


def remove_passkey(tx: Session, account_id: UUID, passkey_id: UUID, at: datetime) -> bool:
    """False when this is no working passkey of this account."""
    mine = col(Passkey.id) == passkey_id, col(Passkey.account_id) == account_id, col(Passkey.removed_at).is_(None)
    return tx.connection().execute(update(Passkey).where(*mine).values(removed_at=at)).rowcount == 1


def remove_app(tx: Session, account_id: UUID, at: datetime) -> bool:
    """Remove the app whose codes count; False when there is none."""
    working = update(CodeApp).where(*_working_app(account_id))
    return tx.connection().execute(working.values(removed_at=at)).rowcount > 0


def remove_factors(tx: Session, account_id: UUID, at: datetime) -> None:
    """Passkeys, apps (also those never confirmed) and recovery codes: none of them lets anybody in any more."""
    passkeys = update(Passkey).where(col(Passkey.account_id) == account_id, col(Passkey.removed_at).is_(None))
    apps = update(CodeApp).where(col(CodeApp.account_id) == account_id, col(CodeApp.removed_at).is_(None))
    tx.connection().execute(passkeys.values(removed_at=at))
    tx.connection().execute(apps.values(removed_at=at))
    end_recovery_codes(tx, account_id, at)


def end_recovery_codes(tx: Session, account_id: UUID, at: datetime) -> None:
    tx.connection().execute(update(RecoveryCode).where(*_unused(account_id)).values(ended_at=at))
