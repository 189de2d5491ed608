"""A citizen service number, masked everywhere else, shown once after a fresh proof of login (C9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.advance import role_of
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotAllowed, NotThere
from bijzondere_toegang.parties.queries import party
from bijzondere_toegang.people.login import admit, matches
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import Decision, decide
from bijzondere_toegang.people.visits import Visit, Writing
from bijzondere_toegang.timeline.record import Event

router = APIRouter()

ACT = "bsn"


@router.post("/zaken/{reference}/betrokkenen/{party_id}/bsn")
def show_bsn(posted: Posted, visit: Writing, reference: str, party_id: UUID) -> HTMLResponse:
    """Without `wachtwoord` it asks for it. The number stands in this answer alone."""
    scene = scene_of(visit, reference)
    visit.asked = ACT
    if not bsn_decision(scene, proven=True).allowed:
        raise NotAllowed
    one = party(scene, party_id)
    if one is None or one.bsn is None:
        raise NotThere
    given = dict(posted).get("wachtwoord")
    if given is None:
        return _page(visit, scene, one)
    decision = bsn_decision(scene, proven=proved_anew(visit, given))
    _write_down(visit, scene, one, decision)
    if not decision.allowed:
        return _page(
            visit, scene, one, [Fault("/wachtwoord", N_("Dit wachtwoord klopt niet, of het is te vaak geprobeerd."))]
        )
    return _page(visit, scene, one, number=one.bsn.reveal())


def bsn_decision(scene: Scene, *, proven: bool) -> Decision:
    """`proven`: as it is once somebody proved anew who they are."""
    return decide(Permission.BSN_SHOW, replace(scene.sight.facts, fresh_login=proven))


def proved_anew(visit: Visit, password: str) -> bool:
    """Whether this is the password of who is signed in; wrong ones count as at the door, and close it as there."""
    account = visit.tx.get_one(Account, visit.person.account_id)
    unseal_rows(visit.tx, [account])
    login = account.login.reveal() if account.login else ""
    return admit(visit.tx, login, matches(visit.tx, login, password), visit.at) is not None


def _write_down(visit: Visit, scene: Scene, one: Party, decision: Decision) -> None:
    """That it was shown, or that the proof failed; never the number."""
    event = Event(
        event_type="read" if decision.allowed else "refused",
        action="R" if decision.allowed else "E",
        account_id=scene.by.account_id,
        role=role_of(scene),
        outcome="ok" if decision.allowed else "refused 422",
        object_kind=ACT,
        object_pseudonym=str(one.id),
        object_version=scene.case.revision,
        permission=decision.row,
        care_relation=str(decision.relation or ""),
    )
    visit.note(scene.case.id, event)


def _page(visit: Visit, scene: Scene, one: Party, faults: Sequence[Fault] = (), *, number: str = "") -> HTMLResponse:
    pages = pages_of(visit.request)
    t = pages.translator(visit.request)
    return pages.page(
        visit.request,
        "parties/bsn.html",
        422 if faults else 200,
        case=scene.case,
        action=f"/zaken/{scene.case.reference}/betrokkenen/{one.id}/bsn",
        about=one.full_name,
        fault=t.sentence(faults[0]) if faults else "",
        number=number,
        **shell(visit),
    )
