"""Who reads: the young person, or a parent or guardian with authority; and what must stay away from this reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess, Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.traces import hidden_from, traces_of, without
from bijzondere_toegang.cases.visibility import find_case, open_at
from bijzondere_toegang.conferences.queries import parties_of
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.actors import load_actor

RELATIONS = frozenset({"youth", "parent"})
"""Access relations with a family page; which right follows from age and authority on the day is policy."""
FOSTER = "foster_parent"
"""The access relation with a page of an own part only."""
AT_HOME = RELATIONS | {FOSTER}
"""Who has a page of their own at all."""


@dataclass(frozen=True)
class Reader:
    """One family member at the own page. `party` is the reader, unsealed; `family` everyone of the case."""

    scene: Scene
    party: Party
    family: tuple[Party, ...]
    for_others: bool = False
    """somebody reads along to whom no secret address may be told, not even that of this reader"""

    @property
    def is_youth(self) -> bool:
        return self.party.kind == "youth"

    @property
    def is_foster(self) -> bool:
        """A foster parent: at home on the page of the own part, and on no other page of the family."""
        return self.party.kind == FOSTER

    @property
    def child(self) -> str:
        """The first name of the young person."""
        return next((party.called for party in self.family if party.kind == "youth"), "")

    @cached_property
    def hidden(self) -> tuple[Party, ...]:
        """Those with a secret address that is not this reader's own address."""
        return tuple(hidden_from(self.family, None if self.for_others else self.party))

    @property
    def kept_apart(self) -> bool:
        """Whether places stay away: where somebody meets, stays or learns gives a secret address away."""
        return bool(self.hidden)

    @cached_property
    def _traces(self) -> tuple[str, ...]:
        return traces_of(self.hidden)

    def safe(self, text: str | None) -> str:
        """The text, or nothing when it holds a trace of an address that must not reach this reader."""
        return without(self._traces, text)


def reader_of(scene: Scene, relations: frozenset[str] = RELATIONS) -> Reader:
    """Raises NotThere for who is not family in this case: the page is not theirs."""
    parties = parties_of(scene)
    mine = next((row.party_id for row in scene.sight.access if row.relation in relations and row.party_id), None)
    if mine is None or mine not in parties:
        raise NotThere
    return Reader(scene, parties[mine], tuple(parties.values()))


def people_of(scene: Scene) -> dict[UUID, UUID]:
    """The account of every family member who can read at all, by party."""
    rows = scene.tx.exec(
        select(CaseAccess.party_id, CaseAccess.account_id).where(
            CaseAccess.case_id == scene.case.id, col(CaseAccess.relation).in_(RELATIONS), open_at(scene.at)
        )
    ).all()
    return {party_id: account_id for party_id, account_id in rows if party_id is not None}


def as_person(scene: Scene, party_id: UUID) -> Reader:
    """The case as this family member sees it. Raises NotThere when they may not see it today."""
    account_id = people_of(scene).get(party_id)
    actor = load_actor(scene.tx, account_id, scene.on) if account_id else None
    if actor is None:
        raise NotThere
    sight = find_case(scene.tx, actor, scene.case.reference, scene.region, scene.at)
    return reader_of(Scene(scene.process, scene.tx, sight, scene.at, scene.on))
