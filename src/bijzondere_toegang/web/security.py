"""What guards every answer: strict headers, CSRF, a limit on bodies, an id, a last resort without values."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bijzondere_toegang.errors import N_, NotAllowed, NotThere, Refused, TooLarge
from bijzondere_toegang.web.carrying import PROOF, Carried, Pairs, carry

MEGABYTE = 1024 * 1024
LARGE = re.compile(r"/(api/v1/)?aanmeldingen(/|\Z)|/(zaken|mijn-plan)/[^/]+/documenten\Z|/api/v1/zaken/[^/]+/stappen\Z")
"""Where documents come in; everywhere else a body is text that people typed."""
MOST_TYPED = 2 * MEGABYTE
MOST_FIELDS = 5000
MOST_DIGITS = 15
"""Of a length; Python itself refuses to read a number of thousands of them."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
API = "/api/"
FIELD = "_csrf"
HEADER = "x-csrf-token"
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STRICT = {
    "content-security-policy": CSP,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

log = logging.getLogger("bijzondere_toegang.web")

Answer = Callable[[Request, Exception], Response]


class Expired(NotAllowed):
    """An own page sent this under a session of before; what was typed in it is not lost."""

    def __init__(self, carried: Carried) -> None:
        super().__init__(N_("Deze pagina is verlopen. Wat u typte staat er nog. Verstuur het opnieuw."))
        self.carried = carried


@dataclass(frozen=True, slots=True)
class Csrf:
    """
    Tokens bound to the session cookie: HMAC-SHA256 under `key` over the first half of the value of `cookie`. That half
    stays when somebody proves anew who they are and the second is renewed; every log-in has another.
    """

    key: bytes = field(repr=False)
    cookie: str

    def token(self, request: Request) -> str:
        return self.token_for(request.cookies.get(self.cookie, ""))

    def token_for(self, session_token: str) -> str:
        """The token for a session that begins with this very answer."""
        session = session_token.partition(".")[0]
        return hmac.new(self.key, b"csrf:" + session.encode(), hashlib.sha256).hexdigest()

    def holds(self, request: Request, token: str) -> bool:
        return hmac.compare_digest(self.token(request).encode(), token.encode())


def protect(app: Starlette, csrf: Csrf, answer: Answer, limit: int = 30 * MEGABYTE, *, secure: bool = False) -> None:
    """Put the guards around `app`, innermost first. `answer` renders a refusal or a failure."""
    app.add_middleware(CsrfGuard, csrf=csrf, answer=answer)
    app.add_middleware(BodyLimit, answer=answer, limit=limit)
    app.add_middleware(PlainPath, answer=answer)
    app.add_middleware(LastResort, answer=answer)
    app.add_middleware(StrictHeaders, secure=secure)
    app.add_middleware(RequestId)


class RequestId:
    """An own id per request, in `request.state.request_id` and `X-Request-Id`; none comes from outside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        await self.app(scope, receive, with_id)


class StrictHeaders:
    """The same strict headers on every answer; whatever names no other caching is not kept."""

    def __init__(self, app: ASGIApp, secure: bool = False) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _harden(MutableHeaders(scope=message), scope, self.secure)
            await send(message)

        await self.app(scope, receive, with_headers)


def _harden(headers: MutableHeaders, scope: Scope, secure: bool) -> None:
    """A route may add a policy of its own: two policies hold together, so it can only be stricter."""
    own = headers.getlist("content-security-policy")
    headers.update(STRICT)
    for policy in own:
        headers.append("content-security-policy", policy)
    headers.setdefault("cache-control", _caching(scope))
    if secure or scope["scheme"] == "https":
        headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"


def _caching(scope: Scope) -> str:
    if not scope["path"].startswith("/static/"):
        return "no-store"
    fingerprinted = scope["query_string"].startswith(b"v=")
    return "public, max-age=31536000, immutable" if fingerprinted else "public, max-age=600"


class LastResort:
    """An unforeseen failure: logged as its class and its places, without a value; the reader gets a page."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def noticed(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noticed)
        except Exception as error:
            _log_failure(error, scope)
            if not started:
                await self.answer(Request(scope), error)(scope, receive, send)


def _log_failure(error: Exception, scope: Scope) -> None:
    places = " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(traceback.extract_tb(error.__traceback__)))
    request_id = scope.get("state", {}).get("request_id", "-")
    log.error("failure %s request=%s at %s", type(error).__name__, request_id, places)


class PlainPath:
    """A path with a NUL in it leads nowhere: no address of ours has one, and PostgreSQL takes none as text."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "\x00" in scope["path"]:
            return await self.answer(Request(scope), NotThere())(scope, receive, send)
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses a body over `limit` bytes with 413, whether it names its length or not."""

    def __init__(self, app: ASGIApp, answer: Answer, limit: int) -> None:
        self.app = app
        self.answer = answer
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            return await self.app(scope, receive, send)
        try:
            receive = await self._bounded(scope, receive)
        except TooLarge as refused:
            return await self.answer(Request(scope), refused)(scope, receive, send)
        await self.app(scope, receive, send)

    async def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        limit = self.limit if LARGE.match(str(scope["path"])) else min(self.limit, MOST_TYPED)
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdecimal():
            return replay(await read_body(receive, limit), receive)
        if len(length) > MOST_DIGITS or int(length) > limit:
            raise TooLarge()
        return receive


class CsrfGuard:
    """
    Unsafe requests must come from our own pages and carry the token of their session, in the field `_csrf` or
    the header `X-CSRF-Token`. Calls to the API or with a bearer token are exempt, and see no cookie at all.
    """

    def __init__(self, app: ASGIApp, csrf: Csrf, answer: Answer) -> None:
        self.app = app
        self.csrf = csrf
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if is_machine(scope):
            return await self.app(_without_cookies(scope), receive, send)
        if scope["method"] in SAFE:
            return await self.app(scope, receive, send)
        try:
            receive = await self._checked(scope, receive)
        except Refused as refused:
            return await self.answer(Request(scope), refused)(scope, receive, send)
        await self.app(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        request = Request(scope)
        if not own_page(request.headers):
            raise NotAllowed(N_("Deze vraag kwam niet van onze eigen site. Open de pagina opnieuw."))
        token, pairs = request.headers.get(HEADER), None
        if token is None:
            body = await read_body(receive)
            pairs, receive = await _pairs_in(scope, body), replay(body, receive)
            token = next((value for name, value in pairs if name == FIELD), "")
        if not self.csrf.holds(request, token):
            if pairs and surely_own(request.headers) and (carried := _worth_keeping(request, pairs)):
                raise Expired(carried)
            raise NotAllowed(N_("Deze pagina is verlopen. Ga terug, ververs de pagina en probeer het opnieuw."))
        return receive


def is_machine(scope: Scope) -> bool:
    """Whether this is the API, or a call with a personal token."""
    bearer = Headers(scope=scope).get("authorization", "").lower().startswith("bearer ")
    return bearer or str(scope["path"]).startswith(API)


def _without_cookies(scope: Scope) -> Scope:
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"cookie"]}


