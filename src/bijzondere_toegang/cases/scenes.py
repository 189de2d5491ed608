"""From a request to the scene of one case: who looks, at which case, on which day. Every look is written down."""

from __future__ import annotations

from typing import cast

from fastapi import Request

from bijzondere_toegang.cases.advance import role_of
from bijzondere_toegang.cases.process import Process, Scene
from bijzondere_toegang.cases.visibility import find_case
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.render import Pages


def process_of(request: Request) -> Process:
    return cast(Process, request.app.state.process)


def pages_of(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


def scene_of(visit: Visit, reference: str) -> Scene:
    """The scene of this case for the person who visits. Raises NotSignedIn or NotThere."""
    process = process_of(visit.request)
    sight = find_case(visit.tx, visit.person, reference, process.region, visit.at)
    visit.about = sight.case.id
    return Scene(process, visit.tx, sight, visit.at, visit.on)


def note_look(visit: Visit, scene: Scene, what: str, permission: Permission = Permission.CASE_SEE) -> None:
    """Write down that this person read this part of the case (`what` is a code: case, document, plan …)."""
    decision = decide(permission, scene.sight.facts)
    visit.note(
        scene.case.id,
        Event(
            event_type="read",
            action="R",
            account_id=scene.by.account_id,
            role=role_of(scene),
            object_kind=what,
            object_pseudonym=str(scene.case.id),
            object_version=scene.case.revision,
            permission=decision.row,
            care_relation=str(decision.relation or ""),
        ),
    )
