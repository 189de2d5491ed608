"""OpenID Connect, the protocol alone: discovery, the way out, the code for a token, and what the token proves.

Authorization code with PKCE (S256). Nothing here knows an account or a database; nothing follows a redirect.
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from bijzondere_toegang.people.errands import Distrusted, Errand, Goodbye, Proven, Unreachable
from bijzondere_toegang.people.providers import Provider, safe_address

TIMEOUT = httpx.Timeout(5.0)
LARGEST = 512 * 1024
"""Bytes of an answer of a provider; more is no answer."""
KEPT = timedelta(hours=1)
"""How long discovery and keys are believed; a key that was withdrawn ends with it."""
PAUSE = timedelta(minutes=1)
"""Between two looks for a key we don't know, so that nobody makes us ask all day."""
SILENCE = timedelta(seconds=10)
"""Who did not answer is not asked again for so long: waiting people would hold up everybody else."""
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
"""A token older than this is not of this login."""
REPRESENTING = ("urn:nl-eid-gdi:1.0:LegalSubjectID", "legal_subject_id", "represented", "may_act", "act")
"""Claims that name a second person. Where one of them comes unasked for, the login is refused, not guessed at."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout"


class OpenId:
    """Our side of one provider. Discovery and keys are kept for an hour; made for many threads."""

    def __init__(self, provider: Provider, redirect_uri: str) -> None:
        self.provider = provider
        self.redirect_uri = redirect_uri
        self._guard = threading.Lock()
        self._known: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._silent: datetime | None = None

    # ── Out ──

    def address(self, errand: Errand, at: datetime, *, again: bool = False) -> str:
        """Where the browser goes; `again` asks that the person proves anew who they are."""
        provider = self.provider
        asked: dict[str, Any] = {"acr_values": " ".join(provider.acr)} if provider.acr else {}
        if again:
            asked |= {"prompt": "login", "max_age": 0}
        return str(
            prepare_grant_uri(
                self.discovery(at)["authorization_endpoint"],
                client_id=provider.client_id,
                response_type="code",
                redirect_uri=self.redirect_uri,
                scope=" ".join(dict.fromkeys(("openid", *provider.scopes))),
                state=errand.state,
                nonce=errand.nonce,
                code_challenge=create_s256_code_challenge(errand.verifier),
                code_challenge_method="S256",
                **asked,
            )
        )

    def leaving(self, at: datetime, back: str) -> str | None:
        """Where the browser may also end its session with the provider; None when it offers no such place."""
        endpoint = self.discovery(at).get("end_session_endpoint")
        if not isinstance(endpoint, str) or not safe_address(endpoint):
            return None
        asked = urlencode({"client_id": self.provider.client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{asked}"

    # ── Back ──

    def proven(self, errand: Errand, answer: Mapping[str, str], at: datetime, since: datetime | None = None) -> Proven:
        """What the answer in the browser leads to. `since`: the person must have proven it after that moment."""
        self._check_answer(errand, answer, at)
        token = self._token(answer["code"], errand, at)
        claims = self._claims(token, at)
        _check_times(claims, at)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), errand.nonce.encode()):
            raise Distrusted("nonce")
        proved_at = _moment(claims.get("auth_time"))
        if since is not None and (proved_at is None or proved_at < since - LEEWAY):
            raise Distrusted("auth_time")
        return self._person(claims, proved_at)

    def _check_answer(self, errand: Errand, answer: Mapping[str, str], at: datetime) -> None:
        """The answer must be for this browser and come from whom we asked (RFC 9207)."""
        if not hmac.compare_digest(answer.get("state", "").encode(), errand.state.encode()):
            raise Distrusted("state")
        named = answer.get("iss")
        must = self.discovery(at).get("authorization_response_iss_parameter_supported") is True
        if named != self.provider.issuer and (named is not None or must):
            raise Distrusted("issuer")
        if "error" in answer:
            raise Distrusted("cancelled" if answer["error"] == "access_denied" else "error")
        if not answer.get("code"):
            raise Distrusted("code")

    def _token(self, code: str, errand: Errand, at: datetime) -> str:
        endpoint, provider = self.discovery(at)["token_endpoint"], self.provider
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": errand.verifier,
        }
        if provider.private_key is not None:
            signed = private_key_jwt_sign(
                _private_key(provider), provider.client_id, endpoint, provider.private_key_algorithm, expires_in=60
            )
            sent |= {
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": signed,
                "client_id": provider.client_id,
            }
        answer = _fetch(endpoint, sent, _basic(provider))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Distrusted("token")
        return token

    def _claims(self, token: str, at: datetime) -> Mapping[str, Any]:
        """The claims of a token that this provider signed for us, as an issuer that we asked."""
        claims = self._signed(token, at)
        if claims.get("iss") != self.provider.issuer:
            raise Distrusted("issuer")
        audience = claims.get("aud")
        audience = [audience] if isinstance(audience, str) else audience
        ours = self.provider.client_id
        if not isinstance(audience, list) or ours not in audience:
            raise Distrusted("audience")
        if claims.get("azp", ours if len(audience) == 1 else None) != ours:
            raise Distrusted("audience")
        return claims

    def _signed(self, token: str, at: datetime) -> Mapping[str, Any]:
        for renewed in (False, True):
            keys = self._keys_of(at, renew=renewed)
            try:
                return jwt.decode(token, keys, algorithms=list(self.provider.algorithms)).claims
            except JoseError as error:
                if renewed or not self._may_look_again(at):
                    raise Distrusted("signature") from error
            except (ValueError, TypeError) as error:
                raise Distrusted("signature") from error
        raise Distrusted("signature")

    def _may_look_again(self, at: datetime) -> bool:
        return self._keys is None or at - self._keys[0] >= PAUSE

    def _person(self, claims: Mapping[str, Any], proved_at: datetime | None) -> Proven:
        provider, names = self.provider, self.provider.claims
        subject, represented = _text(claims, names.subject), _text(claims, names.represented)
        if not subject or not _text(claims, "sub"):
            raise Distrusted("subject")
        if represented and not provider.representation:
            raise Distrusted("representation")
        if any(claims.get(name) for name in REPRESENTING if name != names.represented.split("/")[0]):
            raise Distrusted("representation")
        strong = _text(claims, "acr") in provider.acr or bool(set(provider.amr) & _list(claims.get("amr")))
        if not strong and provider.kind != "organisatie":
            raise Distrusted("level")
        organisation = provider.numbers.get(_text(claims, names.organisation), "")
        if provider.kind == "eherkenning" and not organisation:
            raise Distrusted("organisation")
        if provider.service and _text(claims, names.service) != provider.service:
            raise Distrusted("service")
        if provider.kind == "eherkenning":
            subject = f"{_text(claims, names.organisation)}|{subject}"
        return Proven(
            provider=provider.name,
            issuer=provider.issuer,
            subject=represented or subject,
            acting=subject if represented else "",
            email=_text(claims, names.email) if _at(claims, names.email_verified) is True else "",
            bsn="" if represented else _text(claims, names.bsn),
            organisation=organisation,
            strong=strong,
            session=_text(claims, "sid"),
            at=proved_at,
        )

    def goodbye(self, token: str, at: datetime) -> Goodbye:
        """Whose sessions end, says a log-out token (OpenID Connect Back-Channel Logout)."""
        claims = self._claims(token, at)
        _check_times({"exp": (at + LEEWAY).timestamp(), **claims}, at)
        events = claims.get("events")
        if not isinstance(events, Mapping) or LOGGED_OUT not in events or "nonce" in claims:
            raise Distrusted("event")
        said = Goodbye(_text(claims, self.provider.claims.subject), _text(claims, "sid"))
        if not said.subject and not said.session:
            raise Distrusted("subject")
        return said

    # ── What the provider tells of itself ──

    def discovery(self, at: datetime) -> Mapping[str, Any]:
        with self._guard:
            if self._known is None or not timedelta(0) <= at - self._known[0] < KEPT:
                if self._silent is not None and timedelta(0) <= at - self._silent < SILENCE:
                    raise Unreachable
                try:
                    self._known = (at, self._discover())
                except Unreachable:
                    self._silent = at
                    raise
            return self._known[1]

    def _discover(self) -> Mapping[str, Any]:
        found = _fetch(self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.provider.issuer:
            raise Distrusted("discovery")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str) or not safe_address(found[name]):
                raise Distrusted("discovery")
        return found

    def _keys_of(self, at: datetime, *, renew: bool = False) -> KeySet:
        address = self.discovery(at)["jwks_uri"]
        with self._guard:
            fresh = self._keys is not None and timedelta(0) <= at - self._keys[0] < KEPT
            if renew or not fresh or self._keys is None:
                self._keys = (at, _key_set(_fetch(address)))
            return self._keys[1]


def _basic(provider: Provider) -> httpx.BasicAuth | None:
    """Both halves are encoded as in a form first (RFC 6749, 2.3.1)."""
    secret = provider.client_secret
    return None if secret is None else httpx.BasicAuth(quote_plus(provider.client_id), quote_plus(secret))


def _private_key(provider: Provider) -> Key:
    kinds: Mapping[str, Literal["EC", "OKP", "RSA"]] = {"ES": "EC", "Ed": "OKP"}
    return import_key(provider.private_key or "", kinds.get(provider.private_key_algorithm[:2], "RSA"))


def _fetch(address: str, sent: Mapping[str, str] | None = None, auth: httpx.BasicAuth | None = None) -> dict[str, Any]:
    """A small JSON object from this very address; with `sent`, by posting that."""
    method, headers = "GET" if sent is None else "POST", {"accept": "application/json"}
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(method, address, headers=headers, data=sent, auth=auth) as answer,
        ):
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise Unreachable
    except httpx.HTTPError as error:
        raise Unreachable from error
    if sent is not None and 400 <= answer.status_code < 500:
        raise Distrusted("code")
    if answer.status_code != 200:
        raise Unreachable
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Distrusted("answer") from error
    if not isinstance(found, dict):
        raise Distrusted("answer")
    return found


def _key_set(found: Mapping[str, Any]) -> KeySet:
    """The public keys that sign; one of a kind we don't know, or meant to encrypt with, is left out."""
    keys = []
    for written in found.get("keys", ()):
        if (
            not isinstance(written, dict)
            or written.get("kty") not in ("RSA", "EC", "OKP")
            or written.get("use") == "enc"
        ):
            continue
        try:
            keys.append(import_key(written))
        except (JoseError, ValueError, TypeError):
            continue
    if not keys:
        raise Distrusted("keys")
    return KeySet(keys)


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    ends, begun, not_before = (_moment(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if ends is None or at >= ends + LEEWAY:
        raise Distrusted("expired")
    if begun is None or not at - OLDEST <= begun <= at + LEEWAY:
        raise Distrusted("issued")
    if not_before is not None and at < not_before - LEEWAY:
        raise Distrusted("issued")


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _at(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; of `a/b` the `b` within `a`."""
    if not name:
        return None
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = _at(claims, name)
    return found if isinstance(found, str) and len(found) <= 500 else ""


def _list(value: object) -> set[str]:
    return {part for part in value if isinstance(part, str)} if isinstance(value, list) else set()
