"""A mail says that something is ready, where to look and whom to ring; never a name, a case or a status."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from icalendar import Calendar

from bijzondere_toegang.reminders.outbox import Claim
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.web.i18n import Translator

TIMEOUT = 10.0
_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
_SEQUENCE = re.compile(r"^SEQUENCE:(\d+)\s*$", re.MULTILINE)


class Mailer(Protocol):
    """Hands one mail over; raises OSError (smtplib's errors are) when it was not accepted."""

    def send(self, message: EmailMessage) -> None: ...


class SmtpMailer:
    """SMTP with the settings BT_SMTP_…; a connection per mail, so that one that fails spoils no other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, message: EmailMessage) -> None:
        with self._connected() as server:
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        settings, ours = self._settings, host_of(self._settings)
        if settings.smtp_tls == "tls":
            safe = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, local_hostname=ours, timeout=TIMEOUT, context=safe
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, local_hostname=ours, timeout=TIMEOUT)
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password or "")
        return server


def host_of(settings: Settings) -> str:
    """Our own name, from the address people use; asking the network for it may take seconds."""
    return urlsplit(settings.base_url).hostname or "localhost"


def compose(
    claim: Claim, email: str, translator: Translator, settings: Settings, token: str | None = None
) -> EmailMessage:
    """
    The mail of a claim. Its Message-ID stays the same over every try, so that a double can be recognised.
    With the token of a link it says to choose a password first (`mail.<kind>.first`).
    """
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = email
    kind = _kind(claim)
    message["Subject"] = _text(translator, kind, "subject", settings)
    message["Message-ID"] = f"<{claim.id}@{host_of(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    part = "body" if token is None else "first"
    message.set_content(_text(translator, kind, part, settings, token) + "\n")
    if claim.attachment:
        _attach(message, _with_site(claim.attachment, settings))
    return message


def _kind(claim: Claim) -> str:
    """Whose text the mail has: a calendar that takes a meeting away or moves it may not say that one is invited."""
    if not claim.attachment:
        return claim.kind
    if _method(claim.attachment) == "CANCEL":
        return "called_off"
    changed = _SEQUENCE.search(claim.attachment)
    return "changed" if changed and int(changed[1]) else claim.kind


def _text(translator: Translator, kind: str, part: str, settings: Settings, token: str | None = None) -> str:
    found = translator.first(f"mail.{kind}.{part}") or translator.gettext(f"mail.news.{part}")
    return found.format(address=settings.base_url.rstrip("/"), phone=settings.phone, link=link_of(settings, token))


def link_of(settings: Settings, token: str | None) -> str:
    """The address at which a password is chosen."""
    return f"{settings.base_url.rstrip('/')}/welkom/{token}"


def _method(calendar: str) -> str:
    found = _METHOD.search(calendar)
    return found[1] if found else "REQUEST"


def _with_site(calendar: str, settings: Settings) -> bytes:
    """
    Where to look stands with it, for a meeting whose place is not told. RFC 5546 (3.2.2) would have the address of who
    is invited here too; a calendar is shown to others, so it names nobody.
    """
    known = Calendar.from_ical(calendar)
    for event in known.walk("VEVENT"):
        event.add("url", settings.base_url.rstrip("/"))
    return bytes(known.to_ical())


def _attach(message: EmailMessage, calendar: bytes) -> None:
    message.add_attachment(calendar, maintype="text", subtype="calendar", filename="uitnodiging.ics")
    attached = list(message.iter_attachments())[-1]
    attached.set_param("charset", "utf-8")
    attached.set_param("method", _method(calendar.decode()))
