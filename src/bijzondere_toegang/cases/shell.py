"""What surrounds the pages of professionals: who is signed in, and the main menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from starlette.routing import Match

from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.region import Region
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.render import NavItem

WORKLIST = "/werkvoorraad"
GLASS = "/noodtoegang"


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is signed in, as the top of every page shows it."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the main menu and the membership roles it is for; no roles: for every professional."""

    href: str
    label: str
    roles: frozenset[str] = frozenset()


SEARCHERS = frozenset(
    {"chair", "secretary", "planner", "coordinator", "referrer", "consortium_rep", "provider", "involved_gi"}
)
"""Roles with cases of their own to search in."""
MENU = (
    Entry("/begin", N_("Begin"), frozenset({"analyst"})),
    Entry(WORKLIST, N_("Werkvoorraad"), SEARCHERS),
    Entry("/planbord", N_("Planbord"), frozenset({"chair", "secretary", "planner"})),
    Entry("/zoeken", N_("Zoeken"), SEARCHERS),
    Entry("/verdeling", N_("Verdeling"), frozenset({"chair", "consortium_rep", "analyst"})),
    Entry("/cijfers", N_("Cijfers"), frozenset({"chair", "coordinator", "administrator", "analyst"})),
    Entry("/logboek", N_("Logboek"), frozenset({"privacy_officer"})),
    Entry("/vernietigingen", N_("Vernietigen"), frozenset({"privacy_officer", "administrator"})),
    Entry("/beheer/controle", N_("Toegangscontrole"), frozenset({"privacy_officer"})),
    Entry(GLASS, N_("Noodtoegang"), frozenset({"administrator", "privacy_officer"})),
    Entry("/beheer", N_("Beheer"), frozenset({"administrator", "coordinator"})),
)
"""In the order of the menu; an entry whose page this installation does not have stays away."""


def shell(visit: Visit) -> dict[str, Any]:
    """
    `person` and `nav` for the top of a page, both empty for who is not signed in; `start`, where the crumbs of a page
    of a case begin; `glass`, for who reads the case of this page by a broken glass.
    """
    if visit.actor is None:
        return {"person": None, "nav": [], "start": (WORKLIST, ""), "glass": None}
    translator = pages_of(visit.request).translator(visit.request)
    role = role_words(visit.actor, process_of(visit.request).region, translator)
    return {
        "person": Shown(visit.actor.name, role),
        "nav": nav_of(visit.actor, visit.request),
        "start": _start(visit, visit.actor, translator),
        "glass": visit.request.app.state.glass(visit) if visit.by_glass else None,
    }


def _start(visit: Visit, actor: Actor, translator: Translator) -> tuple[str, str]:
    """The list that led to a case: the own work, or for who has none the requests to read."""
    if visit.by_glass:
        return GLASS, translator.gettext(N_("Noodtoegang"))
    return WORKLIST if actor.roles & SEARCHERS else "/", translator.gettext(N_("Werkvoorraad"))


def role_words(actor: Actor, region: Region, translator: Translator) -> str:
    """Roles with their organisations: "Verwijzer, Toegang Venlo". The office itself has no organisation to name."""
    words = []
    for held in actor.held:
        organisation = region.organisation(held.organisation)
        role = translator.gettext(f"role.{held.role}")
        words.append(f"{role}, {organisation.name}" if organisation else role)
    return " · ".join(dict.fromkeys(words))


def nav_of(actor: Actor, request: Request) -> list[NavItem]:
    """The main menu for this person."""
    translator = pages_of(request).translator(request)
    return [
        NavItem(entry.href, translator.gettext(entry.label), request.url.path.startswith(entry.href))
        for entry in MENU
        if actor.is_professional and (not entry.roles or entry.roles & actor.roles) and has_page(request, entry.href)
    ]


def has_page(request: Request, path: str) -> bool:
    """Whether this application answers GET on this path."""
    app: FastAPI = request.app
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in app.router.routes)
