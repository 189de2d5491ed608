"""The page of the family for referrer, chair and provider, and the form that corrects one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases.advance import choices_of, possible_steps
from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Pairs, Posted, ask_step, taken_step
from bijzondere_toegang.errors import Fault, NotAllowed, NotThere, Sentence
from bijzondere_toegang.parties import address, bsn
from bijzondere_toegang.parties.page import contacts_of, corrections_of, next_birthday, people_of, rule_of
from bijzondere_toegang.parties.queries import known_of, party
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows, decide
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.web.forms import FieldView, describe, summary

router = APIRouter()
router.include_router(address.router)
router.include_router(bsn.router)

OF_YOUTH = ("geboortedatum", "school")
OF_OTHERS = ("gezag", "gezagBron", "gezagOp")
STEP = "correct_party"
SHOWN = (
    "voornaam",
    "tussenvoegsel",
    "achternaam",
    "geboortedatum",
    "telefoon",
    "email",
    "gezag",
    "taal",
    "tolk",
    "geheimAdres",
)
"""What the form shows as it is known. An address or a school never: they are typed anew, or stay as they are."""
CAN_GO = frozenset({"voornaam", "achternaam", "geboortedatum", "tussenvoegsel", "telefoon", "email"})
"""What somebody takes away, or forgets, by leaving its field empty."""
STAYS_KNOWN = frozenset({"voornaam", "achternaam", "geboortedatum", "gezag", "taal", "tolk", "geheimAdres"})
ACTS = ("add_party", "record_parents_reading")


@router.get("/zaken/{reference}/betrokkenen")
def show_people(visit: Reading, reference: str, gedaan: str = "") -> HTMLResponse:
    """Each person with authority, age rule, language, account and mail; for a provider how to reach them alone."""
    scene = desk_of(visit, reference)
    shows_address, shows_bsn = address.address_decision(scene).allowed, bsn.bsn_decision(scene, proven=True).allowed
    if not may_edit(scene) and (shows_address or shows_bsn):
        return _contacts(visit, scene, shows_address, shows_bsn)
    scene = editing(scene)
    note_look(visit, scene, "parties", Permission.PARTIES_EDIT)
    pages = pages_of(visit.request)
    t = pages.translator(visit.request)
    open_now = {one.step.name for one in possible_steps(scene, (STEP, *ACTS)) if not one.obstacles}
    return pages.page(
        visit.request,
        "parties/parties.html",
        case=scene.case,
        done=gedaan if gedaan in (STEP, *ACTS) else "",
        rule=rule_of(scene),
        birthday=next_birthday(scene),
        people=people_of(scene, t),
        corrects=STEP in open_now,
        shows_address=shows_address,
        shows_bsn=shows_bsn,
        acts=[name for name in ACTS if name in open_now],
        corrections=corrections_of(scene, t),
        looks_as=allows(Permission.FAMILY_PREVIEW, scene.sight.facts),
        sees_readers=allows(Permission.READERS_SEE, scene.sight.facts),
        **shell(visit),
    )


def _contacts(visit: Visit, scene: Scene, shows_address: bool, shows_bsn: bool) -> HTMLResponse:
    """For who corrects nothing, and may have an address or a number shown: a named provider."""
    note_look(visit, scene, "parties")
    pages = pages_of(visit.request)
    return pages.page(
        visit.request,
        "parties/contacts.html",
        case=scene.case,
        people=contacts_of(scene, pages.translator(visit.request)),
        shows_address=shows_address,
        shows_bsn=shows_bsn,
        **shell(visit),
    )


def may_edit(scene: Scene) -> bool:
    """Whether this person may correct and sees names. A planner sees none."""
    decision = decide(Permission.PARTIES_EDIT, scene.sight.facts)
    return decision.allowed and decision.scope == "full"


def editing(scene: Scene) -> Scene:
    """The scene of who may correct. Raises NotAllowed."""
    if not may_edit(scene):
        raise NotAllowed
    return scene


@router.get("/zaken/{reference}/betrokkenen/{party_id}")
def show_person(visit: Reading, reference: str, party_id: UUID) -> HTMLResponse:
    scene = editing(desk_of(visit, reference))
    one = _person(scene, party_id)
    note_look(visit, scene, "parties", Permission.PARTIES_EDIT)
    known = known_of(one)
    shown = {name: known[name] for name in SHOWN}
    return ask_step(visit, scene, STEP, partial(_page, one, shown))


@router.post("/zaken/{reference}/betrokkenen/{party_id}")
def correct_person(posted: Posted, visit: Writing, reference: str, party_id: UUID) -> Response:
    scene = editing(scene_of(visit, reference))
    one = _person(scene, party_id)
    taken_step(visit, scene, _meant(posted, party_id), partial(_page, one, {}))
    return RedirectResponse(f"/zaken/{scene.case.reference}/betrokkenen?gedaan={STEP}", status_code=303)


def _person(scene: Scene, party_id: UUID) -> Party:
    one = party(scene, party_id)
    if one is None:
        raise NotThere
    return one


def _meant(posted: Pairs, party_id: UUID) -> Pairs:
    """Who it is about stands in the address; a field that came empty is to be taken away."""
    own = [(name, value) for name, value in posted if name not in ("wie", "weghalen", "_stap")]
    emptied = [("weghalen", name) for name, value in own if name in CAN_GO and not value.strip()]
    return [("_stap", STEP), ("wie", str(party_id)), *own, *emptied]


def _page(
    one: Party,
    shown: Mapping[str, Any],
    visit: Visit,
    scene: Scene,
    step_name: str,
    data: Mapping[str, Any],
    *,
    faults: Sequence[Fault] = (),
    refusal: Sentence | None = None,
    revision: int | None = None,
    status: int = 200,
    bare: bool = False,
) -> HTMLResponse:
    """The form for this person, with what is known or was typed; what is not theirs is not asked."""
    pages = pages_of(visit.request)
    t = pages.translator(visit.request)
    step = scene.workflow.steps[step_name]
    form = scene.process.forms[step.form]
    fields = describe(form, t, step.form, {**shown, **data}, faults, {} if bare else choices_of(scene, form))
    asked = [_as_asked(view) for view in fields if view.name not in _not_asked(one)]
    return pages.page(
        visit.request,
        "parties/person.html",
        status,
        case=scene.case,
        step=step,
        about="" if bare else one.full_name,
        action=f"/zaken/{scene.case.reference}/betrokkenen/{one.id}",
        fields=asked,
        summary=summary(asked, faults, t),
        refusal=refusal,
        revision=scene.case.revision if revision is None else revision,
        **shell(visit),
    )


def _not_asked(one: Party) -> frozenset[str]:
    return frozenset({"wie", "weghalen", *(OF_OTHERS if one.kind == "youth" else OF_YOUTH)})


def _as_asked(view: FieldView) -> FieldView:
    """What can change and not go away is asked as what must be there."""
    return replace(view, required=True) if view.name in STAYS_KNOWN else view
