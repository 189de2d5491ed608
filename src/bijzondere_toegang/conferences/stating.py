"""Positions: one per holder and round, each in the holder's own words."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import select

from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.conferences.codes import POSITIONS
from bijzondere_toegang.conferences.forms import RecordPositionFor, StatePosition
from bijzondere_toegang.conferences.models import Conference, Position, Seat
from bijzondere_toegang.conferences.queries import holders, latest_conference, seat_of
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import N_, NotAllowed, NotNow

NEW_ROUND = N_("De voorzitter vroeg intussen iets nieuws. Lees het voorstel opnieuw.")
ALREADY_IN = N_("Dit standpunt is al binnen. Bij een nieuwe ronde kan het anders.")
TIE_FIRST = N_("De voorzitter legt eerst vast wie hier nu meepraat: wie er was, heeft een band met dit gezin.")
NOT_A_HOLDER = N_("U heeft in dit overleg geen standpunt dat meetelt. Wat u vindt, kan wel in het verslag.")


def state_position(act: Act) -> None:
    answers: StatePosition = act.answers
    seat = seat_of(act.scene)
    if seat is None or not seat.has_position:
        raise NotAllowed(NOT_A_HOLDER)
    if seat.tie == "tie":
        raise NotNow(TIE_FIRST)
    _state(act, seat, answers, {"woorden": answers.words}, recorded_for=False)


def record_position_for(act: Act) -> None:
    answers: RecordPositionFor = act.answers
    seat = next(seat for seat in holders(act.scene) if str(seat.id) == answers.seat)
    said = {
        "woorden": answers.words,
        "reden": answers.reason,
        "eerstePoging": answers.first_attempt,
        "tweedePoging": answers.second_attempt,
        "anderePlek": answers.other_place,
    }
    _state(act, seat, answers, said, recorded_for=True)


def _state(
    act: Act,
    seat: Seat,
    answers: StatePosition | RecordPositionFor,
    said: Mapping[str, str | None],
    *,
    recorded_for: bool,
) -> None:
    conference = _as_it_is_now(act)
    if answers.round is not None and answers.round != conference.round:
        raise NotNow(NEW_ROUND)
    if _given(act, conference, seat):
        raise NotNow(ALREADY_IN)
    act.tx.add(
        Position(
            conference_id=conference.id,
            seat_id=seat.id,
            case_id=act.case.id,
            round=conference.round,
            value=POSITIONS[answers.position],
            stated_by=act.by.account_id,
            recorded_for=recorded_for,
            at=act.at,
            content=Secret.json({name: value for name, value in said.items() if value}),
        )
    )


def _as_it_is_now(act: Act) -> Conference:
    """Read again after the case was claimed: a new round may have begun meanwhile."""
    conference = latest_conference(act.scene)
    if conference is None:
        raise NotNow(N_("Er is nog geen overleg gepland."))
    act.tx.refresh(conference)
    unseal_rows(act.tx, [conference])
    return conference


def _given(act: Act, conference: Conference, seat: Seat) -> bool:
    """Whether this seat has a position that counts; what was said before a tie came to light does not."""
    query = select(Position).where(
        Position.conference_id == conference.id,
        Position.seat_id == seat.id,
        Position.round == conference.round,
    )
    rows = act.tx.exec(query).all()
    return any(row.recorded_for or seat.tie != "tie" for row in rows)
