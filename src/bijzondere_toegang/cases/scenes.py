"""From a request to the scene of one case: who looks, at which case, on which day. Every look is written down."""

from __future__ import annotations

from typing import Literal, cast
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse

from bijzondere_toegang.cases.advance import role_of
from bijzondere_toegang.cases.destroyed import destroyed
from bijzondere_toegang.cases.items import is_invited
from bijzondere_toegang.cases.process import Process, Scene
from bijzondere_toegang.cases.visibility import find_case
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.render import Pages
from bijzondere_toegang.web.rerender import Rerender


def process_of(request: Request) -> Process:
    return cast(Process, request.app.state.process)


def pages_of(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)


def scene_of(visit: Visit, reference: str, *, invited: bool = False) -> Scene:
    """
    The scene of this case for the person who visits. Raises NotSignedIn or NotThere. Somebody invited finds nothing
    of a case but what is meant for them (`invited`).
    """
    process = process_of(visit.request)
    sight = find_case(visit.tx, visit.person, reference, process.region, visit.at)
    scene = Scene(process, visit.tx, sight, visit.at, visit.on)
    if is_invited(scene) and not invited:
        raise NotThere
    visit.about, visit.by_glass = sight.case.id, sight.facts.break_glass_open
    if sight.case.destroyed_on is not None:
        raise destroyed(scene)
    return scene


OWN_DOOR = frozenset({"youth", "parent", "foster_parent"})
"""Relations with a door and words of their own: the family's pages (`/mijn-plan`)."""


def desk_of(visit: Visit, reference: str) -> Scene:
    """
    The scene for a professionals' page. Young people, parents and foster parents are sent to their own pages, which
    keep hard news until somebody called and leave out what must stay from each other.
    """
    scene = scene_of(visit, reference)
    if has_own_door(scene):
        raise Rerender(RedirectResponse(f"/mijn-plan/{scene.case.reference}", status_code=303))
    return scene


def has_own_door(scene: Scene) -> bool:
    return not scene.by.is_professional and any(row.relation in OWN_DOOR for row in scene.sight.access)


def note_look(
    visit: Visit,
    scene: Scene,
    what: str,
    permission: Permission = Permission.CASE_SEE,
    *,
    about: UUID | None = None,
    event: Literal["read", "exported"] = "read",
) -> None:
    """
    Write down that this person read this part of the case (`what` is a code: case, document, plan …) or took it out of
    here, and of whom when it was about one of its people.
    """
    decision = decide(permission, scene.sight.facts)
    visit.note(
        scene.case.id,
        Event(
            event_type=event,
            action="R" if event == "read" else "E",
            account_id=scene.by.account_id,
            role=role_of(scene),
            object_kind=what,
            object_pseudonym=str(about or scene.case.id),
            object_version=scene.case.revision,
            permission=decision.row,
            care_relation=str(decision.relation or ""),
            break_glass=decision.relation is Relation.ADMINISTRATOR_BREAK_GLASS,
        ),
    )
