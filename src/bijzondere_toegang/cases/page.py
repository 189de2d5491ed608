"""The case page: what this person may see of the case, made ready to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import col, or_, select

from bijzondere_toegang.cases.acts_handover import last_day, open_offer
from bijzondere_toegang.cases.advance import possible_steps
from bijzondere_toegang.cases.calling import calls_of, first_call, why_call
from bijzondere_toegang.cases.contents import papers_of, pieces_of
from bijzondere_toegang.cases.deadlines import answer_due
from bijzondere_toegang.cases.doing import Doing, call_first, doing_of, turn_role
from bijzondere_toegang.cases.models import Case, CaseLink, Steering
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.reconvening import answer_to_me
from bijzondere_toegang.cases.signals import Light, age_on, light_of
from bijzondere_toegang.cases.story import path_of, stages_seen, timeline_of, why_due
from bijzondere_toegang.cases.table import (
    colleagues_of,
    members_for_ties,
    members_in_full,
    names_in_role,
    youth_name,
)
from bijzondere_toegang.cases.visibility import mine
from bijzondere_toegang.db import beside, unseal_rows
from bijzondere_toegang.engine import shift_past_free_days
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import Scope, allows, decide
from bijzondere_toegang.web.i18n import Translator

WITH_NAMES: frozenset[Scope] = frozenset({"full", "tie_data"})

SCOPE_NOTES: Mapping[Scope, str] = {
    "tie_data": N_("U ziet nu alleen wat nodig is om te zeggen of u een band hebt met dit gezin."),
    "brief": N_("U ziet de zaak zonder namen."),
    "outline": N_("U ziet alleen waar de zaak staat, niet om wie het gaat."),
    "pseudonym": N_("U ziet alleen waar de zaak staat, niet om wie het gaat."),
}

CORNERS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("overleg", N_("Overleg en verslag"), frozenset({"conference_planned", "conference_open"})),
    ("besluit", N_("Besluit"), frozenset({"formalising", "referrer_decision"})),
    ("plaatsing", N_("Plaatsing"), frozenset({"placing", "placement_returned"})),
    ("plan", N_("Plan"), frozenset({"planning"})),
    ("evaluaties", N_("Evaluaties"), frozenset({"evaluating"})),
)
"""Pages of their own: path, label, and the stages from which there is something on them."""

DUE_WORDS: Mapping[Light, str] = {
    "late": N_("Te laat: {dag}"),
    "soon": N_("Bijna: voor {dag}"),
    "ok": N_("Op tijd: voor {dag}"),
}

UNDECIDED = frozenset({"aanmelding", "voorbereiding", "overleg", "besluit"})
"""Phases in which the request of the family still waits for its decision (Awb 4:13; Algemene termijnenwet 1)."""
_MAY_OFFER = frozenset({Relation.REFERRER_OWN, Relation.COORDINATOR_SAME_ORG})
ANSWERS, RECALL = ("take_over", "decline_handover"), ("recall_handover",)

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Due:
    """The badge of the due day: its light and what it says."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The referrer's part that stands on offer. `mine`: to this reader; `who`: the one on the other side of it."""

    mine: bool
    who: str
    until: date
    reason: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A case that belongs to this one; `href` is empty when this person can't open it."""

    reference: str
    kind: str
    href: str


def page_of(scene: Scene, t: Translator, has_page: Callable[[str], bool]) -> dict[str, Any]:
    """What `cases/case.html` shows. Nothing is read that the scope of this person does not open."""
    scope = scope_of(scene)
    full = scope in ("full", "own_part", "ticked")
    calls = calls_of(scene) if full else ()
    doing = call_first(doing_of(scene)) if calls else doing_of(scene)
    return {
        "scope": scope,
        "full": full,
        "title": _title(scene, t, scope),
        "scope_note": SCOPE_NOTES.get(scope),
        "due": due_badge(scene, t),
        "facts": _facts(scene, t, scope, doing),
        "phases": path_of(scene, t),
        "doing": doing,
        "calls": [(first_call(due, t, scene.on), why_call(due, t)) for due in calls],
        "offer": _offer(scene, scope),
        "waiting": _waiting(scene, t, doing),
        "why": why_due(scene, t),
        "pieces": pieces_of(scene, t) if full else [],
        "papers": papers_of(scene, t) if full else [],
        "adds_documents": full and bool(possible_steps(scene, ("add_document",))),
        "members": _members(scene, t, scope),
        "colleagues": colleagues_of(scene) if full else [],
        "edits_people": _edits_people(scene),
        "reaches_people": Relation.PROVIDER_NAMED in scene.sight.facts.relations and full,
        "sees_readers": allows(Permission.READERS_SEE, scene.sight.facts) and scene.case.registered_at is not None,
        "reconvening": _reconvening(scene, t) if full else [],
        "corners": _corners(scene, t, has_page) if full or scope == "brief" else [],
        "others": _others(scene) if Relation.CHAIR_ASSIGNED in scene.sight.facts.relations and full else [],
        "told": timeline_of(scene, t) if full else [],
    }


