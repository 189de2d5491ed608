"""Invitations as iCalendar (RFC 5545, RFC 5546): what a calendar needs and nothing about a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event

from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.clock import AMSTERDAM
from bijzondere_toegang.conferences.models import Conference, Seat
from bijzondere_toegang.conferences.queries import content_of, parties_of, seats_of
from bijzondere_toegang.conferences.seating import accounts_of_parties, seated_accounts
from bijzondere_toegang.reminders.plan import post

Method = Literal["REQUEST", "CANCEL"]

ORGANISER = "mailto:overleg@bijzondere-toegang.invalid"
"""RFC 5546 asks for one; answers come by the site, so the address can't be written to (RFC 2606)."""
SEE_SITE = "Kijk op de site"


def send(act: Act, conference: Conference, table: list[Seat] | None = None, method: Method = "REQUEST") -> None:
    """Mail the invitation, or that it is off, to every seated account."""
    seated = seats_of(act.scene, conference) if table is None else table
    text = invitation(act.case.reference, conference, place=shown_place(act, conference), at=act.at, method=method)
    post(act.tx, seated_accounts(act, seated), "invitation", act.at, text)


def send_to(act: Act, conference: Conference, newcomers: list[Seat]) -> None:
    """Mail the invitation to members of the family who were seated after it went out."""
    text = invitation(act.case.reference, conference, place=shown_place(act, conference), at=act.at)
    post(act.tx, accounts_of_parties(act, [seat.party_id for seat in newcomers]), "invitation", act.at, text)


def shown_place(act: Act, conference: Conference) -> str:
    """The place, or where to look for it when somebody's address is secret."""
    secret = any(party.secret_address for party in parties_of(act.scene).values())
    return SEE_SITE if secret else str(content_of(conference).get("plaats", SEE_SITE))


def invitation(reference: str, conference: Conference, *, place: str, at: datetime, method: Method = "REQUEST") -> str:
    """An iCalendar text with one event. The UID stays the same when the conference moves; SEQUENCE grows."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bijzondere Toegang//Overleg//NL")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(reference, conference, place, at, method))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()).decode()


def _event(reference: str, conference: Conference, place: str, at: datetime, method: Method) -> Event:
    begins = conference.starts_at.astimezone(AMSTERDAM)
    event = Event()
    event.add("uid", f"{conference.id}@bijzondere-toegang")
    event.add("sequence", conference.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=conference.minutes))
    event.add("summary", f"Overleg {reference}")
    event.add("location", place)
    event.add("class", "PRIVATE")
    event.add("organizer", ORGANISER)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    return event
