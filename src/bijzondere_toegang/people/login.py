"""Getting in: passwords (Argon2id), server-side sessions, personal tokens. One-time links: links.py."""

from __future__ import annotations

import secrets
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import or_, update
from sqlmodel import Session, col, select
from zxcvbn import zxcvbn

from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.identities import unlink
from bijzondere_toegang.people.links import use_up_links
from bijzondere_toegang.people.models import AccessToken, Account, LoginSession

_hasher = PasswordHasher()
_DECOY = _hasher.hash(secrets.token_urlsafe(12))

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 500
LONGEST_JUDGED = 72
"""What lies behind these characters makes a password no easier to guess."""
LEAST_SCORE = 2
"""Of 0 to 4: below it a password is guessed within a million tries."""
OWN_WORDS = (
    "bijzondere", "toegang", "bijzonderetoegang", "jeugdhulp", "jeugdzorg", "gemeente", "limburg", "venlo", "roermond",
    "weert", "venray", "wachtwoord", "welkom", "inloggen", "verwijzer", "voorzitter", "mijnplan",
)  # fmt: skip


def matches(tx: Session, login: str, password: str, *, free: bool = True) -> bool:
    """
    Whether this is the password of this login. As slow for a login that does not exist (Argon2id), so it is asked in
    a transaction that locks nothing. While it is blocked (not `free`) no password is right.
    """
    account = find_account(tx, login)
    return is_password_of(account if free else None, password)


def is_password_of(account: Account | None, password: str) -> bool:
    """The same for an account that is known; as slow for None."""
    password_hash = account.password_hash if account and account.ended_at is None else None
    try:
        _hasher.verify(password_hash or _DECOY, password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


def password_faults(password: str, login: str = "", breached: Container[str] = ()) -> list[Fault]:
    """
    What is wrong with it: too short, easily guessed from lists of used passwords, the words of this place or the own
    log-in name, or one of the `breached`. No puzzle rules beyond that (NIST SP 800-63B 5.1.1.2; ASVS 6.2.4, 6.2.11,
    6.2.12).
    """
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        return [Fault("/wachtwoord", N_("Kies een wachtwoord van minstens 12 tekens."))]
    judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*OWN_WORDS, login, *login.split("@")])
    if judged["score"] < LEAST_SCORE:
        return [
            Fault("/wachtwoord", N_("Dit wachtwoord is makkelijk te raden. Neem een paar losse woorden achter elkaar."))
        ]
    if password in breached:
        return [Fault("/wachtwoord", N_("Dit wachtwoord lekte ergens uit en is bekend. Kies een ander."))]
    return []


def set_password(account: Account, password: str) -> None:
    account.password_hash = _hasher.hash(password)


@dataclass(frozen=True, slots=True)
class CameBy:
    """How a session came in when an OpenID provider vouched for it; what they mean stands at LoginSession."""

    provider: str = ""
    provider_session: str = ""
    acting: str = ""


OWN_WAY = CameBy()


def start_session(
    tx: Session,
    account_id: UUID,
    at: datetime,
    *,
    by: str = "password",
    waits: bool = False,
    browser: str = "",
    came_by: CameBy = OWN_WAY,
) -> str:
    """
    A new session; the token goes into the cookie, its digest into the table.

    `by` is what this person proved it with. A professional who gave a password alone can do nothing but set up a
    second factor; a session that `waits` can do nothing but give it.
    """
    token = f"{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}"
    tx.add(
        LoginSession(
            token_digest=token_digest(token),
            account_id=account_id,
            created_at=at,
            seen_at=at,
            entered_by=by,
            waits=waits,
            proved_at=None if waits else at,
            browser=browser,
            provider=came_by.provider,
            provider_session=came_by.provider_session,
            acting=came_by.acting,
        )
    )
    return token


def renew_proof(tx: Session, session: LoginSession, token: str, at: datetime) -> str:
    """This person proved it again: the same session under a new token. Its first half stays, and with it the forms
    that stand open in other tabs (`Csrf`)."""
    renewed = f"{token.partition('.')[0]}.{secrets.token_urlsafe(32)}"
    row = update(LoginSession).where(col(LoginSession.id) == session.id)
    tx.connection().execute(row.values(token_digest=token_digest(renewed), proved_at=at, seen_at=at))
    return renewed


