"""Somebody leaves: out everywhere at the next request, and what she did in cases goes to a successor. One action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from bijzondere_toegang.administration.managing import Manager
from bijzondere_toegang.administration.models import Departure
from bijzondere_toegang.administration.moving import Part, lock, move, parts_of
from bijzondere_toegang.cases.models import CaseAccess
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import beside, change_rows
from bijzondere_toegang.errors import N_, Fault, Incomplete, NotNow
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.people.links import about_account
from bijzondere_toegang.people.login import shut_out
from bijzondere_toegang.people.models import AccessToken, Account, LoginLink, LoginSession, Membership
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event, append

LEFT, HANDED_OVER = "left", "handed_over"
WHO_TAKES_OVER = N_("Kies wie deze zaken overneemt.")
NOBODY_CAN = N_("Er is niemand die dit kan overnemen. Nodig eerst iemand uit, of bel de beheerder.")
NOT_ONESELF = N_("Dit kunt u niet voor uzelf doen. Vraag een andere beheerder.")
LAST_ONE = N_("Dit is de laatste beheerder. Nodig eerst een andere uit.")


@dataclass(frozen=True, slots=True)
class Ending:
    """What leaving would end."""

    sessions: int
    tokens: int
    links: int
    parts: Sequence[Part]
    stays: bool
    """the account goes on, with a role elsewhere"""


def ending(
    tx: Session, process: Process, by: Manager, account: Account, at: datetime, idle: timedelta, longest: timedelta
) -> Ending:
    """What will happen, for the page that asks for it. A session that was idle too long is over already."""
    alive = (
        col(LoginSession.ended_at).is_(None),
        col(LoginSession.seen_at) >= at - idle,
        col(LoginSession.created_at) >= at - longest,
    )
    works = or_(col(AccessToken.expires_at).is_(None), col(AccessToken.expires_at) > at)
    return Ending(
        _count(tx, LoginSession, account.id, *alive),
        _count(tx, AccessToken, account.id, col(AccessToken.revoked_at).is_(None), works),
        _count(tx, LoginLink, account.id, col(LoginLink.used_at).is_(None), col(LoginLink.expires_at) > at),
        parts_managed(tx, process, by, account.id, at),
        bool(_elsewhere(tx, by, account.id, local_day(at))),
    )


def _count(tx: Session, table, account_id: UUID, *open_ones) -> int:  # type: ignore[no-untyped-def]
    return int(tx.exec(select(func.count()).select_from(table).where(table.account_id == account_id, *open_ones)).one())


def parts_managed(tx: Session, process: Process, by: Manager, account_id: UUID, at: datetime) -> list[Part]:
    """A coordinator moves what belongs to her own organisation."""
    return [
        part
        for part in parts_of(tx, process, account_id, at)
        if by.organisations is None or (part.kind != "rep" and part.place in by.organisations)
    ]


def leave(
    tx: Session, process: Process, by: Manager, account: Account, successors: Mapping[str, str], at: datetime
) -> None:
    """End it all in one transaction. Raises Incomplete (a successor lacks) or NotNow, with nothing done."""
    _check(tx, by, account, at)
    depart(tx, process, account, successors, at, by=by)


def depart(
    tx: Session,
    process: Process,
    account: Account,
    successors: Mapping[str, str],
    at: datetime,
    *,
    by: Manager | None = None,
) -> None:
    """The action itself; `by` None: the machine's own administrator, for whom every part may stay open."""
    tx.add(Departure(account_id=account.id, by_account=_by(by), at=at, kind=LEFT))
    tx.flush()
    parts = _parts(tx, process, by, account.id, at)
    entries = _hand_over(tx, by, account.id, parts, successors, at)
    shut_out(tx, account.id, at)
    _end_roles(tx, by, account.id, at)
    if by is None or not (_elsewhere(tx, by, account.id, local_day(at)) or _is_family(tx, account.id, at)):
        account.ended_at = at
        tx.add(account)
    entries.append((account.id, about_account("account_ended", "U", account.id, by=_by(by), role=_role(by))))
    _write(tx, entries, at)


def give_away(
    tx: Session, process: Process, by: Manager, account: Account, successors: Mapping[str, str], at: datetime
) -> None:
    """The cases go to a successor and the person stays, as with a long illness."""
    tx.add(Departure(account_id=account.id, by_account=_by(by), at=at, kind=HANDED_OVER))
    tx.flush()
    entries = _hand_over(tx, by, account.id, _parts(tx, process, by, account.id, at), successors, at)
    entries.append((account.id, about_account("cases_given_away", "U", account.id, by=_by(by), role=by.role)))
    _write(tx, entries, at)