def scope_of(scene: Scene) -> Scope:
    return decide(Permission.CASE_SEE, scene.sight.facts).scope


def _edits_people(scene: Scene) -> bool:
    """Whether the page of the family is this person's: who sees names and may correct them."""
    decision = decide(Permission.PARTIES_EDIT, scene.sight.facts)
    return decision.allowed and decision.scope == "full" and scene.case.registered_at is not None


def _reconvening(scene: Scene, t: Translator) -> list[str]:
    """An open question for a new conference for who answers it; the answer for the professional who asked."""
    day = answer_due(scene.case)
    if decide(Permission.CASE_RECONVENE, scene.sight.facts).allowed:
        if day is None or scene.workflow.stages[scene.case.stage].final:
            return []
        late = N_("Er is gevraagd om een nieuw overleg. Het antwoord had er {dag} moeten zijn.")
        soon = N_("Er is gevraagd om een nieuw overleg. Geef antwoord uiterlijk {dag}.")
        return [t.gettext(late if day < scene.on else soon, dag=t.day(day, scene.on))]
    if not decide(Permission.CASE_ASK_RECONVENE, scene.sight.facts).allowed:
        return []
    return _answered(scene, t)


def _answered(scene: Scene, t: Translator) -> list[str]:
    found, day = answer_to_me(scene), answer_due(scene.case)
    if found is None:
        return []
    if found.answered_at is None:
        waits = N_("U vroeg om een nieuw overleg. U krijgt antwoord uiterlijk {dag}.")
        return [t.gettext(waits, dag=t.day(day, scene.on))] if day else []
    told = N_("U vroeg om een nieuw overleg. Dat komt er nu niet. Het antwoord van {dag}:")
    return [t.gettext(told, dag=t.moment(found.answered_at, scene.on)), found.reason]


def _title(scene: Scene, t: Translator, scope: Scope) -> str:
    name = youth_name(scene) if scope == "full" else ""
    return name or t.gettext(N_("Zaak {kenmerk}"), kenmerk=scene.case.reference)


def due_badge(scene: Scene, t: Translator) -> Due | None:
    """Late, almost or in time, in words; None when nothing is due."""
    day = scene.case.due_on
    if day is None:
        return Due("info", t.gettext(N_("Termijn staat stil"))) if scene.case.suspended_on else None
    light = light_of(day, scene.on)
    words = N_("Vandaag") if day == scene.on else DUE_WORDS[light]
    return Due(light, t.gettext(words, dag=t.day(day, scene.on)))


def _facts(scene: Scene, t: Translator, scope: Scope, doing: Doing) -> Facts:
    case = scene.case
    facts: Facts = []
    turn = scene.workflow.stages[case.stage].turn
    if turn:
        facts.append((t.gettext(N_("Aan zet")), _on_turn(scene, t, turn, scope)))
    if scope == "full":
        facts.append((t.gettext(N_("Regie")), _steering(scene, t)))
    if scope in WITH_NAMES:
        facts.append((t.gettext(N_("Verwijzer")), _referrer(scene, scope)))
    if scope in ("brief", "tie_data", "outline"):
        facts.append((t.gettext(N_("Gemeente")), _municipality(scene)))
    if scope == "brief" and case.turns_18_on:
        facts.append((t.gettext(N_("Leeftijd")), t.gettext(_age_band(age_on(case.turns_18_on, scene.on)))))
    if scope in ("full", "brief"):
        facts.append((t.gettext(N_("Kader")), t.gettext(f"framework.{case.framework}")))
    if scope == "outline" and case.conference_on:
        facts.append((t.gettext(N_("Overleg")), t.day(case.conference_on, scene.on)))
    undecided = scene.workflow.stages[case.stage].phase in UNDECIDED and not case.accepted_consortium
    if scope == "full" and case.decide_before and undecided:
        until = t.gettext(N_("uiterlijk {dag}"), dag=t.day(shift_past_free_days(case.decide_before), scene.on))
        facts.append((t.gettext(N_("Besluit op aanvraag")), until))
    return facts


def _on_turn(scene: Scene, t: Translator, role: str, scope: Scope) -> str:
    words = t.gettext(f"role.{role}")
    if turn_role(scene.workflow.stages[scene.case.stage], scene.sight):
        return t.gettext(N_("{rol}: u"), rol=words)
    names = names_in_role(scene, role) if scope == "full" else []
    return f"{words}: {', '.join(names)}" if names else words


