"""Who can see this, for the family: professionals by role and organisation; to the youth also which parents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.acts_handover import last_day
from bijzondere_toegang.cases.holds import held_back
from bijzondere_toegang.cases.items import let_in_by
from bijzondere_toegang.cases.process import Sight
from bijzondere_toegang.cases.sighted import sighted
from bijzondere_toegang.family.lookers import GIVES_A_PLACE_AWAY, Looker
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.people import organisation_name
from bijzondere_toegang.family.readers import FOSTER, Reader
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import decide

_STANDING = {
    Relation.PLANNER: "planner",
    Relation.COORDINATOR_SAME_ORG: "coordinator",
    Relation.PRIVACY_OFFICER: "privacy_officer",
}
_LEADS = frozenset({"chair", "secretary", "referrer", *_STANDING.values()})
"""Roles that tell no news of where the case stands."""
_PARENTS = frozenset({"parent", "guardian"})
_WITH_NAMES = frozenset({"full", "own_part", "ticked"})


@dataclass(frozen=True, slots=True)
class Seers:
    """
    `whole` sees what is about this family, `outline` only where it stands; `parents` for the youth alone, `confidants`
    by name with the last day: those whom the reader let in, and nobody else's. `fosters` too is for the youth alone.
    """

    whole: tuple[Looker, ...]
    outline: tuple[Looker, ...]
    parents: tuple[str, ...]
    fosters: tuple[str, ...]
    confidants: tuple[tuple[str, date], ...]


def seers_of(reader: Reader, seen: Shown) -> Seers:
    """
    In a fixed number of statements. While hard news waits for a call, and for who is held back for safety, it is as
    silent as *Wie keek mee*; a parent reads nothing of another parent.
    """
    held, found = held_back(reader.scene), dict[bool, dict[Looker, None]]()
    parents, fosters = list[str](), list[str]()
    own, confidants = let_in_by(reader.scene), list[tuple[str, date]]()
    for actor, sight, rows in sighted(reader.scene):
        party = next((row.party_id for row in rows if row.party_id is not None), None)
        if sight is None:
            continue
        if party is not None:
            parents += [one.full_name for one in reader.family if one.id == party and one.kind in _PARENTS]
            fosters += [one.full_name for one in reader.family if one.id == party and one.kind == FOSTER]
        elif any(row.relation == Relation.CONFIDANT_INVITED for row in rows):
            confidants += [(actor.name, last_day(row.until)) for row in rows if row.id in own and row.until]
        elif (looker := _looker(reader, actor, sight)) is not None and not _silent(seen, held, actor, looker):
            whole = decide(Permission.CASE_SEE, sight.facts).scope in _WITH_NAMES
            found.setdefault(whole, {})[looker] = None
    names, no_names = (tuple(sorted(found.get(one, ()), key=_order)) for one in (True, False))
    if not reader.is_youth:
        parents, fosters = [], []
    return Seers(names, no_names, tuple(sorted(parents)), tuple(sorted(fosters)), tuple(sorted(confidants, key=str)))


def _looker(reader: Reader, actor: Actor, sight: Sight) -> Looker | None:
    relation = decide(Permission.CASE_SEE, sight.facts).relation
    role = _STANDING.get(relation) or ROLE_OF.get(relation) if relation is not None else None
    if role is None:
        return None
    codes = [row.organisation for row in sight.access if row.organisation] or [held.organisation for held in actor.held]
    hidden = reader.kept_apart and role in GIVES_A_PLACE_AWAY
    return Looker(role, "" if hidden or not codes else organisation_name(reader.scene, codes[0]))


def _silent(seen: Shown, held: frozenset[object], actor: Actor, looker: Looker) -> bool:
    waits = seen.waiting is not None and looker.role not in _LEADS
    return waits or None in held or actor.account_id in held


def _order(looker: Looker) -> tuple[str, str]:
    return looker.role, looker.organisation
