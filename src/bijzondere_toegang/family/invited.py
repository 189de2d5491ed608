"""The page of somebody invited, a guest or a confidant: what this is, when the talk is, and what was ticked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlmodel import col, select
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.acts_handover import last_day
from bijzondere_toegang.cases.contents import documents, papers_of, pieces_of, words_of
from bijzondere_toegang.cases.items import invitation_of, inviter_scene
from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look, pages_of, scene_of
from bijzondere_toegang.cases.telling import giving_away
from bijzondere_toegang.cases.traces import holds, secret_traces
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.queries import content_of, latest_conference, parties_of
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.family.agreed import Agreed, agreed
from bijzondere_toegang.family.news import shown
from bijzondere_toegang.family.pages import office_of, voice_of
from bijzondere_toegang.family.readers import Reader, reader_of
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.people.visits import Reading, Visit

router = APIRouter(prefix="/uitgenodigd")

INVITED = (Relation.GUEST_INVITED.value, Relation.CONFIDANT_INVITED.value)


@router.get("/{reference}")
def show_invited(visit: Reading, reference: str) -> HTMLResponse:
    scene = scene_of(visit, reference, invited=True)
    invitation = invitation_of(scene)
    if invitation is None:
        raise NotThere
    t = pages_of(visit.request).translator(visit.request)
    note_look(visit, scene, "invitation")
    inviter = inviter_scene(scene)
    traces = secret_traces(parties_of(scene).values())
    away = giving_away(scene, documents(scene))
    access = next(row for row in scene.sight.access if row.id == invitation.access_id)
    return pages_of(visit.request).page(
        visit.request,
        "family/invited.html",
        person=visit.person,
        case=scene.case,
        say=voice_of(visit, youth=False),
        guest=access.relation == Relation.GUEST_INVITED,
        inviter=inviter.by.name if inviter else "",
        until=last_day(access.until) if access.until else None,
        talk=_talk(scene) if access.relation == Relation.GUEST_INVITED else None,
        pieces=[one for one in pieces_of(scene, t) if not holds(traces, words_of(one))],
        papers=[one for one in papers_of(scene, t) if one.id not in away],
        plan=_plan(inviter) if invitation.with_plan and inviter else None,
        office=office_of(visit),
    )


def _talk(scene: Scene) -> dict[str, Any] | None:
    """When the table is, and where: no place while anybody of the family must not be found."""
    conference = latest_conference(scene)
    if conference is None or conference.state == "cancelled":
        return None
    unseal_rows(scene.tx, [conference])
    secret = any(party.secret_address for party in parties_of(scene).values())
    place = "" if secret else content_of(conference).get("plaats", "")
    return {"on": local_day(conference.starts_at), "at": conference.starts_at, "place": place}


def _plan(inviter: Scene) -> Agreed | None:
    """The agreements as who invited reads them on the own page, and without anybody's secret address."""
    reader = _family(inviter)
    return agreed(replace(reader, for_others=True), shown(reader)) if reader else None


def _family(inviter: Scene) -> Reader | None:
    """None when who invited is no family with a page today."""
    try:
        return reader_of(inviter)
    except NotThere:
        return None


def invited_to(visit: Visit) -> str | None:
    """The reference of the case to which this person, who is no family, was invited."""
    query = (
        select(Case.reference)
        .join(CaseAccess, col(CaseAccess.case_id) == col(Case.id))
        .where(
            CaseAccess.account_id == visit.person.account_id,
            col(CaseAccess.relation).in_(INVITED),
            open_at(visit.at),
        )
    )
    return visit.tx.exec(query.limit(1)).first()
