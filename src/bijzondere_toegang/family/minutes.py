"""The minutes as this reader may read them; nothing tells that another reads more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from markupsafe import Markup

from bijzondere_toegang.cases.codes import code_for
from bijzondere_toegang.cases.items import readable_items
from bijzondere_toegang.conferences.lines import Piece, pieces_of
from bijzondere_toegang.conferences.minutes import day_of, may_read, texts_of, versions
from bijzondere_toegang.conferences.models import Minutes
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice

CONFIDED = {"wensJeugdige": "wens-jeugdige", "wensOuders": "wens-ouders"}
"""Topics that hold somebody's own wish, with the kind of item whose readers decide who else reads it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A topic: its text as it was typed, and the same with its agreements apart."""

    title: Markup
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The newest version that was put up. `react_until` is None once it was adopted."""

    talk_on: date
    parts: tuple[Part, ...]
    react_until: date | None
    code: str = ""


def report_of(reader: Reader, seen: Shown, say: Voice) -> Report:
    """Raises NotThere when nothing was put up for this person yet."""
    row = next(iter(put_up(reader, seen)), None)
    if row is None:
        raise NotThere
    return report(reader, row, say)


def put_up(reader: Reader, seen: Shown) -> list[Minutes]:
    """Of each talk the newest version that was put up and told to this reader, the newest talk first."""
    told = [one for one in versions(reader.scene) if seen.tells(one.put_up_at)] if may_read(reader.scene) else []
    newest: dict[UUID, Minutes] = {}
    for row in told:
        newest.setdefault(row.conference_id, row)
    return list(newest.values())


def report(reader: Reader, row: Minutes, say: Voice) -> Report:
    day = day_of(reader.scene, row)
    parts = tuple(
        Part(say(f"family.topic.{topic.lower()}"), text, pieces_of(text, day)) for topic, text in _texts(reader, row)
    )
    open_until = None if row.adopted_at is not None else row.react_until
    code = code_for(reader.scene, "adopt_minutes", row.adopted_at)
    return Report(day, parts, open_until, code)


def _texts(reader: Reader, row: Minutes) -> list[tuple[str, str]]:
    known = texts_of(row).items()
    read = [(topic, reader.safe(text)) for topic, text in known if _may_read_topic(reader, topic)]
    return [(topic, text) for topic, text in read if text.strip()]


def _may_read_topic(reader: Reader, topic: str) -> bool:
    """A wish is read by whose wish it is, and by who was given that wish to read."""
    if topic not in CONFIDED:
        return True
    if reader.is_youth == (topic == "wensJeugdige"):
        return True
    return any(item.kind == CONFIDED[topic] for item in readable_items(reader.scene))
