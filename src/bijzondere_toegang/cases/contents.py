"""What was written down about a case, ready to show: sections, statements and calls as texts, documents as a list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import select

from bijzondere_toegang.cases.items import call_of, readable_items, standing_holds
from bijzondere_toegang.cases.models import Item, ItemReader
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.cases.visibility import reads_on
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.documents.kinds import DOCX, ODT
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.web.i18n import Translator

_TOLD_ELSEWHERE = frozenset({"verwijzer", "registratie", "document"})
_OPEN = frozenset({"aanmelding", "wens-jeugdige", "wens-ouders"})
"""Sections that stand open; the others unfold."""
EXTENSIONS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/plain": "txt",
    DOCX: "docx",
    ODT: "odt",
}

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A section: a text as it was typed, or lists of (label, value) when it has several values."""

    title: str
    note: str
    text: str = ""
    lists: tuple[Pairs, ...] = field(default=())
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: where to fetch it, what it is called, and who else may read it."""

    id: UUID
    href: str
    title: str
    readers: str
    about: str
    mine: bool


def pieces_of(scene: Scene, t: Translator) -> list[Piece]:
    """Everything but documents that this person may read, in the order of the record."""
    items = [item for item in readable_items(scene) if item.kind not in _TOLD_ELSEWHERE]
    authors = names_of(scene.tx, {item.author_account for item in items if _is_spoken(item)})
    return [piece for item in items if (piece := piece_of(scene, t, item, authors))]


def _is_spoken(item: Item) -> bool:
    return item.kind in ("statement", "call")


def piece_of(scene: Scene, t: Translator, item: Item, authors: Mapping[UUID, str]) -> Piece | None:
    """One readable item as a piece; None when it says nothing."""
    note = (
        f"{authors.get(item.author_account, '')}, {t.moment(item.created_at, scene.on)}" if item.author_account else ""
    )
    if item.kind == "call":
        call = call_of(item)
        reached = N_("gesproken") if call.reached else N_("niet bereikt")
        return Piece(_title(t, item), f"{note}: {t.day(call.on, scene.on)}, {t.gettext(reached)}", call.words)
    if item.text is None:
        return None
    text = item.text.reveal()
    if item.media_type == "application/json":
        return Piece(_title(t, item), "", lists=_lists(scene, t, _parsed(text)))
    return Piece(
        _title(t, item), note if _is_spoken(item) else "", text, is_open=item.kind in _OPEN or _is_spoken(item)
    )


def words_of(piece: Piece) -> str:
    """All that a piece says, to look for what it may not give away."""
    return "\n".join((piece.text, *(value for pairs in piece.lists for _, value in pairs)))


def _title(t: Translator, item: Item) -> str:
    return t.first(f"item.{item.kind}", "item.other") or item.kind


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}


def _lists(scene: Scene, t: Translator, value: Any) -> tuple[Pairs, ...]:
    rows = value if isinstance(value, list) else [value]
    return tuple(tuple(_pairs(scene, t, row)) for row in rows if isinstance(row, dict))


def _pairs(scene: Scene, t: Translator, row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in row.items():
        label = t.first(f"item.field.{name}") or name
        if isinstance(value, dict):
            yield from _pairs(scene, t, value)
        elif isinstance(value, list):
            yield from (pair for part in value if isinstance(part, dict) for pair in _pairs(scene, t, part))
        elif value not in (None, ""):
            yield label, _value(scene, t, value)


def _value(scene: Scene, t: Translator, value: Any) -> str:
    if isinstance(value, bool):
        return t.gettext(N_("ja") if value else N_("nee"))
    text = str(value)
    organisation = scene.region.organisation(text)
    if organisation is not None:
        return organisation.name
    try:
        return t.day(date.fromisoformat(text), scene.on)
    except ValueError:
        return t.first(f"item.value.{text}") or text


def papers_of(scene: Scene, t: Translator, words: str = "recipient") -> list[Paper]:
    """The documents this person may read; `words`: the catalogue key before a recipient."""
    items = documents(scene)
    readers = _readers(scene, t, words) if items else {}
    return [
        Paper(
            item.id,
            f"/zaken/{scene.case.reference}/documenten/{item.id}",
            item.title.reveal() if item.title else t.gettext(N_("Document")),
            readers.get(item.id, ""),
            _about(scene, t, item),
            item.author_account == scene.by.account_id,
        )
        for item in items
    ]


def _about(scene: Scene, t: Translator, item: Item) -> str:
    """What kind of document it is and since when it is here."""
    sort = t.first(f"option.soort.{item.text.reveal()}") if item.text else None
    return ", ".join(filter(None, (sort, t.day(local_day(item.created_at), scene.on))))


def documents(scene: Scene) -> list[Item]:
    return [item for item in readable_items(scene) if item.kind == "document"]


def _readers(scene: Scene, t: Translator, key: str) -> dict[UUID, str]:
    """The recipients of each item, without those it is kept from."""
    rows = scene.tx.exec(select(ItemReader).where(ItemReader.case_id == scene.case.id, reads_on(scene.on))).all()
    known = {str(one.id): one.word for one in parties_of(scene)}
    kept = {(one.item_id, known.get(one.kept_from, one.kept_from)) for one in standing_holds(scene)}
    words: dict[UUID, list[str]] = {}
    for row in rows:
        if (row.item_id, row.recipient) not in kept:
            words.setdefault(row.item_id, []).append(_named(t, key, row.recipient))
    return {item_id: ", ".join(dict.fromkeys(found)) for item_id, found in words.items()}


def _named(t: Translator, key: str, recipient: str) -> str:
    word = t.first(f"{key}.{recipient}", f"recipient.{recipient}") or recipient
    return word[:1].lower() + word[1:]


def file_name(item: Item, number: int) -> str:
    """A name that tells nothing of anybody: document-1.pdf."""
    return f"document-{number}.{EXTENSIONS.get(item.media_type, 'bin')}"
