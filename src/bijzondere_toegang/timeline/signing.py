"""The key that signs checkpoints and exports: Ed25519, in a file of its own, apart from the master key."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bijzondere_toegang.crypto import KEY_BYTES, WrongKey, new_key


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs; `public` is what an outsider needs to check it."""

    _key: Ed25519PrivateKey

    @property
    def public(self) -> str:
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, text: bytes) -> str:
        return base64.b64encode(self._key.sign(text)).decode()


def signer(file: Path, *, make: bool = False) -> Signer:
    """The key in this file; with `make` a new one (mode 0600) when it is absent. Raises WrongKey."""
    try:
        if make and not file.exists():
            _make(file)
        seed = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except (OSError, ValueError, binascii.Error):
        raise WrongKey("the key in BT_CHECKPOINT_KEY_FILE can't be read: it must be 32 bytes in base64") from None
    if len(seed) != KEY_BYTES:
        raise WrongKey("the key in BT_CHECKPOINT_KEY_FILE must be 32 bytes in base64")
    return Signer(Ed25519PrivateKey.from_private_bytes(seed))


def _make(file: Path) -> None:
    """Written whole under another name first: of two that make it at once one wins, and nobody reads half a key."""
    made = file.with_name(f"{file.name}.{os.getpid()}-{os.urandom(4).hex()}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(base64.b64encode(new_key()).decode() + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(made, file)
    finally:
        made.unlink()


def is_signed(public: str, signature: str, text: bytes) -> bool:
    """Whether the holder of this public key (base64) signed this text."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
