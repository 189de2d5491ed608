"""Looking as a person of the family: the real pages, for who leads the case, with nothing that can be done on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.items import only_what_reads
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.conferences.minutes import may_read
from bijzondere_toegang.errors import NotAllowed, NotThere
from bijzondere_toegang.family.pages import agreements_of, minutes_of, plan_of, voice_of
from bijzondere_toegang.family.readers import Reader, as_person
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.people.visits import Reading, Visit

router = APIRouter(prefix="/zaken/{reference}/betrokkenen/{party_id}/bekijk")

KINDS = frozenset({"youth", "parent", "guardian"})
"""Who has a page of the family."""
_TAG = re.compile(r"<(a|form|button|input|select|textarea)\b([^>]*)>")
_ATTRIBUTE = r'\s{}(?:="[^"]*")?'
_HREF = re.compile(r'\shref="([^"]*)"')

NOT_SHOWN: Mapping[str, Any] = MappingProxyType({"done": None, "said": (), "in_minutes": False})
"""What is on the own page alone: what was just done, and own words said at the table, which others read by other
rules."""

Draw = Callable[[Visit, Reader, Voice], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is looked as, the address of this person's pages here, and the way back."""

    name: str
    home: str
    back: str


@router.get("")
def look_at_plan(visit: Reading, reference: str, party_id: UUID) -> HTMLResponse:
    return _look(visit, reference, party_id, "plan", lambda *who: {**plan_of(*who), **NOT_SHOWN})


@router.get("/afspraken")
def look_at_agreements(visit: Reading, reference: str, party_id: UUID) -> HTMLResponse:
    return _look(visit, reference, party_id, "agreements", agreements_of)


@router.get("/verslag")
def look_at_minutes(visit: Reading, reference: str, party_id: UUID) -> HTMLResponse:
    return _look(visit, reference, party_id, "minutes", minutes_of)


def _look(visit: Visit, reference: str, party_id: UUID, page: str, draw: Draw) -> HTMLResponse:
    scene = desk_of(visit, reference)
    if not allows(Permission.FAMILY_PREVIEW, scene.sight.facts):
        raise NotAllowed
    party = _party(scene, party_id)
    note_look(visit, scene, "preview", Permission.FAMILY_PREVIEW, about=party.id)
    back = f"/zaken/{scene.case.reference}/betrokkenen"
    preview = Preview(party.full_name, f"{back}/{party.id}/bekijk", back)
    pages = pages_of(visit.request)
    try:
        reader = as_person(scene, party.id)
        if page == "minutes" and not may_read(scene):
            raise NotThere
        only_what_reads(reader.scene, scene)
        shown = draw(visit, reader, voice_of(visit, reader.is_youth))
    except NotThere:
        return pages.page(
            visit.request, "family/unseen.html", case=scene.case, preview=preview, page=page, **shell(visit)
        )
    answer = pages.page(visit.request, f"family/{page}.html", person=visit.person, preview=preview, **shown)
    still = inert(str(bytes(answer.body), "utf-8"), scene.case.reference, preview)
    return HTMLResponse(still, headers={"cache-control": "no-store"})


def _party(scene: Scene, party_id: UUID) -> Party:
    """Somebody of this case who has such a page at all."""
    found = next((one for one in parties_of(scene) if one.id == party_id and one.kind in KINDS), None)
    if found is None:
        raise NotThere
    return found


def inert(html: str, reference: str, preview: Preview) -> str:
    """The page with links that stay within the preview or lead nowhere, and with nothing to send."""
    return _TAG.sub(lambda tag: f"<{tag[1]}{_attributes(tag[1], tag[2], reference, preview)}>", html)


def _attributes(tag: str, said: str, reference: str, preview: Preview) -> str:
    if tag == "form":
        return _without(said, "method", "action")
    if tag != "a":
        return _without(said, "name", "form", "formaction", "disabled") + " disabled"
    href = _HREF.search(said)
    goes = _goes_to(href[1] if href else "", reference, preview)
    leads = f'href="{goes}"' if goes else 'role="link" aria-disabled="true"'
    return f"{_without(said, 'href')} {leads}"


def _without(said: str, *names: str) -> str:
    for name in names:
        said = re.sub(_ATTRIBUTE.format(name), "", said)
    return said


def _goes_to(href: str, reference: str, preview: Preview) -> str:
    """Where a link of the page leads in the preview; empty for nowhere."""
    home = f"/mijn-plan/{reference}"
    known = {f"{home}{part}": f"{preview.home}{part}" for part in ("", "/afspraken", "/verslag")}
    stays = href.startswith(("#", "?", f"{preview.home}?")) or href == preview.back
    return href if stays else known.get(href, "")
