"""Items of a case (sections, statements, documents) as one person may read them now, judged one by one."""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import Item, ItemContent, ItemReader
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.visibility import reads_on
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.facts import ItemFacts
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows

_REFERRERS = frozenset({Relation.REFERRER_OWN, Relation.REFERRER_DELEGATE})
_OWN_WORDS = frozenset({"statement", "wens-jeugdige"})
"""Kinds whose party is the one who speaks in it, whoever typed it."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an unsealed item of kind `call` says: a role word, the day, whether somebody was reached, the words."""

    with_whom: str
    on: date
    reached: bool
    words: str


def readable_items(scene: Scene) -> list[Item]:
    """The items this person may read, unsealed, in the order of the record; the others stay sealed and away."""
    return scene.once("readable_items", lambda: _readable(scene))


def _readable(scene: Scene) -> list[Item]:
    items = list(scene.tx.exec(_items(scene).order_by(col(Item.position), col(Item.created_at))).all())
    recipients = _recipients(scene)
    found = [item for item in items if _may_read(scene, item, recipients.get(item.id, frozenset()))]
    unseal_rows(scene.tx, found)
    return found


def readable_document(scene: Scene, item_id: UUID) -> tuple[Item, bytes]:
    """A document with its bytes. Raises NotThere when there is none for this person."""
    item = next((one for one in readable_items(scene) if one.id == item_id and one.kind == "document"), None)
    content = scene.tx.get(ItemContent, item_id) if item is not None else None
    if item is None or content is None or content.content is None:
        raise NotThere
    unseal_rows(scene.tx, [content])
    return item, base64.b64decode(content.content.reveal())


def call_of(item: Item) -> Call:
    """The call in an unsealed item of that kind."""
    said = item.title.data() if item.title else {}
    words = item.text.reveal() if item.text else ""
    return Call(said["with"], date.fromisoformat(said["on"]), said["reached"], words)


def _items(scene: Scene):  # type: ignore[no-untyped-def]
    return select(Item).where(Item.case_id == scene.case.id)


def _recipients(scene: Scene) -> dict[UUID, frozenset[str]]:
    """The recipient words with a sharing ground that is valid today, by item."""
    rows = scene.tx.exec(
        select(ItemReader.item_id, ItemReader.recipient).where(ItemReader.case_id == scene.case.id, reads_on(scene.on))
    ).all()
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for item_id, recipient in rows:
        found[item_id].add(recipient)
    return {item_id: frozenset(words) for item_id, words in found.items()}


def _may_read(scene: Scene, item: Item, recipients: frozenset[str]) -> bool:
    act = Permission.DOCUMENT_READ if item.kind == "document" else Permission.CASE_READ_CONTENT
    return allows(act, replace(scene.sight.facts, item=_facts(scene, item, recipients)))


def _facts(scene: Scene, item: Item, recipients: frozenset[str]) -> ItemFacts:
    """A wish of the young person that nobody was given to read stays with whom it was told to: the referrer."""
    spoken = item.kind in _OWN_WORDS and item.party_id in scene.sight.parties
    untold = item.kind == "wens-jeugdige" and not recipients
    return ItemFacts(
        recipients=recipients,
        author_is_me=spoken or item.author_account == scene.by.account_id,
        waits_for_child=untold and not _REFERRERS & scene.sight.facts.relations,
    )
