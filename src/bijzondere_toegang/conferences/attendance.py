"""Recording who is at the table, who speaks for whom, and who has a tie with the family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.conferences.codes import ATTENDANCE, HERE, TIES, takes_part
from bijzondere_toegang.conferences.forms import SeatRow
from bijzondere_toegang.conferences.models import Seat
from bijzondere_toegang.conferences.queries import keep, latest_conference, seats
from bijzondere_toegang.conferences.seating import recuse
from bijzondere_toegang.errors import N_, Fault

NOT_ITSELF = N_("Kies iemand anders: niemand vertegenwoordigt zichzelf.")
NOT_HERE = N_("Kies iemand die er zelf bij is.")
OTHER_CONSORTIUM = N_("Een samenwerkingsverband kan alleen door het andere worden vertegenwoordigd.")
ONLY_YOUTH = N_("Dit kan alleen bij de jeugdige.")
NO_STAND_IN = N_("De voorzitter kan niet worden vertegenwoordigd.")
ASK_FIRST = N_("Vul dit in. Anders kan het overleg niet open.")


def record_attendance(act: Act) -> None:
    table = {str(seat.id): seat for seat in seats(act.scene)}
    rows: tuple[SeatRow, ...] = act.answers.rows
    for row in rows:
        _record(act, table[row.seat], row)
    _note_ties_asked(act, rows)


def seats_go_together(act: Act) -> Iterator[Fault]:
    table = {str(seat.id): seat for seat in seats(act.scene)}
    rows: tuple[SeatRow, ...] = act.answers.rows
    standing = {key: seat.attendance for key, seat in table.items()}
    standing |= {row.seat: ATTENDANCE[row.attendance] for row in rows}
    for index, row in enumerate(rows):
        at, seat = f"/aanwezigheid/{index}", table[row.seat]
        if row.attendance == "niet-gevraagd" and seat.kind != "youth":
            yield Fault(f"{at}/aanwezig", ONLY_YOUTH)
        if takes_part(seat.kind, standing[row.seat]) and not (row.tie or seat.tie):
            yield Fault(f"{at}/band", ASK_FIRST)
        if row.attendance == "vertegenwoordigd":
            yield from _faults_of_stand_in(row, table, standing, at)


def _faults_of_stand_in(
    row: SeatRow, table: Mapping[str, Seat], standing: Mapping[str, str], at: str
) -> Iterator[Fault]:
    seat, stand_in = table[row.seat], row.represented_by or ""
    if seat.kind == "chair":
        yield Fault(f"{at}/aanwezig", NO_STAND_IN)
    elif stand_in == row.seat:
        yield Fault(f"{at}/vertegenwoordigdDoor", NOT_ITSELF)
    elif seat.kind == "consortium" and table[stand_in].kind != "consortium":
        yield Fault(f"{at}/vertegenwoordigdDoor", OTHER_CONSORTIUM)
    elif standing[stand_in] not in HERE:
        yield Fault(f"{at}/vertegenwoordigdDoor", NOT_HERE)


def _record(act: Act, seat: Seat, row: SeatRow) -> None:
    seat.attendance = ATTENDANCE[row.attendance]
    represented = row.attendance == "vertegenwoordigd" and row.represented_by
    seat.represented_by = UUID(row.represented_by) if represented else None
    keep(seat, reden=row.reason)
    if row.tie == "band" and seat.tie != "tie":
        recuse(act, seat)
    seat.tie = TIES[row.tie] if row.tie else seat.tie
    act.tx.add(seat)


def _note_ties_asked(act: Act, rows: tuple[SeatRow, ...]) -> None:
    conference = latest_conference(act.scene)
    if conference is not None and any(row.tie for row in rows):
        keep(conference, bandenGevraagd=act.at.isoformat())
        act.tx.add(conference)
