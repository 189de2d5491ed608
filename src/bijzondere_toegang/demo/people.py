"""Invented people of every role. Families come in with their referral; these are the professionals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Invitation, Party
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.accounts import add_membership, make_account
from bijzondere_toegang.people.models import Account, Membership

SINCE = date(2024, 1, 1)
BUREAU = "bureau"
INVITED = "invited"
PHONE = "077 000 00 00"


@dataclass(frozen=True, slots=True)
class Player:
    """A professional of the cast; `email` doubles as login name."""

    name: str
    role: str
    organisation: str
    email: str
    job: str


PLAYERS: Mapping[str, Player] = {
    "anneke": Player("Anneke de Vries", "chair", BUREAU, "anneke.devries@example.org", "voorzitter"),
    "planner": Player("Petra Janssen", "planner", BUREAU, "petra.janssen@example.org", "planner"),
    "secretary": Player("Noor Willems", "secretary", BUREAU, "noor.willems@example.org", "secretaris"),
    "referrer-1": Player("Marieke Hermans", "referrer", "toegang-venlo", "consulent1@example.org", "consulent"),
    "referrer-2": Player("Arjan de Wit", "referrer", "cjg-ml", "consulent2@example.org", "consulent"),
    "referrer-3": Player("Aicha van Dijk", "referrer", "bjz-limburg", "consulent3@example.org", "jeugdbeschermer"),
    "referrer-4": Player("Bas Verhoeven", "referrer", "toegang-venray", "consulent4@example.org", "consulent"),
    "referrer-5": Player("Myrthe Hendriks", "referrer", "toegang-gennep", "consulent5@example.org", "consulent"),
    "referrer-6": Player("Dewi Pranata", "referrer", "cjg-ml", "consulent6@example.org", "consulent"),
    "referrer-7": Player("Maarten Hoeks", "referrer", "william-schrikker", "consulent7@example.org", "jeugdbeschermer"),
    "referrer-8": Player("Saskia Driessen", "referrer", "toegang-bergen", "consulent8@example.org", "consulent"),
    "colleague": Player("Coen Peeters", "referrer", "toegang-venlo", "coen.peeters@example.org", "consulent"),
    "coordinator": Player("Truus Linders", "coordinator", "toegang-venlo", "truus.linders@example.org", "teamleider"),
    "rep-vvg": Player(
        "Rik Baltussen", "consortium_rep", "vincent-van-gogh", "rik.baltussen@example.org", "vertegenwoordiger"
    ),
    "rep-vvg-2": Player(
        "Hanna Koopmans", "consortium_rep", "koraal", "hanna.koopmans@example.org", "vertegenwoordiger"
    ),
    "rep-mut": Player(
        "Ria Nelissen", "consortium_rep", "mutsaersstichting", "ria.nelissen@example.org", "vertegenwoordiger"
    ),
    "provider-vvg": Player(
        "Zoran Petrović", "provider", "vincent-van-gogh", "zoran.petrovic@example.org", "regiebehandelaar"
    ),
    "provider-koraal": Player("Loes Titulaer", "provider", "koraal", "loes.titulaer@example.org", "gezinsbehandelaar"),
    "provider-mut": Player(
        "Femke Aerts", "provider", "mutsaersstichting", "femke.aerts@example.org", "regiebehandelaar"
    ),
    "provider-daelzicht": Player("Joost Wijnen", "provider", "daelzicht", "joost.wijnen@example.org", "behandelaar"),
    "privacy": Player("Frans Gielen", "privacy_officer", BUREAU, "frans.gielen@example.org", "functionaris"),
    "administrator": Player("Bea Thijssen", "administrator", BUREAU, "bea.thijssen@example.org", "beheerder"),
    "analyst": Player("Abel Kuipers", "analyst", "mgr", "abel.kuipers@example.org", "analist"),
}
"""By demo key. `referrer-N` is the one whom sample N names."""

GROUPS: Mapping[str, str] = {
    "family": N_("Jongeren en ouders"),
    INVITED: N_("Gasten en vertrouwenspersonen"),
    "referrer": N_("Verwijzers"),
    "chair": N_("Voorzitter"),
    "planner": N_("Planner"),
    "secretary": N_("Secretaris"),
    "consortium_rep": N_("Samenwerkingsverbanden"),
    "provider": N_("Aanbieders"),
    "coordinator": N_("Teamleider"),
    "privacy_officer": N_("Functionaris gegevensbescherming"),
    "administrator": N_("Beheer"),
    "analyst": N_("Analist"),
}
"""In which order the login page shows whom."""

WORDS: Mapping[str, str] = {
    "jeugdige": N_("jongere"), "moeder": N_("moeder"), "vader": N_("vader"), INVITED: N_("leest mee"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to choose at the login page; `detail` says where they work or which child is theirs."""

    key: str
    name: str
    detail: str
    word: str = ""


