"""The check codes of one case: of the minutes as adopted and the plan as agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.timeline.codes import EVENTS, WITNESSED, code_of
from bijzondere_toegang.timeline.models import TimelineEntry


def adopting_entries(scene: Scene) -> list[TimelineEntry]:
    """The entries by which a text was adopted, oldest first."""
    return scene.once("adopting_entries", lambda: _adopting_entries(scene))


def _adopting_entries(scene: Scene) -> list[TimelineEntry]:
    query = select(TimelineEntry).where(
        TimelineEntry.chain == scene.case.id, col(TimelineEntry.event_type).in_(EVENTS), TimelineEntry.outcome == "ok"
    )
    rows = scene.tx.exec(query.order_by(col(TimelineEntry.seq))).all()
    return [row for row in rows if WITNESSED in row.commitments]


def code_for(scene: Scene, event: str, at: datetime | None) -> str:
    """The code of what was adopted by this act at that moment; empty for what was adopted before there were codes."""
    return _codes(scene).get((event, at), "")


def _codes(scene: Scene) -> Mapping[tuple[str, datetime | None], str]:
    entries = adopting_entries(scene)
    return {(row.event_type, row.at): code_of(row.hash, row.commitments[WITNESSED]) for row in entries}
