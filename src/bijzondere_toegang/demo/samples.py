"""The eight samples, moved in time so that each fits the day it is registered on in the demonstration."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bijzondere_toegang.resources import folder

NUMBERS = range(1, 9)
WRITTEN_ON = date(2026, 11, 2)
"""The day on which the samples could be sent first."""


def document(number: int, on: date) -> dict[str, Any]:
    """Sample `number` as it would be sent on this day; the source reference is the demonstration's own."""
    path: Path = folder("workflows") / "voorbeelden" / f"{number:02}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    by = on - WRITTEN_ON
    found["bronkenmerk"] = f"DEMO-{number:04}"
    _shift(found, ("datumAanvraag",), by)
    _shift(found["familiegroepsplan"], ("duidelijkOp",), by)
    for part in (*found["gezin"], *found["gegevensdeling"]):
        _shift(part, ("gezagDatum", "datum"), by)
    for measure in found.get("maatregelen", ()):
        _shift(measure, ("begin", "einde"), by)
    return found


def _shift(part: dict[str, Any], names: tuple[str, ...], by: timedelta) -> None:
    for name in names:
        if part.get(name):
            part[name] = (date.fromisoformat(part[name]) + by).isoformat()
