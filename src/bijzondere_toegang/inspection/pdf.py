"""A file as PDF/UA, set by typst from a template of ours; what people wrote goes in as data, not as markup."""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import typst
from starlette.responses import Response

from bijzondere_toegang.resources import folder

REPLACEMENT = "?"
"""Instead of a name that there is not."""
_NO_LETTERS = frozenset({"Cc", "Cn", "Co", "Cs"})
"""Unicode categories of control signs and of what is no letter at all."""
_ORDER_MARK = "\ufeff"
"""PDF/UA forbids it."""
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Sk"})
"""Unicode categories of signs that steer and of marks on a letter."""


def set_pdf(
    title: str,
    lines: Sequence[str],
    parts: Sequence[dict[str, Any]],
    foot: str,
    lang: str,
    at: datetime,
    *,
    mark: str = "",
) -> bytes:
    """A tagged PDF with page numbers; the same input gives the same bytes. `mark` lies pale behind every page."""
    data = {"title": title, "lines": list(lines), "parts": list(parts), "foot": foot, "lang": lang, "mark": mark}
    try:
        return _compiled(printable(data), at)
    except typst.TypstError:
        # A mark that belongs on no such letter: what no font shows together is written out.
        return _compiled(printable(data, marks=False), at)


def _compiled(data: dict[str, Any], at: datetime) -> bytes:
    made: object = typst.compile(  # type: ignore[misc]
        (folder("templates") / "inspection" / "record.typ").read_bytes(),
        font_paths=[str(folder("static") / "fonts" / "print")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def printable(value: Any, *, marks: bool = True) -> Any:
    """
    The same texts with nothing that no font of ours can show: PDF/UA forbids that (ISO 14289-1, 7.21). What another
    way of writing shows is written so (a full-width digit); of the rest stands the name, as [so]. Without `marks` a
    letter and what stands on it are one sign or the letter alone.
    """
    if isinstance(value, dict):
        return {name: printable(part, marks=marks) for name, part in value.items()}
    if isinstance(value, list):
        return [printable(part, marks=marks) for part in value]
    if not isinstance(value, str):
        return value
    composed = unicodedata.normalize("NFC", value)
    return "".join(_shown(one) for one in composed if marks or unicodedata.category(one) not in _UNSEEN)


def _shown(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in _NO_LETTERS or letter == _ORDER_MARK:
        return letter if letter in "\n\t" else ""
    if _has_glyph(letter):
        return letter
    plain = unicodedata.normalize("NFKC", letter)
    if all(_has_glyph(part) for part in plain):
        return plain
    if category in _UNSEEN:
        return ""
    return f"[{unicodedata.name(letter, REPLACEMENT).casefold()}]"


def _has_glyph(letter: str) -> bool:
    firsts, lasts = _ranges()
    place = bisect_right(firsts, ord(letter)) - 1
    return place >= 0 and ord(letter) <= lasts[place]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """What the fonts for print show, as the build of the assets found it: where each range begins and ends."""
    found = json.loads((folder("static") / "fonts" / "print" / "shows.json").read_text("utf-8"))
    return [first for first, _ in found], [last for _, last in found]


def attached(content: bytes, media_type: str, name: str) -> Response:
    """A file that no browser opens in our name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"}
    return Response(content, media_type=media_type, headers=headers)
