"""All faults of an intake at once: at most one per place, none that only follows from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bijzondere_toegang.errors import Fault
from bijzondere_toegang.referrals.intake.look import Look
from bijzondere_toegang.referrals.intake.reading import MOST_FAULTS
from bijzondere_toegang.referrals.intake.rules import rule_faults
from bijzondere_toegang.referrals.intake.schema import cleaned, contract, leaves, reading_order
from bijzondere_toegang.referrals.intake.shape import shape_faults
from bijzondere_toegang.referrals.intake.text import day_faults, text_faults
from bijzondere_toegang.region import Region

EVERYWHERE = ("",)
_ASKED_BY: Mapping[str, str] = {"/verwijzer/mandaat": "/verwijzer/bevoegdheid"}
"""What is required only because of an answer elsewhere: while that is faulty, its absence is no fault."""


def check(document: dict[str, Any], *, region: Region, on: date, within: Sequence[str] = EVERYWHERE) -> list[Fault]:
    """
    The faults of a document, in the order of the contract, at most MOST_FAULTS. `within` keeps those at or below
    these pointers: a section of the web form asks only after its own, judged against all that was answered.
    """
    faults = faults_of(cleaned(document, contract()), region=region, on=on)
    return [fault for fault in faults if any(_is_below(fault.pointer, place) for place in within)]


def faults_of(document: dict[str, Any], *, region: Region, on: date, known: Iterable[Fault] = ()) -> list[Fault]:
    """The faults of a cleaned document. What stands at or below the `known` ones is not judged."""
    found = {fault.pointer: fault for fault in known}
    settled = tuple(found)
    everything = list(leaves(document, contract()))
    _add(found, text_faults(everything), settled)
    _add(found, shape_faults(document), settled)
    _add(found, day_faults(everything, on), settled)
    _add(found, rule_faults(Look(document, frozenset(found), region, on)), settled)
    _drop_what_follows(found, document)
    return sorted(found.values(), key=lambda fault: reading_order(fault.pointer))[:MOST_FAULTS]


def _add(found: dict[str, Fault], faults: Iterable[Fault], settled: Sequence[str]) -> None:
    for fault in faults:
        if not any(_is_below(fault.pointer, place) for place in settled):
            found.setdefault(fault.pointer, fault)


def _drop_what_follows(found: dict[str, Fault], document: dict[str, Any]) -> None:
    for pointer, cause in _ASKED_BY.items():
        group, name = pointer[1:].split("/")
        if cause in found and name not in (document.get(group) or {}):
            found.pop(pointer, None)


def _is_below(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(place + "/")
