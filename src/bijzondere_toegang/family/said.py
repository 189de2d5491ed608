"""What this person answered when the table asked: own words stay one's own, whoever else may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.models import Position, Seat
from bijzondere_toegang.conferences.queries import content_of
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.family.minutes import report_of
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice

SILENT = "not_given"
"""What the chair recorded about somebody who said nothing: that is no word of theirs."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: `value` as the tables have it, the own words (or empty), and whether the chair wrote them down."""

    on: date
    round: int
    value: str
    words: str
    recorded_for: bool


def said_of(reader: Reader) -> list[Said]:
    """Every answer of this person, of every talk and every round, oldest first; in two statements."""
    return reader.scene.once("family:said", lambda: _said_of(reader))


def _said_of(reader: Reader) -> list[Said]:
    return [
        Said(local_day(row.at), row.round, row.value, str(content_of(row).get("woorden") or ""), row.recorded_for)
        for row in own_positions(reader)
        if row.value != SILENT
    ]


def own_positions(reader: Reader) -> list[Position]:
    """What stands on record as this person's position, unsealed, oldest first; also that nothing was said."""
    own = select(Seat.id).where(Seat.case_id == reader.scene.case.id, Seat.party_id == reader.party.id)
    rows = list(reader.scene.tx.exec(select(Position).where(col(Position.seat_id).in_(own)).order_by(col(Position.at))))
    unseal_rows(reader.scene.tx, rows)
    return rows


def in_minutes(reader: Reader, seen: Shown, say: Voice) -> bool:
    """Whether the minutes are there for this person and hold what they said."""
    words = [one.words for one in said_of(reader) if one.words.strip()]
    if not words or seen.waiting is not None:
        return False
    try:
        report = report_of(reader, seen, say)
    except NotThere:
        return False
    texts = [" ".join(part.text.split()) for part in report.parts]
    return any(" ".join(one.split()) in text for one in words for text in texts)
