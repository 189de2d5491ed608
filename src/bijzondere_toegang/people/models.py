"""Accounts, their memberships of organisations with dates, sessions and personal tokens."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, column
from sqlmodel import Field, SQLModel

from bijzondere_toegang.db import Sealed, SealedRow, Secret


class Account(SealedRow, table=True):
    """Somebody who may log in, or who is known but can't yet (no password). Not a person in a case: that is a Party."""

    __tablename__ = "account"
    seal_columns: ClassVar[tuple[str, ...]] = ("login", "name", "email", "phone", "job")
    seal_by: ClassVar[str] = "id"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    login_key: str = Field(max_length=64, unique=True)
    login: Secret | None = Field(default=None, sa_type=Sealed)
    name: Secret | None = Field(default=None, sa_type=Sealed)
    email: Secret | None = Field(default=None, sa_type=Sealed)
    phone: Secret | None = Field(default=None, sa_type=Sealed)
    job: Secret | None = Field(default=None, sa_type=Sealed)
    password_hash: str | None = None
    language: str = Field(default="nl", max_length=5)
    created_at: datetime
    ended_at: datetime | None = None
    demo_key: str | None = Field(default=None, max_length=40, index=True)
    handed_code: str | None = Field(default=None, max_length=64)
    """of somebody invited: the keyed code that a link asks, which the inviter hands over; None: of nobody else"""


class Membership(SQLModel, table=True):
    """A role of an account in an organisation, from a day until (and including) a day."""

    __tablename__ = "membership"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    organisation: str = Field(max_length=60, index=True)
    role: str = Field(max_length=30)
    valid_from: date
    valid_until: date | None = None
    joined_at: datetime | None = None
    """since when a representative or provider has the running cases of her colleagues; None: not yet"""


