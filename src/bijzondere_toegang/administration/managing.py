"""Whose people somebody manages: an administrator everybody's, a coordinator those of the own organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.facts import Facts
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import decide

BUREAU = "bureau"
_STANDING = {
    "administrator": Relation.ADMINISTRATOR,
    "coordinator": Relation.COORDINATOR_SAME_ORG,
    "privacy_officer": Relation.PRIVACY_OFFICER,
}


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody who manages people. `organisations` None: of every organisation."""

    actor: Actor
    organisations: tuple[str, ...] | None

    @property
    def role(self) -> str:
        return "administrator" if self.organisations is None else "coordinator"

    def manages(self, organisation: str) -> bool:
        return self.organisations is None or organisation in self.organisations

    def of(self) -> ColumnElement[bool]:
        """The memberships of the people she manages."""
        return true() if self.organisations is None else col(Membership.organisation).in_(self.organisations)


def allowed(actor: Actor, permission: Permission, on: date, *, successor_named: bool = True) -> bool:
    """What the table says of this person without a case; whose people it is about is asked with `Manager.manages`."""
    relations = frozenset(_STANDING[role] for role in actor.roles if role in _STANDING)
    facts = Facts(relations=relations, on=on, own_organisation=True, successor_named=successor_named)
    return decide(permission, facts).allowed


def manager(actor: Actor, on: date) -> Manager:
    """Raises NotThere: to everybody else there are no such pages."""
    if not allowed(actor, Permission.PEOPLE_MANAGE, on):
        raise NotThere
    return Manager(actor, None if "administrator" in actor.roles else actor.organisations("coordinator"))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks on at the yearly question. `by`: who may answer too; None for the privacy officer."""

    actor: Actor
    organisations: tuple[str, ...] | None
    by: Manager | None

    @property
    def role(self) -> str:
        return self.by.role if self.by else "privacy_officer"


def viewer(actor: Actor, on: date) -> Viewer:
    """Raises NotThere: to everybody else there is no such page."""
    if not allowed(actor, Permission.PEOPLE_LOOK, on):
        raise NotThere
    by = manager(actor, on) if allowed(actor, Permission.PEOPLE_MANAGE, on) else None
    everywhere = by is None or by.organisations is None or "privacy_officer" in actor.roles
    return Viewer(actor, None if everywhere else actor.organisations("coordinator"), by)


def person(tx: Session, by: Manager, account_id: UUID) -> tuple[Account, list[Membership]]:
    """An account with the memberships that one manages; in a writing transaction held. Raises NotThere."""
    wanted = select(Account).where(Account.id == account_id)
    if tx.info.get("writing"):
        wanted = wanted.with_for_update()
    account = tx.exec(wanted).first()
    held = tx.exec(
        select(Membership)
        .where(Membership.account_id == account_id, by.of())
        .order_by(col(Membership.valid_from), col(Membership.id))
    ).all()
    if account is None or not held:
        raise NotThere
    return account, list(held)
