"""*Uitdraai*: a case on paper for a professional who can't do without: what this person may read, marked on every page.

Contact data, addresses and the citizen service number stay out (permission `export`, C9; AVG art. 5 and 32).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bijzondere_toegang.cases.contents import papers_of, pieces_of
from bijzondere_toegang.cases.page import due_badge
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.story import timeline_of
from bijzondere_toegang.cases.table import colleagues_of, members_in_full
from bijzondere_toegang.errors import N_
from bijzondere_toegang.web.i18n import Translator

Part = dict[str, Any]


def parts_of(scene: Scene, t: Translator) -> list[Part]:
    """The parts in the order of the case page: heading, a quiet line below it, and the text."""
    told = [
        _part(t.gettext(N_("Waar de zaak staat")), _standing(scene, t)),
        _part(t.gettext(N_("Mensen")), (f"{one.name}, {one.what}" for one in members_in_full(scene, t))),
        _part(t.gettext(N_("Wie helpt mee")), _colleagues(scene, t)),
        *_pieces(scene, t),
        _part(t.gettext(N_("Documenten")), (paper.title for paper in papers_of(scene, t))),
        _part(t.gettext(N_("Tijdlijn")), _story(scene, t)),
    ]
    return [part for part in told if part["tekst"]]


def _part(title: str, lines: Iterator[str]) -> Part:
    return {"titel": title, "bij": "", "tekst": "\n".join(lines)}


def _standing(scene: Scene, t: Translator) -> Iterator[str]:
    yield t.gettext(f"stage.{scene.case.stage}")
    due = due_badge(scene, t)
    if due is not None:
        yield due.words


def _colleagues(scene: Scene, t: Translator) -> Iterator[str]:
    for one in colleagues_of(scene):
        yield ", ".join(word for word in (t.gettext(f"role.{one.role}"), one.name, one.organisation) if word)


def _story(scene: Scene, t: Translator) -> Iterator[str]:
    for one in timeline_of(scene, t):
        yield f"{t.moment(one.at, scene.on)}: {one.words}"


def _pieces(scene: Scene, t: Translator) -> Iterator[Part]:
    for piece in pieces_of(scene, t):
        lists = "\n\n".join("\n".join(f"{label}: {value}" for label, value in pairs) for pairs in piece.lists)
        yield {"titel": piece.title, "bij": piece.note, "tekst": piece.text or lists}
