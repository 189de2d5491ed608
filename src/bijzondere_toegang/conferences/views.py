"""What the conference page shows to this person: the table, the positions as far as they may be seen, the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bijzondere_toegang.cases.advance import Possible, possible_steps
from bijzondere_toegang.cases.codes import code_for
from bijzondere_toegang.cases.items import opinions_open
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences import minutes as minuting
from bijzondere_toegang.conferences.codes import DUTCH_ATTENDANCE, DUTCH_POSITION, TOPICS
from bijzondere_toegang.conferences.guards import quorum_present, ties_asked, unasked
from bijzondere_toegang.conferences.lines import Piece, pieces_of
from bijzondere_toegang.conferences.models import Conference, Minutes, Position, Seat
from bijzondere_toegang.conferences.places import place_of
from bijzondere_toegang.conferences.queries import (
    all_in,
    asked_proposal,
    conferences,
    content_of,
    held_conference,
    latest_conference,
    named,
    positions,
    positions_in,
    proposal,
    seat_names,
    seats,
    sees_names,
)
from bijzondere_toegang.errors import Sentence
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows

ORDER = (
    "open_conference", "conclude_consensus", "conclude_no_consensus", "state_position", "record_position_for",
    "record_attendance", "ask_round", "plan_conference", "react_to_minutes", "put_up_minutes", "adopt_minutes",
    "invite_guest", "move_conference", "adjourn", "cancel_conference",
)  # fmt: skip
"""The steps this page offers, what the table waits for first, what ends it last; minutes are written on the page."""
OF_MINUTES = frozenset({"put_up_minutes", "adopt_minutes"})

AGENDA = ("aan-tafel", "voorstel", "standpunten", "uitkomst", "verslag")
"""The slots of the talk."""

Phase = Literal["before", "at", "after"]
"""The table has to come, is going on, or is behind us."""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A line of the table. `position`: a Dutch code once it may be seen, else `binnen`, `wacht` or empty."""

    kind: str
    name: str
    attendance: str
    stand_in: str
    reason: str
    tie: str
    position: str
    words: str
    recorded_for: bool


@dataclass(frozen=True, slots=True)
class BlockView:
    """A topic of the minutes. `other`: what somebody else saved meanwhile; `fault`: why it was not saved."""

    topic: str
    text: str
    version: int = 0
    """of the save this text stands on"""
    other: str = ""
    fault: Sentence | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version that was put up: what stands in it, until when to react, and who did not."""

    number: int
    minutes: Minutes
    texts: Mapping[str, tuple[Piece, ...]]
    right: int
    wrong: int
    silent: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template needs beside the case."""

    conference: Conference | None
    phase: Phase
    to_come: bool
    """it is planned, and not for today"""
    live: bool
    place: str
    """empty when it would tell where somebody is who must not be found"""
    table: tuple[SeatView, ...]
    names_shown: bool
    lacking: Sentence | None
    """what the table needs before it can open, of who is there and who was asked for a tie"""
    ties_asked_at: datetime | None
    unasked: tuple[str, ...]
    """the names of who still has to say whether there is a tie"""
    positions_given: int
    positions_wanted: int
    blind: bool
    asked: Mapping[str, Any]
    outcome: Mapping[str, Any]
    steps: tuple[Possible, ...]
    agenda: tuple[tuple[str, bool], ...]
    writing: bool
    blocks: tuple[BlockView, ...]
    version: int
    writes: int
    """the number of the conference whose minutes stand open"""
    versions: tuple[VersionView, ...]
    earlier: tuple[Conference, ...]
    reasons_shown: bool = field(default=False)


def page_of(scene: Scene, blocks: tuple[BlockView, ...] | None = None) -> Page:
    """The page as it is now; `blocks` stands in the place of the minutes when a save was refused."""
    conference, held, open_to = latest_conference(scene), held_conference(scene), sees_names(scene)
    steps = _steps(scene, _phase(conference))
    given, wanted = positions_in(scene), [seat for seat in seats(scene) if seat.has_position]
    writing = open_to and may_write(scene)
    content = content_of(conference) if conference else {}
    asked_at = content.get("bandenGevraagd")
    return Page(
        conference=conference,
        phase=_phase(conference),
        to_come=_to_come(scene),
        live=conference is not None and is_live(scene, conference),
        place=place_of(scene, conference) if conference else "",
        table=_table(scene) if open_to else (),
        names_shown=open_to,
        lacking=quorum_present(scene) or ties_asked(scene),
        ties_asked_at=datetime.fromisoformat(asked_at) if asked_at else None,
        unasked=tuple(seat_names(scene)[seat.id] for seat in unasked(scene)) if open_to else (),
        positions_given=sum(seat.id in given for seat in wanted),
        positions_wanted=len(wanted),
        blind=not all_in(scene),
        asked=asked_proposal(scene) if open_to else {},
        outcome=proposal(scene) if open_to else {},
        steps=steps,
        agenda=_agenda(scene, conference),
        writing=writing,
        blocks=blocks if blocks is not None else _blocks(scene) if writing else (),
        version=minuting.draft(scene).version,
        writes=held.number if held else 0,
        versions=_versions(scene) if open_to and minuting.may_read(scene) else (),
        earlier=tuple(conferences(scene)[1:]),
        reasons_shown=open_to and minuting.may_read_draft(scene),
    )


def _phase(conference: Conference | None) -> Phase:
    state = conference.state if conference else "planned"
    return "before" if state == "planned" else "at" if state == "open" else "after"


def _to_come(scene: Scene) -> bool:
    conference = latest_conference(scene)
    return conference is not None and conference.state == "planned" and scene.on < local_day(conference.starts_at)


