"""The log as JSON lines with the field names of NEN 7513 (those of RFC 3881), pseudonymous, and signed at the end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_
from sqlmodel import Session, col, select

from bijzondere_toegang.oversight.models import OFFICE
from bijzondere_toegang.oversight.names import case_pseudonym, person_pseudonym
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.timeline.signing import Signer, is_signed

AT_ONCE = 2000
_SIGNED = b"bijzondere-toegang export\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One case, one account, or a period; at least one of them."""

    case: UUID | None = None
    account: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        entry = TimelineEntry
        found = [col(entry.chain) == self.case] if self.case else []
        found += [col(entry.account_id) == self.account] if self.account else []
        found += [col(entry.at) >= self.since] if self.since else []
        return found + ([col(entry.at) < self.until] if self.until else [])


def note_export(tx: Session, asked: Asked, by: UUID, at: datetime) -> None:
    """That somebody exported: in the own chain, and in that of the case, where the family reads it too."""
    for chain in sorted({by, asked.case or by}, key=str):
        append(
            tx,
            chain,
            Event(
                "exported", "E", by, role="privacy_officer", object_kind="log",
                object_pseudonym=str(asked.case or asked.account or OFFICE), permission="read_log.all C5",
                care_relation="privacy_officer",
            ),
            at,
        )  # fmt: skip


def exported(tx: Session, asked: Asked, signer: Signer, at: datetime) -> Iterator[str]:
    """A line that says what this is, one for each entry, and one with the signature over all before it."""
    digest, count = hashlib.sha256(), 0
    first = {"AuditSourceID": "bijzondere-toegang", "ExportedAt": at.isoformat(), "Format": "NEN 7513:2018"}
    for content in _contents(tx, asked, first):
        line = _text(content)
        digest.update(line.encode() + b"\n")
        count += 1
        yield line
    told = {"Lines": count, "SHA256": digest.hexdigest(), "PublicKey": signer.public}
    yield _text(told | {"Signature": signer.sign(_SIGNED + _text(told).encode())})


def _contents(tx: Session, asked: Asked, first: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield first
    after: list[ColumnElement[bool]] = []
    while True:
        query = select(TimelineEntry).where(*asked.conditions, *after)
        rows = tx.exec(query.order_by(col(TimelineEntry.at), col(TimelineEntry.id)).limit(AT_ONCE)).all()
        yield from (named(tx, row) for row in rows)
        if len(rows) < AT_ONCE:
            return
        after = [tuple_(TimelineEntry.at, TimelineEntry.id) > tuple_(rows[-1].at, rows[-1].id)]
        tx.expunge_all()


def named(tx: Session, row: TimelineEntry) -> dict[str, Any]:
    """One entry. Ids of cases and people become keyed pseudonyms, the same as on the page *Logboek*."""
    own = row.chain == row.account_id
    return {
        "EventID": str(row.id),
        "EventDateTime": row.at.isoformat(),
        "EventTypeCode": row.event_type,
        "EventActionCode": row.action,
        "EventOutcomeIndicator": row.outcome,
        "UserID": person_pseudonym(tx, row.account_id) if row.account_id else "",
        "RoleIDCode": row.role,
        "OnBehalfOf": row.on_behalf_of,
        "PurposeOfUse": row.purpose,
        "NetworkAccessPointID": row.network_address,
        "ParticipantObjectTypeCode": row.object_kind,
        "ParticipantObjectID": person_pseudonym(tx, row.chain) if own else case_pseudonym(tx, row.chain),
        "ParticipantObjectVersion": row.object_version,
        "ParticipantObjectSensitivity": row.sensitivity,
        "PermissionRow": row.permission,
        "CareRelation": row.care_relation,
        "ConsentProfile": row.consent_profile,
        "BreakGlass": row.break_glass,
        "RequestID": row.request_id,
        "Step": row.step,
        "FromStage": row.from_stage,
        "ToStage": row.to_stage,
        "Commitments": row.commitments,
        "SequenceNumber": row.seq,
        "PreviousHash": row.previous_hash,
        "Hash": row.hash,
    }


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def is_whole(lines: list[str], public: str) -> bool:
    """Whether an export is as it was signed."""
    *body, last = lines
    told = json.loads(last)
    signature = told.pop("Signature", "")
    digest = hashlib.sha256("".join(f"{line}\n" for line in body).encode()).hexdigest()
    return told["SHA256"] == digest and is_signed(public, signature, _SIGNED + _text(told).encode())
