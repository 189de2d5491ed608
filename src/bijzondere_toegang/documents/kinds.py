"""What a file is, by its content alone: a name and what a browser says of it are labels."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Mapping

from bijzondere_toegang.documents.limits import MOST_PARTS, Unfit

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/docx"
"""short for the type of 71 letters that Word has; `SERVED_AS` says it in full"""
ODT = "application/vnd.oasis.opendocument.text"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

SERVED_AS: Mapping[str, str] = {
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    JPEG: JPEG,
    ODT: ODT,
    PDF: PDF,
    PNG: PNG,
    TEXT: TEXT,
}
"""What a document is called when it leaves; what is not here leaves as UNKNOWN."""

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Word before 2007, and what Word protects with a password."""
_NOT_TEXT = (b"{\\rtf", b"<!doctype", b"<html", b"<?xml", b"<svg", b"%!ps", b"#!")
"""Text to a machine, something else to a person: programs and documents in another dress."""


def kind_of(content: bytes) -> str:
    """The media type of a file that may come in. Raises Unfit for every other."""
    if not content:
        raise Unfit("empty")
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if content.startswith(_OLD_OFFICE):
        raise Unfit("old-office")
    if content[4:8] == b"ftyp":
        raise Unfit("phone-photo")
    return _text(content)


def _packed(content: bytes) -> str:
    """Which text document a ZIP archive is, by the parts it names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except Exception as error:
        raise Unfit("broken") from error
    if len(parts) > MOST_PARTS:
        raise Unfit("too-full")
    if "word/document.xml" in names and "[Content_Types].xml" in names:
        return DOCX
    if "mimetype" in names and "content.xml" in names:
        return ODT
    raise Unfit("kind")


def _text(content: bytes) -> str:
    bare = content.removeprefix(b"\xef\xbb\xbf")
    if bare.lstrip()[:9].lower().startswith(_NOT_TEXT):
        raise Unfit("kind")
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unfit("kind") from error
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\r\t\f" for letter in text):
        raise Unfit("kind")
    return TEXT