def is_live(scene: Scene, conference: Conference) -> bool:
    """Whether the table may change from one minute to the next: it is open, or planned for today."""
    today = conference.state == "planned" and local_day(conference.starts_at) == scene.on
    return conference.state == "open" or today


def may_write(scene: Scene) -> bool:
    """Whether the notes stand open on the page: somebody who writes them, a table that was held, not adopted yet."""
    conference = held_conference(scene)
    step = scene.workflow.steps["write_minutes"]
    return (
        conference is not None
        and minuting.may_read_draft(scene)
        and scene.case.stage in scene.workflow.sources_of(step)
        and not minuting.adopted(scene, conference)
    )


def _table(scene: Scene) -> tuple[SeatView, ...]:
    names, shown, given = seat_names(scene), positions(scene), positions_in(scene)
    told = minuting.may_read_draft(scene)
    return tuple(
        _seat(seat, names, found := shown.get(seat.id), seat.id in given, told, _is_confided(scene, seat, found))
        for seat in seats(scene)
    )


def _is_confided(scene: Scene, seat: Seat, shown: Position | None) -> bool:
    """Words of a young person that are not for who looks; who wrote them down keeps reading them."""
    mine = shown is not None and shown.stated_by == scene.by.account_id
    return seat.kind == "youth" and not mine and not opinions_open(scene)


def _seat(
    seat: Seat, names: Mapping[UUID, str], shown: Position | None, given: bool, told: bool, confided: bool
) -> SeatView:
    """`confided`: without the words."""
    waiting = ("binnen" if given else "wacht") if seat.has_position else ""
    words = content_of(shown) if shown and not confided else {}
    return SeatView(
        kind=seat.kind,
        name=names[seat.id],
        attendance=DUTCH_ATTENDANCE.get(seat.attendance, ""),
        stand_in=names.get(seat.represented_by, "") if seat.represented_by else "",
        reason=str(content_of(seat).get("reden", "")) if told else "",
        tie=seat.tie,
        position=DUTCH_POSITION[shown.value] if shown else waiting,
        words=str(words.get("woorden") or words.get("reden") or ""),
        recorded_for=shown.recorded_for if shown else False,
    )


def _steps(scene: Scene, phase: Phase) -> tuple[Possible, ...]:
    """What this person may do, in the order of `ORDER`: a proposal first while there is none. The minutes wait for
    the end of the table, attendance for its day; guests are let in before it."""
    order = ("ask_round", *ORDER) if not asked_proposal(scene) else ORDER
    untimely = "record_attendance" if _to_come(scene) else "invite_guest"
    found = [one for one in possible_steps(scene, ORDER) if one.step.name != untimely]
    timely = [one for one in found if phase == "after" or one.step.name not in OF_MINUTES or _ready_early(one, phase)]
    return tuple(sorted(timely, key=lambda one: order.index(one.step.name)))


def _ready_early(one: Possible, phase: Phase) -> bool:
    """Minutes of an earlier table, while the next one has yet to come."""
    return phase == "before" and not one.obstacles


def _agenda(scene: Scene, conference: Conference | None) -> tuple[tuple[str, bool], ...]:
    """The slots of the talk, and at which one the table is."""
    phase = _phase(conference)
    at_table = "voorstel" if not asked_proposal(scene) else "uitkomst" if all_in(scene) else "standpunten"
    now = {"before": "aan-tafel", "at": at_table, "after": "verslag"}[phase]
    return tuple((slot, slot == now) for slot in AGENDA)


def _blocks(scene: Scene) -> tuple[BlockView, ...]:
    now = minuting.draft(scene)
    return tuple(BlockView(topic, now.texts.get(topic, ""), now.versions.get(topic, 0)) for topic in TOPICS)


def blocks_after_refusal(
    scene: Scene, typed: Mapping[str, str], version: int | None, faults: Mapping[str, Sentence]
) -> tuple[BlockView, ...]:
    """Both texts of every topic that differs: what was typed stays, what another saved stands beside it.

    A topic this person had not touched shows what is saved now.
    """
    now = minuting.draft_now(scene)
    before = minuting.texts_at(scene, version) if version is not None else {}
    return tuple(
        replace(_refused(topic, typed, now.texts, before, faults), version=now.versions.get(topic, 0))
        for topic in TOPICS
    )


def _refused(
    topic: str,
    typed: Mapping[str, str],
    now: Mapping[str, str],
    before: Mapping[str, str],
    faults: Mapping[str, Sentence],
) -> BlockView:
    saved, mine = now.get(topic, ""), typed.get(topic, "")
    untouched = topic not in typed or mine == before.get(topic, "")
    if untouched or mine == saved:
        return BlockView(topic, saved)
    changed = saved != before.get(topic, "")
    return BlockView(topic, mine, other=saved if changed else "", fault=faults.get(f"/{topic}"))


def _versions(scene: Scene) -> tuple[VersionView, ...]:
    return tuple(_version(scene, row) for row in minuting.versions(scene))


def _version(scene: Scene, row: Minutes) -> VersionView:
    said = minuting.reactions(scene, row)
    quiet = minuting.silent(scene, row)
    names = named(scene, quiet)
    day = minuting.day_of(scene, row)
    return VersionView(
        number=row.version,
        minutes=row,
        texts={topic: pieces_of(text, day) for topic, text in minuting.texts_of(row).items()},
        right=sum(one.value == "right" for one in said),
        wrong=sum(one.value == "wrong" for one in said),
        silent=tuple(names[seat.id] for seat in quiet),
        code=code_for(scene, "adopt_minutes", row.adopted_at),
    )


def may_see(scene: Scene) -> bool:
    """This page is for professionals; a family has its own room."""
    return scene.by.is_professional and allows(Permission.CASE_SEE, scene.sight.facts)
