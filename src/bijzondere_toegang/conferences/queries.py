"""Reading the conferences of a case. Positions come out blind until all of a round are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.conferences.codes import CONCLUDED
from bijzondere_toegang.conferences.models import Conference, Position, Seat
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide


@dataclass(frozen=True, slots=True)
class Dissent:
    """An *oneens* in the holder's own words; `recorded_for`: written down by the chair on their word."""

    seat: Seat
    words: str
    recorded_for: bool


def conferences(scene: Scene) -> list[Conference]:
    """Every conference of the case, newest first, unsealed."""
    return scene.once("conferences", lambda: _conferences(scene))


def _conferences(scene: Scene) -> list[Conference]:
    query = select(Conference).where(Conference.case_id == scene.case.id)
    rows = list(scene.tx.exec(query.order_by(col(Conference.number).desc())).all())
    unseal_rows(scene.tx, rows)
    return rows


def latest_conference(scene: Scene) -> Conference | None:
    """The newest conference, whatever its state."""
    return next(iter(conferences(scene)), None)


def held_conference(scene: Scene) -> Conference | None:
    """The newest conference that was opened: the one whose minutes are written."""
    return next((row for row in conferences(scene) if row.opened_at is not None), None)


def concluded_conference(scene: Scene) -> Conference | None:
    """The newest conference with an outcome."""
    return next((row for row in conferences(scene) if row.state in CONCLUDED), None)


def content_of(row: Conference | Seat | Position) -> dict[str, Any]:
    """What an unsealed row holds, empty when nothing."""
    found: dict[str, Any] = row.content.data() if row.content else {}
    return found


def seats(scene: Scene) -> list[Seat]:
    """The seats of the newest conference in the order of the table, unsealed."""
    conference = latest_conference(scene)
    return seats_of(scene, conference) if conference else []


def seats_of(scene: Scene, conference: Conference) -> list[Seat]:
    return scene.once(f"seats:{conference.id}", lambda: _seats(scene.tx, conference))


_ORDER = ("youth", "parent", "guardian", "referrer", "consortium", "chair")


def _seats(tx: Session, conference: Conference) -> list[Seat]:
    rows = list(tx.exec(select(Seat).where(Seat.conference_id == conference.id)).all())
    unseal_rows(tx, rows)
    return sorted(rows, key=lambda seat: (_place(seat.kind), seat.consortium, str(seat.id)))


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def holders(scene: Scene) -> list[Seat]:
    """The seats with a position: youth of 12+, each parent with authority or guardian, referrer, each consortium."""
    return [seat for seat in seats(scene) if seat.has_position]


def positions_in(scene: Scene) -> dict[UUID, Position]:
    """What came in this round, by seat. For judging the round alone: a page takes `positions`.

    What somebody stated before a tie came to light does not count any more.
    """
    return scene.once("positions", lambda: _positions(scene))


def _positions(scene: Scene) -> dict[UUID, Position]:
    conference = latest_conference(scene)
    if conference is None:
        return {}
    table = {seat.id: seat for seat in seats(scene)}
    query = select(Position).where(Position.conference_id == conference.id, Position.round == conference.round)
    rows = [row for row in scene.tx.exec(query).all() if _counts(table[row.seat_id], row)]
    unseal_rows(scene.tx, rows)
    return {row.seat_id: row for row in rows}


def _counts(seat: Seat, position: Position) -> bool:
    return seat.has_position and (seat.tie != "tie" or position.recorded_for)


def all_in(scene: Scene) -> bool:
    """Whether a round was asked and every holder's position is in."""
    conference, given = latest_conference(scene), positions_in(scene)
    asked = conference is not None and conference.round > 0
    return asked and all(seat.id in given for seat in holders(scene))


def positions(scene: Scene) -> dict[UUID, Position]:
    """The positions this person may see, by seat: only the own one until all of the round are in."""
    if all_in(scene):
        return positions_in(scene)
    mine = seat_of(scene)
    return {seat: row for seat, row in positions_in(scene).items() if mine is not None and seat == mine.id}


