"""A virus scanner that speaks the protocol of clamd (INSTREAM), over TCP or a Unix socket, within a fixed time."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Protocol

from bijzondere_toegang.errors import N_, Refused

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class NotScanned(Refused):
    """The scanner does not answer, or too many files wait to be washed: nothing comes in until that is over."""

    status = 503
    title = N_("Het bestand kan nu niet worden gecontroleerd. Probeer het over een paar minuten opnieuw.")


class Scanner(Protocol):
    def is_clean(self, content: bytes) -> bool:
        """Whether nothing was found. Raises NotScanned when that can't be told."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """`tcp://HOST:PORT` or `unix:///PATH`; `seconds` bounds the whole conversation."""

    address: str
    seconds: float = 30.0

    def is_clean(self, content: bytes) -> bool:
        """Whether nothing was found. Raises NotScanned."""
        try:
            answer = self._asked(content)
        except (OSError, ValueError) as error:
            raise NotScanned from error
        if answer == b"stream: OK":
            return True
        if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
            return False
        raise NotScanned

    def _asked(self, content: bytes) -> bytes:
        with self._connected() as line:
            # A timeout of the socket counts per call: a scanner that sends a byte now and then would hold us for ever.
            ends = threading.Timer(self.seconds, _hang_up, [line])
            ends.daemon = True
            ends.start()
            try:
                line.sendall(b"zINSTREAM\0")
                for at in range(0, len(content), CHUNK):
                    part = content[at : at + CHUNK]
                    line.sendall(struct.pack("!L", len(part)) + part)
                line.sendall(struct.pack("!L", 0))
                return _answer(line)
            finally:
                ends.cancel()

    def _connected(self) -> socket.socket:
        scheme, _, where = self.address.partition("://")
        if scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self.seconds)
            line.connect(where)
            return line
        host, _, port = where.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.seconds)


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _answer(line: socket.socket) -> bytes:
    """Up to the closing zero; cut short or too long is no answer."""
    found = b""
    while not found.endswith(b"\0"):
        part = line.recv(1024)
        if not part or len(found) > LONGEST_ANSWER:
            raise ValueError
        found += part
    return found[:-1].strip()


def scanner_of(address: str | None) -> Scanner | None:
    """The scanner of BT_CLAMD, if there is one."""
    return Clamd(address) if address else None
