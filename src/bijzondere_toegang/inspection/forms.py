"""What holding something back needs: how much, on which ground, and for the child's interest a second professional."""

from __future__ import annotations

from typing import Literal

from bijzondere_toegang.web.forms import Answers, OptionalDay, OptionalLine, OptionalText, Text, field


class HoldBack(Answers):
    how_much: Literal["geheel", "passage"] = field("hoeveel", widget="radio")
    passage: OptionalText = field(
        "passage", widget="text", default=None, show_when=("hoeveel", "passage"), required_then=True
    )
    ground: Literal["derde", "belang-kind"] = field("grond", widget="radio")
    reason: Text = field("reden", widget="text")
    second: OptionalLine = field(
        "tweedeProfessional", default=None, show_when=("grond", "belang-kind"), required_then=True
    )
    review_on: OptionalDay = field(
        "opnieuwBekijkenOp", widget="date", default=None, show_when=("grond", "belang-kind"), required_then=True
    )
