"""What corrections and newcomers change: the person, the old value kept beside it, access, the account, the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, or_
from sqlmodel import col, select

from bijzondere_toegang.cases.access import accounts_in_role, end, grant
from bijzondere_toegang.cases.models import CaseAccess, Party
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences import invitations
from bijzondere_toegang.conferences.queries import latest_conference
from bijzondere_toegang.conferences.seating import family_told, reseat_family
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.parties.forms import AddParty, Contact, CorrectParty
from bijzondere_toegang.parties.models import PartyChange
from bijzondere_toegang.parties.queries import known_of, party
from bijzondere_toegang.people.accounts import find_account, login_key
from bijzondere_toegang.people.login import shut_out
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.referrals.filing import AUTHORITY, PARTY_KINDS, birthday
from bijzondere_toegang.referrals.joining import join_party, relation_of
from bijzondere_toegang.reminders.plan import post

TEXTS: Mapping[str, str] = {
    "voornaam": "first_name", "tussenvoegsel": "infix", "achternaam": "last_name", "geboortedatum": "birth_date",
    "telefoon": "phone", "email": "email", "adres": "address", "school": "school",
}  # fmt: skip
"""The sealed columns by the name of their field."""
PLAIN: Mapping[str, str] = {"gezagBron": "authority_source", "taal": "language", "tolk": "interpreter"}
ABOUT_THE_FORM = frozenset({"wie", "reden", "weghalen", "straat", "postcode", "plaats"})
EXPECTED_AGE = timedelta(days=366 * 30)
"""Who is older is not the young person of a case: a slip of the pen in the year."""
MAIL_LANGUAGES = ("nl", "en")
FAMILY = ("parent", "youth", "foster_parent")

Changes = dict[str, tuple[Any, Any]]
"""Name of the field → what it was and what it is now."""


def correct_party(act: Act) -> None:
    """Only what differs is written, and what it was stays readable (Jeugdwet 7.3.8)."""
    answers: CorrectParty = act.answers
    one = _who(act)
    changed = _changes(answers, one)
    _keep_old(act, one, changed)
    _write(act, one, {name: new for name, (_, new) in changed.items()})
    _follow(act, one, changed)
    _settle(act, [one], hidden="geheimAdres" in changed and one.secret_address)


def _changes(answers: CorrectParty, one: Party) -> Changes:
    given = {name: value for name, value in answers.as_json().items() if name not in ABOUT_THE_FORM}
    given |= {"adres": answers.address} if answers.address else {}
    given |= dict.fromkeys(answers.emptied)
    known = known_of(one)
    return {name: (known[name], new) for name, new in given.items() if known[name] != new}


def _who(act: Act) -> Party:
    one = party(act.scene, UUID(act.answers.who))
    assert one is not None
    return one


def something_changes(act: Act) -> Iterator[Fault]:
    if not _changes(act.answers, _who(act)):
        yield Fault("/voornaam", N_("Er is niets anders dan het was. Pas iets aan, of ga terug."))


def authority_has_a_source(act: Act) -> Iterator[Fault]:
    """Authority that changes is known from somewhere, since a day."""
    answers: CorrectParty = act.answers
    if answers.authority not in (None, known_of(_who(act))["gezag"]):
        missing = {"/gezagBron": answers.authority_source is None, "/gezagOp": answers.authority_on is None}
        yield from (Fault(at, N_("Vul dit in: het gezag verandert.")) for at, lacks in missing.items() if lacks)


def has_no_birthday(act: Act) -> Iterator[Fault]:
    return _of_youth_alone(act, "/geboortedatum", act.answers.birth_date)


def has_no_school(act: Act) -> Iterator[Fault]:
    return _of_youth_alone(act, "/school", act.answers.school)


def _of_youth_alone(act: Act, pointer: str, given: object) -> Iterator[Fault]:
    if given is not None and _who(act).kind != "youth":
        yield Fault(pointer, N_("Dit hoort niet bij deze persoon. Laat het leeg."))


def has_no_authority(act: Act) -> Iterator[Fault]:
    """At the young person it is the person that was meant wrong."""
    answers: CorrectParty = act.answers
    given = (answers.authority, answers.authority_source, answers.authority_on)
    if given != (None, None, None) and _who(act).kind == "youth":
        yield Fault("/wie", N_("Bij de jeugdige hoort geen gezag. Kies iemand anders, of laat het gezag leeg."))


def birthday_is_likely(act: Act) -> Iterator[Fault]:
    born: date | None = act.answers.birth_date
    if born is not None and not act.on - EXPECTED_AGE <= born <= act.on:
        yield Fault("/geboortedatum", N_("Deze datum kan niet kloppen. Kijk het jaar na."))


def _keep_old(act: Act, one: Party, changed: Changes) -> None:
    fields = {name: [old, new] for name, (old, new) in changed.items()}
    act.tx.add(
        PartyChange(
            case_id=act.case.id,
            holder=one.holder,
            party_id=one.id,
            changed_by=act.by.account_id,
            at=act.at,
            content=Secret.json({"reason": act.answers.reason, "fields": fields}),
        )
    )


def _write(act: Act, one: Party, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in TEXTS:
            setattr(one, TEXTS[name], Secret.of(value))
        elif name in PLAIN:
            setattr(one, PLAIN[name], value)
    if "gezag" in values:
        one.authority = AUTHORITY[values["gezag"]]
    if "gezagOp" in values:
        one.authority_on = date.fromisoformat(values["gezagOp"])
    if "geheimAdres" in values:
        one.secret_address = values["geheimAdres"]
    if one.kind == "youth" and "geboortedatum" in values:
        born = date.fromisoformat(values["geboortedatum"])
        case = act.case
        case.turns_12_on, case.turns_16_on, case.turns_18_on = (birthday(born, age) for age in (12, 16, 18))
        act.tx.add(case)
    act.tx.add(one)
    act.tx.flush()


def _follow(act: Act, one: Party, changed: Changes) -> None:
    """
    The account of this person takes over the name, the telephone, the address for mail and the language.

    One that opens more than this case is not the referrer's to change: it would open that too to whoever reads at the
    new address. There the case moves to an account of its own, and what this one was called stays.
    """
    account = _account_of(act, one)
    if account is None:
        return
    if _opens_more(act, account):
        if "email" in changed:
            end(act.tx, act.case, FAMILY, act.at, account_id=account.id)
        return
    unseal_rows(act.tx, [account])
    account.name = Secret(one.full_name)
    if "telefoon" in changed:
        account.phone = Secret.of(changed["telefoon"][1])
    if "taal" in changed and one.language in MAIL_LANGUAGES:
        account.language = one.language
    if "email" in changed:
        _readdress(act, account, *changed["email"])
    act.tx.add(account)
    act.tx.flush()


def _account_of(act: Act, one: Party) -> Account | None:
    """The newest account that read as this person, unless it has ended."""
    query = (
        select(Account)
        .join(CaseAccess, col(CaseAccess.account_id) == col(Account.id))
        .where(CaseAccess.party_id == one.id, CaseAccess.case_id == act.case.id, col(Account.ended_at).is_(None))
    )
    return act.tx.exec(query.order_by(col(CaseAccess.since).desc(), col(CaseAccess.id))).first()


def _opens_more(act: Act, account: Account) -> bool:
    """Whether this account ever had a part in another case, or works here."""
    elsewhere = exists().where(col(CaseAccess.account_id) == account.id, col(CaseAccess.case_id) != act.case.id)
    works = exists().where(col(Membership.account_id) == account.id)
    return bool(act.tx.exec(select(or_(elsewhere, works))).one())


def _readdress(act: Act, account: Account, old: str | None, new: str | None) -> None:
    """
    Mail goes to the new address, with a link to get in anew: whoever got in by the old one, which may have been a
    stranger's, is out. The login follows when it was the old address, and nobody logs in with the new.
    """
    account.email = Secret.of(new)
    login = account.login.reveal() if account.login else ""
    was_login = old is not None and login.casefold() == old.casefold()
    if was_login and new is not None and find_account(act.tx, new) is None:
        account.login, account.login_key = Secret(new.strip()), login_key(act.tx, new)
    account.password_hash = None
    shut_out(act.tx, account.id, act.at)
    if new is not None:
        _tell(act, account.id)


def add_party(act: Act) -> None:
    """Somebody of the family who was not known yet."""
    answers: AddParty = act.answers
    one = _newcomer(act, answers)
    act.tx.add(one)
    act.tx.flush()
    act.scene.forget()
    _settle(act, [one], hidden=one.secret_address)


def _newcomer(act: Act, answers: AddParty) -> Party:
    contact: Contact = answers
    return Party(
        id=uuid4(),
        case_id=act.case.id,
        position=max((other.position for other in parties_of(act.scene)), default=0) + 1,
        kind=PARTY_KINDS[answers.word],
        word=answers.word,
        authority=AUTHORITY[answers.authority],
        authority_source=answers.authority_source or "",
        authority_on=answers.authority_on,
        language=contact.language or "nl",
        interpreter=bool(contact.interpreter),
        secret_address=bool(contact.secret_address),
        first_name=Secret(answers.first_name),
        infix=Secret.of(answers.infix),
        last_name=Secret(answers.last_name),
        email=Secret.of(contact.email),
        phone=Secret.of(contact.phone),
        address=Secret.of(contact.address),
    )


def _settle(act: Act, people: list[Party], *, hidden: bool) -> None:
    """Access and seats as they follow from kind, authority and age now."""
    for one in people:
        _settle_access(act, one)
    act.scene.forget()
    conference = latest_conference(act.scene)
    if conference is None or conference.state not in ("planned", "open"):
        return
    planned = conference.state == "planned"
    new = reseat_family(act, conference, local_day(conference.starts_at) if planned else act.on)
    if planned and hidden:
        conference.sequence += 1
        act.tx.add(conference)
        act.scene.forget()
        invitations.send(act, conference)
    elif planned and new:
        invitations.send_to(act, conference, family_told(act, new))


def _settle_access(act: Act, one: Party) -> None:
    of_age = act.case.turns_12_on is not None and act.on >= act.case.turns_12_on
    wanted = relation_of(one, of_age)
    rows = act.tx.exec(select(CaseAccess).where(CaseAccess.case_id == act.case.id)).all()
    held = [row for row in rows if row.party_id == one.id and row.until is None]
    if wanted and not held and not _part_ended(act, one, rows):
        taken = {row.account_id for row in rows if row.party_id not in (None, one.id)}
        _join(act, one, wanted, of_age, taken)
    for row in held if not wanted else ():
        end(act.tx, act.case, FAMILY, act.at, account_id=row.account_id)


def _part_ended(act: Act, one: Party, rows: Sequence[CaseAccess]) -> bool:
    """Whether this is a foster parent with whom the stay ended before: a correction lets nobody in again."""
    ended = (row.until for row in rows if row.party_id == one.id)
    return one.kind == "foster_parent" and any(until is not None and until != act.at for until in ended)


def _join(act: Act, one: Party, relation: str, of_age: bool, taken: set[UUID]) -> None:
    """Who read before reads again with the same account, unless mail for this person goes to another address now."""
    former = _account_of(act, one)
    if former is not None and _same_address(act, former, one):
        account_id: UUID | None = former.id
        grant(act.tx, act.case, former.id, relation, act.at, party_id=one.id)
    else:
        account_id = join_party(act.tx, act.case, one, of_age, taken, act.at)
    if account_id is not None:
        _tell(act, account_id)


def _same_address(act: Act, account: Account, one: Party) -> bool:
    unseal_rows(act.tx, [account])
    known, wanted = (each.reveal().casefold() if each else "" for each in (account.email, one.email))
    return known == wanted


def _tell(act: Act, account_id: UUID) -> None:
    """By mail, when there is something to see."""
    if any(account_id in accounts_in_role(act.tx, act.case, role, act.at) for role in ("family", "foster_parent")):
        post(act.tx, [account_id], "news", act.at)
