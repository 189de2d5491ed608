"""What a page shows of a placement: what is asked of whom, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.decisions.queries import consortium_name, issued_decision
from bijzondere_toegang.decisions.views import decision_view
from bijzondere_toegang.errors import N_
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.placements.queries import content_of, placement, placements

STATES = {
    "accepted": N_("Aangenomen"),
    "returned": N_("Teruggegeven"),
    "lapsed": N_("Niet op tijd beantwoord"),
    "ended": N_("Gestopt: een ander nam de hulp over"),
}


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer to a proposal. `code` is the coded reason of a return; `text` what was added to it."""

    consortium: str
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    provider: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class RunningView:
    """Who helps, or prepares to: names, first contact, and what bridges the time until help starts."""

    consortium: str
    provider: str
    row: Placement
    said: dict[str, Any]


def answer_views(scene: Scene) -> list[AnswerView]:
    """How each consortium answered, the newest first."""
    return [_answer(scene, row) for row in reversed(placements(scene))]


def _answer(scene: Scene, row: Placement) -> AnswerView:
    return AnswerView(
        consortium=consortium_name(scene, row.consortium),
        state=STATES[row.state],
        proposed_at=row.proposed_at,
        answered_at=row.returned_at or row.accepted_at,
        provider=_organisation(scene, row.provider_organisation),
        code=row.return_code,
        text=content_of(row).get("return_text", ""),
    )


def _organisation(scene: Scene, code: str) -> str:
    organisation = scene.region.organisation(code)
    return organisation.name if organisation else code


def running_view(scene: Scene) -> RunningView | None:
    row = placement(scene)
    if row is None:
        return None
    names = consortium_name(scene, row.consortium), _organisation(scene, row.provider_organisation)
    return RunningView(*names, row, dict(content_of(row)))


def asked_facts(scene: Scene) -> dict[str, Any]:
    """What is asked of a consortium: the decision, to whom, and what is known without names."""
    decision = issued_decision(scene)
    return {
        "asked": decision_view(scene, decision) if decision else None,
        "proposed": consortium_name(scene, scene.case.proposed_consortium) if scene.case.proposed_consortium else "",
        "age": age_of(scene),
        "municipality": _municipality(scene),
        "answers": answer_views(scene),
    }


def age_of(scene: Scene) -> str:
    """The age group of the young person, which names nobody (AVG 5)."""
    case = scene.case
    if case.turns_18_on is not None and scene.on >= case.turns_18_on:
        return N_("18 jaar of ouder")
    if case.turns_16_on is not None and scene.on >= case.turns_16_on:
        return N_("16 of 17 jaar")
    return N_("12 tot en met 15 jaar") if _twelve(scene) else N_("jonger dan 12 jaar")


def _twelve(scene: Scene) -> bool:
    return scene.case.turns_12_on is not None and scene.on >= scene.case.turns_12_on


def _municipality(scene: Scene) -> str:
    municipality = scene.region.municipality(scene.case.municipality)
    return municipality.name if municipality else ""
