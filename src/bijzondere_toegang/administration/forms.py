"""What the pages of *Beheer* ask."""

from __future__ import annotations

from bijzondere_toegang.web.forms import Answers, Chosen, Day, Line, OptionalDay, OptionalLine, field


class AddRole(Answers):
    """A role in an organisation, from a day until a day."""

    role: Chosen = field("rol", widget="select", choices="rollen")
    since: Day = field("vanaf", widget="date")
    until: OptionalDay = field("totEnMet", widget="date", default=None)


class Invite(Answers):
    """Somebody new, with a first role."""

    name: Line = field("naam")
    email: Line = field("email", autocomplete="email")
    job: OptionalLine = field("functie", default=None)
    role: Chosen = field("rol", widget="select", choices="rollen")
    since: Day = field("vanaf", widget="date")
    until: OptionalDay = field("totEnMet", widget="date", default=None)


class ChangeAddress(Answers):
    email: Line = field("email", autocomplete="email")


class ChangeDates(Answers):
    """Until when a role is held; empty: without an end."""

    until: OptionalDay = field("totEnMet", widget="date", default=None)
