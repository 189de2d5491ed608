"""What has to happen first. Each guard looks at the case and answers with the sentence to show, or None."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.codes import FAMILY, HEARD, HERE, takes_part
from bijzondere_toegang.conferences.minutes import adopted, draft, minutes_in_round, silent
from bijzondere_toegang.conferences.models import Seat
from bijzondere_toegang.conferences.queries import (
    all_in,
    content_of,
    dissents,
    held_conference,
    holders,
    latest_conference,
    positions_in,
    seat_names,
    seats,
    sees_names,
)
from bijzondere_toegang.errors import N_, Sentence


def conference_day(scene: Scene) -> Sentence | None:
    conference = latest_conference(scene)
    if conference is None:
        return Sentence(N_("Er is nog geen overleg gepland."))
    day = local_day(conference.starts_at)
    if scene.on < day:
        return Sentence(N_("Het overleg kan open op de dag zelf: {dag}."), {"dag": day})
    return None


def ties_asked(scene: Scene) -> Sentence | None:
    """Asked of every professional who takes part, also by the one who speaks for another."""
    waiting = unasked(scene)
    if waiting and sees_names(scene):
        names = seat_names(scene)
        return Sentence(
            N_("Vraag eerst of er een band is met dit gezin, aan: {namen}."),
            {"namen": ", ".join(names[seat.id] for seat in waiting)},
        )
    return Sentence(N_("Vraag eerst iedereen naar banden met dit gezin.")) if waiting else None


def unasked(scene: Scene) -> list[Seat]:
    """Who is at the table for work and was not asked for a tie."""
    return [seat for seat in seats(scene) if takes_part(seat.kind, seat.attendance) and not seat.tie]


def quorum_present(scene: Scene) -> Sentence | None:
    """The region's quorum: chair, referrer, each consortium here or represented, and the young person's voice."""
    table = seats(scene)
    for holds, sentence in QUORUM:
        if not holds(table):
            return Sentence(sentence)
    return None


def _chair_recorded(table: list[Seat]) -> bool:
    return all(seat.attendance for seat in table if seat.kind == "chair")


def _chair_here(table: list[Seat]) -> bool:
    return _all_here(table, "chair")


def _referrer_here(table: list[Seat]) -> bool:
    return _all_here(table, "referrer")


def _all_here(table: list[Seat], kind: str) -> bool:
    found = [seat for seat in table if seat.kind == kind]
    return bool(found) and all(_is_here(seat) for seat in found)


def _is_here(seat: Seat) -> bool:
    return seat.attendance in HERE and seat.tie != "tie"


def _consortia_here(table: list[Seat]) -> bool:
    known = {seat.id: seat for seat in table}
    found = [seat for seat in table if seat.kind == "consortium"]
    return bool(found) and all(_is_here(seat) or _is_represented(seat, known) for seat in found)


def _is_represented(seat: Seat, known: Mapping[UUID, Seat]) -> bool:
    other = known.get(seat.represented_by) if seat.represented_by else None
    return seat.attendance == "represented" and other is not None and other.kind == "consortium" and _is_here(other)


def _youth_heard(table: list[Seat]) -> bool:
    return all(_is_heard(seat) for seat in table if seat.kind == "youth")


def _is_heard(seat: Seat) -> bool:
    reasoned = seat.attendance != "not_asked" or bool(content_of(seat).get("reden"))
    return seat.attendance in HEARD and reasoned


def _family_recorded(table: list[Seat]) -> bool:
    return all(seat.attendance for seat in table if seat.kind in FAMILY)


Holds = Callable[[list[Seat]], bool]

QUORUM: tuple[tuple[Holds, str], ...] = (
    (_chair_recorded, N_("Wie er is, legt de voorzitter vast op de dag van het overleg.")),
    (
        _chair_here,
        N_(
            "Nog niemand kan dit overleg leiden. De voorzitter van nu legt de aanwezigheid opnieuw vast, verzet het "
            "overleg of draagt de zaak over."
        ),
    ),
    (
        _referrer_here,
        N_(
            "Zonder verwijzer kan het overleg niet open. De voorzitter legt vast wie er als verwijzer is, of "
            "verzet het."
        ),
    ),
    (
        _consortia_here,
        N_("Elk samenwerkingsverband is er zelf bij of wordt door het andere vertegenwoordigd. Leg dat vast."),
    ),
    (_youth_heard, N_("Leg vast hoe de jeugdige wordt gehoord, of waarom dat niet is gevraagd.")),
    (_family_recorded, N_("Leg vast wie van het gezin er is.")),
)


def round_asked(scene: Scene) -> Sentence | None:
    conference = latest_conference(scene)
    if conference is None or conference.round == 0:
        return Sentence(N_("De voorzitter heeft nog geen voorstel gedaan."))
    return None


def all_positions_in(scene: Scene) -> Sentence | None:
    if asked := round_asked(scene):
        return asked
    if all_in(scene):
        return None
    given, wanted = positions_in(scene), holders(scene)
    return Sentence(
        N_("Nog niet alle standpunten zijn binnen: {binnen} van {alle}."),
        {"binnen": sum(seat.id in given for seat in wanted), "alle": len(wanted)},
    )


def nobody_opposed(scene: Scene) -> Sentence | None:
    if all_in(scene) and dissents(scene):
        return Sentence(N_("Er is geen consensus: iemand is het oneens."))
    return None


def somebody_opposed(scene: Scene) -> Sentence | None:
    if all_in(scene) and not dissents(scene):
        return Sentence(N_("Niemand is het oneens. Leg dan de consensus vast."))
    return None


def dissent_in_own_words(scene: Scene) -> Sentence | None:
    if any(not dissent.words.strip() for dissent in dissents(scene)):
        return Sentence(N_("Wie het oneens is, zegt in eigen woorden waarom."))
    return None


def conference_held(scene: Scene) -> Sentence | None:
    return None if held_conference(scene) else Sentence(N_("Er is nog geen overleg geweest."))


def minutes_not_adopted(scene: Scene) -> Sentence | None:
    conference = held_conference(scene)
    if conference is not None and adopted(scene, conference):
        return Sentence(N_("Het verslag is al vastgesteld. Wat nieuw is, kan erbij als eigen verklaring."))
    return None


def minutes_written(scene: Scene) -> Sentence | None:
    written = any(text.strip() for text in draft(scene).texts.values())
    return None if written else Sentence(N_("Er staat nog niets in het verslag."))


def minutes_up(scene: Scene) -> Sentence | None:
    """A version waits for reactions, and its term has not passed."""
    minutes = minutes_in_round(scene)
    if minutes is None:
        return Sentence(N_("Er ligt nu geen verslag om op te reageren."))
    if scene.on > minutes.react_until:
        return Sentence(
            N_("Reageren kon tot en met {dag}. U kunt nog wel iets toevoegen."), {"dag": minutes.react_until}
        )
    return None


def reactions_over(scene: Scene) -> Sentence | None:
    """The term has passed, or everybody who had a position has reacted."""
    minutes = minutes_in_round(scene)
    if minutes is None:
        return Sentence(N_("Er ligt nu geen verslag om vast te stellen."))
    if scene.on <= minutes.react_until and silent(scene, minutes):
        return Sentence(
            N_("Nog niet iedereen heeft gereageerd. Dat kan tot en met {dag}."), {"dag": minutes.react_until}
        )
    return None


GUARDS = {
    "conference_day": conference_day,
    "ties_asked": ties_asked,
    "quorum_present": quorum_present,
    "round_asked": round_asked,
    "all_positions_in": all_positions_in,
    "nobody_opposed": nobody_opposed,
    "somebody_opposed": somebody_opposed,
    "dissent_in_own_words": dissent_in_own_words,
    "conference_held": conference_held,
    "minutes_not_adopted": minutes_not_adopted,
    "minutes_written": minutes_written,
    "minutes_up": minutes_up,
    "reactions_over": reactions_over,
}
