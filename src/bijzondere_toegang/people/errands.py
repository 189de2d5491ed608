"""What goes to an OpenID provider with a browser and what comes back; the protocol itself (openid.py) is loaded when
there is a provider."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from bijzondere_toegang.people.providers import Provider


class Distrusted(Exception):
    """What came back can't be believed. The reason is a code for the log of the operator, never a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """The provider did not answer, or not in time."""


@dataclass(frozen=True, slots=True)
class Errand:
    """The values of one trip to a provider. All follow from one secret, which only the browser that left holds."""

    secret: str = field(repr=False)

    def _part(self, what: str) -> str:
        return urlsafe_b64encode(hmac.digest(self.secret.encode(), what.encode(), sha256)).decode().rstrip("=")

    @property
    def state(self) -> str:
        return self._part("state")

    @property
    def nonce(self) -> str:
        return self._part("nonce")

    @property
    def verifier(self) -> str:
        return self._part("verifier")


@dataclass(frozen=True, slots=True)
class Proven:
    """What a provider vouches for. The values are of a person: they go no further than a keyed hash."""

    provider: str
    issuer: str
    subject: str = field(repr=False)
    acting: str = field(default="", repr=False)
    """who acted, when that is somebody else than `subject`"""
    email: str = field(default="", repr=False)
    """only when the provider verified it"""
    bsn: str = field(default="", repr=False)
    organisation: str = ""
    """the organisation of the region that an eHerkenning number stands for"""
    strong: bool = False
    """the level that was asked for was reached"""
    session: str = field(default="", repr=False)
    at: datetime | None = None
    """when the person proved it, as the provider says"""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Whose sessions end: one session, or all of a subject."""

    subject: str = field(default="", repr=False)
    session: str = field(default="", repr=False)


class Client(Protocol):
    """Our side of one provider."""

    @property
    def provider(self) -> Provider: ...

    def address(self, errand: Errand, at: datetime, *, again: bool = False) -> str:
        """Where the browser goes; `again` asks that the person proves anew who they are."""

    def proven(self, errand: Errand, answer: Mapping[str, str], at: datetime, since: datetime | None = None) -> Proven:
        """What the answer in the browser leads to. `since`: the person must have proven it after that moment."""

    def leaving(self, at: datetime, back: str) -> str | None:
        """Where the browser may also end its session with the provider; None when it offers no such place."""

    def goodbye(self, token: str, at: datetime) -> Goodbye:
        """Whose sessions end, says a log-out token of the provider."""
