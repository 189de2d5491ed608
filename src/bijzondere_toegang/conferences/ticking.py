"""What guests and confidants read can be changed while they read along: more pieces, or fewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from bijzondere_toegang.cases.models import Invitation
from bijzondere_toegang.cases.process import Act, Room, Scene
from bijzondere_toegang.conferences.inviting import items_to_share, running
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.web.forms import Answers, Chosen, field, rule


class GuestReads(Answers):
    who: Chosen = field("wie", widget="hidden", choices="genodigde_gasten")
    items: list[Chosen] = field("stukken", widget="checks", choices="stukken_om_te_delen", default=[])


class ConfidantReads(Answers):
    who: Chosen = field("wie", widget="hidden", choices="eigen_vertrouwenspersonen")
    items: list[Chosen] = field("stukken", widget="checks", choices="stukken_om_te_delen", default=[])
    with_plan: bool = field("plan", widget="radio")


def _once_each(rows: Sequence[GuestReads | ConfidantReads]) -> Iterable[Fault]:
    named = [row.who for row in rows]
    for index, who in enumerate(named):
        if who in named[:index]:
            yield Fault(f"/genodigden/{index}/wie", N_("Geef per persoon één antwoord."))


class TickForGuests(Answers):
    rows: tuple[GuestReads, ...] = field("genodigden", widget="rows", min_rows=1, fixed_rows=True, row_title="wie")

    @rule
    def one_answer_each(self) -> Iterable[Fault]:
        return _once_each(self.rows)


class TickForConfidants(Answers):
    rows: tuple[ConfidantReads, ...] = field("genodigden", widget="rows", min_rows=1, fixed_rows=True, row_title="wie")

    @rule
    def one_answer_each(self) -> Iterable[Fault]:
        return _once_each(self.rows)


def tick_for_guests(act: Act) -> None:
    """The chair of now answers for it: what is ticked is judged by what this chair may read."""
    known = _by_account(running(act.scene, Relation.GUEST_INVITED))
    for row in act.answers.rows:
        invitation = known[row.who]
        invitation.invited_by = act.by.account_id
        _tick(act, invitation, row.items)


def tick_for_confidants(act: Act) -> None:
    known = _by_account(running(act.scene, Relation.CONFIDANT_INVITED, mine=True))
    for row in act.answers.rows:
        invitation = known[row.who]
        invitation.with_plan = row.with_plan
        _tick(act, invitation, row.items)


def _tick(act: Act, invitation: Invitation, items: Iterable[str]) -> None:
    invitation.items = Secret.json(sorted(set(items)))
    act.tx.add(invitation)


def _by_account(invitations: Iterable[Invitation]) -> dict[str, Invitation]:
    return {str(row.account_id): row for row in invitations}


def guests_read(scene: Scene) -> dict[str, Any]:
    return {"genodigden": _rows(scene, running(scene, Relation.GUEST_INVITED))}


def confidants_read(scene: Scene) -> dict[str, Any]:
    invitations = running(scene, Relation.CONFIDANT_INVITED, mine=True)
    plans: dict[UUID, bool] = {row.account_id: row.with_plan for row in invitations}
    rows = _rows(scene, invitations)
    return {"genodigden": [row | {"plan": plans[UUID(row["wie"])]} for row in rows]}


def _rows(scene: Scene, invitations: Sequence[Invitation]) -> list[dict[str, Any]]:
    """What is ticked now, as far as this person reads it."""
    unseal_rows(scene.tx, invitations)
    open_ones = {choice.value for choice in items_to_share(scene)}
    return [
        {
            "wie": str(row.account_id),
            "stukken": [one for one in (row.items.data() if row.items else ()) if one in open_ones],
        }
        for row in invitations
    ]


ROOM = Room(
    forms={"tick_for_guests": TickForGuests, "tick_for_confidants": TickForConfidants},
    effects={"tick_for_guests": tick_for_guests, "tick_for_confidants": tick_for_confidants},
    prefills={"tick_for_guests": guests_read, "tick_for_confidants": confidants_read},
)
