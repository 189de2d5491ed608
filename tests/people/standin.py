"""An OpenID provider of our own: a real server on 127.0.0.1 with real keys, that can also be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

CLIENT, SECRET = "bijzondere-toegang", "een geheim: met % en +"

Claims = dict[str, Any]


@dataclass
class Given:
    """What a code stands for."""

    asked: dict[str, str]
    claims: Claims


@dataclass
class StandIn:
    """What it does by default is right; `bend` and `sign` and the flags make it lie."""

    clock: Callable[[], datetime]
    url: str = ""
    person: Claims = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    bend: Callable[[Claims], Claims] = dict
    sign: Callable[[Claims], str] | None = None
    back: Callable[[dict[str, str]], dict[str, str]] = dict
    client_keys: list[Key] = field(default_factory=list)
    """of the client, for private_key_jwt; empty: its secret"""
    codes: dict[str, Given] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    broken: bool = False
    described: Claims = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.url

    def discovery(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            "authorization_response_iss_parameter_supported": True,
        } | self.described

    def authorize(self, asked: dict[str, str]) -> str:
        """Where it sends the browser; this person never hesitates."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = Given(asked, dict(self.person))
        answer = self.back({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, sent: dict[str, str], authorization: str) -> tuple[int, Claims]:
        given = self.codes.pop(sent.get("code", ""), None)
        if not self._is_client(sent, authorization):
            return 401, {"error": "invalid_client"}
        if given is None or not _fits(given.asked, sent):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(given)}

    def _is_client(self, sent: dict[str, str], authorization: str) -> bool:
        if self.client_keys:
            assertion = jwt.decode(sent.get("client_assertion", ""), self.client_keys[0], algorithms=["ES256"])
            return bool(assertion.claims["sub"] == CLIENT and assertion.claims["aud"] == f"{self.url}/token")
        plain = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        return tuple(map(unquote_plus, plain.split(":", 1))) == (CLIENT, SECRET)

    def id_token(self, given: Given) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": given.asked["nonce"],
        } | given.claims
        return self.signed(self.bend(claims))

    def signed(self, claims: Claims) -> str:
        if self.sign is not None:
            return self.sign(claims)
        key = self.keys[-1]
        header = {"alg": "ES256" if key.key_type == "EC" else "RS256", "kid": key.kid}
        return jwt.encode(header, claims, key)


def _fits(asked: dict[str, str], sent: dict[str, str]) -> bool:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
    return (
        sent.get("redirect_uri") == asked["redirect_uri"]
        and asked["code_challenge_method"] == "S256"
        and challenge.rstrip(b"=").decode() == asked["code_challenge"]
    )


def rsa(kid: str = "eerste") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def ec(kid: str = "kromme") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@contextmanager
def standin(clock: Callable[[], datetime], keys: list[Key]) -> Iterator[StandIn]:
    provider = StandIn(clock, keys=keys)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query))
            provider.seen.append((parts.path, asked))
            if provider.broken:
                return self._tell(500, {})
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("location", provider.authorize(asked))
                self.end_headers()
                return None
            pages = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/jwks": {"keys": [key.as_dict(private=False) for key in provider.keys]},
            }
            return self._tell(200 if parts.path in pages else 404, pages.get(parts.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            provider.seen.append((self.path, sent))
            self._tell(*provider.token(sent, self.headers.get("authorization", "")))

        def _tell(self, status: int, told: Claims) -> None:
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
