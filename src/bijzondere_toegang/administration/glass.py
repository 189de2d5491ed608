"""Break-glass: an administrator opens one case for a few hours, with a reason, when the privacy officer agrees (C8).

Only reading; every look is in the log as such and on the family's *Wie keek mee*. The family is told by mail, unless
that is unsafe; then the privacy officer says why, and tells them later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, and_, col, select

from bijzondere_toegang.administration.glass_reasons import WAITS, reasons_of
from bijzondere_toegang.administration.managing import allowed
from bijzondere_toegang.administration.models import BrokenGlass, GlassReason
from bijzondere_toegang.cases.access import accounts_in_role, grant
from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.cases.visibility import find_cases, open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Secret, change_rows
from bijzondere_toegang.errors import N_, NotNow, NotThere
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.actors import Actor, accounts_with_role
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.region import Region
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import Event, append

RELATION = "administrator.break_glass"
LASTS = timedelta(hours=4)
"""How long a case stays open (CFG)."""
TOLD = "glass_told"
"""The entry that says that the family was told; without it nothing about why is on their page."""
GONE = N_("Hier is al over beslist, of het wachtte te lang.")
NO_CASE = N_("Er is geen zaak met dit nummer. Wijs het af en bel wie het vroeg.")


@dataclass(frozen=True, slots=True)
class Glass:
    """A request as a page shows it. `why` only for who decides, and for who asked."""

    id: UUID
    reference: str
    who: str
    asked_at: datetime
    state: str
    """waiting, open, ended, refused or lapsed"""
    until: datetime | None
    why: str
    mine: bool


def may_ask(actor: Actor, at: datetime) -> bool:
    return allowed(actor, Permission.GLASS_ASK, local_day(at))


def may_decide(actor: Actor, at: datetime) -> bool:
    return allowed(actor, Permission.GLASS_DECIDE, local_day(at))


def requests(tx: Session, actor: Actor, at: datetime) -> list[Glass]:
    """The newest first: of an administrator the own ones, of the privacy officer all. Raises NotThere for others."""
    if not may_ask(actor, at) and not may_decide(actor, at):
        raise NotThere
    query = select(BrokenGlass).order_by(col(BrokenGlass.asked_at).desc()).limit(100)
    if not may_decide(actor, at):
        query = query.where(BrokenGlass.asked_by == actor.account_id)
    rows = tx.exec(query).all()
    why = reasons_of(tx, rows)
    names = names_of(tx, {row.asked_by for row in rows})
    return [
        Glass(
            row.id, row.reference, names.get(row.asked_by, ""), row.asked_at, state_of(row, at), row.until,
            why[row.id], row.asked_by == actor.account_id,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """What stands on every page of a case that somebody reads by a broken glass."""

    id: UUID
    until: datetime
    told: bool
    """whether the family was told at once; otherwise it is told later"""


def reading_by_glass(visit: Visit) -> Broken | None:
    """By which request this visitor reads the case of this page; None when the glass was broken in another way."""
    moved = select(GlassReason.id).where(
        GlassReason.glass_id == BrokenGlass.id, col(GlassReason.why_silent).is_not(None)
    )
    told = and_(col(BrokenGlass.why_silent).is_(None), ~moved.exists())
    query = select(BrokenGlass.id, BrokenGlass.until, told).where(
        BrokenGlass.asked_by == visit.person.account_id,
        BrokenGlass.case_id == visit.about,
        col(BrokenGlass.until) > visit.at,
    )
    row = visit.tx.exec(query.order_by(col(BrokenGlass.until).desc()).limit(1)).first()
    return None if row is None or row[1] is None else Broken(row[0], row[1], bool(row[2]))


def state_of(row: BrokenGlass, at: datetime) -> str:
    if row.decided_at is None:
        return "waiting" if at - row.asked_at <= WAITS else "lapsed"
    if row.until is None:
        return "refused"
    return "open" if at < row.until else "ended"


def ask(tx: Session, actor: Actor, reference: str, reason: str, at: datetime) -> None:
    """The case is not looked up: whether it exists is not for who asks to learn."""
    if not may_ask(actor, at):
        raise NotThere
    row = BrokenGlass(asked_by=actor.account_id, asked_at=at, reference=reference, reason=Secret(reason))
    tx.add(row)
    tx.flush()
    _write_down(tx, actor.account_id, actor, "glass_asked", row, at)
    post(tx, accounts_with_role(tx, "privacy_officer", None, local_day(at)), "urgent", at)


def refuse(tx: Session, actor: Actor, glass_id: UUID, at: datetime) -> None:
    row = _waiting(tx, actor, glass_id, at)
    row.decided_by, row.decided_at = actor.account_id, at
    tx.add(row)
    _write_down(tx, actor.account_id, actor, "glass_refused", row, at)


def break_it(tx: Session, actor: Actor, region: Region, glass_id: UUID, at: datetime, *, why_silent: str = "") -> None:
    """Open the case to who asked. `why_silent`: the family is not told now, because that is unsafe."""
    row = _waiting(tx, actor, glass_id, at)
    asked = select(Case.id).where(Case.reference == row.reference)
    sight = next(iter(find_cases(tx, actor, region, at, asked).values()), None)
    if sight is None:
        raise NotNow(NO_CASE)
    case = sight.case
    row.decided_by, row.decided_at, row.until = actor.account_id, at, at + LASTS
    row.case_id = case.id
    row.why_silent = Secret(why_silent) if why_silent else None
    tx.add(row)
    grant(tx, case, row.asked_by, RELATION, at, until=row.until)
    if not why_silent:
        post(tx, accounts_in_role(tx, case, "family", at), "news", at)
    for chain in sorted({case.id, actor.account_id}, key=str):
        _write_down(tx, chain, actor, "glass_broken", row, at)
    if not why_silent:
        _write_down(tx, case.id, actor, TOLD, row, at)


@dataclass(frozen=True, slots=True)
class Opened:
    """A broken glass of which the family was told: when, until when, who looked and who allowed it."""

    at: datetime
    until: datetime
    by: UUID
    allowed_by: UUID


def told_of(tx: Session, case_id: UUID) -> list[Opened]:
    """What the family may know, newest first: only what it was told of at once. In two statements."""
    said = select(TimelineEntry.at).where(TimelineEntry.chain == case_id, TimelineEntry.event_type == TOLD)
    moments = set(tx.exec(said).all())
    opened = select(BrokenGlass.decided_at, BrokenGlass.until, BrokenGlass.asked_by, BrokenGlass.decided_by)
    rows = tx.exec(opened.where(BrokenGlass.case_id == case_id).order_by(col(BrokenGlass.decided_at).desc())).all()
    return [
        Opened(at, until, by, allowed_by)
        for at, until, by, allowed_by in rows
        if at in moments and until and allowed_by
    ]


def close(tx: Session, actor: Actor, glass_id: UUID, at: datetime) -> None:
    """By who looked or by the privacy officer; sight is gone at the next request."""
    row = _found(tx, glass_id)
    if not (row.asked_by == actor.account_id or may_decide(actor, at)):
        raise NotThere
    if state_of(row, at) != "open" or row.case_id is None:
        raise NotNow(GONE)
    row.until = at
    tx.add(row)
    its = (
        col(CaseAccess.case_id) == row.case_id,
        col(CaseAccess.account_id) == row.asked_by,
        col(CaseAccess.relation) == RELATION,
        open_at(at),
    )
    change_rows(tx, update(CaseAccess).where(*its).values(until=at), 1)
    for chain in sorted({row.case_id, actor.account_id}, key=str):
        _write_down(tx, chain, actor, "glass_closed", row, at)


def _waiting(tx: Session, actor: Actor, glass_id: UUID, at: datetime) -> BrokenGlass:
    """A second person decides: never who asked."""
    if not may_decide(actor, at):
        raise NotThere
    row = _found(tx, glass_id)
    if row.asked_by == actor.account_id:
        raise NotThere
    if state_of(row, at) != "waiting":
        raise NotNow(GONE)
    return row


def _found(tx: Session, glass_id: UUID) -> BrokenGlass:
    row = tx.exec(select(BrokenGlass).where(BrokenGlass.id == glass_id).with_for_update()).first()
    if row is None:
        raise NotThere
    return row


def _write_down(tx: Session, chain: UUID, actor: Actor, what: str, row: BrokenGlass, at: datetime) -> None:
    role = "privacy_officer" if may_decide(actor, at) else "administrator"
    permission = Permission.GLASS_DECIDE if role == "privacy_officer" else Permission.GLASS_ASK
    append(
        tx,
        chain,
        Event(
            what, "U", actor.account_id, role=role, object_kind="case", object_pseudonym=str(row.case_id or row.id),
            permission=f"{permission} yes", care_relation=RELATION, break_glass=True,
        ),
        at,
    )  # fmt: skip