def dissents(scene: Scene) -> list[Dissent]:
    """Each *oneens* of the newest round once it is complete; empty before."""
    given = positions_in(scene) if all_in(scene) else {}
    return [
        Dissent(seat, str(content_of(given[seat.id]).get("woorden", "")), given[seat.id].recorded_for)
        for seat in holders(scene)
        if seat.id in given and given[seat.id].value == "opposed"
    ]


def seat_of(scene: Scene) -> Seat | None:
    """The seat at the newest conference for which this person speaks."""
    return next((seat for seat in seats(scene) if speaks_for(scene, seat)), None)


def speaks_for(scene: Scene, seat: Seat) -> bool:
    sight = scene.sight
    if seat.party_id is not None:
        return seat.party_id in sight.parties
    if seat.kind == "consortium":
        return bool(seat.consortium) and any(row.consortium == seat.consortium for row in sight.access)
    if seat.kind == "referrer":
        return any(row.relation in ("referrer.own", "referrer.delegate") for row in sight.access)
    return seat.account_id == scene.by.account_id


def proposal(scene: Scene) -> dict[str, Any]:
    """What the newest concluded conference proposes, empty when there is none.

    hulp, resultaat, waarom (texts) · samenwerkingsverband (a code, or `elders` with waarheen) · ladder: rows
    {trede, uitkomst, waarom} from light to heavy · without consensus also samenvatting and afwijkend: rows
    {zetel, soort, samenwerkingsverband, woorden}.
    """
    conference = concluded_conference(scene)
    known = content_of(conference) if conference else {}
    return {name: known[name] for name in PROPOSAL if name in known}


PROPOSAL = (
    "hulp",
    "resultaat",
    "ladder",
    "samenwerkingsverband",
    "waarom",
    "waarheen",
    "samenvatting",
    "afwijkend",
)


def asked_proposal(scene: Scene) -> dict[str, Any]:
    """The proposal of the newest round: {ronde, voorstel, resultaat}; empty when none was asked."""
    conference = latest_conference(scene)
    rounds = content_of(conference).get("rondes", []) if conference else []
    found: dict[str, Any] = rounds[-1] if rounds else {}
    return found


def parties_of(scene: Scene) -> dict[UUID, Party]:
    """The parties of the case by id, unsealed."""
    return scene.once("conference:parties", lambda: _parties(scene.tx, scene.case))


def _parties(tx: Session, case: Case) -> dict[UUID, Party]:
    rows = list(
        tx.exec(select(Party).where(Party.case_id == case.id).order_by(col(Party.position), col(Party.id))).all()
    )
    unseal_rows(tx, rows)
    return {row.id: row for row in rows}


def sees_names(scene: Scene) -> bool:
    """Names, words and attendance are for those to whom the whole case is open."""
    return decide(Permission.CASE_SEE, scene.sight.facts).scope == "full"


def seat_names(scene: Scene) -> dict[UUID, str]:
    """The name of each seat of the newest conference, for those who may see names."""
    return scene.once("conference:names", lambda: named(scene, seats(scene)))


def named(scene: Scene, table: Iterable[Seat]) -> dict[UUID, str]:
    rows = list(table)
    accounts = names_of(scene.tx, [seat.account_id for seat in rows])
    return {seat.id: _name(scene, seat, accounts) for seat in rows}


def _name(scene: Scene, seat: Seat, accounts: Mapping[UUID, str]) -> str:
    if seat.party_id is not None:
        return parties_of(scene)[seat.party_id].full_name
    if consortium := scene.region.consortium(seat.consortium):
        return consortium.name
    organisation = scene.region.organisation(seat.organisation)
    person = accounts.get(seat.account_id) if seat.account_id else content_of(seat).get("naam")
    return ", ".join(part for part in (person, organisation.name if organisation else "") if part)


def keep(row: Conference | Seat, **more: Any) -> None:
    """Put more in the sealed content of an unsealed row; None takes a name out."""
    known = {name: value for name, value in (content_of(row) | more).items() if value is not None}
    row.content = Secret.json(known) if known else None