def own_page(headers: Headers) -> bool:
    """
    Sec-Fetch-Site decides; without it Origin must be this host. Under `no-referrer` a browser on plain http
    sends Origin `null`: then the token alone decides, as for a client that sends neither.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc == headers.get("host")


def surely_own(headers: Headers) -> bool:
    """The browser itself says that one of our own pages sent this."""
    site = headers.get("sec-fetch-site")
    return (
        site == "same-origin" if site is not None else urlsplit(headers.get("origin", "")).netloc == headers.get("host")
    )


def _worth_keeping(request: Request, pairs: Pairs) -> Carried | None:
    """What was typed, unless a password was: that is typed anew."""
    if any(name == "wachtwoord" or name.startswith(PROOF) for name, _ in pairs):
        return None
    return carry(request, pairs)


async def _pairs_in(scope: Scope, body: bytes) -> Pairs:
    kind = Headers(scope=scope).get("content-type", "")
    if kind.startswith("multipart/form-data"):
        try:
            async with Request(scope, replay(body)).form() as form:
                return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        except HTTPException:
            raise Refused from None
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise TooLarge from None


async def read_body(receive: Receive, limit: int | None = None) -> bytes:
    """The entire body; TooLarge over `limit` bytes."""
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        more = bool(message.get("more_body"))
        size += len(chunk)
        if limit is not None and size > limit:
            raise TooLarge()
        chunks.append(chunk)
    return b"".join(chunks)


def replay(body: bytes, rest: Receive | None = None) -> Receive:
    """A `receive` that gives `body` once more, then what the server still says (a disconnect)."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await rest() if rest else {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
