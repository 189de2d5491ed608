"""A mail server of our own, in memory: what the demonstration really sends lands here and goes nowhere else."""

from __future__ import annotations

import email
import socket
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from bijzondere_toegang.clock import Clock

KEPT = 500
HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived; `calendar` is its iCalendar attachment or empty."""

    at: datetime
    to: str
    subject: str
    body: str
    calendar: str


class Mailbox:
    """The newest mails first; listens on `port` of this machine alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mails: deque[Mail] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self.port = _free_port()
        self._controller = Controller(self, hostname=HERE, port=self.port, server_hostname="localhost")

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def mails(self) -> list[Mail]:
        with self._lock:
            return list(self._mails)

    def send(self, message: EmailMessage) -> None:
        """Keep a mail that takes the short way in; for what happened before the demonstration began."""
        self._keep(message, str(message["To"]))

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - the name aiosmtpd calls
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self._keep(message, envelope.rcpt_tos[0])
        return "250 OK"

    def _keep(self, message: EmailMessage, to: str) -> None:
        mail = _read(message, to, self._clock())
        with self._lock:
            self._mails.appendleft(mail)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HERE, 0))
        return int(found.getsockname()[1])


def _read(message: EmailMessage, to: str, at: datetime) -> Mail:
    body = message.get_body(("plain",))
    calendar = next((part for part in message.iter_attachments() if part.get_content_type() == "text/calendar"), None)
    return Mail(
        at,
        to,
        str(message["Subject"]),
        str(body.get_content()).strip() if body else "",
        _decoded(calendar) if calendar else "",
    )


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
