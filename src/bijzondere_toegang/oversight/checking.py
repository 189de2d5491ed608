"""Is this code one of this case, and does what it stands for still stand?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bijzondere_toegang.cases.advance import HELD_BY_PROVIDER
from bijzondere_toegang.cases.codes import adopting_entries
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.conferences.minutes import versions
from bijzondere_toegang.db import ERASED, Secret, vault_of
from bijzondere_toegang.plans.queries import plans
from bijzondere_toegang.timeline.chain import diagnose
from bijzondere_toegang.timeline.codes import WITNESSED, code_of, typed_code
from bijzondere_toegang.timeline.models import TimelineEntry, TimelineHead
from bijzondere_toegang.timeline.rows import rows_in_order


@dataclass(frozen=True, slots=True)
class Verdict:
    """The entry a code belongs to: which act, when, its number, and whether text and chain are as they were then."""

    event: str
    at: datetime
    seq: int
    stands: bool


def verdict(scene: Scene, typed: str) -> Verdict | None:
    """None when the code is none of this case."""
    wanted = typed_code(typed)
    for entry in adopting_entries(scene):
        if code_of(entry.hash, entry.commitments[WITNESSED]) == wanted:
            stands = _text_stands(scene, entry) and _chain_stands(scene, entry)
            return Verdict(entry.event_type, entry.at, entry.seq, stands)
    return None


def _text_stands(scene: Scene, entry: TimelineEntry) -> bool:
    text = _text(scene, entry)
    if text is None or text == ERASED:
        return False
    holder = "provider" if entry.from_stage in HELD_BY_PROVIDER else "referrer"
    now = vault_of(scene.tx).commitment(scene.tx, (scene.case.id, holder), repr(text))
    return now == entry.commitments[WITNESSED]


def _text(scene: Scene, entry: TimelineEntry) -> str | None:
    """The text as it is stored now."""
    found: Secret | None = None
    if entry.event_type == "adopt_minutes":
        found = next((row.text for row in versions(scene) if row.adopted_at == entry.at), None)
    else:
        found = next((row.content for row in plans(scene) if row.agreed_at == entry.at), None)
    return found.reveal() if found else None


def _chain_stands(scene: Scene, entry: TimelineEntry) -> bool:
    """Whether the chain of this case holds up to this entry."""
    head = scene.tx.get(TimelineHead, scene.case.id)
    rows = list(rows_in_order(scene.tx.connection(), scene.case.id))
    broken = diagnose(scene.case.id, rows, (head.seq, head.hash) if head else None)
    return broken is None or broken.seq > entry.seq
