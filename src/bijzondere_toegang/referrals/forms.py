"""What the steps of this room ask."""

from __future__ import annotations

from bijzondere_toegang.web.forms import Answers, Confirmed, Text, field


class Register(Answers):
    """The referrer has checked the answers and registers."""

    checked: Confirmed = field("gecontroleerd", widget="check")


class AskSupplement(Answers):
    missing: Text = field("ontbreekt", widget="text")


class Supplement(Answers):
    answer: Text = field("antwoord", widget="text")


class TakeUp(Answers):
    """Nothing is asked: that the chair is independent was declared before."""


class Withdraw(Answers):
    reason: Text = field("reden", widget="text")
    what_now: Text = field("watNu", widget="text")
