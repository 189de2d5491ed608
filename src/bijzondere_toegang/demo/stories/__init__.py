"""What happened to each of the eight cases before the demonstration begins."""

from __future__ import annotations

from collections.abc import Iterator

from bijzondere_toegang.demo.beats import Beat
from bijzondere_toegang.demo.stories import early, later

TELLERS = (*early.TELLERS, *later.TELLERS)


def all_beats() -> Iterator[Beat]:
    """Every beat of every story; the order of time is made when they are played."""
    for tell in TELLERS:
        yield from tell().beats
