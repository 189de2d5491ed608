"""What this person can do now, as plain links; the one that is asked first becomes the button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from bijzondere_toegang.cases.advance import possible_steps
from bijzondere_toegang.cases.shielding import all_answered
from bijzondere_toegang.conferences.minutes import may_read, minutes_in_round, reactions, versions
from bijzondere_toegang.conferences.queries import positions_in, seat_of
from bijzondere_toegang.evaluations.queries import open_evaluation
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.plans.asked import consents

ALWAYS = "add_statement"
TELLS_NOTHING = frozenset(
    {ALWAYS, "add_document", "answer_reading", "ask_lift", "end_confidant", "let_parents_read", "shield_item"}
)
"""Open in every stage, so that whether they can be taken gives no news away."""
FIRST = ("state_position", "consent", "score", "react_to_minutes", "answer_reading")
"""What is asked of the family, most pressing first."""
LAST = (
    "invite_confidant",
    "tick_for_confidants",
    "end_confidant",
    "shield_item",
    "ask_lift",
    "nudge",
    "ask_reconvene",
    "withdraw_consent",
    "withdraw",
)


@dataclass(frozen=True, slots=True)
class Task:
    """A link of the page."""

    href: str
    words: Markup


@dataclass(frozen=True, slots=True)
class Doing:
    """`first` is the one thing that is asked now, if any; `more` the rest."""

    first: Task | None
    more: tuple[Task, ...]


def doing_of(reader: Reader, seen: Shown, say: Voice) -> Doing:
    names = open_steps(reader, seen)
    asked = next((name for name in FIRST if name in names and not is_done(reader, name)), None)
    prepares = asked is None and seen.stage == "conference_planned" and ALWAYS in names
    first = ALWAYS if prepares else asked
    rest = [_task(reader, name, say) for name in _ordered(names) if name != first and not _is_over(reader, name)]
    return Doing(_first(reader, first, say, prepares), (*_reading(reader, seen, say), *rest))


def open_steps(reader: Reader, seen: Shown) -> list[str]:
    """The steps this person may take now; while hard news waits only what tells nothing."""
    possible = [one.step.name for one in possible_steps(reader.scene) if not one.obstacles]
    return possible if seen.waiting is None else [name for name in possible if name in TELLS_NOTHING]


def _ordered(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: (name in LAST, LAST.index(name) if name in LAST else 0))


def _first(reader: Reader, name: str | None, say: Voice, prepares: bool) -> Task | None:
    if name is None:
        return None
    words = say("family.do.prepare") if prepares else say(f"family.do.{name}")
    return Task(address(reader, name), words)


def _task(reader: Reader, name: str, say: Voice) -> Task:
    again = say.maybe(f"family.do.{name}.again") if is_done(reader, name) else None
    return Task(address(reader, name), again or say(f"family.do.{name}"))


def address(reader: Reader, step: str) -> str:
    return f"/mijn-plan/{reader.scene.case.reference}/stappen/{step}"


def _reading(reader: Reader, seen: Shown, say: Voice) -> list[Task]:
    """The minutes, once they may be read."""
    there = seen.waiting is None and may_read(reader.scene) and versions(reader.scene)
    here = f"/mijn-plan/{reader.scene.case.reference}/verslag"
    return [Task(here, say("family.do.read_minutes"))] if there else []


def is_done(reader: Reader, step: str) -> bool:
    """Whether this person already answered what is asked."""
    return step in _DONE and reader.scene.once(f"family:done:{step}", lambda: _DONE[step](reader))


def _is_over(reader: Reader, step: str) -> bool:
    """What can't be done twice leaves the list; asking for speed makes sense from the day it was due."""
    due_on = reader.scene.case.due_on
    if step == "nudge" and due_on is not None and reader.scene.on < due_on:
        return True
    return step in ("react_to_minutes", "consent", "state_position") and is_done(reader, step)


def _has_position(reader: Reader) -> bool:
    seat = seat_of(reader.scene)
    return seat is not None and seat.id in positions_in(reader.scene)


def _has_consented(reader: Reader) -> bool:
    mine = (asked for asked in consents(reader.scene) if asked.party.id == reader.party.id)
    return any(asked.answer == "given" for asked in mine)


def _has_scored(reader: Reader) -> bool:
    view = open_evaluation(reader.scene)
    given = (score.account_id for goal in view.goals for score in goal.scores) if view else ()
    return reader.scene.by.account_id in given


def _has_reacted(reader: Reader) -> bool:
    minutes = minutes_in_round(reader.scene)
    said = reactions(reader.scene, minutes) if minutes else []
    return any(row.account_id == reader.scene.by.account_id for row in said)


_DONE: Mapping[str, Callable[[Reader], bool]] = MappingProxyType(
    {
        "state_position": _has_position,
        "consent": _has_consented,
        "score": _has_scored,
        "react_to_minutes": _has_reacted,
        "answer_reading": lambda reader: all_answered(reader.scene),
    }
)
