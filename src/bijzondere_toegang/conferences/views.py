"""What the conference page shows to this person: the table, the positions as far as they may be seen, the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bijzondere_toegang.cases.advance import Possible, possible_steps
from bijzondere_toegang.cases.codes import code_for
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.conferences import minutes as minuting
from bijzondere_toegang.conferences.codes import DUTCH_ATTENDANCE, DUTCH_POSITION, TOPICS
from bijzondere_toegang.conferences.guards import quorum_present
from bijzondere_toegang.conferences.models import Conference, Minutes, Position, Seat
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
)
from bijzondere_toegang.errors import Sentence
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows, decide

STEPS = frozenset(
    {
        "plan_conference", "move_conference", "cancel_conference", "record_attendance", "open_conference",
        "ask_round", "state_position", "record_position_for", "conclude_consensus", "conclude_no_consensus",
        "adjourn", "put_up_minutes", "react_to_minutes", "adopt_minutes",
    }
)  # fmt: skip
"""The steps this page offers, in the order of the agenda; minutes are written on the page itself."""

AGENDA: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aan-tafel", ("record_attendance", "open_conference")),
    ("voorstel", ("ask_round",)),
    ("standpunten", ("state_position", "record_position_for")),
    ("uitkomst", ("conclude_consensus", "conclude_no_consensus", "adjourn")),
    ("verslag", ("put_up_minutes", "adopt_minutes")),
)


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
    other: str = ""
    fault: Sentence | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version that was put up: what stands in it, until when to react, and who did not."""

    number: int
    minutes: Minutes
    texts: Mapping[str, str]
    right: int
    wrong: int
    silent: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template needs beside the case."""

    conference: Conference | None
    content: Mapping[str, Any]
    table: tuple[SeatView, ...]
    names_shown: bool
    quorum: Sentence | None
    ties_asked_at: datetime | None
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
    versions: tuple[VersionView, ...]
    earlier: tuple[Conference, ...]
    reasons_shown: bool = field(default=False)


def sees_names(scene: Scene) -> bool:
    """Names, words and attendance are for those to whom the whole case is open."""
    return decide(Permission.CASE_SEE, scene.sight.facts).scope == "full"


def page_of(scene: Scene, blocks: tuple[BlockView, ...] | None = None) -> Page:
    """The page as it is now; `blocks` stands in the place of the minutes when a save was refused."""
    conference, open_to = latest_conference(scene), sees_names(scene)
    steps = tuple(one for one in possible_steps(scene) if one.step.name in STEPS)
    given, wanted = positions_in(scene), [seat for seat in seats(scene) if seat.has_position]
    writing = open_to and _may_write(scene)
    content = content_of(conference) if conference else {}
    asked_at = content.get("bandenGevraagd")
    return Page(
        conference=conference,
        content=content,
        table=_table(scene) if open_to else (),
        names_shown=open_to,
        quorum=quorum_present(scene),
        ties_asked_at=datetime.fromisoformat(asked_at) if asked_at else None,
        positions_given=sum(seat.id in given for seat in wanted),
        positions_wanted=len(wanted),
        blind=not all_in(scene),
        asked=asked_proposal(scene) if open_to else {},
        outcome=proposal(scene) if open_to else {},
        steps=steps,
        agenda=_agenda(steps),
        writing=writing,
        blocks=blocks if blocks is not None else _blocks(scene) if writing else (),
        version=minuting.draft(scene).version,
        versions=_versions(scene) if open_to and minuting.may_read(scene) else (),
        earlier=tuple(conferences(scene)[1:]),
        reasons_shown=open_to and minuting.may_read_draft(scene),
    )


def _may_write(scene: Scene) -> bool:
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
    return tuple(_seat(seat, names, shown.get(seat.id), seat.id in given, told) for seat in seats(scene))


def _seat(seat: Seat, names: Mapping[UUID, str], shown: Position | None, given: bool, told: bool) -> SeatView:
    waiting = ("binnen" if given else "wacht") if seat.has_position else ""
    words = content_of(shown) if shown else {}
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


def _agenda(steps: tuple[Possible, ...]) -> tuple[tuple[str, bool], ...]:
    """The slots of the talk, and at which one the case is: the first with something to do without an obstacle."""
    ready = {one.step.name for one in steps if not one.obstacles}
    now = [slot for slot, names in AGENDA if ready & set(names)]
    return tuple((slot, bool(now) and slot == now[-1]) for slot, _ in AGENDA)


def _blocks(scene: Scene) -> tuple[BlockView, ...]:
    texts = minuting.draft(scene).texts
    return tuple(BlockView(topic, texts.get(topic, "")) for topic in TOPICS)


def blocks_after_refusal(
    scene: Scene, typed: Mapping[str, str], version: int | None, faults: Mapping[str, Sentence]
) -> tuple[BlockView, ...]:
    """Both texts of every topic that differs: what was typed stays, what another saved stands beside it.

    A topic this person had not touched shows what is saved now.
    """
    now = minuting.draft_now(scene).texts
    before = minuting.texts_at(scene, version) if version is not None else {}
    return tuple(_refused(topic, typed, now, before, faults) for topic in TOPICS)


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
    return BlockView(topic, mine, saved if changed else "", faults.get(f"/{topic}"))


def _versions(scene: Scene) -> tuple[VersionView, ...]:
    return tuple(_version(scene, row) for row in minuting.versions(scene))


def _version(scene: Scene, row: Minutes) -> VersionView:
    said = minuting.reactions(scene, row)
    quiet = minuting.silent(scene, row)
    names = named(scene, quiet)
    return VersionView(
        number=row.version,
        minutes=row,
        texts=minuting.texts_of(row),
        right=sum(one.value == "right" for one in said),
        wrong=sum(one.value == "wrong" for one in said),
        silent=tuple(names[seat.id] for seat in quiet),
        code=code_for(scene, "adopt_minutes", row.adopted_at),
    )


def may_see(scene: Scene) -> bool:
    """This page is for professionals; a family has its own room."""
    return scene.by.is_professional and allows(Permission.CASE_SEE, scene.sight.facts)
