"""How long a session still lasts by itself, as pages tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bijzondere_toegang.people.models import LoginSession

LEAD = timedelta(minutes=2)
"""How long before the end somebody is told; WCAG 2.2.1 asks for twenty seconds at least."""
ENOUGH = timedelta(hours=20)
"""What lasts longer needs no word (WCAG 2.2.1)."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """A session at one moment: when it ends if nothing is asked any more, and whether asking stretches it."""

    at: datetime
    seen_at: datetime
    created_at: datetime
    idle: timedelta
    longest: timedelta

    @classmethod
    def of(cls, session: LoginSession, at: datetime, idle: timedelta, longest: timedelta) -> Lasting:
        return cls(at, session.seen_at, session.created_at, idle, longest)

    @property
    def ends_at(self) -> datetime:
        return min(self.seen_at + self.idle, self.created_at + self.longest)

    @property
    def left(self) -> int:
        """Seconds until the end."""
        return max(0, int((self.ends_at - self.at).total_seconds()))

    @property
    def lead(self) -> int:
        """How many seconds before the end it is told; of a very short session half of it is left then."""
        return int(min(LEAD, self.idle / 2).total_seconds())

    @property
    def soon(self) -> bool:
        """Whether it is time to tell."""
        return self.left <= self.lead

    @property
    def at_most(self) -> bool:
        """Whether it ends because nobody stays longer, whatever they ask."""
        return self.created_at + self.longest <= self.at + timedelta(seconds=self.lead)

    @property
    def is_told(self) -> bool:
        return min(self.idle, self.longest) <= ENOUGH

    @property
    def minutes(self) -> int:
        """How long somebody may be idle."""
        return int(self.idle.total_seconds() // 60)

    @property
    def hours(self) -> int:
        """How long somebody stays in at most."""
        return int(self.longest.total_seconds() // 3600)
