"""Decisions of a case, what lies ready to be decided, and the dissents that ask for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.conferences.codes import ELSEWHERE, LADDER
from bijzondere_toegang.conferences.models import Conference
from bijzondere_toegang.conferences.queries import concluded_conference, named, seats_of
from bijzondere_toegang.conferences.queries import proposal as tabled
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.decisions.models import Decision


@dataclass(frozen=True, slots=True)
class Proposal:
    """What lies before the referrer: what the table agreed, what the chair advised, or nothing agreed at all.

    `kind` is that of the decision it becomes; `ladder` a step from 1 to 5; texts are empty when there is none.
    """

    kind: str
    help: str = ""
    result: str = ""
    ladder: int | None = None
    ladder_why: str = ""
    consortium: str = ""
    where_to: str = ""
    reason: str = ""
    conference_id: UUID | None = None
    row: Decision | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Dissent:
    """
    Somebody at the table was opposed: the id of the seat, who, in which words; `party` for who is of the family.
    """

    seat: str
    who: str
    words: str
    party: str = ""


def decisions(scene: Scene) -> list[Decision]:
    """Every decision of the case, oldest first, unsealed."""
    return scene.once("decisions", lambda: _decisions(scene))


def _decisions(scene: Scene) -> list[Decision]:
    query = select(Decision).where(Decision.case_id == scene.case.id).order_by(col(Decision.number))
    rows = list(scene.tx.exec(query).all())
    unseal_rows(scene.tx, rows)
    return rows


def issued_decision(scene: Scene) -> Decision | None:
    """The decision that holds now, unsealed."""
    return next((row for row in reversed(decisions(scene)) if row.state == "issued"), None)


def content_of(decision: Decision | None) -> Mapping[str, Any]:
    """The content of an unsealed decision; empty for none."""
    return decision.content.data() if decision and decision.content else {}


def proposal(scene: Scene) -> Proposal:
    """What the referrer is asked to confirm, or to decide without the table agreeing."""
    return scene.once("decision:proposal", lambda: _proposal(scene))


def _proposal(scene: Scene) -> Proposal:
    ready = next((row for row in reversed(decisions(scene)) if row.state == "proposed"), None)
    if ready is not None:
        return _of_decision(ready)
    agreed = _of_table(tabled(scene), concluded_conference(scene))
    if scene.case.stage != "referrer_decision":
        return agreed
    return replace(_as_decided(agreed, issued_decision(scene)), kind="fallback")


def _of_decision(row: Decision) -> Proposal:
    said = content_of(row)
    return Proposal(
        kind=row.kind,
        help=said.get("help", ""),
        result=said.get("result", ""),
        ladder=said.get("ladder"),
        ladder_why=said.get("ladder_why", ""),
        consortium=row.consortium,
        where_to=said.get("where_to", ""),
        reason=said.get("reason", ""),
        conference_id=row.conference_id,
        row=row,
    )


def _of_table(said: Mapping[str, Any], conference: Conference | None) -> Proposal:
    consortium = said.get("samenwerkingsverband", "")
    return Proposal(
        kind="elsewhere" if consortium == ELSEWHERE else "consensus",
        help=said.get("hulp", ""),
        result=said.get("resultaat", ""),
        ladder=_heaviest(said),
        ladder_why=next((row.get("waarom") or "" for row in said.get("ladder", ()) if row["trede"] == "gezin"), ""),
        consortium="" if consortium == ELSEWHERE else consortium,
        where_to=said.get("waarheen") or "",
        reason=said.get("waarom", ""),
        conference_id=conference.id if conference else None,
    )


def _heaviest(said: Mapping[str, Any]) -> int | None:
    """The heaviest step of the ladder that was chosen, from 1 (own network) to 5 (small-scale stay)."""
    chosen = {row["trede"] for row in said.get("ladder", ()) if row["uitkomst"] == "gekozen"}
    return max((step for step, code in enumerate(LADDER.values(), 1) if code in chosen), default=None)


def _as_decided(agreed: Proposal, issued: Decision | None) -> Proposal:
    """After a ruling the case starts from the decision that fell, not from what the table said."""
    if issued is None:
        return agreed
    return replace(_of_decision(issued), row=None)


def dissents(scene: Scene) -> list[Dissent]:
    """Everyone who was opposed when the last conference ended, in the holder's own words."""
    return scene.once("decision:dissents", lambda: _dissents(scene))


def _dissents(scene: Scene) -> list[Dissent]:
    conference = concluded_conference(scene)
    rows = tabled(scene).get("afwijkend", ())
    if conference is None or not rows:
        return []
    table = seats_of(scene, conference)
    names = {str(seat): name for seat, name in named(scene, table).items()}
    family = {str(seat.id): str(seat.party_id) for seat in table if seat.party_id is not None}
    return [
        Dissent(row["zetel"], names.get(row["zetel"], ""), row["woorden"], family.get(row["zetel"], "")) for row in rows
    ]


def youth_of(scene: Scene) -> Party | None:
    """The young person of the case, unsealed."""
    return scene.once("decision:youth", lambda: _youth(scene))


def _youth(scene: Scene) -> Party | None:
    row = scene.tx.exec(select(Party).where(Party.case_id == scene.case.id, Party.kind == "youth")).first()
    unseal_rows(scene.tx, [row])
    return row


def consortium_name(scene: Scene, code: str) -> str:
    """The name of a consortium, or its code when the region no longer knows it."""
    consortium = scene.region.consortium(code)
    return consortium.name if consortium else code
