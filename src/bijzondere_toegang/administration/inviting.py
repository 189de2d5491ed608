"""Inviting a professional, and what changes later: the role, its dates, the address of mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from bijzondere_toegang.administration.forms import AddRole, ChangeAddress, ChangeDates, Invite
from bijzondere_toegang.administration.managing import BUREAU, Manager
from bijzondere_toegang.administration.people import been_in
from bijzondere_toegang.administration.reviewing import who_answers
from bijzondere_toegang.clock import local_day, utc_of
from bijzondere_toegang.db import Secret, unseal_rows, vault_of
from bijzondere_toegang.errors import N_, Fault, NotNow, Sentence
from bijzondere_toegang.people.accounts import find_account, login_key, make_account
from bijzondere_toegang.people.links import about_account, use_up_links
from bijzondere_toegang.people.login import end_sessions
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.region import Region
from bijzondere_toegang.reminders.links import INVITED
from bijzondere_toegang.reminders.plan import SEND_HOUR, post, post_later, post_to
from bijzondere_toegang.timeline.record import append
from bijzondere_toegang.web.forms import Choice

OTHER_DOMAIN = N_("Dit adres hoort niet bij een domein dat de organisatie heeft opgegeven. Neem het werkadres.")
IN_USE = N_("Dit adres is al in gebruik. Zoek de persoon op, of bel de beheerder.")
PAST = N_("Deze dag is voorbij. Kies vandaag of later. Stopt het nu? Beëindig dan de toegang.")
HAS_ROLE = N_("Deze rol is er al in deze dagen.")
ALREADY_IN = N_("Deze persoon is al binnen. Een nieuwe link is te vragen bij het inloggen.")
LEFT_TO = "address_left"
MOVED_TO = "address_new"
ROLE_ENDS = "role_ends"
OF_BUREAU = ("chair", "secretary", "planner", "privacy_officer", "administrator")


def roles_to_give(by: Manager, region: Region, on: date) -> list[tuple[str, str]]:
    """The roles in organisations that this manager may give: (organisation, role)."""
    found = [(BUREAU, role) for role in OF_BUREAU] if by.organisations is None else []
    for organisation in region.organisations:
        if by.manages(organisation.code) and organisation.valid_on(on):
            found += [(organisation.code, role) for role in _roles_in(region, organisation.code, on)]
    return found


def _roles_in(region: Region, code: str, on: date) -> list[str]:
    organisation, consortia = region.organisation(code), region.consortia_of(code, on)
    roles = ["referrer", "coordinator"] if organisation and organisation.authority else []
    if any(code in [partner.organisation for partner in one.partners_on(on)] for one in consortia):
        roles.append("consortium_rep")
    roles += ["provider"] if consortia else []
    return roles + (["analyst"] if code == region.contract.manager else [])


def role_choices(by: Manager, region: Region, on: date, named: Mapping[str, str]) -> list[Choice]:
    """For a list: "Verwijzer, Toegang Venlo". `named` are the words of the roles."""
    choices = []
    for code, role in roles_to_give(by, region, on):
        organisation = region.organisation(code)
        label = f"{named[role]}, {organisation.name}" if organisation else named[role]
        choices.append(Choice(f"{code}.{role}", label))
    return choices


def invite(tx: Session, by: Manager, answers: Invite, at: datetime) -> UUID:
    """A new account with one role, and a mail with a one-time link."""
    organisation, role = answers.role.rsplit(".", 1)
    account = make_account(tx, answers.email, answers.name, at=at, email=answers.email, job=answers.job)
    _add(tx, account.id, organisation, role, answers)
    post(tx, [account.id], INVITED, at)
    _remind_of_end(tx, organisation, answers.until, at)
    for event in ("account_added", "member_added", "invited"):
        _note(tx, by, account.id, event, at)
    return account.id


def is_to_come(until: date | None, earliest: date) -> Iterator[Fault]:
    """Check of a last day."""
    if until is not None and until < earliest:
        yield Fault("/totEnMet", PAST)


def is_free(tx: Session, email: str) -> Iterator[Fault]:
    """Check of an address: nobody logs in with it."""
    if find_account(tx, email) is not None:
        yield Fault("/email", IN_USE)


def is_at_work(region: Region, organisations: Iterable[str], email: str, on: date) -> Iterator[Fault]:
    """Check of an address: it is one of an organisation for which somebody works."""
    if not any(region.mails_to(organisation, email, on) for organisation in organisations):
        yield Fault("/email", OTHER_DOMAIN)


def is_not_held(held: Iterable[Membership], answers: AddRole) -> Iterator[Fault]:
    """Check of a role."""
    organisation, role = answers.role.rsplit(".", 1)
    if any((one.organisation, one.role) == (organisation, role) and _overlap(one, answers) for one in held):
        yield Fault("/rol", HAS_ROLE)


def _add(tx: Session, account_id: UUID, organisation: str, role: str, answers: AddRole) -> None:
    tx.add(
        Membership(
            account_id=account_id,
            organisation=organisation,
            role=role,
            valid_from=answers.since,
            valid_until=answers.until,
        )
    )
    tx.flush()


def _remind_of_end(tx: Session, organisation: str, until: date | None, at: datetime) -> None:
    """A week before the last day whoever manages it is told to hand running cases over."""
    if until is not None:
        who = who_answers(tx, organisation, local_day(at))
        post_later(tx, sorted(who, key=str), ROLE_ENDS, at, utc_of(until - timedelta(days=7), SEND_HOUR))


def _note(tx: Session, by: Manager, account_id: UUID, event: str, at: datetime, action: str = "C") -> None:
    append(tx, account_id, about_account(event, action, account_id, by=by.actor.account_id, role=by.role), at)


def invite_again(tx: Session, by: Manager, account: Account, at: datetime) -> None:
    """The earlier link is dead, and a new one goes out."""
    if been_in(tx, [account]) or account.ended_at is not None:
        raise NotNow(ALREADY_IN)
    use_up_links(tx, account.id, at)
    post(tx, [account.id], INVITED, at)
    _note(tx, by, account.id, "invited", at, "E")


def add_role(tx: Session, by: Manager, account: Account, answers: AddRole, at: datetime) -> None:
    """One more role for somebody who has access already."""
    if account.ended_at is not None:
        raise NotNow(N_("Deze toegang is gestopt. Nodig de persoon opnieuw uit."))
    organisation, role = answers.role.rsplit(".", 1)
    _add(tx, account.id, organisation, role, answers)
    _remind_of_end(tx, organisation, answers.until, at)
    _note(tx, by, account.id, "member_added", at)


def _overlap(one: Membership, answers: AddRole) -> bool:
    return (one.valid_until is None or answers.since <= one.valid_until) and (
        answers.until is None or one.valid_from <= answers.until
    )


def change_dates(tx: Session, by: Manager, row: Membership, answers: ChangeDates, at: datetime) -> None:
    """Another last day for a role; not before today: who has to go now leaves, and her cases are handed over."""
    if row.account_id == by.actor.account_id:
        raise NotNow(N_("Dit kunt u niet voor uzelf doen. Vraag een andere beheerder."))
    row.valid_until = answers.until
    tx.add(row)
    tx.flush()
    _remind_of_end(tx, row.organisation, row.valid_until, at)
    _note(tx, by, row.account_id, "member_changed", at, "U")


def change_address(tx: Session, by: Manager, account: Account, answers: ChangeAddress, at: datetime) -> None:
    """Mail goes to the new address. The old one is told, every session and link ends."""
    email = answers.email
    if account.id == by.actor.account_id:
        raise NotNow(N_("Dit kunt u niet voor uzelf doen. Vraag een andere beheerder."))
    unseal_rows(tx, [account])
    old = account.email.reveal() if account.email else ""
    login = account.login.reveal() if account.login else ""
    if login.casefold() == old.casefold():
        account.login, account.login_key = Secret(email), login_key(tx, email)
    account.email = Secret(email)
    tx.add(account)
    tx.flush()
    end_sessions(tx, account.id, at)
    use_up_links(tx, account.id, at)
    if old:
        post_to(tx, account.id, old, LEFT_TO, at)
    post(tx, [account.id], MOVED_TO, at)
    event = about_account("address_changed", "U", account.id, by=by.actor.account_id, role=by.role)
    vault, owner = vault_of(tx), (account.id, "account")
    witnessed = {name: vault.commitment(tx, owner, value) for name, value in (("old", old), ("new", email))}
    append(tx, account.id, replace(event, commitments=witnessed), at)


def outside(region: Region, account: Account, held: list[Membership], on: date) -> Sentence | None:
    """A warning when mail to this person goes to a domain that none of her organisations has today."""
    email = account.email.reveal() if account.email else ""
    now = [one for one in held if one.valid_until is None or one.valid_until >= on]
    if not email or not now or any(region.mails_to(one.organisation, email, on) for one in now):
        return None
    return Sentence(N_("Dit adres hoort niet bij een domein van de organisatie. Kijk of het nog klopt."))
