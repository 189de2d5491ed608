"""The lists to choose from, and what a form shows before anything was typed."""

from __future__ import annotations

from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.clock import local_time
from bijzondere_toegang.conferences.codes import DUTCH_ATTENDANCE, ELSEWHERE, FAMILY
from bijzondere_toegang.conferences.minutes import draft, minutes_in_round
from bijzondere_toegang.conferences.places import place_of
from bijzondere_toegang.conferences.queries import (
    asked_proposal,
    content_of,
    holders,
    latest_conference,
    positions_in,
    seat_names,
    seats,
)
from bijzondere_toegang.errors import N_
from bijzondere_toegang.web.forms import Choice

OTHER_HELP = N_("Geen van beide: de tafel adviseert andere hulp")


def table(scene: Scene) -> list[Choice]:
    names = seat_names(scene)
    return [Choice(str(seat.id), names[seat.id]) for seat in seats(scene)]


def waiting_holders(scene: Scene) -> list[Choice]:
    """Who has no position in this round yet."""
    names, given = seat_names(scene), positions_in(scene)
    return [Choice(str(seat.id), names[seat.id]) for seat in holders(scene) if seat.id not in given]


def outcomes(scene: Scene) -> list[Choice]:
    consortia = [Choice(one.code, one.name) for one in scene.region.consortia_on(scene.on)]
    return [*consortia, Choice(ELSEWHERE, OTHER_HELP)]


CHOICES = {"zetels": table, "houders": waiting_holders, "uitkomsten": outcomes}


def as_planned(scene: Scene) -> dict[str, Any]:
    conference = latest_conference(scene)
    if conference is None:
        return {}
    begins = local_time(conference.starts_at)
    return {
        "datum": begins.date().isoformat(),
        "begintijd": begins.strftime("%H:%M"),
        "duur": conference.minutes,
        "plaats": place_of(scene, conference),
    }


def as_recorded(scene: Scene) -> dict[str, Any]:
    """A row per seat, with what is on record."""
    rows = []
    for seat in seats(scene):
        row: dict[str, Any] = {"zetel": str(seat.id), "aanwezig": DUTCH_ATTENDANCE.get(seat.attendance)}
        row["band"] = {"none": "geen", "tie": "band"}.get(seat.tie)
        row["vertegenwoordigdDoor"] = str(seat.represented_by) if seat.represented_by else None
        row["reden"] = content_of(seat).get("reden")
        rows.append({name: value for name, value in row.items() if value is not None})
    return {"aanwezigheid": rows}


def family_at_table(scene: Scene) -> dict[str, Any]:
    """The seats of the family, by the value they have in the form, and what can't be so of a seat."""
    table = seats(scene)
    return {
        "family_seats": frozenset(str(seat.id) for seat in table if seat.kind in FAMILY),
        "not_offered": {str(seat.id): _not_offered(seat.kind) for seat in table},
    }


def _not_offered(kind: str) -> tuple[str, ...]:
    """Only of the young person it is recorded that nobody asked; nobody stands in for the chair."""
    asked = () if kind == "youth" else ("niet-gevraagd",)
    return (*asked, "vertegenwoordigd") if kind == "chair" else asked


def this_round(scene: Scene) -> dict[str, Any]:
    conference = latest_conference(scene)
    return {"ronde": conference.round} if conference else {}


def last_proposal(scene: Scene) -> dict[str, Any]:
    asked = asked_proposal(scene)
    return {"hulp": asked["voorstel"], "resultaat": asked["resultaat"]} if asked else {}


def as_written(scene: Scene) -> dict[str, Any]:
    written = draft(scene)
    return {**written.texts, "versie": written.version}


def this_version(scene: Scene) -> dict[str, Any]:
    minutes = minutes_in_round(scene)
    return {"versie": minutes.version} if minutes else {}


PREFILLS = {
    "move_conference": as_planned,
    "record_attendance": as_recorded,
    "state_position": this_round,
    "record_position_for": this_round,
    "conclude_consensus": last_proposal,
    "conclude_no_consensus": last_proposal,
    "write_minutes": as_written,
    "react_to_minutes": this_version,
}

VIEWS = {"record_attendance": family_at_table}
