"""A citizen service number, masked everywhere else, shown once after a fresh proof of login (C9)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.advance import role_of
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.errors import NotAllowed, NotProven, NotThere
from bijzondere_toegang.parties.queries import party
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import Decision, decide
from bijzondere_toegang.people.visits import Visit, Writing
from bijzondere_toegang.timeline.record import Event

router = APIRouter()

ACT = "bsn"


@router.post("/zaken/{reference}/betrokkenen/{party_id}/bsn")
def show_bsn(visit: Writing, reference: str, party_id: UUID) -> HTMLResponse:
    """The number stands in this answer alone: there is no page to come back to."""
    scene = scene_of(visit, reference)
    visit.asked = ACT
    if not bsn_decision(scene, proven=True).allowed:
        raise NotAllowed
    one = party(scene, party_id)
    if one is None or one.bsn is None:
        raise NotThere
    decision = bsn_decision(scene, proven=visit.person.proven)
    if not decision.allowed:
        raise NotProven
    _write_down(visit, scene, one, decision)
    return pages_of(visit.request).page(
        visit.request,
        "parties/bsn.html",
        case=scene.case,
        about=one.full_name,
        number=one.bsn.reveal(),
        **shell(visit),
    )


def bsn_decision(scene: Scene, *, proven: bool) -> Decision:
    """`proven`: as it is once somebody proved anew who they are."""
    return decide(Permission.BSN_SHOW, replace(scene.sight.facts, fresh_login=proven))


def _write_down(visit: Visit, scene: Scene, one: Party, decision: Decision) -> None:
    """That it was shown; never the number."""
    event = Event(
        event_type="read",
        action="R",
        account_id=scene.by.account_id,
        role=role_of(scene),
        object_kind=ACT,
        object_pseudonym=str(one.id),
        object_version=scene.case.revision,
        permission=decision.row,
        care_relation=str(decision.relation or ""),
    )
    visit.note(scene.case.id, event)
