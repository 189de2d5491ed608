"""How much a file may hold, packed and unpacked, and what is wrong with one that is refused."""

from __future__ import annotations

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
"""of one file, as sent and as kept"""
MOST_PIXELS = 40_000_000
"""the camera of a phone makes up to about 50 million in its special mode, 12 million as a rule"""
MOST_PARTS = 2000
"""files inside a text document"""
MOST_UNPACKED = 60 * MEGABYTE
"""of all parts of a text document together"""
MOST_OBJECTS = 200_000
"""in a PDF"""
MOST_PAGES = 2000


MOST_LETTERS = 1_000_000
"""of its words that are kept to be searched; some four hundred pages"""


class Unfit(Exception):
    """A file that is not kept; `why` is one of the words of `documents.checking`, never anything of the file."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
