"""For every column of the permission table somebody who has exactly that relation to a case, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from bijzondere_toegang.cases.models import (
    Case,
    CaseAccess,
    Independence,
    Invitation,
    Item,
    ItemContent,
    ItemReader,
    Party,
    ReadingConsent,
)
from bijzondere_toegang.db import Secret
from bijzondere_toegang.people.accounts import add_membership, make_account
from tests.support import SINCE, Site

VVG, MUTS = "sv-vincent-van-gogh", "sv-mutsaersstichting"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A way to get a relation: a membership, a row of access, a part in the family, a declaration of independence."""

    organisation: str = ""
    role: str = ""
    access: str = ""
    consortium: str = ""
    word: str = ""
    """the family's word for this party; makes a party of the case"""
    authority: str = "yes"
    age: int = 14
    """of the young person, on the day this person looks"""
    declared: bool = False
    left: bool = False
    """the membership ended yesterday"""


chair = partial(Somebody, "bureau", "chair")
referrer = partial(Somebody, "", "referrer")
rep = partial(Somebody, "koraal", "consortium_rep", declared=True)
parent = partial(Somebody, access="parent", word="moeder")
youth = partial(Somebody, access="youth", word="jeugdige")

CAST: Mapping[str, Somebody] = {
    "chair.assigned": chair(access="chair.assigned", declared=True),
    "chair.other": chair(),
    "secretary.assigned": Somebody("bureau", "secretary", "secretary.assigned", declared=True),
    "planner": Somebody("bureau", "planner"),
    "coordinator.same_org": Somebody("", "coordinator"),
    "referrer.own": referrer(access="referrer.own"),
    "referrer.delegate": referrer(access="referrer.delegate"),
    "referrer.colleague": referrer(),
    "referrer.elsewhere": Somebody("cjg-ml", "referrer"),
    "gi.involved": Somebody("william-schrikker", "coordinator", "gi.involved"),
    "rep.invited": rep(access="rep.invited", consortium=VVG),
    "rep.proposed": rep(access="rep.proposed", consortium=VVG),
    "rep.accepted": rep(access="rep.accepted", consortium=VVG),
    "provider.named": Somebody("koraal", "provider", "provider.named", VVG),
    "rep.same_consortium_not_named": rep(declared=False),
    "rep.lost": rep(access="rep.lost", consortium=VVG),
    "parent.child_0_11": parent(age=9),
    "parent.child_12_15": parent(age=14),
    "parent.child_16_17": parent(age=17),
    "parent.child_18": parent(age=18),
    "parent.without_authority": parent(authority="no"),
    "foster_parent": Somebody(access="foster_parent", word="pleegouder", authority="no"),
    "youth.0_11": youth(age=9),
    "youth.12_15": youth(age=14),
    "youth.16_plus": youth(age=17),
    "guest.invited": Somebody(access="guest.invited"),
    "confidant.invited": Somebody(access="confidant.invited"),
    "confidant.ended": Somebody(access="confidant.ended"),
    "privacy_officer": Somebody("bureau", "privacy_officer"),
    "administrator": Somebody("bureau", "administrator"),
    "administrator.break_glass": Somebody("bureau", "administrator", "administrator.break_glass"),
    "analyst": Somebody("mgr", "analyst"),
    "leaver": referrer(access="referrer.own", left=True),
}
"""Every column but `anonymous`. Without an organisation a referrer or coordinator is of the case's own."""

KINDS = {"moeder": "parent", "jeugdige": "youth", "pleegouder": "foster_parent"}
FAMILY = frozenset(relation for relation, one in CAST.items() if one.access in ("parent", "youth"))
HOME = FAMILY | {"foster_parent"}
"""Who has pages of their own, and comes to no professionals' page."""
INVITED = frozenset({"guest.invited", "confidant.invited"})
"""Who has one page, and for whom the rest of the case is not there."""
EVERYONE = ("voorzitter", "samenwerkingsverbanden", "gi", "ouders", "jeugdige", "pleegouder")


def join(site: Site, reference: str, relation: str) -> UUID:
    """A new account with this relation to the case."""
    one = CAST[relation]
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        account = make_account(tx, f"{uuid4().hex}@example.org", f"Iemand van {relation}", at=site.at)
        organisation = one.organisation or case.referrer_organisation
        if one.role:
            until = site.on - timedelta(days=1) if one.left else None
            add_membership(tx, account.id, organisation, one.role, SINCE, until)
        if one.access:
            access = _access(site, tx, case, account.id, one, organisation if one.role else "")
            tx.add(access)
            if relation in INVITED:
                tx.flush()
                tx.add(_invitation(site, access))
        if one.declared:
            tx.add(Independence(case_id=case.id, account_id=account.id, declared_at=site.at, tie=False))
        return account.id


def _access(site: Site, tx: Session, case: Case, account_id: UUID, one: Somebody, organisation: str) -> CaseAccess:
    party = None
    if one.word:
        party = Party(
            id=uuid4(), case_id=case.id, position=20, kind=KINDS[one.word], word=one.word, authority=one.authority
        )
        party.first_name, party.last_name = Secret("Iemand"), Secret("Anders")
        tx.add(party)
        tx.flush()
    until = site.at + timedelta(days=5) if one.access == "referrer.delegate" else None
    return CaseAccess(
        account_id=account_id,
        case_id=case.id,
        relation=one.access,
        party_id=party.id if party else None,
        organisation=organisation,
        consortium=one.consortium,
        since=site.at,
        until=until,
    )


def _invitation(site: Site, access: CaseAccess) -> Invitation:
    """Nothing was ticked, and whoever invited sees the case no more."""
    return Invitation(
        case_id=access.case_id,
        access_id=access.id,
        account_id=access.account_id,
        invited_by=access.account_id,
        invited_at=site.at,
        items=Secret.json([]),
    )


def let_read(site: Site, reference: str, account_id: UUID) -> None:
    """The youth of 16 agrees that this parent reads along."""
    with site.database.write() as tx:
        row = tx.exec(select(CaseAccess).where(CaseAccess.account_id == account_id)).one()
        assert row.party_id is not None
        tx.add(ReadingConsent(case_id=row.case_id, party_id=row.party_id, given_at=site.at))


def grow(site: Site, reference: str, age: int) -> None:
    """Let the young person of the case be this old today."""

    def day(birthday: int) -> Any:
        return site.on + timedelta(days=365 * (birthday - age) - (1 if birthday <= age else 0))

    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        case.turns_12_on, case.turns_16_on, case.turns_18_on = day(12), day(16), day(18)
        tx.add(case)


def add_document(site: Site, reference: str, words: tuple[str, ...]) -> UUID:
    """A document of the case with a sharing ground for these recipients."""
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        item = Item(id=uuid4(), case_id=case.id, kind="document", part="documenten", created_at=site.at)
        item.media_type, item.title = "text/plain", Secret("verslag.txt")
        tx.add(item)
        tx.flush()
        tx.add(ItemContent(id=item.id, case_id=case.id, content=Secret("VmVyc2xhZw==")))
        for word in words:
            tx.add(ItemReader(case_id=case.id, item_id=item.id, recipient=word, ground="toestemming"))
        return item.id
