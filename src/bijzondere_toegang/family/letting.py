"""Who of the parents reads along with a youth of 16 or 17, in words for the youth."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.parties.queries import parents, readers
from bijzondere_toegang.parties.reading import is_16_or_17

STEP = "let_parents_read"


@dataclass(frozen=True, slots=True)
class Letting:
    """A line for each parent, and where to change it."""

    lines: tuple[Markup, ...]
    href: str


def reading_of(reader: Reader, say: Voice) -> Letting | None:
    """None for everybody but a youth who decides this today and has a parent to decide about."""
    known = parents(reader.scene) if reader.is_youth and is_16_or_17(reader.scene) else []
    if not known:
        return None
    given = readers(reader.scene)
    lines = (say("family.reading.yes" if one.id in given else "family.reading.no", naam=one.full_name) for one in known)
    return Letting(tuple(lines), f"/mijn-plan/{reader.scene.case.reference}/stappen/{STEP}")