class LoginSession(SQLModel, table=True):
    """A server-side session; the cookie holds a random token, the row its digest."""

    __tablename__ = "login_session"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_digest: str = Field(max_length=64, unique=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    entered_by: str = Field(default="password", max_length=10)
    """password (alone), code, recovery, passkey, provider (it vouched for as much), or demo: chosen from its list"""
    waits: bool = False
    """the password was right, and the second factor of this account was not given yet"""
    proved_at: datetime | None = None
    """the last time this person proved who they are"""
    browser: str = Field(default="", max_length=40)
    """kind of browser and of device, as `Firefox|Windows`"""
    provider: str = Field(default="", max_length=40)
    """the OpenID provider that let this session in; empty: our own way in"""
    provider_session: str = Field(default="", max_length=64, index=True)
    """the provider's own session, keyed"""
    acting: str = Field(default="", max_length=22)
    """who acts in this session on behalf of the account, keyed; empty: the person"""


class LoginIdentity(SealedRow, table=True):
    """Somebody as an OpenID provider knows them, and the account that this opens; found by a keyed hash."""

    __tablename__ = "login_identity"
    __table_args__ = (
        Index(
            "uq_login_identity_subject",
            "subject_key",
            unique=True,
            sqlite_where=column("ended_at").is_(None),
            postgresql_where=column("ended_at").is_(None),
        ),
        Index(
            "uq_login_identity_account_provider",
            "account_id",
            "provider",
            unique=True,
            sqlite_where=column("ended_at").is_(None),
            postgresql_where=column("ended_at").is_(None),
        ),
    )
    seal_columns: ClassVar[tuple[str, ...]] = ("subject",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    provider: str = Field(max_length=40)
    subject_key: str = Field(max_length=64)
    subject: Secret | None = Field(default=None, sa_type=Sealed)
    """issuer and subject, to key them anew"""
    linked_at: datetime
    ended_at: datetime | None = None


class LoginAttempt(SQLModel, table=True):
    """A browser that went to an OpenID provider and did not come back yet; it holds the secret, the row its digest."""

    __tablename__ = "login_attempt"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_digest: str = Field(max_length=64, unique=True)
    provider: str = Field(max_length=40)
    purpose: str = Field(max_length=10)
    """`enter`, `link` or `again`"""
    account_id: UUID | None = None
    link_id: UUID | None = None
    """the one-time link that was opened, which is used up when this ends well"""
    created_at: datetime = Field(index=True)
    used_at: datetime | None = None


class AccessToken(SealedRow, table=True):
    """A personal token for machines, stored hashed, with exactly the rights of its person."""

    __tablename__ = "access_token"
    seal_columns: ClassVar[tuple[str, ...]] = ("name",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_digest: str = Field(max_length=64, unique=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    label: str = Field(max_length=100)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    name: Secret | None = Field(default=None, sa_type=Sealed)
    """what its person calls it; one of the command line has its label alone"""
    signs_until: datetime | None = None
    """until when it may also do what asks for a fresh proof of login"""


class Passkey(SealedRow, table=True):
    """A passkey of an account: the public half alone."""

    __tablename__ = "passkey"
    seal_columns: ClassVar[tuple[str, ...]] = ("name",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    credential_digest: str = Field(max_length=64, unique=True)
    credential_id: bytes
    public_key: bytes
    sign_count: int = Field(default=0, sa_type=BigInteger)
    name: Secret | None = Field(default=None, sa_type=Sealed)
    created_at: datetime
    used_at: datetime | None = None
    removed_at: datetime | None = None


class CodeApp(SealedRow, table=True):
    """An app that shows a code of six digits every half minute (RFC 6238); it counts once a code of it was given."""

    __tablename__ = "code_app"
    seal_columns: ClassVar[tuple[str, ...]] = ("secret",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    secret: Secret | None = Field(default=None, sa_type=Sealed)
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = Field(default=0, sa_type=BigInteger)
    """the half minute of the last code that was taken; none of before is taken any more"""
    removed_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """A code on paper that lets in once; a keyed hash of it."""

    __tablename__ = "recovery_code"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    code_hash: str = Field(max_length=64)
    made_at: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None


class Challenge(SQLModel, table=True):
    """What a passkey has to sign: good once, for a few minutes, in the browser that asked for it."""

    __tablename__ = "challenge"

    digest: str = Field(primary_key=True, max_length=64)
    asked_by: str = Field(max_length=64)
    """the session, or the digest of a cookie of a browser that is not signed in"""
    purpose: str = Field(max_length=10)
    """enrol or enter"""
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None


class LoginLink(SQLModel, table=True):
    """A one-time link with which an account chooses its password; for a family it asks a second thing they know."""

    __tablename__ = "login_link"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_digest: str = Field(max_length=64, unique=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    proof: str | None = None
    """keyed hashes of the dates that are right, parted by blanks; None: the link asks nothing, "": no date is right"""
    tries: int = 0
    """wrong dates so far"""


class LinkRequest(SQLModel, table=True):
    """Somebody asked for a new link with this login name (keyed), of which nobody knows yet whether it exists."""

    __tablename__ = "link_request"
    __table_args__ = (Index("ix_link_request_settled_asked", "settled_at", "asked_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    login_key: str = Field(max_length=64)
    asked_at: datetime
    network_address: str = Field(default="", max_length=64)
    request_id: str = Field(default="", max_length=40)
    settled_at: datetime | None = None


class LinkThrottle(SQLModel, table=True):
    """How often a network address (keyed) asked for a link since a moment, counted so that all workers agree."""

    __tablename__ = "link_throttle"

    network_key: str = Field(primary_key=True, max_length=64)
    since: datetime
    asked: int


class LoginThrottle(SQLModel, table=True):
    """Failed log-ins per login name (keyed), counted in the database so that all workers agree."""

    __tablename__ = "login_throttle"

    login_key: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    blocked_until: datetime | None = None


def account_names(row: Account) -> dict[str, Any]:
    """The name and job of an unsealed account, for a page."""
    return {"name": row.name.reveal() if row.name else "", "job": row.job.reveal() if row.job else ""}
