"""Who sits at the table, what access that gives, and which accounts stand behind a seat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import accounts_in_role, grant
from bijzondere_toegang.cases.models import CaseAccess, Independence, Party
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.conferences.forms import Guest
from bijzondere_toegang.conferences.models import Conference, Seat
from bijzondere_toegang.conferences.queries import content_of, keep, parties_of, seats_of
from bijzondere_toegang.db import Secret
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.region import Consortium

REPRESENTATIVE = "consortium_rep"
_REPS = ("rep.invited", "rep.proposed", "rep.accepted")
_VOICES = ("parent", "guardian")


def seat_table(act: Act, conference: Conference, guests: Iterable[Guest], on: date) -> None:
    """Seat the family, the referrer, both consortia of the conference day, the chair and the guests; give access."""
    consortia = act.scene.region.consortia_on(on)
    rows = [*_family(act, conference, on), *_table(act, conference), *_consortia(conference, consortia)]
    rows += [_guest(conference, guest.name, guest.role) for guest in guests]
    act.tx.add_all(rows)
    act.tx.flush()
    invite_consortia(act, consortia)


def reseat(act: Act, conference: Conference, on: date) -> list[Seat]:
    """After a move: forget who was there, weigh ages and authority anew, seat who came to the case since."""
    known = seats_of(act.scene, conference)
    for seat in known:
        seat.attendance, seat.represented_by, seat.tie = "", None, ""
        keep(seat, reden=None)
        act.tx.add(seat)
    consortia = act.scene.region.consortia_on(on)
    wanted = [*_family(act, conference, on), *_table(act, conference), *_consortia(conference, consortia)]
    held = {_mark(seat): seat for seat in known}
    for seat in wanted:
        if same := held.get(_mark(seat)):
            same.has_position, same.account_id = seat.has_position, seat.account_id
    new = [seat for seat in wanted if _mark(seat) not in held]
    act.tx.add_all(new)
    act.tx.flush()
    invite_consortia(act, consortia)
    return [*known, *new]


def _mark(seat: Seat) -> tuple[object, ...]:
    """What makes it the same seat; two guests are never the same."""
    return seat.kind, seat.party_id, seat.consortium, seat.id if seat.kind == "guest" else None


def reseat_family(act: Act, conference: Conference, on: date) -> list[Seat]:
    """Ages and authority weighed anew: who speaks now has a seat and a position, who no longer speaks keeps a seat
    without one. Returns the new seats."""
    known = {_mark(seat): seat for seat in seats_of(act.scene, conference)}
    wanted = {_mark(seat): seat for seat in _family(act, conference, on)}
    for mark, seat in known.items():
        if seat.kind in ("youth", *_VOICES):
            seat.has_position = mark in wanted and wanted[mark].has_position
            act.tx.add(seat)
    new = [seat for mark, seat in wanted.items() if mark not in known]
    act.tx.add_all(new)
    act.tx.flush()
    return new


def weigh_again(act: Act, conference: Conference) -> None:
    """At the opening: the family as it is that day; the seats of referrer and chair are those of today."""
    for seat in seats_of(act.scene, conference):
        if seat.kind == "referrer":
            seat.account_id = _holder(act, "referrer.own")
            act.tx.add(seat)
        elif seat.kind == "chair":
            seat.account_id = act.by.account_id
            act.tx.add(seat)
    reseat_family(act, conference, act.on)


def seat_referrer(act: Act, table: Iterable[Seat]) -> None:
    """The referrer's seat is whose part it is now; what was recorded of another person is forgotten."""
    for seat in table:
        if seat.kind == "referrer":
            seat.account_id = _holder(act, "referrer.own")
            seat.attendance, seat.represented_by, seat.tie = "", None, ""
            keep(seat, reden=None)
            act.tx.add(seat)


def _seat(conference: Conference, kind: str) -> Seat:
    return Seat(conference_id=conference.id, case_id=conference.case_id, kind=kind)


def _family(act: Act, conference: Conference, on: date) -> Iterator[Seat]:
    for party in parties_of(act.scene).values():
        if party.kind == "youth" or _speaks(party, act, on):
            seat = _seat(conference, party.kind)
            seat.party_id = party.id
            seat.has_position = party.kind != "youth" or _is_twelve(act, on)
            yield seat


def _speaks(party: Party, act: Act, on: date) -> bool:
    """A parent with authority or a guardian, until the young person is eighteen."""
    if act.case.turns_18_on is not None and on >= act.case.turns_18_on:
        return False
    return party.kind in _VOICES and (party.authority == "yes" or party.kind == "guardian")


def _is_twelve(act: Act, on: date) -> bool:
    return act.case.turns_12_on is not None and on >= act.case.turns_12_on


def _table(act: Act, conference: Conference) -> Iterator[Seat]:
    referrer = _seat(conference, "referrer")
    referrer.has_position, referrer.organisation = True, act.case.referrer_organisation
    referrer.account_id = _holder(act, "referrer.own")
    chair = _seat(conference, "chair")
    chair.account_id = _holder(act, "chair.assigned")
    yield from (referrer, chair)


def _holder(act: Act, relation: str) -> UUID | None:
    query = select(CaseAccess.account_id).where(
        CaseAccess.case_id == act.case.id,
        CaseAccess.relation == relation,
        CaseAccess.since <= act.at,
        or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > act.at),
    )
    return act.tx.exec(query.order_by(col(CaseAccess.since).desc())).first()


