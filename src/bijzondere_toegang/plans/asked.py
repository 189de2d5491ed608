"""Who is asked for consent to a version of the plan, and what each of them said (Jeugdwet 7.3.4–5, 4.1.3 lid 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess, Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.plans.models import Consent, Plan
from bijzondere_toegang.plans.queries import content_of, current_plan, has_foster_part

_WITH_AUTHORITY = ("parent", "guardian")
_WORDS = {"moeder", "vader", "voogd"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody whose consent counts. `word` is their part in the family, never their name."""

    party: Party
    consent: Consent | None

    @property
    def word(self) -> Sentence:
        return Sentence(f"consent.of.{_word_of(self.party)}")

    @property
    def answer(self) -> str:
        """given, refused, not_reached, withdrawn or missing"""
        if self.consent is None:
            return "missing"
        return "withdrawn" if self.consent.withdrawn_at is not None else self.consent.answer

    @property
    def is_open(self) -> bool:
        """Nothing was heard from this person about this version."""
        return self.answer in ("missing", "not_reached")

    @property
    def said(self) -> dict[str, Any]:
        """{words, how, on, withdrawn, attempts, why}, as far as there is something."""
        found: dict[str, Any] = self.consent.content.data() if self.consent and self.consent.content else {}
        return found

    @property
    def how(self) -> str:
        """zelf, papier, gesprek or niet-bereikt; empty without an answer"""
        return str(self.said.get("how", "")) if self.consent else ""

    @property
    def on(self) -> date | None:
        """The day on which it was said or, of who was not reached, recorded."""
        if self.consent is None:
            return None
        told = self.said.get("on")
        return date.fromisoformat(told) if told else local_day(self.consent.at)

    @property
    def attempts(self) -> list[tuple[date, str]]:
        """When and how somebody tried to reach this person."""
        return [(date.fromisoformat(row["on"]), row["how"]) for row in self.said.get("attempts", ())]


def consents(scene: Scene) -> list[Asked]:
    """Everybody asked about the current version, with their answers; empty while there is no plan."""
    plan = current_plan(scene)
    return asked_about(scene, plan) if plan else []


def asked_about(scene: Scene, plan: Plan) -> list[Asked]:
    return scene.once(f"asked:{plan.id}", lambda: _asked_about(scene, plan))


def _asked_about(scene: Scene, plan: Plan) -> list[Asked]:
    parties = [party for party in _parties(scene) if _is_asked(scene, plan, party)]
    said = _said(scene, plan)
    return [Asked(party, said.get(party.id)) for party in parties]


def _parties(scene: Scene) -> Sequence[Party]:
    found = scene.tx.exec(select(Party).where(Party.case_id == scene.case.id).order_by(col(Party.position))).all()
    unseal_rows(scene.tx, found)
    return found


def _is_asked(scene: Scene, plan: Plan, party: Party) -> bool:
    """
    In a measure help needs no consent, except medical treatment (Jeugdwet 7.3.1 lid 3, WGBO). A foster parent is asked
    about the own part, when the plan has one (4.1.3 lid 6).
    """
    if party.kind == "foster_parent":
        return has_foster_part(plan) and party.id not in _left(scene)
    if scene.case.framework != "voluntary" and not content_of(plan).get("medischeBehandeling"):
        return False
    twelve, sixteen = scene.case.turns_12_on, scene.case.turns_16_on
    incapable = scene.case.incapacitated_on is not None
    if party.kind == "youth":
        return twelve is not None and scene.on >= twelve and not incapable
    with_authority = party.kind in _WITH_AUTHORITY and party.authority == "yes"
    return with_authority and (incapable or sixteen is None or scene.on < sixteen)


def _left(scene: Scene) -> set[UUID]:
    """The parties whose part in the case has ended; who never had an account answers on paper."""
    rows = scene.once("asked:access", lambda: _access(scene))
    return {party_id for party_id, _ in rows} - {party_id for party_id, still in rows if still}


def _access(scene: Scene) -> list[tuple[UUID, bool]]:
    query = select(CaseAccess.party_id, open_at(scene.at)).where(
        CaseAccess.case_id == scene.case.id, CaseAccess.relation == "foster_parent"
    )
    return [(party_id, bool(still)) for party_id, still in scene.tx.exec(query).all() if party_id is not None]


def _said(scene: Scene, plan: Plan) -> dict[UUID, Consent]:
    """The last answer of each party to this version."""
    rows = scene.tx.exec(select(Consent).where(Consent.plan_id == plan.id).order_by(col(Consent.at))).all()
    unseal_rows(scene.tx, rows)
    return {row.party_id: row for row in rows}


def _word_of(party: Party) -> str:
    if party.kind == "youth":
        return "jeugdige"
    if party.kind == "foster_parent":
        return "pleegouder"
    return party.word if party.word in _WORDS else "ouder"


def together(words: Sequence[Sentence]) -> Sentence:
    """One sentence part for several people: de moeder en de vader."""
    if len(words) == 1:
        return words[0]
    return Sentence(N_("{eerste} en {volgende}"), {"eerste": words[0], "volgende": together(words[1:])})
