"""Destroying a part of a record: its key goes, and with it every sealed value and the meaning of every commitment."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.db import DataKey
from bijzondere_toegang.errors import Unavailable
from bijzondere_toegang.people.factors import remove_factors
from bijzondere_toegang.people.identities import unlink
from bijzondere_toegang.people.login import end_sessions
from bijzondere_toegang.people.models import AccessToken, Account, LoginIdentity, Membership
from bijzondere_toegang.records.journal import Destroyed, JournalBroken, note
from bijzondere_toegang.referrals.models import Reception
from bijzondere_toegang.reminders.models import Reminder
from bijzondere_toegang.reminders.outbox import forget_invitations

PARTS = ("referrer", "provider")


def destroy(tx: Session, case_id: UUID, holder: str, at: datetime, journal: Path) -> None:
    """
    Destroy one part, and the accounts of the family once nothing of their cases is left.

    The journal is written first: a part that stands in it and in the database too is destroyed at the next restore,
    a part that is gone can always be told. Raises Unavailable when the journal can't be written.
    """
    gone = [(case_id, holder)]
    if not _remains(tx, case_id, holder):
        gone += [(account, "account") for account in _family_left_with_nothing(tx, case_id)]
    try:
        note(journal, [Destroyed(owner, part, at) for owner, part in gone])
    except (OSError, JournalBroken) as error:
        raise Unavailable from error
    for owner, part in gone:
        redo(tx, Destroyed(owner, part, at))


def redo(tx: Session, one: Destroyed) -> None:
    """Destroy what the journal names; what is gone already stays so."""
    _destroy_key(tx, one.owner_id, one.holder, one.at)
    if one.holder == "account":
        _empty_account(tx, one.owner_id, one.at)
    elif (case := tx.get(Case, one.owner_id)) is not None:
        _empty_case(tx, case, one.holder, one.at)
        forget_invitations(tx, one.at)
    tx.flush()


def _destroy_key(tx: Session, owner_id: UUID, holder: str, at: datetime) -> None:
    """All versions, the one of the commitments too. Without a key yet: none can be made any more."""
    of_owner = (col(DataKey.owner_id) == owner_id, col(DataKey.holder) == holder)
    tx.exec(select(DataKey.id).where(*of_owner).with_for_update()).all()
    gone = update(DataKey).where(*of_owner).values(wrapped=None, erased_at=at)
    if tx.connection().execute(gone).rowcount == 0:
        row = {"id": uuid4(), "owner_id": owner_id, "holder": holder, "version": 1, "erased_at": at}
        tx.connection().execute(insert(DataKey), [row])


def _remains(tx: Session, case_id: UUID, holder: str) -> bool:
    """Whether another part of the case still opens."""
    others = select(DataKey.id).where(
        DataKey.owner_id == case_id, DataKey.holder != holder, col(DataKey.wrapped).is_not(None)
    )
    return tx.exec(others.limit(1)).first() is not None


def _family_left_with_nothing(tx: Session, case_id: UUID) -> list[UUID]:
    """Accounts of this family without a role anywhere and without a case of which something is left."""
    family = select(CaseAccess.account_id).where(CaseAccess.case_id == case_id, col(CaseAccess.party_id).is_not(None))
    elsewhere = (
        select(CaseAccess.account_id)
        .join(DataKey, col(DataKey.owner_id) == col(CaseAccess.case_id))
        .where(CaseAccess.case_id != case_id, col(DataKey.wrapped).is_not(None))
    )
    query = select(Account.id).where(
        col(Account.id).in_(family),
        col(Account.id).not_in(elsewhere),
        col(Account.id).not_in(select(Membership.account_id)),
    )
    return sorted(tx.exec(query).all(), key=str)


def _empty_account(tx: Session, account_id: UUID, at: datetime) -> None:
    end_sessions(tx, account_id, at)
    remove_factors(tx, account_id, at)
    unlink(tx, account_id, at)
    known = update(LoginIdentity).where(col(LoginIdentity.account_id) == account_id)
    tx.connection().execute(known.values(subject=None, subject_key=""))
    tokens = update(AccessToken).where(col(AccessToken.account_id) == account_id, col(AccessToken.revoked_at).is_(None))
    tx.connection().execute(tokens.values(revoked_at=at))
    emptied = {
        "login_key": token_digest(secrets.token_urlsafe()),
        "password_hash": None,
        "ended_at": at,
        **dict.fromkeys(Account.seal_columns),
    }
    tx.connection().execute(update(Account).where(col(Account.id) == account_id).values(emptied))


def _empty_case(tx: Session, case: Case, holder: str, at: datetime) -> None:
    """The plain columns that tell of a person; codes that figures count in groups of ten or more stay."""
    if holder == "provider":
        case.provider_destroyed_on = case.provider_destroyed_on or local_day(at)
    else:
        case.referrer_destroyed_on = case.referrer_destroyed_on or local_day(at)
        case.turns_12_on = case.turns_16_on = case.turns_18_on = case.bsn_key = None
        _empty_family(tx, case)
    tx.add(case)
    waiting = update(Reminder).where(col(Reminder.case_id) == case.id, col(Reminder.state) == "waiting")
    tx.connection().execute(waiting.values(state="cancelled", settled_at=at))


def _empty_family(tx: Session, case: Case) -> None:
    parties = update(Party).where(col(Party.case_id) == case.id)
    tx.connection().execute(
        parties.values(
            authority_source="", authority_on=None, language="nl", interpreter=False, secret_address=False,
            **dict.fromkeys(Party.seal_columns),
        )
    )  # fmt: skip
    for row in tx.exec(select(Reception).where(Reception.case_id == case.id)).all():
        row.source_reference, row.digests = str(row.id)[:40], {}


def replay(tx: Session, journal: Iterable[Destroyed]) -> int:
    """Destroy again everything the journal names; returns how many keys."""
    count = 0
    for one in journal:
        redo(tx, one)
        count += 1
    return count
