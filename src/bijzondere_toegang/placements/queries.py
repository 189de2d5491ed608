"""Placements of a case: who helps now, who was asked before, and who can still be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.decisions.queries import decisions
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.people.models import Membership
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.region import Consortium, Organisation
from bijzondere_toegang.web.forms import Choice

TURNED_DOWN = ("returned", "lapsed")


def placements(scene: Scene) -> list[Placement]:
    """Every answer to a proposed placement, oldest first, unsealed. What is only proposed has no row yet."""
    return scene.once("placements", lambda: _placements(scene))


def _placements(scene: Scene) -> list[Placement]:
    rows = list(scene.tx.exec(select(Placement).where(Placement.case_id == scene.case.id)).all())
    unseal_rows(scene.tx, rows)
    numbers = {row.id: row.number for row in decisions(scene)}
    return sorted(rows, key=lambda row: (numbers.get(row.decision_id, 0), row.proposed_at))  # type: ignore[arg-type]


def placement(scene: Scene) -> Placement | None:
    """The placement under which help is given or prepared, unsealed; also one that was returned but still runs."""
    return next((row for row in reversed(placements(scene)) if runs(row)), None)


def runs(row: Placement) -> bool:
    return row.accepted_at is not None and row.ended_at is None


def content_of(row: Placement | None) -> Mapping[str, Any]:
    """The content of an unsealed placement; empty for none."""
    return row.content.data() if row and row.content else {}


def turned_down(scene: Scene) -> set[str]:
    """The consortia that gave the placement back, or let it lapse, since the table or the referrer last decided."""
    decided = [row for row in decisions(scene) if row.kind != "amended" and row.issued_at is not None]
    since = decided[-1].number if decided else 0
    round_ = {row.id for row in decisions(scene) if row.number >= since}
    return {row.consortium for row in placements(scene) if row.state in TURNED_DOWN and row.decision_id in round_}


def consortia_left(scene: Scene) -> list[Consortium]:
    """The consortia that can still be asked in this round."""
    asked = turned_down(scene)
    return [consortium for consortium in scene.region.consortia_on(scene.on) if consortium.code not in asked]


def consortium_choices(scene: Scene) -> list[Choice]:
    return [Choice(consortium.code, consortium.name) for consortium in consortia_left(scene)]


def placement_open(scene: Scene) -> Sentence | None:
    """The placement waits for an answer of the proposed consortium."""
    if scene.case.proposed_consortium:
        return None
    return Sentence(N_("Er staat geen plaatsing open. Kijk op de pagina van de plaatsing wat er gebeurde."))


def other_consortium_left(scene: Scene) -> Sentence | None:
    """A consortium that did not give the placement back yet can be asked."""
    if consortia_left(scene):
        return None
    return Sentence(
        N_("Beide samenwerkingsverbanden gaven de plaatsing terug. Roep het overleg opnieuw bijeen met het expertteam.")
    )


def own_providers(scene: Scene) -> list[Choice]:
    """The members of the own consortium today; first those of which somebody can log in."""
    consortium = scene.region.consortium(scene.sight.consortium)
    codes = [member.organisation for member in consortium.members_on(scene.on)] if consortium else []
    found = [each for code in codes if (each := scene.region.organisation(code)) is not None]
    known = _with_accounts(scene, found)
    return [_provider(each, each.code in known) for each in sorted(found, key=lambda each: each.code not in known)]


def _with_accounts(scene: Scene, organisations: list[Organisation]) -> set[str]:
    codes = [each.code for each in organisations]
    accounts = accounts_with_role(scene.tx, "provider", tuple(codes), scene.on)
    rows = scene.tx.exec(
        select(Membership.organisation).where(
            col(Membership.account_id).in_(accounts),
            Membership.role == "provider",
            col(Membership.organisation).in_(codes),
        )
    )
    return set(rows.all())


def _provider(organisation: Organisation, known: bool) -> Choice:
    return Choice(organisation.code, organisation.name, "" if known else N_("Hier kan nog niemand inloggen"))
