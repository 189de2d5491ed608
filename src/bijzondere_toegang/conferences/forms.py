"""What each step of a conference asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from bijzondere_toegang.conferences.codes import ELSEWHERE
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.forms import (
    Answers,
    Chosen,
    ClockTime,
    Day,
    Line,
    OptionalChosen,
    OptionalLine,
    OptionalText,
    Text,
    field,
    rule,
)

Length = Annotated[int, Field(ge=15, le=480)]

TWICE = N_("Deze persoon staat er al. Vul iedereen één keer in.")


GuestRole = Literal[
    "school", "veilig-thuis", "volwassenenhulp", "netwerk", "advocaat", "gedragswetenschapper", "tolk", "anders"
]


class Guest(Answers):
    """Somebody extra at the table; a guest gets no access to the case by this."""

    name: Line = field("naam")
    role: GuestRole = field("rol", widget="select")


class MoveConference(Answers):
    day: Day = field("datum", widget="date")
    free_day: bool | None = field("vrijeDag", widget="check", default=None, on_demand=True)
    begins: ClockTime = field("begintijd", widget="time")
    length: Length | None = field("duur", widget="number", default=None)
    place: Line = field("plaats")
    reason: Text = field("reden", widget="text")


class PlanConference(Answers):
    day: Day = field("datum", widget="date")
    free_day: bool | None = field("vrijeDag", widget="check", default=None, on_demand=True)
    begins: ClockTime = field("begintijd", widget="time")
    length: Length | None = field("duur", widget="number", default=None)
    place: Line = field("plaats")
    guests: tuple[Guest, ...] = field("genodigden", widget="rows", max_rows=20)


class CancelConference(Answers):
    reason: Text = field("reden", widget="text")


class OpenConference(Answers):
    """Nothing to ask: what has to be there is on record."""


class Adjourn(Answers):
    reason: Text = field("reden", widget="text")
    ready: Text = field("gereed", widget="text")


class SeatRow(Answers):
    seat: Chosen = field("zetel", widget="hidden", choices="zetels")
    attendance: Literal["aanwezig", "online", "schriftelijk", "vertegenwoordigd", "afwezig", "niet-gevraagd"] = field(
        "aanwezig", widget="radio"
    )
    represented_by: OptionalChosen = field(
        "vertegenwoordigdDoor",
        widget="select",
        choices="zetels",
        default=None,
        show_when=("aanwezig", "vertegenwoordigd"),
        required_then=True,
    )
    reason: OptionalText = field(
        "reden",
        widget="text",
        default=None,
        show_when=("aanwezig", ("afwezig", "niet-gevraagd")),
        required_then=True,
    )
    tie: Literal["geen", "band"] | None = field(
        "band", widget="radio", default=None, show_when=("aanwezig", ("aanwezig", "online")), needed_later=True
    )
    """asked of who is there for work; see `seats_go_together`"""


class RecordAttendance(Answers):
    """Seats that are left out stay as they were."""

    rows: tuple[SeatRow, ...] = field("aanwezigheid", widget="rows", min_rows=1, fixed_rows=True, row_title="zetel")

    @rule
    def seats_once(self) -> Iterable[Fault]:
        seen: set[str] = set()
        for index, row in enumerate(self.rows):
            if row.seat in seen:
                yield Fault(f"/aanwezigheid/{index}/zetel", TWICE)
            seen.add(row.seat)


class AskRound(Answers):
    help: Text = field("voorstel", widget="text")
    result: Text = field("resultaat", widget="text")


class StatePosition(Answers):
    position: Literal["eens", "eens-met-zorg", "oneens", "geen-mening"] = field("standpunt", widget="radio")
    words: OptionalText = field(
        "woorden",
        widget="text",
        default=None,
        show_when=("standpunt", ("eens-met-zorg", "oneens")),
        required_then=True,
    )
    round: int | None = field("ronde", widget="hidden", default=None)


class RecordPositionFor(Answers):
    """On the person's word, or *niet gegeven*: two attempts and another place offered (DOMAIN, positions)."""

    seat: Chosen = field("houder", widget="select", choices="houders")
    position: Literal["eens", "eens-met-zorg", "oneens", "geen-mening", "niet-gegeven"] = field(
        "standpunt", widget="radio"
    )
    words: OptionalText = field(
        "woorden",
        widget="text",
        default=None,
        show_when=("standpunt", ("eens-met-zorg", "oneens")),
        required_then=True,
    )
    reason: OptionalText = field(
        "reden", widget="text", default=None, show_when=("standpunt", "niet-gegeven"), required_then=True
    )
    first_attempt: OptionalLine = field(
        "eerstePoging", default=None, show_when=("standpunt", "niet-gegeven"), required_then=True
    )
    second_attempt: OptionalLine = field(
        "tweedePoging", default=None, show_when=("standpunt", "niet-gegeven"), required_then=True
    )
    other_place: Literal["ja", "nee"] | None = field(
        "anderePlek",
        widget="radio",
        default=None,
        show_when=("standpunt", "niet-gegeven"),
        required_then=True,
    )
    round: int | None = field("ronde", widget="hidden", default=None)


