"""Getting in: passwords (Argon2id), server-side sessions, personal tokens. One-time links: links.py."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlmodel import Session, col, select

from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.people.accounts import find_account, login_key
from bijzondere_toegang.people.identities import unlink
from bijzondere_toegang.people.links import use_up_links
from bijzondere_toegang.people.models import AccessToken, Account, LoginSession, LoginThrottle

_hasher = PasswordHasher()
_DECOY = _hasher.hash(secrets.token_urlsafe(12))

FREE_TRIES = 5
MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 500


def matches(tx: Session, login: str, password: str) -> bool:
    """Whether this is the password of this login. As slow for a login that does not exist (Argon2id), so it is asked
    in a transaction that locks nothing."""
    account = find_account(tx, login)
    return _matches(account.password_hash if account and account.ended_at is None else None, password)


def admit(tx: Session, login: str, right: bool, at: datetime) -> Account | None:
    """The account when the password was right and it may log in now; counts the failure otherwise."""
    throttle = _throttle(tx, login)
    account = find_account(tx, login)
    if throttle.blocked_until is not None and throttle.blocked_until > at:
        return None
    if not right:
        _count_failure(throttle, at)
        return None
    throttle.failures, throttle.blocked_until = 0, None
    return account


def _throttle(tx: Session, login: str) -> LoginThrottle:
    key = login_key(tx, login)
    row = tx.exec(select(LoginThrottle).where(LoginThrottle.login_key == key).with_for_update()).first()
    if row is None:
        row = LoginThrottle(login_key=key)
        tx.add(row)
    return row


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _DECOY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


def _count_failure(throttle: LoginThrottle, at: datetime) -> None:
    throttle.failures += 1
    if throttle.failures >= FREE_TRIES:
        throttle.blocked_until = at + timedelta(minutes=min(2 ** (throttle.failures - FREE_TRIES), 60))


def password_faults(password: str) -> list[Fault]:
    """What is wrong with it; no puzzle rules beyond the length (NIST SP 800-63B)."""
    if MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        return []
    return [Fault("/wachtwoord", N_("Kies een wachtwoord van minstens 12 tekens."))]


def set_password(account: Account, password: str) -> None:
    account.password_hash = _hasher.hash(password)


@dataclass(frozen=True, slots=True)
class CameBy:
    """How a session came in when an OpenID provider vouched for it; what they mean stands at LoginSession."""

    provider: str = ""
    provider_session: str = ""
    acting: str = ""


OWN_WAY = CameBy()


def start_session(tx: Session, account_id: UUID, at: datetime, came_by: CameBy = OWN_WAY) -> str:
    """A new session; the token goes into the cookie, its digest into the table."""
    token = secrets.token_urlsafe(32)
    tx.add(
        LoginSession(
            token_digest=token_digest(token),
            account_id=account_id,
            created_at=at,
            seen_at=at,
            provider=came_by.provider,
            provider_session=came_by.provider_session,
            acting=came_by.acting,
        )
    )
    return token


def find_session(tx: Session, token: str, at: datetime, idle: timedelta, longest: timedelta) -> LoginSession | None:
    """The session of this token while it lives: not ended, not idle too long, not older than the longest day."""
    row = tx.exec(select(LoginSession).where(LoginSession.token_digest == token_digest(token))).first()
    if row is None or row.ended_at is not None:
        return None
    return row if at - row.seen_at <= idle and at - row.created_at <= longest else None


def end_sessions(tx: Session, account_id: UUID, at: datetime) -> None:
    """End every open session of an account at once."""
    open_ones = select(LoginSession).where(LoginSession.account_id == account_id, col(LoginSession.ended_at).is_(None))
    for row in tx.exec(open_ones).all():
        row.ended_at = at


def shut_out(tx: Session, account_id: UUID, at: datetime) -> None:
    """Nobody is in with this account any more, by whatever they got before: sessions, links, tokens and
    what an OpenID provider knows them by end at once."""
    end_sessions(tx, account_id, at)
    use_up_links(tx, account_id, at)
    unlink(tx, account_id, at)
    for row in tx.exec(select(AccessToken).where(AccessToken.account_id == account_id)).all():
        row.revoked_at = row.revoked_at or at


def make_token(tx: Session, account_id: UUID, label: str, at: datetime, days: int | None = 90) -> str:
    """A personal token for the API; shown once, stored hashed."""
    token = "bt_" + secrets.token_urlsafe(32)
    expires = None if days is None else at + timedelta(days=days)
    tx.add(
        AccessToken(
            token_digest=token_digest(token),
            account_id=account_id,
            label=label,
            created_at=at,
            expires_at=expires,
        )
    )
    return token


def account_of_token(tx: Session, token: str, at: datetime) -> UUID | None:
    row = tx.exec(select(AccessToken).where(AccessToken.token_digest == token_digest(token))).first()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return row.account_id
