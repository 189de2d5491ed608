"""What the pages of *Beheer* ask."""

from __future__ import annotations

from collections.abc import Iterator

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.forms import Answers, Chosen, Day, Email, Line, OptionalDay, OptionalLine, field, rule


class AddRole(Answers):
    """A role in an organisation, from a day until a day."""

    role: Chosen = field("rol", widget="select", choices="rollen")
    since: Day = field("vanaf", widget="date")
    until: OptionalDay = field("totEnMet", widget="date", default=None)

    @rule
    def last_day_follows_first(self) -> Iterator[Fault]:
        if self.until is not None and self.until < self.since:
            yield Fault("/totEnMet", N_("De laatste dag ligt voor de eerste."))


class Somebody(Answers):
    name: Line = field("naam")
    email: Email = field("email", autocomplete="email")
    job: OptionalLine = field("functie", default=None)


class Invite(AddRole, Somebody):
    """Somebody new, with a first role. Fields are asked Somebody first."""


class ChangeAddress(Answers):
    email: Email = field("email", autocomplete="email")


class ChangeDates(Answers):
    """Until when a role is held; empty: without an end."""

    until: OptionalDay = field("totEnMet", widget="date", default=None)
