"""Who gets access when a referral is registered: the referrer, a chair by rota, the family."""

from __future__ import annotations

import secrets
from collections.abc import Sequence, Set
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bijzondere_toegang.cases.access import accounts_in_role, grant
from bijzondere_toegang.cases.models import Case, CaseAccess, CaseLink, Party
from bijzondere_toegang.cases.rota import next_chair
from bijzondere_toegang.cases.story import TURNED_TWELVE
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import beside, unseal_rows
from bijzondere_toegang.engine import Workflow
from bijzondere_toegang.people.accounts import add_membership, find_account, make_account
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.referrals.intake import Intake, age_on
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event, append

OWN_ACCOUNT_FROM = 12
"""Years; from twelve a young person consents, and speaks for itself (Jeugdwet 7.3.4)."""
AT_ONCE = 20
"""Cases in one transaction."""


def join_referrer(tx: Session, case: Case, intake: Intake, at: datetime) -> UUID:
    """The account of the referrer named in the intake becomes the referrer of the case."""
    account_id = _referrer(tx, intake, at)
    grant(tx, case, account_id, "referrer.own", at, organisation=intake.referrer.organisation)
    return account_id


def _referrer(tx: Session, intake: Intake, at: datetime) -> UUID:
    """
    The account with this e-mail address, if it refers for the organisation; otherwise a new one that can't log in
    yet. An account with another role gets no new one from what somebody sent.
    """
    referrer, on = intake.referrer, local_day(at)
    known = find_account(tx, referrer.email)
    if known is not None and known.id in accounts_with_role(tx, "referrer", (referrer.organisation,), on):
        return known.id
    account = make_account(
        tx,
        referrer.email if known is None else generated_login(tx),
        referrer.name,
        at=at,
        email=referrer.email,
        phone=referrer.phone or None,
        job=referrer.function or None,
    )
    add_membership(tx, account.id, referrer.organisation, "referrer", on)
    return account.id


def generated_login(tx: Session) -> str:
    """A login name for somebody without an e-mail address of their own; it tells nothing of the person."""
    while find_account(tx, login := f"bt-{secrets.token_hex(4)}") is not None:
        pass
    return login


def join_chair(tx: Session, case: Case, at: datetime) -> None:
    """The next chair of the rota gets the case; without any chair the administrators are told."""
    chair = next_chair(tx, case, local_day(at))
    if chair is not None:
        grant(tx, case, chair, "chair.assigned", at)
    else:
        post(tx, accounts_with_role(tx, "administrator", None, local_day(at)), "urgent", at)


def join_family(tx: Session, case: Case, parties: Sequence[Party], intake: Intake, at: datetime) -> None:
    """
    Each parent or guardian with authority, a young person of twelve or more, and a foster parent whose address for
    mail is known, gets an account and access.
    """
    unseal_rows(tx, parties)
    of_age = age_on(intake.youth.birth_date, local_day(at)) >= OWN_ACCOUNT_FROM
    taken: set[UUID] = set()
    for party in parties:
        account_id = join_party(tx, case, party, of_age, taken, at)
        taken |= {account_id} if account_id else set()


def join_party(
    tx: Session, case: Case, party: Party, youth_of_age: bool, taken: Set[UUID], at: datetime
) -> UUID | None:
    """
    The account that now reads as this unsealed party, None for who gets no access. `taken`: the accounts of the
    others of this family.
    """
    relation = relation_of(party, youth_of_age)
    if not relation:
        return None
    account_id = _family_account(tx, party, taken, at)
    grant(tx, case, account_id, relation, at, party_id=party.id)
    return account_id


def relation_of(party: Party, youth_of_age: bool) -> str:
    """
    The access relation that a party has by kind, authority and age; empty for none. A foster parent has one once there
    is an address for mail.
    """
    if party.kind == "youth":
        return "youth" if youth_of_age else ""
    if party.kind == "foster_parent":
        return "foster_parent" if party.email else ""
    return "parent" if party.kind in ("parent", "guardian") and party.authority == "yes" else ""


def join_twelve(tx: Session, stages: Sequence[str], at: datetime) -> int:
    """
    Give the next young people who turned twelve in a running case an account and access, as at a registration. The
    referrer is told, and talks with the child first. Returns how many got access.
    """
    cases = _turned_twelve(tx, stages, at)
    ids = [case.id for case in cases]
    youths = {party.case_id: party for party in tx.exec(_youths(ids)).all()} if ids else {}
    unseal_rows(tx, list(youths.values()))
    taken = _family_accounts(tx, ids)
    for case in cases:
        if case.id in youths:
            _join_youth(tx, case, youths[case.id], taken.get(case.id, set()), at)
    return len(youths)


