"""Finding a case again by the name of the young person, or by its reference, over one's own cases alone.

There is no index. The names of the own cases are opened in memory for the time of one request and compared there; so
the database gives nothing away that it did not before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.cases.process import Sight
from bijzondere_toegang.cases.shell import SEARCHERS
from bijzondere_toegang.cases.visibility import find_cases, mine
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.region import Region

LONGEST = 60
SHORTEST = 2
MOST = 50
WITHIN = 2_000
"""Own cases whose names are looked at, the newest; more would keep somebody waiting."""
NAME = ("first_name", "infix", "last_name")


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that fits. `name` is empty for who may not know it."""

    reference: str
    name: str
    stage: str


def may_search(actor: Actor) -> bool:
    return bool(SEARCHERS & actor.roles)


def plain(text: str) -> str:
    """Without case, accents and punctuation: Noël-Ángela is found as noel angela."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join("".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one)).split())


def search(tx: Session, actor: Actor, region: Region, at: datetime, term: str) -> list[Hit]:
    """The cases of this person that fit, in a fixed number of statements however many there are."""
    words = plain(term[:LONGEST]).split()
    if sum(map(len, words)) < SHORTEST:
        words = []
    named, referred = _by_name(tx, actor, at, words), _by_reference(tx, actor, at, term)
    chosen = select(Case.id).where(mine(actor, at), col(Case.id).in_([*named, *referred])).limit(MOST)
    sights = find_cases(tx, actor, region, at, chosen).values()
    hits = [_hit(sight, named, referred) for sight in sights if sight is not None]
    return sorted((hit for hit in hits if hit is not None), key=lambda hit: (plain(hit.name), hit.reference))


def _by_name(tx: Session, actor: Actor, at: datetime, words: list[str]) -> dict[object, str]:
    """The names that fit, by case. Whether this person may know the name is judged after."""
    newest = (
        select(Party)
        .join(Case, col(Case.id) == col(Party.case_id))
        .where(mine(actor, at), col(Party.kind) == "youth")
        .order_by(col(Case.created_at).desc())
        .limit(WITHIN)
    )
    rows = list(tx.exec(newest).all())
    unseal_rows(tx, rows, NAME)
    return {row.case_id: row.full_name for row in rows if words and fits(words, row.full_name)}


def fits(words: Iterable[str], name: str) -> bool:
    """Whether every word begins a word of the name."""
    parts = plain(name).split()
    return all(any(part.startswith(word) for part in parts) for word in words)


def _by_reference(tx: Session, actor: Actor, at: datetime, term: str) -> set[object]:
    asked = term.replace("\x00", "").strip().upper()
    return set(tx.exec(select(Case.id).where(mine(actor, at), Case.reference == asked[:20])).all())


def _hit(sight: Sight, named: dict[object, str], referred: set[object]) -> Hit | None:
    """By name only for who sees the name: a chair not before independence is declared, a planner never."""
    case = sight.case
    facts = replace(sight.facts, over_own_cases=True, by_post=True)
    searched = decide(Permission.SEARCH, facts)
    whole = searched.scope == "full" and decide(Permission.CASE_SEE, facts).scope == "full"
    if not searched.allowed or not ((whole and case.id in named) or case.id in referred):
        return None
    return Hit(case.reference, named.get(case.id, "") if whole else "", case.stage)