def _check(tx: Session, by: Manager, account: Account, at: datetime) -> None:
    if account.id == by.actor.account_id:
        raise NotNow(NOT_ONESELF)
    if accounts_with_role(tx, "administrator", None, local_day(at)) == [account.id]:
        raise NotNow(LAST_ONE)


def _parts(tx: Session, process: Process, by: Manager | None, account_id: UUID, at: datetime) -> list[Part]:
    """Locked, and then read again: a step that was taken meanwhile counts."""
    lock(tx, _seen(tx, process, by, account_id, at))
    return _seen(tx, process, by, account_id, at)


def _seen(tx: Session, process: Process, by: Manager | None, account_id: UUID, at: datetime) -> list[Part]:
    if by is None:
        return parts_of(tx, process, account_id, at)
    return parts_managed(tx, process, by, account_id, at)


def _hand_over(
    tx: Session,
    by: Manager | None,
    leaver: UUID,
    parts: Sequence[Part],
    successors: Mapping[str, str],
    at: datetime,
) -> list[tuple[UUID, Event]]:
    chosen, faults = _chosen(by, parts, successors)
    if faults:
        raise Incomplete(faults)
    entries = [entry for part in parts for entry in move(tx, part, leaver, chosen.get(part.key), _by(by), at)]
    for successor in sorted(set(chosen.values()), key=str):
        got = about_account("cases_received", "U", successor, by=_by(by), role=_role(by))
        entries.append((successor, got))
    if any(part.alone and part.key not in chosen for part in parts):
        post(tx, accounts_with_role(tx, "administrator", None, local_day(at)), "urgent", at)
    _end_what_is_left(tx, by, leaver, at)
    return entries


def _chosen(
    by: Manager | None, parts: Sequence[Part], successors: Mapping[str, str]
) -> tuple[dict[str, UUID], list[Fault]]:
    """Who takes over what. A coordinator names one for all that would stand alone (C28); an administrator, to whom
    safety goes first, may let it wait where there is nobody."""
    chosen, faults = {}, []
    for part in parts:
        named = successors.get(part.key, "")
        fit = {str(one.account_id): one.account_id for one in part.successors}
        if named in fit:
            chosen[part.key] = fit[named]
        elif named or (part.alone and fit and by is not None):
            faults.append(Fault(f"/{part.key}", WHO_TAKES_OVER))
        elif part.alone and by is not None and by.organisations is not None:
            faults.append(Fault(f"/{part.key}", NOBODY_CAN))
    return chosen, faults


def _end_what_is_left(tx: Session, by: Manager | None, leaver: UUID, at: datetime) -> None:
    """Delegations to the leaver name her and end with her; where she has a role elsewhere, that part stays hers."""
    with beside(tx, people=[leaver]):
        query = select(CaseAccess).where(
            CaseAccess.account_id == leaver,
            CaseAccess.relation == "referrer.delegate",
            CaseAccess.since <= at,
            col(CaseAccess.until) > at,
        )
        rows = [row for row in tx.exec(query).all() if by is None or by.manages(row.organisation)]
    ids = [row.id for row in rows]
    change_rows(tx, update(CaseAccess).where(col(CaseAccess.id).in_(ids)).values(until=at), len(ids))


def _end_roles(tx: Session, by: Manager | None, account_id: UUID, at: datetime) -> None:
    """Up to and including yesterday: today she has them no longer, and what was to begin does not."""
    yesterday = local_day(at) - timedelta(days=1)
    for row in tx.exec(select(Membership).where(Membership.account_id == account_id)).all():
        over = row.valid_until is not None and row.valid_until <= yesterday
        if not over and (by is None or by.manages(row.organisation)):
            row.valid_until = yesterday
            tx.add(row)
    tx.flush()


def _elsewhere(tx: Session, by: Manager, account_id: UUID, on: date) -> list[Membership]:
    """Roles that count today or later, with organisations of others."""
    counts = or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on)
    rows = tx.exec(select(Membership).where(Membership.account_id == account_id, counts)).all()
    return [row for row in rows if not by.manages(row.organisation)]


def _is_family(tx: Session, account_id: UUID, at: datetime) -> bool:
    """Who is a parent too keeps that door; the one who ends the work is not told of it."""
    with beside(tx, people=[account_id]):
        query = select(CaseAccess.id).where(
            CaseAccess.account_id == account_id, col(CaseAccess.party_id).is_not(None), open_at(at)
        )
        return tx.exec(query.limit(1)).first() is not None


def _by(by: Manager | None) -> UUID | None:
    return by.actor.account_id if by else None


def _role(by: Manager | None) -> str:
    return by.role if by else "administrator"


def _write(tx: Session, entries: Sequence[tuple[UUID, Event]], at: datetime) -> None:
    """In the order of their chains, in which everybody locks them."""
    for chain, event in sorted(entries, key=lambda one: str(one[0])):
        append(tx, chain, event, at)
