"""Whom the family can call, and who acts next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.placements.queries import content_of, placement

REFERRER, CHAIR = "referrer.own", "chair.assigned"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call: empty texts are not known."""

    name: str
    organisation: str
    phone: str = ""


def professionals(scene: Scene) -> Mapping[str, Contact]:
    """The referrer and the chair of this case, by access relation."""
    return scene.once("family:professionals", lambda: _professionals(scene))


def _professionals(scene: Scene) -> Mapping[str, Contact]:
    rows = scene.tx.exec(
        select(CaseAccess.relation, CaseAccess.organisation, Account)
        .join(Account, col(Account.id) == col(CaseAccess.account_id))
        .where(
            CaseAccess.case_id == scene.case.id,
            col(CaseAccess.relation).in_((REFERRER, CHAIR)),
            open_at(scene.at),
        )
        .order_by(col(CaseAccess.since))
    ).all()
    unseal_rows(scene.tx, [account for _, _, account in rows])
    return {relation: _contact(scene, account, organisation) for relation, organisation, account in rows}


def _contact(scene: Scene, account: Account, code: str) -> Contact:
    name = account.name.reveal() if account.name else ""
    return Contact(name, organisation_name(scene, code), account.phone.reveal() if account.phone else "")


def organisation_name(scene: Scene, code: str) -> str:
    organisation = scene.region.organisation(code)
    return organisation.name if organisation else ""


def referrer(scene: Scene) -> Contact:
    unknown = Contact("", organisation_name(scene, scene.case.referrer_organisation))
    return professionals(scene).get(REFERRER, unknown)


def chair(scene: Scene) -> Contact | None:
    return professionals(scene).get(CHAIR)


def helper(reader: Reader, seen: Shown) -> Contact | None:
    """Who to call about the help, once it was accepted; not for whom it would give a secret place away."""
    row = placement(reader.scene)
    if row is None or not seen.tells(row.accepted_at) or reader.kept_apart:
        return None
    said = content_of(row)
    person = said.get("contact") or {}
    organisation = organisation_name(reader.scene, row.provider_organisation)
    return Contact(person.get("name", ""), organisation, person.get("phone", ""))


def practitioner(reader: Reader, seen: Shown) -> str:
    """The lead practitioner, for whom `helper` may be shown; else empty."""
    if helper(reader, seen) is None:
        return ""
    return str(content_of(placement(reader.scene)).get("lead_practitioner", ""))
