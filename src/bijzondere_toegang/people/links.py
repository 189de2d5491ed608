"""One-time links with which somebody chooses a password: making, opening, proving, using up, and asking for one."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Update, case, func, insert, literal, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.db import lookup
from bijzondere_toegang.people.accounts import login_key
from bijzondere_toegang.people.models import Account, LinkRequest, LinkThrottle, LoginLink
from bijzondere_toegang.timeline.record import Event, Origin, append
from bijzondere_toegang.web.addresses import network_of

DAYS = 7
"""How long a link works."""
MOST_TRIES = 5
"""Wrong dates after which a link is dead."""
MOST_GUESSES = 20
"""Wrong dates over all links of an account, until one of them was used: then somebody has to ring."""
MOST_ASKED = 20
ASKED_WITHIN = timedelta(hours=1)
"""How many links one network address may ask for, whoever they are for."""


def make_link(
    tx: Session, account_id: UUID, at: datetime, *, days: int = DAYS, known: Iterable[str] | None = None
) -> str:
    """
    A one-time link token with which an account chooses its password. `known` are the dates (ISO) of which whoever
    opens it must give one; only keyed hashes of them are kept. None: the link asks nothing.

    Hexadecimal and short, so that no mail program breaks the line or takes the last sign for the end of a sentence.
    """
    token, link_id = secrets.token_hex(20), uuid4()
    tx.add(
        LoginLink(
            id=link_id,
            token_digest=token_digest(token),
            account_id=account_id,
            created_at=at,
            expires_at=at + timedelta(days=days),
            proof=None if known is None else " ".join(sorted(_proof(tx, link_id, day) for day in known)),
        )
    )
    append(tx, account_id, about_account("link_made", "C", account_id), at)
    return token


def _proof(tx: Session, link_id: UUID, day: str) -> str:
    return lookup(tx, "login_link", f"{link_id}|{day}")


def about_account(event_type: str, action: str, account_id: UUID, *, by: UUID | None = None, role: str = "") -> Event:
    """An entry for the chain of an account; `by` None: nobody who was logged in."""
    return Event(event_type, action, by, role, object_kind="account", object_pseudonym=str(account_id))


def open_link(tx: Session, token: str, at: datetime) -> tuple[LoginLink, Account] | None:
    """
    The link of this token and its account, while it works. In a writing transaction the account is held, so that
    of several answers at once each counts.
    """
    link = tx.exec(select(LoginLink).where(LoginLink.token_digest == token_digest(token))).first()
    if link is None:
        return None
    wanted = select(Account).where(Account.id == link.account_id, col(Account.ended_at).is_(None))
    if tx.info.get("writing"):
        account = tx.exec(wanted.with_for_update()).first()
        tx.refresh(link)
    else:
        account = tx.exec(wanted).first()
    works = link.used_at is None and at < link.expires_at and link.tries < MOST_TRIES
    return (link, account) if works and account is not None and not too_many_guesses(tx, account.id) else None


def too_many_guesses(tx: Session, account_id: UUID) -> bool:
    """Whether so many dates were wrong that somebody who knows the account has to start anew (`people invite`)."""
    guessed = select(func.sum(col(LoginLink.tries))).where(
        LoginLink.account_id == account_id, col(LoginLink.used_at).is_(None), col(LoginLink.proof).is_not(None)
    )
    return (tx.exec(guessed).one() or 0) >= MOST_GUESSES


def proves(tx: Session, link: LoginLink, day: str) -> bool:
    """Whether this date (ISO) is one that the link asks for."""
    given = _proof(tx, link.id, day)
    return link.proof is None or any(hmac.compare_digest(given, proof) for proof in link.proof.split())


def hand_code(tx: Session, account: Account) -> str:
    """A fresh code of six digits that a link of this account asks; only a keyed hash of it is kept."""
    code = f"{secrets.randbelow(10**6):06d}"
    account.handed_code = _handed(tx, account.id, code)
    tx.add(account)
    return code


def is_handed(tx: Session, account: Account, code: str) -> bool:
    """Whether this is the code that was handed over to this person; blanks in it don't matter."""
    given = _handed(tx, account.id, "".join(code.split()))
    return hmac.compare_digest(given, account.handed_code or "")


def _handed(tx: Session, account_id: UUID, code: str) -> str:
    return lookup(tx, "handed_code", f"{account_id}|{code}")


def use_up_links(tx: Session, account_id: UUID, at: datetime) -> None:
    """None of the links that an account still has works any longer, and their wrong dates count no more."""
    tx.connection().execute(_unused(account_id).values(used_at=at))


def end_guessed_links(tx: Session, account_id: UUID, at: datetime) -> None:
    """The same for the links at which somebody guessed wrong: who invites anew knows the person."""
    tx.connection().execute(_unused(account_id).where(col(LoginLink.tries) > 0).values(used_at=at))


def _unused(account_id: UUID) -> Update:
    return update(LoginLink).where(col(LoginLink.account_id) == account_id, col(LoginLink.used_at).is_(None))


def was_invited(tx: Session, account_id: UUID) -> bool:
    """Whether anybody ever gave this account a link."""
    return tx.exec(select(LoginLink.id).where(LoginLink.account_id == account_id).limit(1)).first() is not None


def ask_for_link(tx: Session, login: str, at: datetime) -> None:
    """
    Remember that somebody asks for a link with this login name. Whether it exists is looked up later, elsewhere:
    this asks the database the same for everybody.
    """
    origin: Origin = tx.info.get("origin", Origin())
    if _asked_from(tx, origin.address, at) > MOST_ASKED:
        return
    tx.add(
        LinkRequest(
            login_key=login_key(tx, login),
            asked_at=at,
            network_address=origin.address,
            request_id=origin.request_id,
        )
    )


def _asked_from(tx: Session, address: str, at: datetime) -> int:
    """How many requests came from this network within the hour, with this one."""
    key = lookup(tx, "network", network_of(address))
    since, asked = col(LinkThrottle.since), col(LinkThrottle.asked)
    recent = since > at - ASKED_WITHIN
    counted = (
        update(LinkThrottle)
        .where(col(LinkThrottle.network_key) == key)
        .values(asked=case((recent, asked + 1), else_=1), since=case((recent, since), else_=literal(at, UTCDateTime())))
        .returning(asked)
    )
    found = tx.connection().execute(counted).scalar()
    if found is not None:
        return int(found)
    try:
        with tx.begin_nested():
            tx.connection().execute(insert(LinkThrottle), [{"network_key": key, "since": at, "asked": 1}])
        return 1
    except IntegrityError:
        return int(tx.connection().execute(counted).scalar_one())
