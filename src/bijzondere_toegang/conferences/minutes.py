"""Reading the minutes: blocks as they are written, versions as they were put up, and who said what of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.codes import TOPICS
from bijzondere_toegang.conferences.models import Block, Conference, Minutes, Reaction, Seat
from bijzondere_toegang.conferences.queries import conferences, held_conference, seats_of
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest text of each topic, and the number of the newest save; 0 when nothing was written."""

    texts: dict[str, str]
    versions: dict[str, int]
    version: int


def draft(scene: Scene) -> Draft:
    """What was written so far in the minutes of the newest conference that was held."""
    return scene.once("minutes:draft", lambda: draft_now(scene))


def draft_now(scene: Scene) -> Draft:
    """The same, read again: somebody may have saved since."""
    conference = held_conference(scene)
    if conference is None:
        return Draft({}, {}, 0)
    newest = (
        select(Block.topic, func.max(Block.version).label("version"))
        .where(Block.conference_id == conference.id)
        .group_by(Block.topic)
        .subquery()
    )
    query = select(Block).join(newest, (col(Block.topic) == newest.c.topic) & (col(Block.version) == newest.c.version))
    rows = list(scene.tx.exec(query.where(Block.conference_id == conference.id)).all())
    unseal_rows(scene.tx, rows)
    return _draft(rows)


def texts_at(scene: Scene, version: int) -> dict[str, str]:
    """The text of each topic as it stood at an earlier save."""
    conference = held_conference(scene)
    if conference is None:
        return {}
    query = select(Block).where(Block.conference_id == conference.id, Block.version <= version)
    rows = list(scene.tx.exec(query.order_by(col(Block.version))).all())
    unseal_rows(scene.tx, rows)
    return _draft(rows).texts


def _draft(rows: list[Block]) -> Draft:
    texts = {row.topic: row.text.reveal() if row.text else "" for row in rows}
    versions = {row.topic: row.version for row in rows}
    ordered: dict[str, str] = {topic: texts[topic] for topic in TOPICS if topic in texts}
    return Draft(ordered, versions, max(versions.values(), default=0))


def versions(scene: Scene) -> list[Minutes]:
    """Every version of the minutes of this case that was put up, newest first, unsealed."""
    return scene.once("minutes:versions", lambda: _versions(scene))


def _versions(scene: Scene) -> list[Minutes]:
    rows = list(scene.tx.exec(select(Minutes).where(Minutes.case_id == scene.case.id)).all())
    unseal_rows(scene.tx, rows)
    numbers = {conference.id: conference.number for conference in conferences(scene)}
    return sorted(rows, key=lambda row: (numbers[row.conference_id], row.version), reverse=True)


def versions_of(scene: Scene, conference: Conference) -> list[Minutes]:
    return [row for row in versions(scene) if row.conference_id == conference.id]


def adopted(scene: Scene, conference: Conference) -> bool:
    return any(row.adopted_at is not None for row in versions_of(scene, conference))


def minutes_in_round(scene: Scene) -> Minutes | None:
    """The version that is now *ter reactie*: the newest of its conference, not adopted yet."""
    newest = {row.conference_id: row for row in reversed(versions(scene))}
    waiting = [row for row in newest.values() if row.adopted_at is None]
    return max(waiting, key=lambda row: row.put_up_at, default=None)


def reactions(scene: Scene, minutes: Minutes) -> list[Reaction]:
    """What was said of this version, unsealed, oldest first."""
    return scene.once(f"minutes:reactions:{minutes.id}", lambda: _reactions(scene, minutes))


def _reactions(scene: Scene, minutes: Minutes) -> list[Reaction]:
    query = select(Reaction).where(Reaction.minutes_id == minutes.id).order_by(col(Reaction.at))
    rows = list(scene.tx.exec(query).all())
    unseal_rows(scene.tx, rows)
    return rows


def silent(scene: Scene, minutes: Minutes) -> list[Seat]:
    """The holders at that table of whom nothing was heard yet about this version."""
    heard = {row.seat_id for row in reactions(scene, minutes)}
    return [seat for seat in seats_at(scene, minutes.conference_id) if seat.has_position and seat.id not in heard]


def seats_at(scene: Scene, conference_id: UUID) -> list[Seat]:
    conference = next(row for row in conferences(scene) if row.id == conference_id)
    return seats_of(scene, conference)


def may_read(scene: Scene) -> bool:
    """Whether this person may read what was put up *ter reactie* or adopted."""
    shared = replace(scene.sight.facts, minutes_shared=True)
    return allows(Permission.MINUTES_READ_BEFORE_ADOPTION, shared)


def may_read_draft(scene: Scene) -> bool:
    """Whether this person may read the minutes while they are written: who leads the table or takes its notes."""
    return allows(Permission.MINUTES_READ_BEFORE_ADOPTION, scene.sight.facts)


def day_of(scene: Scene, minutes: Minutes) -> date:
    """The day of the table that these minutes are of."""
    return local_day(next(row for row in conferences(scene) if row.id == minutes.conference_id).starts_at)


def texts_of(minutes: Minutes) -> dict[str, str]:
    """Topic to text of an unsealed version, in the order of the topics."""
    known = minutes.text.data() if minutes.text else {}
    return {topic: known[topic] for topic in TOPICS if known.get(topic)}
