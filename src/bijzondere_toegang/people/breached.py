"""Passwords known from breaches, looked up in a file of the house's own: nothing is asked of a third party."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 64
"""Bytes; a line is 40 letters, perhaps a colon and a count."""


class Breached(Container[str]):
    """
    A file of lines `SHA1[:COUNT]`, ordered by hash in capitals, as Pwned Passwords is handed out. It may be many
    gigabytes: a look reads some forty lines of it (ASVS 6.2.12).
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __contains__(self, password: object) -> bool:
        # SHA-1 is the file's own way of naming passwords; nothing is kept under it here.
        wanted = hashlib.sha1(str(password).encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self.path.open("rb") as file:
            return _holds(file, wanted, os.fstat(file.fileno()).st_size)


def _holds(file: BinaryIO, wanted: bytes, size: int) -> bool:
    """Whether a line begins with `wanted`; halves the part of the file where it can begin until nothing is left."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        line = _line_after(file, middle)
        if line and line[:40] < wanted:
            low = middle + 1
        else:
            high = middle
    return _line_after(file, low)[:40] == wanted


def _line_after(file: BinaryIO, place: int) -> bytes:
    """The first line that begins at this place or behind it; empty at the end."""
    file.seek(max(0, place - 1))
    if place:
        file.readline(LONGEST_LINE)
    return file.readline(LONGEST_LINE)