class Rung(Answers):
    outcome: Literal["gekozen", "afgewezen"] = field("uitkomst", widget="radio")
    why: OptionalText = field(
        "waarom", widget="text", default=None, show_when=("uitkomst", "afgewezen"), required_then=True
    )


class Ladder(Answers):
    """From light to heavy; what is not chosen is rejected with a reason (S0: *ambulant, tenzij*)."""

    own_network: Rung = field("eigenNetwerk")
    family_home: Rung = field("gezin")
    at_home: Rung = field("thuis")
    part_time: Rung = field("deeltijd")
    small_scale: Rung = field("kleinschalig")

    @property
    def chosen(self) -> bool:
        return any(getattr(self, name).outcome == "gekozen" for name in Ladder.model_fields)


class Conclude(Answers):
    """What a decision says (S2): who gives which help and which result, and why this is the lightest that helps."""

    help: Text = field("hulp", widget="text")
    result: Text = field("resultaat", widget="text")
    ladder: Ladder = field("ladder")
    consortium: Chosen = field("samenwerkingsverband", widget="radio", choices="uitkomsten")
    why: Text = field("waarom", widget="text")
    where_to: OptionalText = field(
        "waarheen",
        widget="text",
        default=None,
        show_when=("samenwerkingsverband", ELSEWHERE),
        required_then=True,
    )

    @rule
    def something_chosen(self) -> Iterable[Fault]:
        if not self.ladder.chosen and self.consortium != ELSEWHERE:
            yield Fault("/ladder", N_("Kies op de ladder minstens één trede."))


class ConcludeNoConsensus(Conclude):
    """The same proposal, by the chair for the referrer who decides; the dissents are taken from the positions."""

    summary: Text = field("samenvatting", widget="text")


class WriteMinutes(Answers):
    """A topic that is left out stays as it was; one that is sent empty is cleared."""

    worries: OptionalText = field("zorgen", widget="text", default=None)
    going_well: OptionalText = field("watGoedGaat", widget="text", default=None)
    wish_youth: OptionalText = field("wensJeugdige", widget="text", default=None)
    wish_parents: OptionalText = field("wensOuders", widget="text", default=None)
    considerations: OptionalText = field("afwegingen", widget="text", default=None)
    agreements: OptionalText = field("afspraken", widget="text", default=None)
    version: int | None = field("versie", widget="hidden", default=None)

    @property
    def sent(self) -> dict[str, str]:
        """The texts that were sent, by topic; empty for a topic that is to be cleared."""
        names = self.model_fields_set - {"version"}
        return {WriteMinutes.model_fields[name].alias or name: getattr(self, name) or "" for name in names}


class PutUpMinutes(Answers):
    """Nothing to ask: what was written last is put up."""


class ReactToMinutes(Answers):
    reaction: Literal["klopt", "klopt-niet"] = field("reactie", widget="radio")
    why: OptionalText = field(
        "toelichting", widget="text", default=None, show_when=("reactie", "klopt-niet"), required_then=True
    )
    version: int | None = field("versie", widget="hidden", default=None)


class AdoptMinutes(Answers):
    """Nothing to ask: who kept silent is listed by itself."""
