"""How often anybody may ask: per network address and per token here, per person where the person is known.

Counted in the memory of this process, under keyed names that mean nothing elsewhere. With several processes each counts
by itself. What has to be exact (wrong passwords, links) is counted in the database instead.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Mapping

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.errors import TooOften
from bijzondere_toegang.web.addresses import network_of
from bijzondere_toegang.web.security import Answer

FREE = re.compile(r"/(static/|healthz\Z|readyz\Z)")
"""What costs nothing, and what watches over us."""
KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("login", "POST", re.compile(r"/(inloggen|welkom/.*)\Z")),
    ("login", "GET", re.compile(r"/inloggen/met/")),
    ("link", "POST", re.compile(r"/inloglink\Z")),
    ("search", "POST", re.compile(r"/zoeken\Z")),
    ("intake", "POST", re.compile(r"/api/v1/aanmeldingen\Z")),
    ("upload", "POST", re.compile(r"/aanmeldingen/[^/]+/documenten\Z")),
    ("export", "GET", re.compile(r".*\.(pdf|ics|json|csv|xlsx|zip)\Z")),
)
"""What is stricter than an ordinary page: its limit, method and path."""
BEFORE_ANYBODY = frozenset({"login", "link"})
"""Counted per network address: nobody is known yet."""


LIMITS = ("address", "person", "token", *dict.fromkeys(kind for kind, _, _ in KINDS))
"""The limits that can be set, each as `60/minute`; empty: none."""


class Limiter:
    """Counts, and raises TooOften with how long to wait."""

    def __init__(self, limits: Mapping[str, str], key: bytes) -> None:
        self._key = key
        self._counter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[str, RateLimitItem] = {name: parse(text) for name, text in limits.items() if text}

    def ask(self, limit: str, whom: str) -> None:
        item = self._items.get(limit)
        if item is None:
            return
        name = hmac.new(self._key, f"{limit}:{whom}".encode(), hashlib.sha256).hexdigest()
        if not self._counter.hit(item, limit, name):
            ends = self._counter.get_window_stats(item, limit, name).reset_time
            raise TooOften(wait=max(1, math.ceil(ends - system_clock().timestamp())))

    def of_person(self, request: Request, account: str) -> None:
        """One more of this person, whatever the number of their browsers."""
        token = request.headers.get("authorization", "")
        self.ask("token" if token else "person", account)
        kind = kind_of(request.scope)
        if kind and kind not in BEFORE_ANYBODY:
            self.ask(kind, account)

    def of_address(self, scope: Scope) -> None:
        address = network_of(scope["client"][0]) if scope.get("client") else ""
        self.ask("address", address)
        kind = kind_of(scope)
        if kind in BEFORE_ANYBODY:
            self.ask(kind, address)


def kind_of(scope: Scope) -> str:
    """What is asked for, when it is something stricter."""
    method, path = str(scope["method"]), str(scope["path"])
    return next((kind for kind, verb, where in KINDS if verb == method and where.match(path)), "")


class AddressLimit:
    """In front of everything that costs something; the person is counted later, where they are known."""

    def __init__(self, app: ASGIApp, limiter: Limiter, answer: Answer) -> None:
        self.app = app
        self.limiter = limiter
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not FREE.match(str(scope["path"])):
            try:
                self.limiter.of_address(scope)
            except TooOften as refused:
                return await self.answer(Request(scope), refused)(scope, receive, send)
        await self.app(scope, receive, send)