def settle_in(tx: Session, at: datetime) -> None:
    """Make the accounts of the cast."""
    for key, player in PLAYERS.items():
        account = make_account(
            tx, player.email, player.name, at=at, email=player.email, phone=PHONE, job=player.job, demo_key=key
        )
        add_membership(tx, account.id, player.organisation, player.role, SINCE)


def family_key(number: int, word: str) -> str:
    return f"family-{number}-{word}"


def mark_family(tx: Session, case: Case, number: int) -> None:
    """Let the family of sample `number` be chosen at the login page."""
    rows = tx.exec(
        select(Account, Party)
        .join(CaseAccess, col(CaseAccess.account_id) == col(Account.id))
        .join(Party, col(Party.id) == col(CaseAccess.party_id))
        .where(CaseAccess.case_id == case.id)
    ).all()
    for account, party in rows:
        account.demo_key = account.demo_key or family_key(number, "jeugdige" if party.kind == "youth" else party.word)
        tx.add(account)


def mark_invited(tx: Session, case: Case, number: int) -> None:
    """Let whom a chair or a family of sample `number` invited be chosen at the login page."""
    rows = tx.exec(
        select(Account)
        .join(Invitation, col(Invitation.account_id) == col(Account.id))
        .where(Invitation.case_id == case.id)
        .order_by(col(Invitation.invited_at))
    ).all()
    for count, account in enumerate(rows, 1):
        account.demo_key = account.demo_key or f"{INVITED}-{number}-{count}"
        tx.add(account)


def account_of(tx: Session, key: str) -> UUID | None:
    """The account with this demo key."""
    return tx.exec(select(Account.id).where(Account.demo_key == key, col(Account.ended_at).is_(None))).first()


def choices(tx: Session, organisations: Mapping[str, str]) -> list[tuple[str, list[Person]]]:
    """Everybody who can be chosen, by group; `organisations` gives names for codes."""
    accounts = list(tx.exec(select(Account).where(col(Account.demo_key).is_not(None))).all())
    unseal_rows(tx, accounts)
    roles = {row.account_id: row for row in tx.exec(select(Membership)).all()}
    found: dict[str, list[Person]] = {}
    for account in accounts:
        member = roles.get(account.id)
        name, key = account.name.reveal() if account.name else "", account.demo_key or ""
        if key.startswith(INVITED):
            found.setdefault(INVITED, []).append(Person(key, name, "", INVITED))
        elif member is None:
            found.setdefault("family", []).append(Person(key, name, "", key.rpartition("-")[2]))
        else:
            detail = organisations.get(member.organisation, "")
            found.setdefault(member.role, []).append(Person(key, name, detail))
    return [(label, sorted(found[role], key=_order)) for role, label in GROUPS.items() if role in found]


def _order(person: Person) -> tuple[str, int]:
    family, _, word = person.key.rpartition("-")
    words = list(WORDS)
    return family, words.index(word) if word in words else len(words)
