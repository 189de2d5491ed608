"""What was written down and shared with this person: every item they may read, whole, and nothing of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bijzondere_toegang.cases.contents import Piece, piece_of, words_of
from bijzondere_toegang.cases.items import readable_items
from bijzondere_toegang.cases.models import Item
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.web.i18n import Translator

ELSEWHERE = frozenset({"verwijzer", "registratie", "document", "call"})
"""Kinds with a page of their own, or that are no text about the family."""
OWN_WISH = "wens-jeugdige"


@dataclass(frozen=True, slots=True)
class Written:
    """One item: its title and words, the day, and whether this person wrote or said it."""

    piece: Piece
    on: date
    mine: bool
    title: str
    """in place of the title of the piece, as a key of the family's own sentences; empty to keep it"""


def written_for(reader: Reader, seen: Shown, t: Translator) -> list[Written]:
    """
    In the order of the record. What gives a secret address away stays away; while hard news waits for a call, so does
    what was written since, unless it is this person's own.
    """
    items = [item for item in readable_items(reader.scene) if item.kind not in ELSEWHERE]
    found = [_written(reader, t, item) for item in items if _is_mine(reader, item) or seen.tells(item.created_at)]
    return [one for one in found if one is not None]


def _written(reader: Reader, t: Translator, item: Item) -> Written | None:
    piece, mine = piece_of(reader.scene, t, item, {}), _is_mine(reader, item)
    if piece is None or not (words := words_of(piece).strip()):
        return None
    if not mine and reader.safe(words) != words:
        return None
    return Written(piece, local_day(item.created_at), mine, _title(reader, item, mine))


def _is_mine(reader: Reader, item: Item) -> bool:
    return item.author_account == reader.scene.by.account_id or _is_own_wish(reader, item)


def _is_own_wish(reader: Reader, item: Item) -> bool:
    return reader.is_youth and item.kind == OWN_WISH


def _title(reader: Reader, item: Item, mine: bool) -> str:
    if _is_own_wish(reader, item):
        return "family.written.wish"
    return "family.written.mine" if mine and item.kind == "statement" else ""
