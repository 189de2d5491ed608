"""
A secret address, shown once to the referrer who has the case and the provider who treats at home: with a reason, and
written down each time (C10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.advance import HELD_BY_PROVIDER, commitments, role_of
from bijzondere_toegang.cases.models import Party, StepRecord
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import Fault, NotAllowed, NotThere
from bijzondere_toegang.parties.queries import party
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import Decision, decide
from bijzondere_toegang.people.visits import Visit, Writing
from bijzondere_toegang.plans.queries import treats_at_home
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.forms import Answers, Text, describe, field, summary, validate

router = APIRouter()

ACT = "secret_address"


class WhyShown(Answers):
    reason: Text = field("reden", widget="text")


@router.post("/zaken/{reference}/betrokkenen/{party_id}/adres")
def show_address(posted: Posted, visit: Writing, reference: str, party_id: UUID) -> HTMLResponse:
    """Without `reden` it asks for one. The address stands in this answer alone: there is no page to come back to."""
    scene = scene_of(visit, reference)
    visit.asked = ACT
    decision = address_decision(scene)
    if not decision.allowed:
        raise NotAllowed
    one = party(scene, party_id)
    if one is None or not one.secret_address:
        raise NotThere
    given = {name: value for name, value in posted if name == "reden"}
    answers, faults = validate(WhyShown, given) if given else (None, [])
    if answers is None or faults:
        return _page(visit, scene, one, given.get("reden", ""), faults)
    _write_down(visit, scene, one, answers.reason, decision)
    return _page(visit, scene, one, address=one.address.reveal() if one.address else "", is_shown=True)


def address_decision(scene: Scene) -> Decision:
    """As it will be once a reason is given. The family reads its own address on a page of its own, not here."""
    return decide(
        Permission.SECRET_ADDRESS_SHOW,
        replace(
            scene.sight.facts,
            reason_given=True,
            for_shared_piece=False,
            treats_at_home=treats_at_home(scene),
            own_data=False,
        ),
    )


def _write_down(visit: Visit, scene: Scene, one: Party, reason: str, decision: Decision) -> None:
    """The reason is sealed with the record of the case; the log commits to it. In one transaction with the answer."""
    said = {"wie": str(one.id), "reden": reason}
    holder = "provider" if scene.case.stage in HELD_BY_PROVIDER else "referrer"
    visit.tx.add(
        StepRecord(
            case_id=scene.case.id,
            holder=holder,
            step=ACT,
            stage=scene.case.stage,
            revision=scene.case.revision,
            account_id=scene.by.account_id,
            at=scene.at,
            answers=Secret.json(said),
        )
    )
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
        commitments=commitments(visit.tx, scene.case.id, holder, said),
    )
    visit.note(scene.case.id, event)


def _page(
    visit: Visit,
    scene: Scene,
    one: Party,
    typed: str = "",
    faults: Sequence[Fault] = (),
    *,
    address: str = "",
    is_shown: bool = False,
) -> HTMLResponse:
    pages = pages_of(visit.request)
    t = pages.translator(visit.request)
    fields = describe(WhyShown, t, ACT, {"reden": typed}, faults)
    return pages.page(
        visit.request,
        "parties/address.html",
        422 if faults else 200,
        case=scene.case,
        action=f"/zaken/{scene.case.reference}/betrokkenen/{one.id}/adres",
        about=one.full_name,
        fields=fields,
        summary=summary(fields, faults, t),
        address=address,
        is_shown=is_shown,
        **shell(visit),
    )
