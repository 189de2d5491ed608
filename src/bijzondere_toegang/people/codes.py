"""Codes: of an app (TOTP, RFC 6238), each half minute once, and of a list on paper, each once."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime
from io import BytesIO
from typing import Literal
from uuid import UUID, uuid4

import pyotp
import segno
from sqlalchemy import update
from sqlmodel import Session, col, select

from bijzondere_toegang.db import Secret, unseal_rows, vault_of
from bijzondere_toegang.people.factors import app_of, end_recovery_codes, remove_app
from bijzondere_toegang.people.models import CodeApp, RecoveryCode
from bijzondere_toegang.people.throttle import claim_try, code_key, forgive

STEP = 30
"""seconds that a code of the app lasts"""
DRIFT = 1
"""steps that the clock of a phone may be before or behind"""
HOW_MANY = 10
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""of recovery codes: none that looks like another"""
ISSUER = "Bijzondere Toegang"
LONGEST_CODE = 40

_SIX_DIGITS = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(rf"[{LETTERS}]{{10}}")


def waiting_app(tx: Session, account_id: UUID) -> CodeApp | None:
    """The app that is being set up: it counts for nothing until it gave a code."""
    chosen = select(CodeApp).where(
        CodeApp.account_id == account_id, col(CodeApp.confirmed_at).is_(None), col(CodeApp.removed_at).is_(None)
    )
    return tx.exec(chosen.order_by(col(CodeApp.created_at).desc())).first()


def begin_app(tx: Session, account_id: UUID, at: datetime) -> None:
    """A new secret to put into an app; one that was never confirmed ends."""
    waiting = update(CodeApp).where(col(CodeApp.account_id) == account_id, col(CodeApp.confirmed_at).is_(None))
    tx.connection().execute(waiting.where(col(CodeApp.removed_at).is_(None)).values(removed_at=at))
    tx.add(CodeApp(id=uuid4(), account_id=account_id, secret=Secret(pyotp.random_base32(32)), created_at=at))
    tx.flush()


def confirm_app(tx: Session, account_id: UUID, code: str, at: datetime) -> bool:
    """The app gave this code: from now on it counts, in the place of the one before."""
    app = waiting_app(tx, account_id)
    if app is None or not claim_try(tx, code_key(account_id), at) or not _app_code_right(tx, app, _plain(code), at):
        return False
    forgive(tx, code_key(account_id))
    remove_app(tx, account_id, at)
    confirmed = update(CodeApp).where(col(CodeApp.id) == app.id, col(CodeApp.confirmed_at).is_(None))
    return tx.connection().execute(confirmed.values(confirmed_at=at)).rowcount == 1


def take_code(tx: Session, account_id: UUID, code: str, at: datetime) -> Literal["", "code", "recovery"]:
    """
    Use up a code of the app or of the list: which it was, or "" when it is wrong, was used, or there were too many
    tries. What it counts has to be committed, so the caller answers and does not raise.
    """
    plain = _plain(code)
    if not plain or not claim_try(tx, code_key(account_id), at):
        return ""
    found: Literal["", "code", "recovery"] = ""
    if _SIX_DIGITS.fullmatch(plain):
        app = app_of(tx, account_id)
        found = "code" if app is not None and _app_code_right(tx, app, plain, at) else ""
    elif _RECOVERY.fullmatch(plain):
        found = "recovery" if _use_recovery_code(tx, account_id, plain, at) else ""
    if found:
        forgive(tx, code_key(account_id))
    return found


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code[:LONGEST_CODE]).upper()


def _app_code_right(tx: Session, app: CodeApp, code: str, at: datetime) -> bool:
    """Each half minute counts once, and none before it any more: of several at once one finds it unused."""
    step = _step_of(secret_of(tx, app), code, at)
    if step is None:
        return False
    unused = update(CodeApp).where(col(CodeApp.id) == app.id, col(CodeApp.last_step) < step)
    return tx.connection().execute(unused.where(col(CodeApp.removed_at).is_(None)).values(last_step=step)).rowcount == 1


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    now, totp = int(at.timestamp()) // STEP, pyotp.TOTP(secret, interval=STEP)
    steps = range(now - DRIFT, now + DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return right[-1] if right else None


def secret_of(tx: Session, app: CodeApp) -> str:
    unseal_rows(tx, [app])
    return app.secret.reveal() if app.secret else ""


def qr_of(secret: str, login: str) -> bytes:
    """The drawing that an app reads the secret from, as SVG."""
    address = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff")
    return drawn.getvalue()


def in_groups(secret: str) -> str:
    """As somebody types it over: four at a time."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def new_recovery_codes(tx: Session, account_id: UUID, at: datetime) -> list[str]:
    """Ten new ones, to be shown once; the ones before end."""
    end_recovery_codes(tx, account_id, at)
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(HOW_MANY)]
    tx.add_all(
        RecoveryCode(account_id=account_id, code_hash=_hash_of(tx, account_id, code), made_at=at) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _use_recovery_code(tx: Session, account_id: UUID, code: str, at: datetime) -> bool:
    unused = update(RecoveryCode).where(
        col(RecoveryCode.account_id) == account_id,
        col(RecoveryCode.code_hash) == _hash_of(tx, account_id, code),
        col(RecoveryCode.used_at).is_(None),
        col(RecoveryCode.ended_at).is_(None),
    )
    return tx.connection().execute(unused.values(used_at=at)).rowcount == 1


def _hash_of(tx: Session, account_id: UUID, code: str) -> str:
    """Keyed by the account's own key, which stays when others are renewed and is destroyed with the account."""
    return vault_of(tx).commitment(tx, (account_id, "account"), f"recovery|{code}")
