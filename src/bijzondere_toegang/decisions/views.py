"""What the pages show of a decision: facts ready to draw, texts as they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.decisions.choices import LADDER, REMEDIES
from bijzondere_toegang.decisions.letter import agreed_letter, decided_letter, whole
from bijzondere_toegang.decisions.models import Decision
from bijzondere_toegang.decisions.queries import (
    consortium_name,
    content_of,
    decisions,
    dissents,
    issued_decision,
    proposal,
)
from bijzondere_toegang.decisions.remedy import OBJECTION, LastDay, last_day, remedy_against
from bijzondere_toegang.errors import N_, Sentence

AUTHORITIES = {
    "college": N_("Het college van burgemeester en wethouders (Jeugdwet 2.3)"),
    "college-in-mandaat": N_("In mandaat van het college (Awb 10:3)"),
    "gi": N_("De gecertificeerde instelling (Jeugdwet 3.5)"),
}
KINDS = {
    "consensus": N_("Besluit na consensus"),
    "fallback": N_("Besluit van de verwijzer zonder consensus"),
    "elsewhere": N_("Besluit: andere hulp"),
    "amended": N_("Aangepast besluit"),
}


_TEXTS = (
    "help",
    "result",
    "ladder_why",
    "where_to",
    "reason",
    "letter",
    "consortium_why",
    "motivation",
    "family_said",
)
_EMPTY: dict[str, Any] = {**dict.fromkeys(_TEXTS, ""), "answers": [], "signers": [], "mandate": {}, "ruling": None}


@dataclass(frozen=True, slots=True)
class Authority:
    """Under which authority is decided, and from and until which day a mandate holds (both ends belong to it)."""

    label: str
    mandate_from: date | None = None
    mandate_until: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision as a page shows it. `said` is the unsealed content with every name in it; labels are msgids."""

    number: int
    kind: str
    state: str
    said: dict[str, Any]
    consortium: str
    ladder: str
    authority: Authority
    issued_at: datetime | None
    remedy: str
    notified_on: date | None
    last_day: LastDay | None


def decision_views(scene: Scene) -> list[DecisionView]:
    """What was issued, the newest first; proposals are not shown before the referrer decided."""
    rows = [row for row in reversed(decisions(scene)) if row.state in ("issued", "superseded")]
    return [decision_view(scene, row) for row in rows]


def decision_view(scene: Scene, row: Decision) -> DecisionView:
    said = _EMPTY | dict(content_of(row))
    mandate = said["mandate"]
    return DecisionView(
        number=row.number,
        kind=KINDS[row.kind],
        state=row.state,
        said=said,
        consortium=consortium_name(scene, row.consortium) if row.consortium else "",
        ladder=LADDER.get(str(said.get("ladder")), ""),
        authority=Authority(AUTHORITIES.get(row.authority, ""), _day(mandate, "from"), _day(mandate, "until")),
        issued_at=row.issued_at,
        remedy=REMEDIES.get(row.remedy, ""),
        notified_on=row.notified_on,
        last_day=last_day(row.notified_on) if row.remedy == OBJECTION and row.notified_on else None,
    )


def _day(mandate: dict[str, str], name: str) -> date | None:
    return date.fromisoformat(mandate[name]) if name in mandate else None


def outcome_facts(scene: Scene) -> dict[str, Any]:
    """Above the form of confirm_outcome: what was agreed or advised, and under which authority it is decided."""
    ready = proposal(scene)
    return {
        "ready": ready,
        "kind": Sentence(KINDS[ready.kind]),
        "ladder": LADDER.get(str(ready.ladder), ""),
        "consortium": consortium_name(scene, ready.consortium) if ready.consortium else "",
        "authority": _authority(scene),
        "last_day": _last_day(scene),
    }


def decide_facts(scene: Scene) -> dict[str, Any]:
    """Above the form of decide: who was opposed and why, a ruling that reopened the case, the authority."""
    before = content_of(issued_decision(scene))
    return {
        "dissents": dissents(scene),
        "ruling": before.get("ruling"),
        "authority": _authority(scene),
        "last_day": _last_day(scene),
    }


def _authority(scene: Scene) -> Authority:
    case = scene.case
    return Authority(AUTHORITIES.get(case.authority, ""), case.mandate_from, case.mandate_until)


def _last_day(scene: Scene) -> LastDay | None:
    """The last day to object if the letter goes out today."""
    return last_day(scene.on) if remedy_against(scene.case.authority) == OBJECTION else None


def outcome_prefill(scene: Scene) -> dict[str, Any]:
    """Today, and every answer of which there is only one."""
    ready = proposal(scene)
    why = {"waaromGeenGezin": ready.ladder_why} if ready.ladder_why else {}
    return _formal(scene) | why


def decide_prefill(scene: Scene) -> dict[str, Any]:
    """What the chair proposed, or the decision that fell, to take over or to change: the referrer decides."""
    rows = [{"standpunt": each.seat} for each in dissents(scene)]
    ready = proposal(scene)
    kept = {
        "hulp": ready.help,
        "resultaat": ready.result,
        "waaromGeenGezin": ready.ladder_why,
        "waarheen": ready.where_to,
    }
    known = {name: text for name, text in kept.items() if text}
    return _formal(scene) | known | {"antwoorden": rows}


def outcome_look(scene: Scene, said: Mapping[str, Any]) -> dict[str, Any]:
    """The letter as it will leave, from what was typed so far."""
    return {"letter": whole(agreed_letter(scene, said)), "answers": []}


def decide_look(scene: Scene, said: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with what only who was against will read in it."""
    rows = said.get("antwoorden")
    typed = {row.get("standpunt"): row.get("antwoord") for row in rows} if isinstance(rows, list) else {}
    answers = [(each.who, each.words, typed.get(each.seat) or "") for each in dissents(scene) if each.party]
    return {"letter": whole(decided_letter(scene, said)), "answers": answers}


def _formal(scene: Scene) -> dict[str, Any]:
    return {"bekendgemaaktOp": scene.on.isoformat(), "rechtsmiddel": remedy_against(scene.case.authority)}
