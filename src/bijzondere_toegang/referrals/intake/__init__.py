"""
The intake of a referral: what `workflows/aanmelding.schema.json` describes, judged by that contract and by the
rules beyond it. Pure: no database, no HTTP, no clock.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from bijzondere_toegang.errors import Incomplete
from bijzondere_toegang.referrals.intake.building import build
from bijzondere_toegang.referrals.intake.canonical import differing, fields
from bijzondere_toegang.referrals.intake.checking import check, faults_of
from bijzondere_toegang.referrals.intake.examining import Examine, examined, with_examined
from bijzondere_toegang.referrals.intake.model import (
    Address,
    Document,
    EarlierHelp,
    FamilyGroupPlan,
    FamilyMember,
    Intake,
    Mandate,
    Measure,
    Person,
    Question,
    Referrer,
    Safety,
    Sharing,
    Youth,
)
from bijzondere_toegang.referrals.intake.reading import MOST_BYTES, decode, decode_with_doubles
from bijzondere_toegang.referrals.intake.rules import age_on, passes_eleven_test
from bijzondere_toegang.referrals.intake.schema import cleaned, contract, reading_order
from bijzondere_toegang.region import Region

__all__ = [
    "MOST_BYTES",
    "Address",
    "Document",
    "EarlierHelp",
    "FamilyGroupPlan",
    "FamilyMember",
    "Intake",
    "Mandate",
    "Measure",
    "Person",
    "Question",
    "Referrer",
    "Safety",
    "Sharing",
    "Youth",
    "accept",
    "age_on",
    "check",
    "contract",
    "decode",
    "differing",
    "fields",
    "parse",
    "passes_eleven_test",
]


def parse(raw: bytes, *, region: Region, on: date, examine: Examine | None = None) -> Intake:
    """The intake in the bytes of a JSON document, judged on a day, with its files as `examine` leaves them.

    Raises Incomplete with all faults.
    """
    sent, doubled = decode_with_doubles(raw)
    document = cleaned(sent, contract())
    faults = faults_of(document, region=region, on=on, known=doubled)
    kept, unfit = examined(document, faults, examine) if examine else ({}, [])
    if faults or unfit:
        raise Incomplete(sorted([*faults, *unfit], key=lambda fault: reading_order(fault.pointer)))
    return with_examined(build(document), kept)


def accept(sent: dict[str, Any], *, region: Region, on: date) -> Intake:
    """The intake in a document put together here (the web form). Raises Incomplete with all faults."""
    document = cleaned(sent, contract())
    if faults := faults_of(document, region=region, on=on):
        raise Incomplete(faults)
    return build(document)
