"""Documents that give a secret address away, by their name or in their text: kept from whom the address is kept from.

The text is read once, outside every transaction, and kept sealed; what counts as secret is judged at each request.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.items import is_invited
from bijzondere_toegang.cases.models import Item, ItemContent, ItemWords
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.cases.traces import hidden_from, holds, secret_traces, traces_of
from bijzondere_toegang.db import Secret, unseal_rows

AT_ONCE = 5
"""Documents that are opened together to be read."""


def giving_away(scene: Scene, items: Iterable[Item]) -> frozenset[UUID]:
    """The documents among these that the person of this scene, family or invited, may not meet: never the own."""
    others = [one for one in items if one.kind == "document" and one.author_account != scene.by.account_id]
    return telling(scene, _traces(scene), others) if others else frozenset()


def _traces(scene: Scene) -> Collection[str]:
    if is_invited(scene):
        return secret_traces(parties_of(scene))
    me = next((one for one in parties_of(scene) if one.id in scene.sight.parties), None)
    return traces_of(hidden_from(parties_of(scene), me)) if me is not None else ()


def telling(scene: Scene, traces: Collection[str], items: Iterable[Item]) -> frozenset[UUID]:
    """The unsealed documents among these with such a trace, and those that nobody has read yet: any may hold one."""
    papers = [one for one in items if one.kind == "document"]
    if not traces or not papers:
        return frozenset()
    rows = scene.tx.exec(select(ItemWords).where(col(ItemWords.id).in_([one.id for one in papers]))).all()
    unseal_rows(scene.tx, rows)
    told = {row.id: row.words.reveal() if row.words else "" for row in rows if row.read_at is not None}
    return frozenset(
        one.id
        for one in papers
        if one.id not in told
        or any(trace in told[one.id] for trace in traces)
        or holds(traces, one.title.reveal() if one.title else None)
    )


# ── Reading what came in ──


def words_of(item: Item, words: str | None, at: datetime) -> ItemWords:
    """What a document says, to be kept with it; None: a tick of the clock reads it."""
    return ItemWords(
        id=item.id,
        case_id=item.case_id,
        holder=item.holder,
        read_at=at if words is not None else None,
        words=Secret.of(words or None),
    )


@dataclass(frozen=True, slots=True, repr=False)
class Unread:
    """A document that nobody has read yet."""

    id: UUID
    media_type: str
    content: bytes


def unread(tx: Session) -> list[Unread]:
    """Some of the documents that wait to be read. What was destroyed meanwhile is empty. For the program."""
    query = select(ItemWords.id).where(col(ItemWords.read_at).is_(None)).order_by(col(ItemWords.id)).limit(AT_ONCE)
    ids = tx.exec(query).all()
    joined = select(Item.media_type, ItemContent).where(Item.id == ItemContent.id, col(ItemContent.id).in_(ids))
    found = tx.exec(joined).all()
    unseal_rows(tx, [content for _, content in found])
    return [Unread(content.id, media_type, _bytes(content)) for media_type, content in found]


def _bytes(row: ItemContent) -> bytes:
    return base64.b64decode(row.content.reveal()) if row.content and not row.content.is_erased else b""


def note_words(tx: Session, read: Sequence[tuple[UUID, str]], at: datetime) -> None:
    """Keep what these documents say. Raises Erased when one was destroyed since: nothing is kept of any."""
    said = dict(read)
    for row in tx.exec(select(ItemWords).where(col(ItemWords.id).in_(said)).with_for_update()).all():
        row.read_at, row.words = at, Secret.of(said[row.id] or None)
        tx.add(row)
