"""Who may log people in for us: OpenID providers of organisations and brokers of DigiD and eHerkenning, from a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import yaml
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bijzondere_toegang.resources import SAFE_YAML
from bijzondere_toegang.settings import WrongSetting

Kind = Literal["organisatie", "digid", "eherkenning"]

ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""A token that is signed with a secret we share, or with nothing, is never taken."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SETTING = "BT_LOGIN_PROVIDERS_FILE"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Claims(_Part):
    """Which claim is what; `a/b` is `b` within `a`."""

    subject: str = "sub"
    """what a person is linked by: the same person always has the same, and nobody else has it"""
    email: str = "email"
    email_verified: str = "email_verified"
    bsn: str = ""
    represented: str = ""
    """who is represented, named as `subject` names people"""
    organisation: str = ""
    """eHerkenning: the number (KvK or OIN) of the organisation"""
    service: str = ""
    """eHerkenning: the service that the login was for"""


class Provider(_Part):
    """One OpenID provider, and what it may say of whom."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    kind: Kind
    label: str = Field(min_length=2, max_length=60)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: str | None = Field(default=None, repr=False)
    private_key: str | None = Field(default=None, repr=False)
    """PEM, for `private_key_jwt`"""
    private_key_algorithm: str = "RS256"
    organisations: tuple[str, ...] = ()
    """the organisations of the region for whose people it speaks"""
    numbers: Mapping[str, str] = Field(default_factory=dict)
    """eHerkenning: which organisation of the region has which number"""
    service: str = ""
    """eHerkenning: the service that a login must have been for"""
    acr: tuple[str, ...] = ()
    """the levels that are enough, the least one first"""
    amr: tuple[str, ...] = ()
    """ways of proving that are enough too; for providers that name no level"""
    representation: bool = False
    """whether somebody may log in on behalf of another"""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    scopes: tuple[str, ...] = ()
    claims: Claims = Claims()

    @field_validator("issuer")
    @classmethod
    def _safe(cls, value: str) -> str:
        if not safe_address(value):
            raise ValueError("must be an https address")
        return value

    @field_validator("algorithms")
    @classmethod
    def _asymmetric(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not set(value) <= ASYMMETRIC:
            raise ValueError(f"must be some of {', '.join(sorted(ASYMMETRIC))}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.client_secret is None) == (self.private_key is None):
            raise ValueError("needs either client_secret_file or private_key_file")
        if self.private_key is not None:
            _demand_key(self.private_key)
        if (self.kind == "organisatie") != bool(self.organisations):
            raise ValueError("organisations belongs to kind organisatie, which needs it")
        if (self.kind == "eherkenning") != bool(self.numbers):
            raise ValueError("numbers belongs to kind eherkenning, which needs it")
        if self.kind != "organisatie" and not self.acr:
            raise ValueError("needs acr: the levels that are enough, the least one first")
        if self.kind == "eherkenning" and not self.claims.organisation:
            raise ValueError("needs claims.organisation")
        if self.service and not self.claims.service:
            raise ValueError("needs claims.service to look for the service")
        if self.representation and (self.kind != "digid" or not self.claims.represented):
            raise ValueError("representation needs kind digid and claims.represented")
        return self

    @property
    def speaks_for(self) -> frozenset[str]:
        """The organisations whose people it may log in."""
        return frozenset(self.organisations) | frozenset(self.numbers.values())


class Providers:
    """All providers by name, in the order of the file."""

    def __init__(self, providers: Collection[Provider] = ()) -> None:
        self._known = {provider.name: provider for provider in providers}

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def find(self, name: str) -> Provider | None:
        return self._known.get(name)

    def of_family(self) -> list[Provider]:
        return [provider for provider in self._known.values() if provider.kind == "digid"]

    def of_work(self) -> list[Provider]:
        return [provider for provider in self._known.values() if provider.kind != "digid"]


def safe_address(value: str) -> bool:
    """https, or this very machine; no credentials, no fragment."""
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return secure and bool(parts.hostname) and parts.username is None and not parts.fragment


def load_providers(file: Path | None, organisations: Collection[str]) -> Providers:
    """The providers of the file, or none; raises WrongSetting with one sentence, without a secret in it."""
    if file is None:
        return Providers()
    try:
        written = yaml.load(file.read_text("utf-8"), SAFE_YAML)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise WrongSetting(f"{SETTING}: {file} can't be read as YAML") from None
    entries = written.get("providers") if isinstance(written, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise WrongSetting(f"{SETTING}: {file} has no providers")
    found = [_provider(file, str(name), entry) for name, entry in entries.items()]
    for provider in found:
        if unknown := provider.speaks_for - set(organisations):
            raise WrongSetting(f"{SETTING}: {provider.name}: not in the region: {', '.join(sorted(unknown))}")
    if len({provider.issuer for provider in found}) < len(found):
        raise WrongSetting(f"{SETTING}: every provider needs an issuer of its own")
    return Providers(found)


def _provider(file: Path, name: str, entry: Any) -> Provider:
    if not isinstance(entry, dict):
        raise WrongSetting(f"{SETTING}: {name} has nothing in it")
    try:
        secrets = {
            kept: _secret(file.parent / str(entry[f"{kept}_file"]))
            for kept in ("client_secret", "private_key")
            if f"{kept}_file" in entry
        }
        plain = {key: value for key, value in entry.items() if key not in ("client_secret_file", "private_key_file")}
        if plain.keys() & {"client_secret", "private_key", "name"}:
            raise WrongSetting(f"{SETTING}: {name}: a secret belongs in a file of its own, named by …_file")
        return Provider(name=name, **plain, **secrets)
    except OSError:
        raise WrongSetting(f"{SETTING}: {name}: the file with its secret can't be read") from None
    except (TypeError, ValidationError) as error:
        raise WrongSetting(f"{SETTING}: {name}: {_first_fault(error)}") from None


def _demand_key(text: str) -> None:
    try:
        load_pem_private_key(text.encode(), None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise ValueError("private_key_file must hold a PEM key without a password") from None


def _secret(path: Path) -> str:
    text = path.read_text("utf-8").strip()
    if not text:
        raise OSError
    return text


def _first_fault(error: TypeError | ValidationError) -> str:
    if isinstance(error, TypeError):
        return "can't be read"
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])
