"""A real mail server for tests, in memory."""

from __future__ import annotations

import email
import socket
from email import policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller


class Sink:
    """`with Sink() as sink:` listens on `sink.port` and keeps what comes in as `sink.mails`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, server_hostname="localhost")

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - the name aiosmtpd calls
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"
