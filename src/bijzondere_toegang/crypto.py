"""Keys and what is done with them: sealing (AES-256-GCM), keyed look-up (HMAC-SHA-256), the master key ring."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
VERSION_BYTES = 2
_NONCE_BYTES = 12


class WrongKey(Exception):
    """The key ring can't be read, or a sealed value does not belong to this key and place."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, text: bytes, place: bytes) -> bytes:
    """AES-256-GCM; `place` binds the cipher to its table, row, column and key version."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, place)


def unseal(key: bytes, cipher: bytes, place: bytes) -> bytes:
    """Raises WrongKey when key or place is not the one it was sealed with."""
    try:
        return AESGCM(key).decrypt(cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:], place)
    except (InvalidTag, ValueError) as error:
        raise WrongKey("a sealed value does not belong here") from error


def token_digest(token: str) -> str:
    """How a random bearer secret (session, API token, link) is stored; it has 160 bits or more, so no key is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(key: bytes, value: str) -> str:
    """HMAC-SHA-256; without the key it can't be reversed by trying. The key is derived for one purpose alone."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def derive(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose (HKDF-SHA-256)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"bijzondere-toegang:" + purpose.encode()).derive(key)


class Keyring:
    """Master keys by version; they wrap the data keys and never leave memory.

    `again` reads the ring anew when its source may have changed: a running application learns of a new version
    before it wraps anything, and when it meets a version that it does not know.
    """

    def __init__(self, keys: dict[int, bytes], again: Callable[[], dict[int, bytes] | None] = lambda: None) -> None:
        self._again = again
        self._take(keys)

    def _take(self, keys: dict[int, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise WrongKey("the master key must be 32 bytes")
        self._wrapping = {version: derive(key, "wrap") for version, key in keys.items()}
        self._keys = dict(keys)
        self.version = max(keys)

    @property
    def versions(self) -> list[int]:
        return sorted(self._keys)

    def refresh(self) -> None:
        """Take over the source of the ring when it changed."""
        if (keys := self._again()) is not None:
            self._take(keys)

    def wrap(self, data_key: bytes, place: bytes) -> bytes:
        self.refresh()
        version = self.version
        return mark(version) + seal(self._wrapping[version], data_key, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        version = marked(wrapped)
        if version not in self._wrapping:
            self.refresh()
        if version not in self._wrapping:
            raise WrongKey(f"master key version {version} is not in the ring")
        return unseal(self._wrapping[version], wrapped[VERSION_BYTES:], place)

    def derive(self, purpose: str) -> bytes:
        """A key of its own for one purpose that needs no other (CSRF)."""
        return derive(self._keys[self.version], "own:" + purpose)


def mark(version: int) -> bytes:
    """How a version stands before a cipher, sealed and wrapped alike."""
    return version.to_bytes(VERSION_BYTES, "big")


def marked(cipher: bytes) -> int:
    """The version that stands before a cipher."""
    return int.from_bytes(cipher[:VERSION_BYTES], "big")


def keyring(text: str | None, file: Path) -> Keyring:
    """The ring from `version:base64,…`, or from `file`, which is made (mode 0600) when absent. Raises WrongKey."""
    if text is not None:
        return Keyring(_parse(text))
    source = _File(file)
    try:
        return Keyring(_parse(_read_or_make(file)), source.changed)
    except (OSError, UnicodeError) as error:
        reason = f"can't be read or made ({type(error).__name__})"
        raise WrongKey(f"BT_MASTER_KEY_FILE: the file with the master key {reason}") from None


class _File:
    """The key file; `changed` gives its keys when it was written since the last look."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = 0

    def changed(self) -> dict[int, bytes] | None:
        try:
            written = self._file.stat().st_mtime_ns
            if written == self._seen:
                return None
            keys = _parse(self._file.read_text("ascii"))
        except OSError:
            return None
        self._seen = written
        return keys


def _parse(text: str) -> dict[int, bytes]:
    try:
        pairs = (part.strip().split(":", 1) for part in text.split(",") if part.strip())
        keys = {int(version): base64.b64decode(key, validate=True) for version, key in pairs}
    except (ValueError, binascii.Error):
        raise WrongKey("the master key must look like 1:BASE64") from None
    if any(not 0 < version < 1 << 8 * VERSION_BYTES for version in keys):
        raise WrongKey("the version of a master key is a number from 1 to 65535")
    return keys


def _read_or_make(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text("ascii").strip()
    text = written({1: new_key()})
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text + "\n")
    return text


def written(keys: dict[int, bytes]) -> str:
    """Keys as the setting and the key file hold them."""
    return ",".join(f"{version}:{base64.b64encode(key).decode()}" for version, key in sorted(keys.items()))


def read_keys(file: Path) -> dict[int, bytes]:
    """The keys in a key file. Raises WrongKey or OSError."""
    return _parse(file.read_text("ascii"))


def replace_keys(file: Path, keys: dict[int, bytes]) -> None:
    """Write a key file anew, all or nothing, readable by its owner only."""
    beside = file.with_name(file.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(written(keys) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)
