"""What the pages of the family show to one reader, who is at home there or is looked over the shoulder of."""

from __future__ import annotations

from typing import Any

from bijzondere_toegang.cases.scenes import pages_of
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.queries import conferences
from bijzondere_toegang.family.agreed import agreed, proposed_plan
from bijzondere_toegang.family.doing import ALWAYS, doing_of
from bijzondere_toegang.family.letting import reading_of
from bijzondere_toegang.family.minutes import report_of
from bijzondere_toegang.family.news import Shown, shown
from bijzondere_toegang.family.now import now_of
from bijzondere_toegang.family.path import path_of
from bijzondere_toegang.family.people import helper, referrer
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.reconvening import answer_of
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.settings import Settings


def plan_of(visit: Visit, reader: Reader, say: Voice) -> dict[str, Any]:
    seen = shown(reader)
    return {
        **common(visit, reader, seen, say),
        "now": now_of(reader, seen, say),
        "doing": doing_of(reader, seen, say),
        "way": path_of(reader, seen, say),
        "agreed": agreed(reader, seen),
        "draft": proposed_plan(reader, seen),
        "helper": helper(reader, seen),
        "reading": reading_of(reader, say),
        "answer": answer_of(reader, seen, say),
        "interpreter": reader.party.interpreter or reader.party.language != "nl",
    }


def agreements_of(visit: Visit, reader: Reader, say: Voice) -> dict[str, Any]:
    seen = shown(reader)
    found, draft = agreed(reader, seen), proposed_plan(reader, seen)
    return {**common(visit, reader, seen, say), "agreed": found, "draft": draft, "talked": _has_talked(reader, seen)}


def _has_talked(reader: Reader, seen: Shown) -> bool:
    """Whether a talk is over, as far as this reader goes: then nothing is promised for after it any more."""
    held = (row for row in conferences(reader.scene) if row.opened_at is not None and seen.tells(row.opened_at))
    return any(row.state != "open" or local_day(row.opened_at) < reader.scene.on for row in held if row.opened_at)


def minutes_of(visit: Visit, reader: Reader, say: Voice) -> dict[str, Any]:
    """Raises NotThere when nothing was put up for this reader yet."""
    seen = shown(reader)
    report = None if seen.waiting else report_of(reader, seen, say)
    return {**common(visit, reader, seen, say), "report": report, "doing": doing_of(reader, seen, say)}


def common(visit: Visit, reader: Reader, seen: Shown, say: Voice) -> dict[str, Any]:
    return {
        "case": reader.scene.case,
        "child": reader.child,
        "say": say,
        "seen": seen,
        "referrer": referrer(reader.scene),
        "office": office_of(visit),
        "statement": f"/mijn-plan/{reader.scene.case.reference}/stappen/{ALWAYS}",
    }


def office_of(visit: Visit) -> str:
    """The number to ring when nobody else is known."""
    settings: Settings = visit.request.app.state.settings
    return settings.phone


def voice_of(visit: Visit, youth: bool, *, foster: bool = False) -> Voice:
    return Voice(pages_of(visit.request).translator(visit.request), youth, visit.on, foster=foster)
