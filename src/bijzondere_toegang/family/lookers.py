"""Who looked along: professionals by role, organisation and day. Never a name, never another of the family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, func, or_, select

from bijzondere_toegang.administration.glass import Opened, told_of
from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.holds import held_back
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.errors import NotAllowed
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.people import organisation_name
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.people.facts import LookFacts
from bijzondere_toegang.people.models import Membership
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.timeline.models import TimelineEntry

OFFICER = "privacy_officer"
"""Who allows an administrator to break the glass."""
MOST = 1000
"""Looks on one page."""
GIVES_A_PLACE_AWAY = frozenset({"consortium_rep", "provider", "involved_gi"})
"""Roles whose organisation stays away from who must not learn where somebody stays."""


@dataclass(frozen=True, slots=True)
class Looker:
    """One role and organisation (empty: not told) that looked."""

    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class LookDay:
    """Everybody who looked on one day."""

    day: date
    lookers: tuple[Looker, ...]


@dataclass(frozen=True, slots=True)
class Emergency:
    """The case was opened to an administrator: from when to when, and who allowed it."""

    begins: datetime
    ends: datetime
    allowed_by: Looker

    @property
    def day(self) -> date:
        return local_day(self.begins)


@dataclass(frozen=True, slots=True)
class Looks:
    """The newest days first; `before` is where the next page begins, None at the end."""

    days: tuple[LookDay, ...]
    before: int | None
    emergencies: tuple[Emergency, ...] = ()


def demand_may_ask(reader: Reader) -> None:
    """Raises NotAllowed for who may see the case and not this."""
    if not allows(Permission.READ_LOG_OWN_CASE, reader.scene.sight.facts):
        raise NotAllowed


def looks_of(reader: Reader, seen: Shown, before: int | None) -> Looks:
    """In five statements. What this reader was not told yet, and what is held back for safety, is left out."""
    rows = _looks(reader, before)
    whole, following = _whole_days(rows)
    opened = told_of(reader.scene.tx, reader.scene.case.id) if before is None else []
    allowed_by = {one.allowed_by for one in opened}
    members = _memberships(reader, {row.account_id for row in whole if row.account_id} | allowed_by)
    held = held_back(reader.scene)
    days: dict[date, dict[Looker, None]] = {}
    for row in whole:
        looker = _looker(reader, row, members)
        if looker is not None and seen.tells(row.at) and _may_read(reader, row, held):
            days.setdefault(local_day(row.at), {})[looker] = None
    listed = tuple(LookDay(day, tuple(sorted(found, key=_order))) for day, found in days.items())
    shown = [one for one in opened if seen.tells(one.at) and not held & {None, one.by, one.allowed_by}]
    return Looks(listed, following, tuple(_emergency(reader, one, members) for one in shown))


def _emergency(reader: Reader, one: Opened, members: Mapping[UUID, Sequence[Membership]]) -> Emergency:
    on = local_day(one.at)
    held = [held for held in members.get(one.allowed_by, ()) if held.role == OFFICER and _valid(held, on)]
    organisation = organisation_name(reader.scene, held[0].organisation) if held else ""
    return Emergency(one.at, one.until, Looker(OFFICER, organisation))


@dataclass(frozen=True, slots=True)
class _Look:
    seq: int
    at: datetime
    account_id: UUID | None
    role: str


def _looks(reader: Reader, before: int | None) -> list[_Look]:
    part = func.coalesce(func.nullif(TimelineEntry.role, ""), TimelineEntry.care_relation)
    query = select(TimelineEntry.seq, TimelineEntry.at, TimelineEntry.account_id, part).where(
        TimelineEntry.chain == reader.scene.case.id,
        or_(TimelineEntry.action == "R", TimelineEntry.event_type == "exported"),
        TimelineEntry.outcome == "ok",
    )
    if before is not None:
        query = query.where(TimelineEntry.seq < before)
    rows = reader.scene.tx.exec(query.order_by(col(TimelineEntry.seq).desc()).limit(MOST)).all()
    return [_Look(seq, at, who, ROLE_OF.get(part, part)) for seq, at, who, part in rows]


def _whole_days(rows: Sequence[_Look]) -> tuple[Sequence[_Look], int | None]:
    """A day that may go on beyond this page is left to the next one, unless it is the only day."""
    if len(rows) < MOST:
        return rows, None
    last = local_day(rows[-1].at)
    whole = [row for row in rows if local_day(row.at) != last] or rows
    return whole, whole[-1].seq


def _memberships(reader: Reader, accounts: Iterable[UUID]) -> Mapping[UUID, Sequence[Membership]]:
    found: dict[UUID, list[Membership]] = {}
    for row in reader.scene.tx.exec(select(Membership).where(col(Membership.account_id).in_(list(accounts)))).all():
        found.setdefault(row.account_id, []).append(row)
    return found


def _looker(reader: Reader, row: _Look, members: Mapping[UUID, Sequence[Membership]]) -> Looker | None:
    """None for who was no professional on that day: another of the family looks unseen."""
    on = local_day(row.at)
    held = [one for one in members.get(row.account_id, ()) if _valid(one, on)] if row.account_id else []
    fitting = [one for one in held if one.role == row.role] or held
    if not fitting:
        return None
    role = row.role if any(one.role == row.role for one in fitting) or row.role == "involved_gi" else fitting[0].role
    hidden = reader.kept_apart and role in GIVES_A_PLACE_AWAY
    return Looker(role, "" if hidden else organisation_name(reader.scene, fitting[0].organisation))


def _valid(one: Membership, on: date) -> bool:
    return one.valid_from <= on and (one.valid_until is None or on <= one.valid_until)


def _may_read(reader: Reader, row: _Look, held: frozenset[UUID | None]) -> bool:
    look = LookFacts(by_professional=True, held_for_safety=None in held or row.account_id in held)
    return allows(Permission.READ_LOG_OWN_CASE, replace(reader.scene.sight.facts, look=look))


def _order(looker: Looker) -> tuple[str, str]:
    return looker.role, looker.organisation
