"""The ladder of solutions: from the own network to a small-scale stay, outpatient unless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

LadderCode = Literal["eigen-netwerk", "gezinsvormen", "behandeling-thuis", "deeltijd", "kleinschalig"]

LADDER: Mapping[str, int] = {
    "eigen-netwerk": 1,
    "gezinsvormen": 2,
    "behandeling-thuis": 3,
    "deeltijd": 4,
    "kleinschalig": 5,
}
"""Interface word to step; a higher number is heavier help."""

STAYS = ("gezinsvormen", "deeltijd", "kleinschalig")
"""Help for which the young person sleeps elsewhere."""
OUTSIDE_A_FAMILY = ("deeltijd", "kleinschalig")
"""Stays that are no foster family and no family home: these need a reason (Jeugdwet 2.3 lid 6)."""


def code_of(step: int) -> str:
    """The interface word of a step of the ladder."""
    return next(code for code, number in LADDER.items() if number == step)
