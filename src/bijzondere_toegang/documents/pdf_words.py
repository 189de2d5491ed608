"""The words in a PDF: on its pages, in its notes and in the fields that were filled in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pypdf import PdfReader

_BESIDE = ("/Contents", "/V", "/TU", "/URI")
"""What a note says, what was filled in, a field's name for who listens, and where a link leads."""


def words_of(content: bytes) -> Iterator[str]:
    """What a washed PDF says, page by page; a page that can't be read is left out."""
    for page in PdfReader(io.BytesIO(content)).pages:
        with suppress(Exception):
            yield page.extract_text()
        for one in page.get("/Annots", ()):
            with suppress(Exception):
                yield from _beside(one.get_object())


def _beside(note: Any) -> Iterator[str]:
    for part in (note, note.get("/A"), note.get("/Parent")):
        known = part.get_object() if part is not None else {}
        yield from (str(known[key]) for key in _BESIDE if key in known)