def _steering(scene: Scene, t: Translator) -> str:
    rows = select(Steering).where(Steering.case_id == scene.case.id, Steering.since <= scene.on)
    held = scene.tx.exec(rows.order_by(col(Steering.since).desc(), col(Steering.id)).limit(1)).first()
    if held is None:
        return t.gettext(N_("nog niet bekend"))
    organisation = scene.region.organisation(held.organisation)
    words = t.gettext(f"steering.{held.who}")
    return f"{words}, {organisation.name}" if organisation else words


def _referrer(scene: Scene, scope: Scope) -> str:
    organisation = scene.region.organisation(scene.case.referrer_organisation)
    names = names_in_role(scene, "referrer") if scope == "full" else []
    return ", ".join([*names[:1], *([organisation.name] if organisation else [])])


def _municipality(scene: Scene) -> str:
    found = scene.region.municipality(scene.case.municipality)
    return found.name if found else scene.case.municipality


def _age_band(age: int) -> str:
    if age < 12:
        return N_("jonger dan 12 jaar")
    if age < 16:
        return N_("12 tot en met 15 jaar")
    return N_("16 of 17 jaar") if age < 18 else N_("18 jaar of ouder")


def _offer(scene: Scene, scope: Scope) -> Offer | None:
    """For who was asked and who may ask; why it was offered only for who sees the whole case."""
    relations = scene.sight.facts.relations
    found = open_offer(scene) if relations & {Relation.REFERRER_DELEGATE, *_MAY_OFFER} else None
    if found is None or not (found.offered_to == scene.by.account_id or relations & _MAY_OFFER):
        return None
    mine = found.offered_to == scene.by.account_id
    other = found.offered_by if mine else found.offered_to
    if scope == "full":
        unseal_rows(scene.tx, [found])
    reason = found.reason.reveal() if found.reason and scope == "full" else ""
    who = names_of(scene.tx, [other]).get(other, "")
    return Offer(mine, who, last_day(found.until), reason, ANSWERS if mine else RECALL)


def _waiting(scene: Scene, t: Translator, doing: Doing) -> str:
    """Who acts now and until when, for who is not the one."""
    role = scene.workflow.stages[scene.case.stage].turn
    if doing.my_turn or role is None:
        return ""
    who = t.gettext(f"role.{role}")
    if scene.case.due_on is None:
        return t.gettext(N_("Nu is aan zet: {rol}."), rol=who)
    day = t.day(scene.case.due_on, scene.on)
    if scene.case.due_on < scene.on:
        return t.gettext(N_("Nu is aan zet: {rol}. Dit had {dag} klaar moeten zijn."), rol=who, dag=day)
    return t.gettext(N_("Nu is aan zet: {rol}, tot en met {dag}."), rol=who, dag=day)


def _members(scene: Scene, t: Translator, scope: Scope) -> list[Any]:
    if scope == "full":
        return members_in_full(scene, t)
    return members_for_ties(scene, t) if scope == "tie_data" else []


def _corners(scene: Scene, t: Translator, has_page: Callable[[str], bool]) -> list[tuple[str, str]]:
    seen = stages_seen(scene)
    places = [(f"/zaken/{scene.case.reference}/{path}", label) for path, label, stages in CORNERS if stages & seen]
    if allows(Permission.INSPECTION_PREPARE, scene.sight.facts):
        places.append((f"/zaken/{scene.case.reference}/inzage", N_("Inzage geven")))
    if allows(Permission.EXPORT, replace(scene.sight.facts, fresh_login=True)):
        places.append((f"/zaken/{scene.case.reference}/uitdraai", N_("Uitdraai maken")))
    return [(href, t.gettext(label)) for href, label in places if has_page(href)]


def _others(scene: Scene) -> list[Other]:
    """The cases linked with this one, by their reference alone, whoever they are of."""
    ends = or_(CaseLink.case_id == scene.case.id, CaseLink.other_case_id == scene.case.id)
    links = scene.tx.exec(select(CaseLink).where(ends)).all()
    if not links:
        return []
    kinds = {({link.case_id, link.other_case_id} - {scene.case.id}).pop(): link.kind for link in links}
    linked = select(Case.id, Case.reference, mine(scene.by, scene.at)).where(col(Case.id).in_(kinds))
    with beside(scene.tx, cases=kinds):
        rows = scene.tx.exec(linked.order_by(Case.reference)).all()
    return [Other(reference, kinds[found], f"/zaken/{reference}" if own else "") for found, reference, own in rows]
