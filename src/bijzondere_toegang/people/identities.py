"""Who an OpenID provider speaks of: linking somebody to an account, finding the account, ending it. No HTTP here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Secret, enter, lookup
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.errands import Goodbye, Proven
from bijzondere_toegang.people.models import Account, LoginIdentity, LoginSession, Membership
from bijzondere_toegang.people.providers import Provider

ACTING = 22
"""Signs of the keyed name of who acts for another: enough to tell people apart, and it fits beside an account."""


@dataclass(frozen=True, slots=True)
class Kin:
    """What only the cases know of an account; every question is asked as that account."""

    is_family: Callable[[Session, UUID, datetime], bool]
    is_youth: Callable[[Session, UUID, datetime], bool]
    fits: Callable[[Session, UUID, str, datetime], bool]
    """whether this BSN can be of this person, as far as we know any"""


def subject_of(proven: Proven) -> str:
    return f"{proven.issuer}|{proven.subject}"


def subject_key(tx: Session, subject: str) -> str:
    return lookup(tx, "login_identity", subject)


def acting_key(tx: Session, proven: Proven) -> str:
    """Who acts on behalf of another, for the log; nothing for who acts for themselves."""
    return lookup(tx, "acting", f"{proven.issuer}|{proven.acting}")[:ACTING] if proven.acting else ""


def session_key(tx: Session, issuer: str, session: str) -> str:
    return lookup(tx, "provider_session", f"{issuer}|{session}") if session else ""


def account_of(tx: Session, proven: Proven) -> Account | None:
    """The account that this person was linked to."""
    linked = select(Account).join(LoginIdentity, col(LoginIdentity.account_id) == col(Account.id))
    wanted = col(LoginIdentity.subject_key) == subject_key(tx, subject_of(proven))
    return tx.exec(linked.where(wanted, col(LoginIdentity.ended_at).is_(None))).first()


def known_by_email(tx: Session, provider: Provider, proven: Proven) -> Account | None:
    """
    For a first time: the account whose login name is the e-mail address that an organisation verified, unless
    somebody else of that organisation is linked to it. An organisation never makes an account.
    """
    if provider.kind != "organisatie" or not proven.email:
        return None
    account = find_account(tx, proven.email)
    if account is None or identity_of(tx, account.id, provider.name) is not None:
        return None
    return account


def identity_of(tx: Session, account_id: UUID, provider: str) -> LoginIdentity | None:
    return identities_of(tx, account_id).get(provider)


def identities_of(tx: Session, account_id: UUID) -> dict[str, LoginIdentity]:
    """By the name of the provider."""
    query = select(LoginIdentity).where(LoginIdentity.account_id == account_id, col(LoginIdentity.ended_at).is_(None))
    return {row.provider: row for row in tx.exec(query).all()}


def may_enter(tx: Session, provider: Provider, proven: Proven, account: Account, at: datetime, kin: Kin) -> bool:
    """
    Whether this provider may let anybody into this account today.

    An organisation speaks for its own people alone: who also works elsewhere, or is family in a case, comes in by
    another way, so that nobody's organisation opens what is not its own. DigiD is for families.
    """
    if account.ended_at is not None:
        return False
    enter(tx, account.id, at)
    held = _organisations(tx, account.id, at)
    if provider.kind == "digid":
        return not held and _may_as_person(tx, provider, proven, account, at, kin)
    spoken_for = {proven.organisation} if provider.kind == "eherkenning" else provider.speaks_for
    return bool(held) and held <= spoken_for and not kin.is_family(tx, account.id, at)


def _organisations(tx: Session, account_id: UUID, at: datetime) -> set[str]:
    """Where the account has a role today."""
    day = local_day(at)
    rows = tx.exec(select(Membership).where(Membership.account_id == account_id)).all()
    valid = [row for row in rows if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)]
    return {row.organisation for row in valid}


def _may_as_person(tx: Session, provider: Provider, proven: Proven, account: Account, at: datetime, kin: Kin) -> bool:
    """Nobody acts as a young person but that person: its own words are not for who has authority over it."""
    if proven.acting:
        return provider.representation and not kin.is_youth(tx, account.id, at)
    return not proven.bsn or kin.fits(tx, account.id, proven.bsn, at)


def link(tx: Session, account: Account, proven: Proven, at: datetime) -> bool:
    """
    From now on this person opens this account, and no longer whoever the provider named before. False when they
    open another one already.
    """
    other = account_of(tx, proven)
    if other is not None:
        return other.id == account.id
    unlink(tx, account.id, at, proven.provider)
    tx.add(
        LoginIdentity(
            id=uuid4(),
            account_id=account.id,
            provider=proven.provider,
            subject_key=subject_key(tx, subject_of(proven)),
            subject=Secret(subject_of(proven)),
            linked_at=at,
        )
    )
    tx.flush()
    return True


def unlink(tx: Session, account_id: UUID, at: datetime, provider: str | None = None) -> int:
    """No provider opens this account any more, or not this one, and what it opened ends; how many links ended."""
    links = update(LoginIdentity).where(
        col(LoginIdentity.account_id) == account_id, col(LoginIdentity.ended_at).is_(None)
    )
    opened = update(LoginSession).where(
        col(LoginSession.account_id) == account_id,
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.provider) != "",
    )
    if provider is not None:
        links = links.where(col(LoginIdentity.provider) == provider)
        opened = opened.where(col(LoginSession.provider) == provider)
    tx.connection().execute(opened.values(ended_at=at))
    return int(tx.connection().execute(links.values(ended_at=at)).rowcount)


def end_by(tx: Session, provider: Provider, goodbye: Goodbye, at: datetime) -> list[UUID]:
    """End the sessions that a provider says are over; the accounts they were of."""
    open_ones = col(LoginSession.provider) == provider.name, col(LoginSession.ended_at).is_(None)
    if goodbye.session:
        which = col(LoginSession.provider_session) == session_key(tx, provider.issuer, goodbye.session)
    else:
        subject = subject_key(tx, f"{provider.issuer}|{goodbye.subject}")
        which = col(LoginSession.account_id).in_(
            select(LoginIdentity.account_id).where(
                LoginIdentity.subject_key == subject, col(LoginIdentity.ended_at).is_(None)
            )
        )
    ending = update(LoginSession).where(*open_ones, which).values(ended_at=at).returning(col(LoginSession.account_id))
    return sorted(set(tx.connection().execute(ending).scalars()), key=str)
