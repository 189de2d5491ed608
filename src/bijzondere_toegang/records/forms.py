"""What asking for destruction and deciding about it need to know."""

from __future__ import annotations

from typing import Literal

from bijzondere_toegang.web.forms import Answers, Text, field

Part = Literal["verwijzer", "aanbieder"]
HOLDERS = {"verwijzer": "referrer", "aanbieder": "provider"}


class AskErasure(Answers):
    part: Part = field("deel", widget="radio")
    reason: Text = field("reden", widget="text")


class DecideErasure(Answers):
    granted: bool = field("vernietigen", widget="radio")
    reason: Text = field("motivering", widget="text")
