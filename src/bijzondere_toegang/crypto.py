"""Keys and what is done with them: sealing (AES-256-GCM), keyed look-up (HMAC-SHA-256), the master key ring."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
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


class Keyring:
    """Master keys by version; they wrap the data keys and never leave memory."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise WrongKey("the master key must be 32 bytes")
        self._keys = dict(keys)
        self._derived: dict[tuple[int, bytes], bytes] = {}
        self.version = max(keys)

    def wrap(self, data_key: bytes, place: bytes) -> bytes:
        master = self._derive(self.version, b"wrap")
        return self.version.to_bytes(2, "big") + seal(master, data_key, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        version = int.from_bytes(wrapped[:2], "big")
        return unseal(self._derive(version, b"wrap"), wrapped[2:], place)

    def lookup(self, purpose: str, value: str) -> str:
        """A keyed HMAC to find equal values by (BSN, login); without the key it can't be reversed.

        Made with the oldest key, so that it stays findable when the ring gets a newer one.
        """
        key = self._derive(min(self._keys), b"lookup:" + purpose.encode())
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()

    def derive(self, purpose: str) -> bytes:
        """A key of its own for one purpose that needs no other (CSRF)."""
        return self._derive(self.version, b"own:" + purpose.encode())

    def _derive(self, version: int, purpose: bytes) -> bytes:
        """The key for one purpose; made once, for every sealed value asks for one."""
        if version not in self._keys:
            raise WrongKey(f"master key version {version} is not in the ring")
        if (version, purpose) not in self._derived:
            hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"bijzondere-toegang:" + purpose)
            self._derived[version, purpose] = hkdf.derive(self._keys[version])
        return self._derived[version, purpose]


def keyring(text: str | None, file: Path) -> Keyring:
    """The ring from `version:base64,…`, or from `file`, which is made (mode 0600) when absent."""
    return _parse(text if text is not None else _read_or_make(file))


def _parse(text: str) -> Keyring:
    try:
        pairs = (part.strip().split(":", 1) for part in text.split(",") if part.strip())
        return Keyring({int(version): base64.b64decode(key, validate=True) for version, key in pairs})
    except (ValueError, binascii.Error):
        raise WrongKey("the master key must look like 1:BASE64") from None


def _read_or_make(file: Path) -> str:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text("ascii").strip()
    text = "1:" + base64.b64encode(new_key()).decode()
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text + "\n")
    return text