def end_session(tx: Session, session_id: UUID, account_id: UUID, at: datetime) -> None:
    """End one session of this account; one of somebody else stays as it is."""
    mine = col(LoginSession.id) == session_id, col(LoginSession.account_id) == account_id
    tx.connection().execute(update(LoginSession).where(*mine, col(LoginSession.ended_at).is_(None)).values(ended_at=at))


def find_session(tx: Session, token: str, at: datetime, idle: timedelta, longest: timedelta) -> LoginSession | None:
    """The session of this token while it lives: not ended, not idle too long, not older than the longest day."""
    row = tx.exec(select(LoginSession).where(LoginSession.token_digest == token_digest(token))).first()
    if row is None or row.ended_at is not None:
        return None
    return row if at - row.seen_at <= idle and at - row.created_at <= longest else None


def end_sessions(tx: Session, account_id: UUID, at: datetime, *, but: UUID | None = None) -> None:
    """End every open session of an account at once; `but`: save this one."""
    open_ones = select(LoginSession).where(LoginSession.account_id == account_id, col(LoginSession.ended_at).is_(None))
    for row in tx.exec(open_ones).all():
        row.ended_at = row.ended_at if row.id == but else at


def open_sessions(
    tx: Session, account_id: UUID, at: datetime, idle: timedelta, longest: timedelta
) -> list[LoginSession]:
    """The sessions of this account that still let somebody in, the last seen first."""
    seen, begun = col(LoginSession.seen_at), col(LoginSession.created_at)
    query = select(LoginSession).where(
        LoginSession.account_id == account_id,
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.waits).is_(False),
        seen >= at - idle,
        begun >= at - longest,
    )
    return list(tx.exec(query.order_by(seen.desc(), begun.desc())).all())


def shut_out(tx: Session, account_id: UUID, at: datetime) -> None:
    """Nobody is in with this account any more, by whatever they got before: sessions, links, tokens and
    what an OpenID provider knows them by end at once."""
    end_sessions(tx, account_id, at)
    use_up_links(tx, account_id, at)
    unlink(tx, account_id, at)
    for row in tx.exec(select(AccessToken).where(AccessToken.account_id == account_id)).all():
        row.revoked_at = row.revoked_at or at


def make_token(
    tx: Session,
    account_id: UUID,
    label: str,
    at: datetime,
    days: int | None = 90,
    *,
    name: str | None = None,
    signs_until: datetime | None = None,
) -> str:
    """A personal token for the API; shown once, stored hashed. `name` is what its person calls it."""
    token = "bt_" + secrets.token_urlsafe(32)
    expires = None if days is None else at + timedelta(days=days)
    tx.add(
        AccessToken(
            token_digest=token_digest(token),
            account_id=account_id,
            label=label,
            name=Secret.of(name),
            created_at=at,
            expires_at=expires,
            signs_until=signs_until,
        )
    )
    return token


def find_token(tx: Session, token: str, at: datetime) -> AccessToken | None:
    """The personal token while it works."""
    row = tx.exec(select(AccessToken).where(AccessToken.token_digest == token_digest(token))).first()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return row


def tokens_of(tx: Session, account_id: UUID, at: datetime) -> list[AccessToken]:
    """The tokens of an account that work, sealed as they stand, the newest first."""
    until = col(AccessToken.expires_at)
    query = select(AccessToken).where(
        AccessToken.account_id == account_id, col(AccessToken.revoked_at).is_(None), or_(until.is_(None), until > at)
    )
    return list(tx.exec(query.order_by(col(AccessToken.created_at).desc())).all())


def revoke_token(tx: Session, account_id: UUID, token_id: UUID, at: datetime) -> bool:
    """False when this is no token of this account that works."""
    return _change_token(tx, account_id, token_id, revoked_at=at)


def let_token_sign(tx: Session, account_id: UUID, token_id: UUID, until: datetime) -> bool:
    return _change_token(tx, account_id, token_id, signs_until=until)


def _change_token(tx: Session, account_id: UUID, token_id: UUID, **values: datetime) -> bool:
    mine = col(AccessToken.id) == token_id, col(AccessToken.account_id) == account_id
    working = update(AccessToken).where(*mine, col(AccessToken.revoked_at).is_(None))
    return tx.connection().execute(working.values(**values)).rowcount == 1
