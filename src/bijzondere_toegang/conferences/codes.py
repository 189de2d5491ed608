"""The closed vocabularies of a conference: Dutch codes at the edges, English ones in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

POSITIONS: Mapping[str, str] = MappingProxyType(
    {
        "eens": "agree",
        "eens-met-zorg": "agree_with_concern",
        "oneens": "opposed",
        "geen-mening": "no_opinion",
        "niet-gegeven": "not_given",
    }
)
DUTCH_POSITION: Mapping[str, str] = MappingProxyType({english: dutch for dutch, english in POSITIONS.items()})

ATTENDANCE: Mapping[str, str] = MappingProxyType(
    {
        "aanwezig": "present",
        "online": "online",
        "schriftelijk": "written",
        "vertegenwoordigd": "represented",
        "afwezig": "absent",
        "niet-gevraagd": "not_asked",
    }
)
DUTCH_ATTENDANCE: Mapping[str, str] = MappingProxyType({english: dutch for dutch, english in ATTENDANCE.items()})

TIES: Mapping[str, str] = MappingProxyType({"geen": "none", "band": "tie"})

Topic = Literal["zorgen", "watGoedGaat", "wensJeugdige", "wensOuders", "afwegingen", "afspraken"]
TOPICS: tuple[Topic, ...] = ("zorgen", "watGoedGaat", "wensJeugdige", "wensOuders", "afwegingen", "afspraken")

LADDER: Mapping[str, str] = MappingProxyType(
    {
        "eigenNetwerk": "eigen-netwerk",
        "gezin": "gezin",
        "thuis": "thuis",
        "deeltijd": "deeltijd",
        "kleinschalig": "kleinschalig",
    }
)
"""The steps of the ladder from light to heavy: name in the form to the code that is kept (*ambulant, tenzij*)."""

ELSEWHERE = "elders"
"""What stands in the place of a consortium when the table advises help outside segment 1."""

HERE = frozenset({"present", "online"})
FAMILY = frozenset({"youth", "parent", "guardian"})
PROFESSIONAL = frozenset({"chair", "referrer", "consortium", "gi", "provider", "guest"})
"""Kinds of seats whose ties are asked; a family has its own ties, that is what it is."""
HEARD = frozenset({"present", "online", "written", "represented", "not_asked"})
"""How the voice of the young person counts as heard, or as accounted for."""
CONCLUDED = frozenset({"consensus", "no_consensus"})


def takes_part(kind: str, attendance: str) -> bool:
    """Whether somebody is at the table for work, and has to say whether there is a tie."""
    return kind in PROFESSIONAL and attendance in HERE
