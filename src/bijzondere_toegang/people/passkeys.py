"""Passkeys (WebAuthn level 3): what a browser is asked to sign, and whether it did. User verification is a must."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.db import Secret
from bijzondere_toegang.people.factors import passkeys_of
from bijzondere_toegang.people.models import Account, Challenge, Passkey
from bijzondere_toegang.settings import Settings

ENROL, ENTER = "enrol", "enter"
LASTS = timedelta(minutes=5)
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000
MALFORMED = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading an answer raises that is no answer; whoever made it up learns nothing."""
_MUST = UserVerificationRequirement.REQUIRED


def options_to_enrol(tx: Session, account: Account, asked_by: str, settings: Settings, at: datetime) -> str:
    """What the browser needs for making a passkey of this unsealed account, as JSON."""
    known = [PublicKeyCredentialDescriptor(id=row.credential_id) for row in passkeys_of(tx, account.id)]
    return options_to_json(
        generate_registration_options(
            rp_id=_host(settings),
            rp_name="Bijzondere Toegang",
            user_id=account.id.bytes,
            user_name=account.login.reveal() if account.login else "",
            user_display_name=account.name.reveal() if account.name else "",
            challenge=_ask(tx, asked_by, ENROL, at),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_MUST
            ),
            exclude_credentials=known,
        )
    )


def options_to_enter(tx: Session, asked_by: str, settings: Settings, at: datetime) -> str:
    """What the browser needs for using a passkey. It names nobody's: the passkey says whose it is."""
    challenge = _ask(tx, asked_by, ENTER, at)
    return options_to_json(
        generate_authentication_options(rp_id=_host(settings), challenge=challenge, user_verification=_MUST)
    )


def _ask(tx: Session, asked_by: str, purpose: str, at: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    tx.connection().execute(delete(Challenge).where(col(Challenge.expires_at) < at))
    tx.add(Challenge(digest=_digest(challenge), asked_by=asked_by, purpose=purpose, expires_at=at + LASTS))
    return challenge


def enrol(
    tx: Session, account_id: UUID, answer: str, name: str, asked_by: str, settings: Settings, at: datetime
) -> bool:
    """Keep the passkey that the browser made; False when the answer is not sound."""
    challenge = _use(tx, answer, asked_by, ENROL, at)
    if challenge is None:
        return False
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=_origin(settings),
            require_user_verification=True,
        )
    except MALFORMED:
        return False
    row = Passkey(
        id=uuid4(),
        account_id=account_id,
        credential_digest=_digest(made.credential_id),
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=Secret(name.strip()[:LONGEST_NAME] or "Passkey"),
        created_at=at,
    )
    try:
        with tx.begin_nested():
            tx.add(row)
    except IntegrityError:
        return False
    return True


def entering(tx: Session, answer: str, asked_by: str, settings: Settings, at: datetime) -> UUID | None:
    """The account whose passkey signed, or None. What it uses up has to be committed: the caller does not raise."""
    challenge = _use(tx, answer, asked_by, ENTER, at)
    passkey = _passkey_of(tx, answer) if challenge is not None else None
    if challenge is None or passkey is None:
        return None
    try:
        signed = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=_origin(settings),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED:
        return None
    return passkey.account_id if _counted(tx, passkey, signed.new_sign_count, at) else None


def _counted(tx: Session, passkey: Passkey, count: int, at: datetime) -> bool:
    """A passkey that counts its signatures counts up: a copy of it is found out, also when both come at once."""
    same = update(Passkey).where(
        col(Passkey.id) == passkey.id,
        col(Passkey.sign_count) == passkey.sign_count,
        col(Passkey.removed_at).is_(None),
    )
    return tx.connection().execute(same.values(sign_count=count, used_at=at)).rowcount == 1


def _passkey_of(tx: Session, answer: str) -> Passkey | None:
    """The passkey the answer names, of an account that has not ended and is whose the passkey itself says it is."""
    try:
        told = json.loads(answer)
        digest = _digest(base64url_to_bytes(told["rawId"]))
        owner = UUID(bytes=base64url_to_bytes(told["response"]["userHandle"]))
    except MALFORMED:
        return None
    query = select(Passkey).join(Account, col(Account.id) == col(Passkey.account_id))
    return tx.exec(
        query.where(
            Passkey.credential_digest == digest,
            Passkey.account_id == owner,
            col(Passkey.removed_at).is_(None),
            col(Account.ended_at).is_(None),
        )
    ).first()


def _use(tx: Session, answer: str, asked_by: str, purpose: str, at: datetime) -> bytes | None:
    """The challenge that was signed, once: never again, too late, for something else, or for another browser."""
    try:
        told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(told["challenge"])
    except MALFORMED:
        return None
    unused = update(Challenge).where(
        col(Challenge.digest) == _digest(challenge),
        col(Challenge.asked_by) == asked_by,
        col(Challenge.purpose) == purpose,
        col(Challenge.used_at).is_(None),
        col(Challenge.expires_at) > at,
    )
    return challenge if tx.connection().execute(unused.values(used_at=at)).rowcount == 1 else None


def _digest(value: bytes) -> str:
    return token_digest(value.hex())


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or "localhost"


def _origin(settings: Settings) -> str:
    address = urlsplit(settings.base_url)
    return f"{address.scheme}://{address.netloc}"
