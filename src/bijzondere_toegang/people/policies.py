"""The one place that answers: may this person do this to this case, now?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bijzondere_toegang.people.conditions import Ask, Rule, independent
from bijzondere_toegang.people.facts import Facts, ItemFacts, reads_as
from bijzondere_toegang.people.grants import GRANTS
from bijzondere_toegang.people.permissions import Permission, Relation

Scope = Literal["full", "own_part", "ticked", "brief", "tie_data", "outline", "pseudonym", "aggregate"]

_WIDEST_FIRST: tuple[Scope, ...] = (
    "full", "own_part", "ticked", "brief", "tie_data", "outline", "pseudonym", "aggregate",
)  # fmt: skip

_OVERRIDING = frozenset({Relation.LEAVER, Relation.CONFIDANT_ENDED, Relation.REP_LOST})
_TABLE_LEADS = frozenset({Relation.CHAIR_ASSIGNED, Relation.SECRETARY_ASSIGNED})
_REPS = frozenset({Relation.REP_INVITED, Relation.REP_PROPOSED, Relation.REP_ACCEPTED})

_SCOPE_BY_CONDITION: Mapping[str, Scope] = {
    "C1": "outline", "C4": "ticked", "C5": "pseudonym", "C23": "aggregate", "C26": "own_part",
}  # fmt: skip
_SCOPE_BY_ACT: Mapping[Permission, Scope] = {
    Permission.CASE_READ_BRIEF: "brief",
    Permission.CASE_SEE_TIE_DATA: "tie_data",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and why: the relation that opened it and the row and cell of the table, as `case.see C1`.

    `scope` says how much opens. full: all, items judged apart · own_part: a foster parent's part ·
    ticked: what an inviter ticked · brief: the case without names · tie_data: only what shows a tie ·
    outline: reference, time, place, stage, term · pseudonym: an id that names nobody · aggregate: groups.
    """

    allowed: bool
    relation: Relation | None
    row: str
    scope: Scope = "outline"


def decide(permission: Permission, facts: Facts) -> Decision:
    """Default deny. The best relation wins, unless one that ended everything stands beside it."""
    if _overridden(facts) or _kept_from_everyone(permission, facts.item):
        return _denied(permission)
    return min(_granted(permission, facts), key=_width, default=_denied(permission))


def allows(permission: Permission, facts: Facts) -> bool:
    return decide(permission, facts).allowed


def grants(permission: Permission) -> frozenset[Relation]:
    """The relations that may ever do this, conditions aside."""
    return frozenset(GRANTS.get(permission, {}))


def _overridden(facts: Facts) -> bool:
    return facts.recused or bool(_OVERRIDING & facts.relations)


def _kept_from_everyone(permission: Permission, item: ItemFacts | None) -> bool:
    """A secret address opens only through its own act; a child's words wait for the child's answer."""
    if item is None:
        return False
    address = item.secret_address and not item.about_me and permission is not Permission.SECRET_ADDRESS_SHOW
    return address or (item.waits_for_child and not item.author_is_me)


def _denied(permission: Permission) -> Decision:
    return Decision(False, None, f"{permission} no")


def _granted(permission: Permission, facts: Facts) -> Iterator[Decision]:
    rules = GRANTS.get(permission, {})
    for relation in sorted(facts.relations & rules.keys()):
        ask, rule = Ask(permission, relation, facts), rules[relation]
        if rule.holds(ask):
            yield Decision(True, relation, f"{permission} {rule}", _scope(ask, rule))


def _scope(ask: Ask, rule: Rule) -> Scope:
    for code in rule.codes:
        if code in _SCOPE_BY_CONDITION:
            return _SCOPE_BY_CONDITION[code]
    if ask.permission is Permission.CASE_SEE:
        return _sight(ask)
    return _SCOPE_BY_ACT.get(ask.permission, "full")


def _sight(ask: Ask) -> Scope:
    """Names open to the chair once independent, to a consortium once ties are asked and a ground is there."""
    if ask.relation in _TABLE_LEADS:
        return "full" if independent.holds(ask) else "tie_data"
    if ask.relation in _REPS:
        shared = reads_as(ask.relation, ask.facts.party_word) & ask.facts.shared_with
        asked = ask.facts.tie_answered or ask.relation is not Relation.REP_INVITED
        return "full" if shared and asked else "brief"
    return "full"


def _width(decision: Decision) -> int:
    return _WIDEST_FIRST.index(decision.scope)
