"""The words in a file, to search them for what gives somebody away. A picture of words has none."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from xml.etree import ElementTree

_TELLING = frozenset({"descr", "title", "Target", "href", "string-value"})
"""Attributes of a text document that a reader meets: what a picture shows, where a link leads, what a field holds."""


def bare(text: str) -> str:
    """Without case, blanks and hyphens, so that writing it differently hides nothing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum() or letter in "@.")


def words_of(content: bytes) -> Iterator[str]:
    """What a washed text document (DOCX, ODT) says, part by part; a part that can't be read is left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.casefold().endswith((".xml", ".rels")):
                with suppress(ElementTree.ParseError):
                    yield from _in_xml(ElementTree.fromstring(archive.read(name)))


def _in_xml(tree: ElementTree.Element) -> Iterator[str]:
    yield "".join(tree.itertext())
    for one in tree.iter():
        yield from (value for name, value in one.items() if name.rpartition("}")[2] in _TELLING)
