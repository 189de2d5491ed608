"""The moments of a story: who takes which step when, with which answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.clock import utc_of
from bijzondere_toegang.demo.people import family_key

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Monday 23 November 2026, nine in the morning: here the demonstration begins."""
MINUTES = timedelta(minutes=7)
"""Between two steps of the same day."""

Answers = dict[str, Any] | Callable[[Scene], dict[str, Any]]
"""The answers of a step, or how to find them from the case as it then stands."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that happens; `who` is a demo key or a role in the case, `step` is empty for registering.

    An optional one may be refused without ending the story, such as a consent that the law does not ask.
    """

    at: datetime
    number: int
    who: str = ""
    step: str = ""
    answers: Answers = field(default_factory=dict)
    optional: bool = False


class Story:
    """The beats of one sample, told day by day."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.beats: list[Beat] = []
        self._at = START

    def on(self, year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> Self:
        """What follows happens on this day, from this hour on the wall clock."""
        self._at = utc_of(date(year, month, day), hour, minute)
        return self

    def registered(self) -> Self:
        return self._then(Beat(self._at, self.number))

    def does(self, who: str, step: str, answers: Answers | None = None) -> Self:
        return self._then(Beat(self._at, self.number, who, step, answers or {}))

    def may(self, who: str, step: str, answers: Answers | None = None) -> Self:
        """As `does`, but the story goes on when it is refused."""
        return self._then(Beat(self._at, self.number, who, step, answers or {}, optional=True))

    def kin(self, word: str) -> str:
        """The demo key of a family member by the intake's own word."""
        return family_key(self.number, word)

    @property
    def referrer(self) -> str:
        return f"referrer-{self.number}"

    def _then(self, beat: Beat) -> Self:
        self.beats.append(beat)
        self._at += MINUTES
        return self
