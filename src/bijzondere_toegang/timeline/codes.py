"""The check code of an adopted text: short enough for paper, made from the entry that adopted it."""

from __future__ import annotations

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U; who types one of the first three is understood."""
_ALIKE = str.maketrans("OIL", "011")
_DOMAIN = b"\x03"
LETTERS, GROUP = 16, 4
WITNESSED = "vastgesteld"
"""The commitment that holds the text as it was adopted."""
EVENTS = ("adopt_minutes", "agree_plan")


def code_of(digest: str, commitment: str) -> str:
    """Four groups of four, eighty bits of SHA-256 over the hash of the entry and its commitment to the text."""
    found = hashlib.sha256(_DOMAIN + bytes.fromhex(digest) + commitment.encode()).digest()
    number = int.from_bytes(found[:10], "big")
    letters = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(LETTERS)))
    return "-".join(letters[begin : begin + GROUP] for begin in range(0, LETTERS, GROUP))


def typed_code(text: str) -> str:
    """A code as somebody typed it, in the form of `code_of`; empty when it can't be one."""
    letters = "".join(text.upper().translate(_ALIKE).split()).replace("-", "")
    if len(letters) != LETTERS or set(letters) - set(ALPHABET):
        return ""
    return "-".join(letters[begin : begin + GROUP] for begin in range(0, LETTERS, GROUP))