def _turned_twelve(tx: Session, stages: Sequence[str], at: datetime) -> list[Case]:
    """Held until the commit, and looked at once more then: another scheduler may have been first."""
    joined = select(CaseAccess.case_id).where(CaseAccess.relation == "youth")
    youths = select(Party.case_id).where(Party.kind == "youth")
    waiting = (
        select(Case)
        .where(col(Case.stage).in_(stages), col(Case.turns_12_on) <= local_day(at))
        .where(col(Case.id).not_in(joined), col(Case.id).in_(youths))
        .order_by(col(Case.id))
        .limit(AT_ONCE)
        .with_for_update(of=Case, skip_locked=True)
    )
    held = list(tx.exec(waiting).all())
    ids = [case.id for case in held]
    since = set(tx.exec(joined.where(col(CaseAccess.case_id).in_(ids))).all()) if ids else set()
    return [case for case in held if case.id not in since]


def _youths(case_ids: Sequence[UUID]) -> SelectOfScalar[Party]:
    return select(Party).where(Party.kind == "youth", col(Party.case_id).in_(case_ids))


def _family_accounts(tx: Session, case_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """By case, the accounts that are somebody of the family already."""
    held = select(CaseAccess.case_id, CaseAccess.account_id).where(
        col(CaseAccess.case_id).in_(case_ids), col(CaseAccess.party_id).is_not(None)
    )
    found: dict[UUID, set[UUID]] = {}
    for case_id, account_id in tx.exec(held).all() if case_ids else ():
        found.setdefault(case_id, set()).add(account_id)
    return found


def _join_youth(tx: Session, case: Case, youth: Party, taken: set[UUID], at: datetime) -> None:
    account_id = _family_account(tx, youth, taken, at)
    grant(tx, case, account_id, "youth", at, party_id=youth.id)
    append(tx, case.id, _joined(case), at)
    post(tx, accounts_in_role(tx, case, "referrer", at), "news", at)


def _joined(case: Case) -> Event:
    """Nobody did it; the case stays where it is."""
    return Event(
        event_type=TURNED_TWELVE,
        action="C",
        object_pseudonym=str(case.id),
        object_version=case.revision,
        step=TURNED_TWELVE,
        from_stage=case.stage,
        to_stage=case.stage,
    )


def _family_account(tx: Session, party: Party, taken: Set[UUID], at: datetime) -> UUID:
    """An account of this person alone: an address that somebody else logs in with gives no access."""
    email = party.email.reveal() if party.email else None
    known = find_account(tx, email) if email else None
    if known is not None and known.id not in taken and _is_same_person(tx, known, party):
        return known.id
    login = email if email and known is None else generated_login(tx)
    language = party.language if party.language in ("nl", "en") else "nl"
    phone = party.phone.reveal() if party.phone else None
    return make_account(tx, login, party.full_name, at=at, email=email, phone=phone, language=language).id


def _is_same_person(tx: Session, account: Account, party: Party) -> bool:
    """A parent we know from another child's case: same address, same name, and neither professional nor invited."""
    if account.ended_at is not None or account.handed_code is not None:
        return False
    if tx.exec(select(Membership.id).where(Membership.account_id == account.id)).first() is not None:
        return False
    unseal_rows(tx, [account])
    name = account.name.reveal() if account.name else ""
    return name.casefold() == party.full_name.casefold()


def link_same_youth(tx: Session, workflow: Workflow, case: Case, at: datetime) -> None:
    """The same BSN in an open case: linked, and told to the chairs of both alone."""
    if case.bsn_key is None:
        return
    ended = [name for name, stage in workflow.stages.items() if stage.final]
    same = select(Case).where(
        Case.bsn_key == case.bsn_key,
        Case.id != case.id,
        col(Case.registered_at).is_not(None),
        col(Case.stage).not_in(ended),
    )
    with beside(tx, youth=case.bsn_key):
        others = tx.exec(same).all()
        chairs = {chair for one in (case, *others) for chair in accounts_in_role(tx, one, "chair", at)}
    tx.add_all(CaseLink(case_id=case.id, other_case_id=other.id, kind="same_bsn", at=at) for other in others)
    if others:
        post(tx, sorted(chairs, key=str), "news", at)


def alert_chair(tx: Session, case: Case, intake: Intake, at: datetime) -> None:
    """Acutely unsafe: the chair is told at once, whatever the term."""
    if intake.safety.acute:
        post(tx, accounts_in_role(tx, case, "chair", at), "urgent", at)
