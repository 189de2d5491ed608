"""Faults of the documents that come along: plain names, strict base64, and content that is what it says."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.referrals.intake.look import Look
from bijzondere_toegang.referrals.intake.text import has_control

NOT_PLAIN = N_("Geef een gewone bestandsnaam, zonder mappen of bijzondere tekens, zoals verslag.pdf.")
SAME_NAME = N_("Er is al een document met deze naam. Geef elk document een eigen naam.")
NOT_BASE64 = N_("De inhoud is niet goed overgekomen (base64). Voeg het document opnieuw toe.")
OTHER_KIND = N_("De inhoud is geen {soort}. Voeg het juiste bestand toe, of kies het andere soort bestand.")

_KINDS: Mapping[str, str] = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "text/plain": "TXT (UTF-8)",
}
_FORBIDDEN = frozenset('/\\:*?"<>|\n\t')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))})


def document_faults(look: Look) -> Iterator[Fault]:
    """The faults of all documents, where name, media type and content are texts."""
    taken: set[str] = set()
    for at in look.rows("documenten"):
        yield from _name_faults(look, at, taken)
        yield from _content_faults(look, at)


def _name_faults(look: Look, at: str, taken: set[str]) -> Iterator[Fault]:
    name = look.text(at, "naam")
    if name is None:
        return
    same = unicodedata.normalize("NFC", name).casefold()
    if not is_plain_name(name):
        yield look.fault(NOT_PLAIN, at, "naam")
    elif same in taken:
        yield look.fault(SAME_NAME, at, "naam")
    taken.add(same)


def is_plain_name(name: str) -> bool:
    """A name that is a file name on every system and nothing else: no folder, hidden or reserved name."""
    if name.startswith(".") or name != name.strip(" ") or name.endswith("."):
        return False
    return _FORBIDDEN.isdisjoint(name) and name.split(".")[0].strip().casefold() not in _RESERVED


def _content_faults(look: Look, at: str) -> Iterator[Fault]:
    encoded, kind = look.text(at, "inhoud"), look.text(at, "mediatype")
    if encoded is None:
        return
    content = decoded(encoded)
    if content is None:
        yield look.fault(NOT_BASE64, at, "inhoud")
    elif kind is not None and not _CHECKS[kind](content):
        yield look.fault(OTHER_KIND, at, "inhoud", soort=_KINDS[kind])


def decoded(text: str) -> bytes | None:
    """The bytes of strict, canonical base64 (RFC 4648 section 4), or None."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if base64.b64encode(content).decode("ascii") == text else None


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n")


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not has_control(text.replace("\r\n", "\n"))


_CHECKS: Mapping[str, Callable[[bytes], bool]] = {
    "application/pdf": _is_pdf,
    "image/jpeg": _is_jpeg,
    "image/png": _is_png,
    "text/plain": _is_text,
}
