"""Settings from the environment (`BT_…`). A wrong one stops the start with one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_HASH_LINE = re.compile(rb"[0-9A-F]{40}(:\d+)?\r?\n?")
Minutes = Annotated[int, Field(ge=1)]
_PREFIX = "BT_"
_RATE = re.compile(r"[1-9][0-9]{0,6}/(second|minute|hour|day)")


class WrongSetting(Exception):
    """One sentence that names the variable and says what it should be."""


class Settings(BaseSettings):
    """Every setting has a default that is safe for one machine; the README's table documents each."""

    model_config = SettingsConfigDict(env_prefix="BT_", frozen=True, extra="ignore")

    database_url: str = "sqlite:///bijzondere-toegang.db"
    """Where the cases live: `sqlite:///FILE` or `postgresql+psycopg://USER@HOST/NAME` (the application's own role)."""
    database_owner_url: str | None = None
    """PostgreSQL only: the role that owns the tables, used by `migrate` and nothing else."""
    database_keeper_url: str | None = None
    """PostgreSQL only: the role that sees and changes every row, for `keys`, `retention`, `backup` and `restore`."""
    master_key: str | None = None
    """Master keys as `version:base64[,version:base64…]`, 32 bytes each; the highest version seals."""
    master_key_file: Path = Path("bijzondere-toegang.key")
    """Used when BT_MASTER_KEY is absent; made at the first start, readable by its owner only."""
    erasure_file: Path = Path("bijzondere-toegang.erasures")
    """What was destroyed; outside the database and its backups, so that a restore destroys it again."""
    checkpoint_file: Path | None = None
    """Where signed checkpoints of the log go: a file or a folder, outside the database. Absent: beside an SQLite
    database, else in the folder one stands in."""
    checkpoint_key_file: Path = Path("bijzondere-toegang.checkpoint.key")
    """The key that signs checkpoints and exports of the log; made by the first who signs."""
    clamd: str | None = None
    """The virus scanner for files that people bring: `tcp://HOST:PORT` or `unix:///PATH` of a clamd. Absent: none."""
    breached_passwords_file: Path | None = None
    """Passwords known from breaches, which nobody may choose: `SHA1[:COUNT]` a line, ordered by hash. Absent: none."""
    base_url: str = "http://localhost:8000"
    """The address people use, for links in mail and for the cookie: https makes it a secure one."""
    smtp_host: str = "localhost"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    mail_from: str = "bijzondere-toegang@example.org"
    phone: str = "077 000 00 00"
    """The number that a mail or an error page tells people to ring."""
    session_idle_minutes: Minutes = 15
    session_hours: Annotated[int, Field(ge=1)] = 10
    proof_minutes: Minutes = 5
    """How long a proof of login stays fresh enough to accept, sign, decide, export or see a BSN."""
    login_providers_file: Path | None = None
    """OpenID providers of organisations and of DigiD or eHerkenning (YAML); absent: only our own way in."""
    trusted_proxies: str = "127.0.0.1"
    """Which proxies may say for whom they ask (`X-Forwarded-For`, `-Proto`): addresses or networks, by commas."""
    limit_address: str = "3000/minute"
    limit_person: str = "600/minute"
    limit_token: str = "600/minute"
    limit_login: str = "60/minute"
    limit_link: str = "30/minute"
    limit_search: str = "60/minute"
    limit_upload: str = "60/minute"
    limit_export: str = "60/minute"
    limit_intake: str = "60/minute"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database_url", "database_owner_url", "database_keeper_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is None or value.startswith("postgresql+psycopg://"):
            return value
        if value.startswith("sqlite:///"):
            return _in_a_folder_there(value)
        if value.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + value.split("://", 1)[1]
        raise ValueError("must begin with sqlite:/// or postgresql://")

    @field_validator("clamd")
    @classmethod
    def _known_scanner(cls, value: str | None) -> str | None:
        if not value:
            return None
        if re.fullmatch(r"tcp://[^/\s]+:\d{1,5}|unix:///\S+", value):
            return value
        raise ValueError("must be tcp://HOST:PORT or unix:///PATH")

    @field_validator("breached_passwords_file")
    @classmethod
    def _a_list_of_hashes(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        try:
            with value.open("rb") as file:
                first = file.readline(64)
        except OSError:
            raise ValueError("must be a file that can be read") from None
        if not _HASH_LINE.fullmatch(first):
            raise ValueError("must hold a SHA-1 in capitals on every line, ordered by hash")
        return value

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if re.fullmatch(r"https?://[^\s/?#@]+/?", value):
            return value.rstrip("/")
        raise ValueError("must be like https://HOST, without a path")

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, value: str) -> str:
        if value.isprintable() and re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
            return value
        raise ValueError("must be an address of mail")

    @field_validator("phone")
    @classmethod
    def _a_number(cls, value: str) -> str:
        if any(letter.isdecimal() for letter in value):
            return value
        raise ValueError("must be a telephone number")

    @field_validator("trusted_proxies")
    @classmethod
    def _known_proxies(cls, value: str) -> str:
        for one in filter(None, (part.strip() for part in value.split(","))):
            try:
                ip_network(one)
            except ValueError:
                raise ValueError("must be addresses or networks, parted by commas") from None
        return value

    @field_validator("checkpoint_file", "checkpoint_key_file")
    @classmethod
    def _in_a_folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir() and not value.absolute().parent.is_dir():
            raise ValueError("must be in a folder that exists")
        return value

    @field_validator(
        "limit_address", "limit_person", "limit_token", "limit_login", "limit_link", "limit_search", "limit_upload",
        "limit_export", "limit_intake",
    )  # fmt: skip
    @classmethod
    def _a_rate(cls, value: str) -> str:
        if value and not _RATE.fullmatch(value):
            raise ValueError("must be like 60/minute, or empty for no limit")
        return value

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")


def _in_a_folder_there(url: str) -> str:
    """SQLite makes the file, not the folder it is in."""
    file = Path(url.removeprefix("sqlite:///").partition("?")[0])
    if not file.name or not file.absolute().parent.is_dir():
        raise ValueError("must name a file in a folder that exists")
    return url


def load() -> Settings:
    """Read the environment; raises WrongSetting with one sentence and never with the value itself."""
    _check_names(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = _PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        said = first["msg"].removeprefix("Value error, ").partition(", unable")[0]
        raise WrongSetting(f"{name}: {said.replace('Input should', 'must')}") from None


def _check_names(names: Iterable[str]) -> None:
    """A name with a slip in it would silently leave the default: another database, no scanner, no second proxy."""
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(name.upper() for name in names if name.upper().startswith(_PREFIX)):
        if name not in known:
            meant = "".join(f", did you mean {near}?" for near in get_close_matches(name, known, n=1))
            raise WrongSetting(f"{name}: there is no such setting{meant}")
