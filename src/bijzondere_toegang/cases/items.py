"""Items of a case (sections, statements, documents) as one person may read them now, judged one by one."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import Invitation, Item, ItemContent, ItemHold, ItemReader, Party, ReadingAnswer
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.visibility import find_case, reads_on
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.actors import load_actor
from bijzondere_toegang.people.facts import ItemFacts, reads_as
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows

_REFERRERS = frozenset({Relation.REFERRER_OWN, Relation.REFERRER_DELEGATE})
_INVITED = frozenset({Relation.GUEST_INVITED, Relation.CONFIDANT_INVITED})
OWN_WORDS = frozenset({"statement", "wens-jeugdige"})
"""Kinds whose party is the one who speaks in it, whoever typed it."""
HELPERS = frozenset({"voorzitter", "samenwerkingsverbanden", "gi"})
"""The recipient words that *iedereen die helpt* stands for."""
ALONE = timedelta(days=7)
"""How long something is withheld on the word of one professional before a second one has confirmed it."""


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
    recipients = _recipients(scene) if items else {}
    found = [item for item in items if _may_read(scene, item, recipients.get(item.id, frozenset()))]
    unseal_rows(scene.tx, found)
    return found


def only_what_reads(scene: Scene, other: Scene) -> None:
    """From here on `scene` shows no item that the person of `other` may not read: for looking over a shoulder."""
    known = {item.id for item in readable_items(other)}
    found = [item for item in _readable(scene) if item.id in known]
    scene.once("readable_items", lambda: found)


def read_by(scene: Scene, others: Iterable[Scene]) -> dict[UUID, list[Scene]]:
    """Who of the others reads each item that the person of `scene` reads; what is known is not read anew for each."""
    items, recipients = readable_items(scene), _recipients(scene)
    found: dict[UUID, list[Scene]] = {item.id: [] for item in items}
    others = list(others)
    scenes = {other.by.account_id: other for other in (*others, scene)}
    known_invitations = _invitations(scene) if any(is_invited(other) for other in others) else {}
    for other in others:
        for name, known in (
            ("item_holds", standing_holds(scene)),
            ("reading_answers", reading_answers(scene)),
            ("youths", youths(scene)),
            ("invitations", known_invitations),
        ):
            other.once(name, lambda known=known: known)  # type: ignore[misc]
        _know_inviter(other, scenes)
    for other in others:
        for item in items:
            if _may_read(other, item, recipients.get(item.id, frozenset())):
                found[item.id].append(other)
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


def standing_holds(scene: Scene) -> list[ItemHold]:
    """What is kept from somebody in this case now, oldest first; sealed."""
    return scene.once("item_holds", lambda: _standing_holds(scene))


def _standing_holds(scene: Scene) -> list[ItemHold]:
    query = select(ItemHold).where(ItemHold.case_id == scene.case.id, col(ItemHold.lifted_at).is_(None))
    rows = scene.tx.exec(query.order_by(col(ItemHold.set_at), col(ItemHold.id))).all()
    return [row for row in rows if counts_on(row, scene.on)]


def counts_on(hold: ItemHold, on: date) -> bool:
    """What one professional withholds ends by itself when no second one confirms it."""
    waits = hold.kind == "withheld" and hold.confirmed_at is None
    return not waits or on <= local_day(hold.set_at) + ALONE


def reading_answers(scene: Scene) -> dict[UUID | None, ReadingAnswer]:
    """The answer of the young person to *Wie mag dit lezen?*, by item, unsealed; None: about positions and scores."""
    return scene.once("reading_answers", lambda: _reading_answers(scene))


def _reading_answers(scene: Scene) -> dict[UUID | None, ReadingAnswer]:
    query = select(ReadingAnswer).where(
        ReadingAnswer.case_id == scene.case.id, col(ReadingAnswer.replaced_at).is_(None)
    )
    rows = list(scene.tx.exec(query).all())
    unseal_rows(scene.tx, rows)
    return {row.item_id: row for row in rows}


def parents_in(answer: ReadingAnswer) -> frozenset[UUID]:
    """The parents an unsealed answer lets read."""
    told: list[str] = answer.parents.data() if answer.parents else []
    return frozenset(UUID(one) for one in told)


def opinions_open(scene: Scene) -> bool:
    """
    Whether the words a young person of twelve or older gave with a position or a score open to the person of this
    scene: always to the referrer, to others once the young person says so.
    """
    twelve, here = scene.case.turns_12_on, scene.sight.facts.relations
    if twelve is None or scene.on < twelve or scene.sight.parties & youths(scene) or here & _REFERRERS:
        return True
    answer = reading_answers(scene).get(None)
    return answer is not None and answer.helpers and not scene.sight.parties


def is_answered_by_youth(scene: Scene, item: Item) -> bool:
    """Whether the young person decides today who reads this item: own words, from the 12th birthday."""
    twelve = scene.case.turns_12_on
    return item.kind in OWN_WORDS and item.party_id in youths(scene) and twelve is not None and scene.on >= twelve


def youths(scene: Scene) -> frozenset[UUID]:
    """The young person's party; a set, for a draft may have none yet."""
    query = select(Party.id).where(Party.case_id == scene.case.id, Party.kind == "youth")
    return scene.once("youths", lambda: frozenset(scene.tx.exec(query).all()))