def _consortia(conference: Conference, consortia: Iterable[Consortium]) -> Iterator[Seat]:
    for consortium in consortia:
        seat = _seat(conference, "consortium")
        seat.has_position, seat.consortium = True, consortium.code
        yield seat


def _guest(conference: Conference, name: str, role: str) -> Seat:
    seat = _seat(conference, "guest")
    seat.content = Secret.json({"naam": name, "rol": role})
    return seat


def seat_guest(act: Act, conference: Conference, name: str, role: str) -> None:
    """A seat for somebody who was let in, unless one of this name and role waits for them."""
    said = {"naam": name, "rol": role}
    if not any(seat.kind == "guest" and content_of(seat) == said for seat in seats_of(act.scene, conference)):
        act.tx.add(_guest(conference, name, role))


def invite_consortia(act: Act, consortia: Iterable[Consortium]) -> None:
    """Give the representatives of these consortia sight of the case, unless they have it by a placement."""
    sees = set(_accounts_with(act, _REPS))
    for account_id, organisation, consortium in _representatives(act.tx, consortia, act.on):
        if account_id not in sees:
            grant(
                act.tx, act.case, account_id, "rep.invited", act.at,
                organisation=organisation, consortium=consortium,
            )  # fmt: skip


def _representatives(tx: Session, consortia: Iterable[Consortium], on: date) -> list[tuple[UUID, str, str]]:
    """Account, organisation and consortium of everybody who represents one of these consortia on the day."""
    of = {member.organisation: one.code for one in consortia for member in one.partners_on(on)}
    rows = tx.exec(
        select(Membership.account_id, Membership.organisation)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            Membership.role == REPRESENTATIVE,
            col(Membership.organisation).in_(tuple(of)),
            Membership.valid_from <= on,
            or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on),
            col(Account.ended_at).is_(None),
        )
    ).all()
    return sorted(((account_id, organisation, of[organisation]) for account_id, organisation in rows), key=str)


def _accounts_with(act: Act, relations: Iterable[str]) -> list[UUID]:
    query = select(CaseAccess.account_id).where(
        CaseAccess.case_id == act.case.id,
        col(CaseAccess.relation).in_(tuple(relations)),
        CaseAccess.since <= act.at,
        or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > act.at),
    )
    return list(act.tx.exec(query.distinct()).all())


def seated_accounts(act: Act, table: Iterable[Seat]) -> list[UUID]:
    """The accounts behind the seats of this table and of guests let in, without who withdrew; in a fixed order."""
    rows = list(table)
    found = {seat.account_id for seat in rows if seat.account_id is not None}
    found.update(family_told(act, rows))
    found.update(accounts_in_role(act.tx, act.case, "referrer", act.at))
    found.update(_accounts_with(act, (*_REPS, "guest.invited")))
    return sorted(found - _recused(act), key=str)


def family_told(act: Act, table: Iterable[Seat]) -> list[UUID]:
    """
    The accounts behind the seats of the family. A parent of a youth of 16 gets nothing in writing while the youth did
    not agree to it: the chair asks such a parent by telephone.
    """
    behind = accounts_of_parties(act, [seat.party_id for seat in table if seat.has_position])
    return sorted(set(behind) & set(accounts_in_role(act.tx, act.case, "family", act.at)), key=str)


def accounts_of_parties(act: Act, parties: Iterable[UUID | None]) -> list[UUID]:
    """The accounts that read as these parties now."""
    wanted = [party for party in parties if party is not None]
    query = select(CaseAccess.account_id).where(
        CaseAccess.case_id == act.case.id,
        col(CaseAccess.party_id).in_(wanted),
        or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > act.at),
    )
    return list(act.tx.exec(query.distinct()).all())


def _recused(act: Act) -> set[UUID]:
    """Who declared a tie last."""
    query = select(Independence).where(Independence.case_id == act.case.id)
    newest = {row.account_id: row.tie for row in act.tx.exec(query.order_by(col(Independence.declared_at)))}
    return {account_id for account_id, tie in newest.items() if tie}


def recuse(act: Act, seat: Seat) -> None:
    """A tie came to light: the accounts of the seat lose the case at once.

    Of a consortium those stay who declared to have none: one of them may take the seat.
    """
    for account_id in _behind(act, seat):
        act.tx.add(Independence(case_id=act.case.id, account_id=account_id, declared_at=act.at, tie=True))


def _behind(act: Act, seat: Seat) -> list[UUID]:
    if seat.kind == "consortium":
        return _undeclared_of(act, seat.consortium)
    relation = {"chair": "chair.assigned", "referrer": "referrer.own"}.get(seat.kind)
    return _accounts_with(act, [relation]) if relation else []


def _undeclared_of(act: Act, consortium: str) -> list[UUID]:
    declared = select(Independence.account_id).where(Independence.case_id == act.case.id).scalar_subquery()
    query = select(CaseAccess.account_id).where(
        CaseAccess.case_id == act.case.id,
        CaseAccess.consortium == consortium,
        col(CaseAccess.relation).in_(_REPS),
        or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > act.at),
        col(CaseAccess.account_id).not_in(declared),
    )
    return list(act.tx.exec(query.distinct()).all())
