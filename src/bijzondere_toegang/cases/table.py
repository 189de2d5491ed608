"""The people of a case as one reader may see them: the family, and the professionals around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel import Locale
from sqlmodel import col, select

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.models import CaseAccess, Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.signals import age_on
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.reminders.outbox import newest_failed
from bijzondere_toegang.web.i18n import Translator

NAMED = ("chair", "secretary", "referrer", "provider", "involved_gi")
"""Roles whose people are shown by name to whoever sees the case in full; representatives once help is asked of them."""
_ASKED = ("rep.proposed", "rep.accepted")
_RINGS = frozenset({Relation.CHAIR_ASSIGNED, Relation.REFERRER_OWN, Relation.REFERRER_DELEGATE})


@dataclass(frozen=True, slots=True)
class Member:
    """One of the family: the name, what they are, notes in words, and how to reach them."""

    name: str
    what: str
    notes: tuple[str, ...]
    phone: str = ""
    email: str = ""
    unreached: bool = False
    """the last mail could not be delivered; for who can do something about it"""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A professional in the case. `me`: who is looking."""

    role: str
    name: str
    organisation: str
    phone: str = ""
    email: str = ""
    me: bool = False
    unreached: bool = False


def parties_of(scene: Scene) -> list[Party]:
    """The people of the case, unsealed, the young person first. For who may know their names only."""
    return scene.once("parties", lambda: _parties(scene))


def _parties(scene: Scene) -> list[Party]:
    rows = list(scene.tx.exec(select(Party).where(Party.case_id == scene.case.id).order_by(col(Party.position))).all())
    unseal_rows(scene.tx, rows)
    return rows


def youth_name(scene: Scene) -> str:
    """The name of the young person; empty in a draft that has none yet."""
    return next((party.full_name for party in parties_of(scene) if party.kind == "youth"), "")


def members_in_full(scene: Scene, t: Translator) -> list[Member]:
    """Age, authority, language and how to reach them; an address never."""
    return [
        Member(
            party.full_name,
            ", ".join(_what(party, scene, t)),
            (*language_notes(party, t), *_secret(party, t)),
            party.phone.reveal() if party.phone else "",
            party.email.reveal() if party.email else "",
            party.id in unreached(scene),
        )
        for party in parties_of(scene)
    ]


def unreached(scene: Scene) -> frozenset[UUID]:
    """
    The parties and accounts with an open part in the case whose last mail could not be delivered, in one statement.
    For chair and referrer, who can ring them; empty for others.
    """
    return scene.once("unreached", lambda: _unreached(scene) if _RINGS & scene.sight.facts.relations else frozenset())


def _unreached(scene: Scene) -> frozenset[UUID]:
    rows = scene.tx.exec(
        select(CaseAccess.account_id, CaseAccess.party_id)
        .where(CaseAccess.case_id == scene.case.id, open_at(scene.at), newest_failed(col(CaseAccess.account_id)))
        .distinct()
    ).all()
    return frozenset(one for row in rows for one in row if one is not None)


def members_for_ties(scene: Scene, t: Translator) -> list[Member]:
    """What shows whether somebody knows this family: names, year of birth, school (no school that tells an address)."""
    return [
        Member(party.full_name, t.gettext(f"party.{party.word}"), tuple(_tie_notes(party, t)))
        for party in parties_of(scene)
    ]


def _tie_notes(party: Party, t: Translator) -> Iterable[str]:
    if party.birth_date:
        yield t.gettext(N_("geboren in {jaar}"), jaar=_born(party).year)
    if party.school and not party.secret_address:
        yield party.school.reveal()


def _what(party: Party, scene: Scene, t: Translator) -> Iterable[str]:
    yield t.gettext(f"party.{party.word}")
    if party.kind == "youth" and scene.case.turns_18_on is not None:
        yield t.ngettext("{n} jaar", "{n} jaar", age_on(scene.case.turns_18_on, scene.on))
    if party.authority:
        yield t.gettext(f"authority.{party.authority}")


def language_notes(party: Party, t: Translator) -> Iterable[str]:
    """Another language than that of the page, or an interpreter; nothing for who needs neither."""
    if party.interpreter or party.language != t.language.code:
        name = Locale.parse(t.language.locale).languages.get(party.language, party.language)
        if party.interpreter:
            yield t.gettext(N_("tolk nodig: {taal}"), taal=name)
        elif party.language != "nl":
            yield t.gettext(N_("spreekt {taal}"), taal=name)


def _secret(party: Party, t: Translator) -> Iterable[str]:
    if party.secret_address:
        yield t.gettext(N_("geheim adres"))


def _born(party: Party) -> date:
    return date.fromisoformat(party.birth_date.reveal()) if party.birth_date else date.min


def colleagues_of(scene: Scene) -> list[Colleague]:
    """The professionals with an open part in the case, in two statements."""
    return scene.once("colleagues", lambda: _colleagues(scene))


def _colleagues(scene: Scene) -> list[Colleague]:
    rows: Sequence[tuple[CaseAccess, Account]] = scene.tx.exec(
        select(CaseAccess, Account)
        .join(Account, col(Account.id) == col(CaseAccess.account_id))
        .where(CaseAccess.case_id == scene.case.id, open_at(scene.at), col(CaseAccess.party_id).is_(None))
        .order_by(col(CaseAccess.since), col(CaseAccess.id))
    ).all()
    shown = _once([(access, account) for access, account in rows if _is_named(access)])
    unseal_rows(scene.tx, [account for _, account in shown])
    found = [_colleague(scene, access, account) for access, account in shown]
    order = [*NAMED, "consortium_rep"]
    return sorted(found, key=lambda one: order.index(one.role))


def _once(rows: Sequence[tuple[CaseAccess, Account]]) -> list[tuple[CaseAccess, Account]]:
    """Who holds a role twice (a look and a delegation) is one colleague."""
    first: dict[tuple[str, UUID], tuple[CaseAccess, Account]] = {}
    for access, account in rows:
        first.setdefault((ROLE_OF[access.relation], account.id), (access, account))
    return list(first.values())


def _is_named(access: CaseAccess) -> bool:
    return ROLE_OF.get(access.relation) in NAMED or access.relation in _ASKED


def _colleague(scene: Scene, access: CaseAccess, account: Account) -> Colleague:
    return Colleague(
        ROLE_OF[access.relation],
        account.name.reveal() if account.name else "",
        _organisation(scene, access),
        account.phone.reveal() if account.phone else "",
        account.email.reveal() if account.email else "",
        account.id == scene.by.account_id,
        account.id in unreached(scene),
    )


def _organisation(scene: Scene, access: CaseAccess) -> str:
    consortium, organisation = (
        scene.region.consortium(access.consortium),
        scene.region.organisation(access.organisation),
    )
    return consortium.name if consortium else organisation.name if organisation else ""


def names_in_role(scene: Scene, role: str) -> list[str]:
    return [one.name for one in colleagues_of(scene) if one.role == role]