def _may_read(scene: Scene, item: Item, recipients: frozenset[str]) -> bool:
    act = Permission.DOCUMENT_READ if item.kind == "document" else Permission.CASE_READ_CONTENT
    return allows(act, replace(scene.sight.facts, item=facts_of(scene, item, recipients)))


def facts_of(scene: Scene, item: Item, recipients: frozenset[str]) -> ItemFacts:
    """
    How an item stands towards the person of this scene. A wish of the young person stays with whom it was told to,
    the referrer, until the young person answered; below twelve until somebody was given it to read.
    """
    spoken, given = item.kind in OWN_WORDS and item.party_id in scene.sight.parties, recipients
    words = frozenset[str]().union(
        *(reads_as(one, scene.sight.facts.party_word) for one in scene.sight.facts.relations)
    )
    untold = item.kind == "wens-jeugdige" and not recipients
    if is_answered_by_youth(scene, item):
        answer = reading_answers(scene).get(item.id)
        untold = item.kind == "wens-jeugdige" and answer is None
        if answer is not None:
            chosen = HELPERS if answer.helpers else frozenset[str]()
            recipients = chosen | (words if parents_in(answer) & scene.sight.parties else frozenset())
    me = words | {str(party) for party in scene.sight.parties}
    kept = {hold.kind for hold in standing_holds(scene) if hold.item_id == item.id and hold.kept_from in me}
    return ItemFacts(
        recipients=recipients,
        author_is_me=spoken or item.author_account == scene.by.account_id,
        shielded="shielded" in kept,
        withheld="withheld" in kept,
        waits_for_child=untold and not _REFERRERS & scene.sight.facts.relations,
        ticked=str(item.id) in _ticked(scene),
        inviter_reads=_inviter_reads(scene, item, given),
    )


# ── Somebody invited ──


def is_invited(scene: Scene) -> bool:
    """Whether the person of this scene sees the case as a guest or a confidant, and as nothing else."""
    found = {row.relation for row in scene.sight.access}
    return bool(found) and found <= _INVITED


def invitation_of(scene: Scene) -> Invitation | None:
    """The invitation, unsealed, by which the person of this scene is here now."""
    if not is_invited(scene):
        return None
    return scene.once("invitations", lambda: _invitations(scene)).get(scene.by.account_id)


def let_in_by(scene: Scene) -> frozenset[UUID]:
    """The rows of access that the person of this scene gave."""
    query = select(Invitation.access_id).where(
        Invitation.case_id == scene.case.id, Invitation.invited_by == scene.by.account_id
    )
    return frozenset(scene.tx.exec(query).all())


def _invitations(scene: Scene) -> dict[UUID, Invitation]:
    """By account: each invited person has one account for one invitation."""
    rows = list(scene.tx.exec(select(Invitation).where(Invitation.case_id == scene.case.id)).all())
    unseal_rows(scene.tx, rows)
    return {row.account_id: row for row in rows}


def inviter_scene(scene: Scene) -> Scene | None:
    """The case as who invited this person sees it now; None when that person sees it no more."""
    return scene.once("inviter", lambda: _inviter_scene(scene))


def _inviter_scene(scene: Scene) -> Scene | None:
    invitation = invitation_of(scene)
    actor = load_actor(scene.tx, invitation.invited_by, scene.on) if invitation else None
    if actor is None:
        return None
    try:
        sight = find_case(scene.tx, actor, scene.case.reference, scene.region, scene.at)
    except NotThere:
        return None
    return Scene(scene.process, scene.tx, sight, scene.at, scene.on)


def _know_inviter(scene: Scene, scenes: dict[UUID, Scene]) -> None:
    """Who invited is among the people whose sight is known: no look of its own is needed."""
    invitation = invitation_of(scene)
    if invitation is not None:
        scene.once("inviter", lambda: scenes.get(invitation.invited_by))


def _ticked(scene: Scene) -> frozenset[str]:
    invitation = invitation_of(scene)
    return frozenset(invitation.items.data()) if invitation and invitation.items else frozenset()


def _inviter_reads(scene: Scene, item: Item, recipients: frozenset[str]) -> bool:
    """Nobody lets somebody else read more than what is open to themselves today."""
    if str(item.id) not in _ticked(scene):
        return False
    inviter = inviter_scene(scene)
    return inviter is not None and not is_invited(inviter) and _may_read(inviter, item, recipients)
