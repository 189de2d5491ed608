"""Guests of the chair and confidants of the family: let in until a day, to read what who invited them ticked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.advance import HELD_BY_PROVIDER
from bijzondere_toegang.cases.items import OWN_WORDS, readable_items
from bijzondere_toegang.cases.models import CaseAccess, Invitation, Item
from bijzondere_toegang.cases.process import Act, Room, Scene
from bijzondere_toegang.cases.shielding import excerpt, label_for
from bijzondere_toegang.cases.telling import telling
from bijzondere_toegang.cases.traces import holds, secret_traces
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import utc_of
from bijzondere_toegang.conferences.forms import GuestRole
from bijzondere_toegang.conferences.invitations import send_to
from bijzondere_toegang.conferences.queries import latest_conference, parties_of
from bijzondere_toegang.conferences.seating import seat_guest
from bijzondere_toegang.conferences.writing import REACTION_DAYS
from bijzondere_toegang.db import Secret, change_rows, unseal_rows
from bijzondere_toegang.engine import add_working_days
from bijzondere_toegang.errors import N_, Fault, Incomplete, Sentence
from bijzondere_toegang.people.accounts import find_account, login_key, make_account, names_of
from bijzondere_toegang.people.links import hand_code, use_up_links
from bijzondere_toegang.people.login import end_sessions
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.referrals.joining import generated_login
from bijzondere_toegang.reminders.links import GUEST
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.web.forms import Answers, Choice, Chosen, Day, Email, Line, field

MOST_A_DAY = 10
"""How many somebody invites in one case within a day: who is mailed did not ask for it (CFG)."""
LONGEST = timedelta(days=183)
"""How far ahead the last day of a confidant may lie (CFG)."""
CODE = "code"
"""Under which name an effect hands the code to who invited."""
TOO_MANY = N_("U nodigde vandaag al {number} mensen uit. Probeer het morgen weer.")
_TO_COME = frozenset({"planned", "open"})
"""States of a table at which somebody can still take a seat."""
_NOT_TO_TICK = frozenset({"verwijzer", "registratie", "call"})
"""Kinds that are no words of anybody about the young person, and calls, which stay with who made them."""


class Invite(Answers):
    """What is asked of who invites somebody."""

    name: Line = field("naam")
    email: Email = field("email")
    until: Day = field("totEnMet", widget="date")


class InviteGuest(Invite):
    role: GuestRole = field("rol", widget="radio")
    items: list[Chosen] = field("stukken", widget="checks", choices="stukken_om_te_delen", default=[])


class InviteConfidant(Invite):
    items: list[Chosen] = field("stukken", widget="checks", choices="stukken_om_te_delen", default=[])
    with_plan: bool = field("plan", widget="radio")


class EndInvitation(Answers):
    who: Chosen = field("wie", widget="radio", choices="genodigde_gasten")


class EndConfidant(Answers):
    who: Chosen = field("wie", widget="radio", choices="eigen_vertrouwenspersonen")


def invite_guest(act: Act) -> None:
    """The chair lets somebody in for the table, until the reactions to the minutes are over at the latest."""
    answers: InviteGuest = act.answers
    account, table = _invite(act, Relation.GUEST_INVITED, answers.role), latest_conference(act.scene)
    if table is not None and table.state in _TO_COME:
        seat_guest(act, table, answers.name, answers.role)
        send_to(act, table, [account.id])


def invite_confidant(act: Act) -> None:
    """Somebody of the family lets in whom they trust."""
    _invite(act, Relation.CONFIDANT_INVITED, "vertrouwenspersoon", act.answers.with_plan)


def _invite(act: Act, relation: Relation, what: str, with_plan: bool = False) -> Account:
    answers = act.answers
    if _invited_since(act, act.at - timedelta(days=1)) >= MOST_A_DAY:
        raise Incomplete([Fault("/email", TOO_MANY, {"number": MOST_A_DAY})])
    account = _account(act, answers.name, answers.email)
    access = CaseAccess(
        id=uuid4(),
        account_id=account.id,
        case_id=act.case.id,
        relation=relation.value,
        since=act.at,
        until=utc_of(answers.until + timedelta(days=1)),
    )
    act.tx.add(access)
    act.tx.flush()
    act.tx.add(
        Invitation(
            case_id=act.case.id,
            holder="provider" if act.case.stage in HELD_BY_PROVIDER else "referrer",
            access_id=access.id,
            account_id=account.id,
            invited_by=act.by.account_id,
            invited_at=act.at,
            with_plan=with_plan,
            what=Secret(what),
            items=Secret.json(sorted(set(answers.items))),
        )
    )
    act.scene.handed[CODE] = hand_code(act.tx, account)
    act.tx.flush()
    post(act.tx, [account.id], GUEST, act.at)
    return account


def guest_until_fits(act: Act) -> Iterator[Fault]:
    return _until_fits(act, _last_of_table(act.scene) or act.on)


def confidant_until_fits(act: Act) -> Iterator[Fault]:
    return _until_fits(act, act.on + LONGEST)


def _until_fits(act: Act, latest: date) -> Iterator[Fault]:
    if not act.on <= act.answers.until <= latest:
        yield Fault("/totEnMet", N_("Kies een dag van vandaag tot en met {day}."), {"day": latest})


def guest_is_new(act: Act) -> Iterator[Fault]:
    return _is_new(act, Relation.GUEST_INVITED)


def confidant_is_new(act: Act) -> Iterator[Fault]:
    return _is_new(act, Relation.CONFIDANT_INVITED)


def _is_new(act: Act, relation: Relation) -> Iterator[Fault]:
    if act.answers.email.casefold() in _addresses(act.scene, relation):
        yield Fault("/email", N_("Deze persoon is al uitgenodigd. Stop die uitnodiging eerst."))


def _invited_since(act: Act, since: datetime) -> int:
    """How many invitations this person gave in this case from then on, ended ones too."""
    mine = Invitation.case_id == act.case.id, Invitation.invited_by == act.by.account_id
    return act.tx.exec(select(func.count()).where(*mine, Invitation.invited_at > since)).one()


def _addresses(scene: Scene, relation: Relation) -> set[str]:
    """Where mail of running invitations goes; whom others of the family let in stays theirs."""
    ids = [row.account_id for row in running(scene, relation, mine=relation == Relation.CONFIDANT_INVITED)]
    accounts = list(scene.tx.exec(select(Account).where(col(Account.id).in_(ids))).all()) if ids else []
    unseal_rows(scene.tx, accounts)
    return {account.email.reveal().strip().casefold() for account in accounts if account.email}


def _account(act: Act, name: str, email: str) -> Account:
    """
    One account per invitation, so that an address that somebody else logs in with opens nothing. The address of an
    invitation of this case that is over is free again: who is invited anew logs in with it.
    """
    known = find_account(act.tx, email)
    if known is not None and _is_over(act, known):
        _free_address(act.tx, known)
        known = None
    login = email if known is None else generated_login(act.tx)
    return make_account(act.tx, login, name, at=act.at, email=email)


def _is_over(act: Act, account: Account) -> bool:
    """Whether this account is of an invitation of this case that lets nobody in now."""
    of_account = select(CaseAccess.until).join(Invitation, col(Invitation.access_id) == col(CaseAccess.id))
    ends = act.tx.exec(of_account.where(Invitation.case_id == act.case.id, Invitation.account_id == account.id)).all()
    return bool(ends) and all(until is not None and until <= act.at for until in ends)


def _free_address(tx: Session, account: Account) -> None:
    unseal_rows(tx, [account])
    login = generated_login(tx)
    account.login, account.login_key = Secret(login), login_key(tx, login)
    tx.add(account)
    tx.flush()


def end_invitation(act: Act) -> None:
    """Sight is gone at the next request; the account opens nothing else, so its sessions and links end too."""
    account_id = UUID(act.answers.who)
    its = col(CaseAccess.case_id) == act.case.id, col(CaseAccess.account_id) == account_id, open_at(act.at)
    change_rows(act.tx, update(CaseAccess).where(*its).values(until=act.at), 1)
    end_sessions(act.tx, account_id, act.at)
    use_up_links(act.tx, account_id, act.at)


def running(scene: Scene, relation: Relation, *, mine: bool = False) -> Sequence[Invitation]:
    """The invitations that let somebody in now; `mine`: those of the person of this scene."""
    chosen: list[ColumnElement[bool]] = [
        col(Invitation.case_id) == scene.case.id,
        col(CaseAccess.relation) == relation.value,
        open_at(scene.at),
    ]
    if mine:
        chosen.append(col(Invitation.invited_by) == scene.by.account_id)
    joined = select(Invitation).join(CaseAccess, col(CaseAccess.id) == col(Invitation.access_id))
    return scene.tx.exec(joined.where(*chosen).order_by(col(Invitation.invited_at))).all()


def _choices(scene: Scene, invitations: Sequence[Invitation]) -> list[Choice]:
    named = names_of(scene.tx, [row.account_id for row in invitations])
    return [Choice(str(row.account_id), named[row.account_id]) for row in invitations]


def guests(scene: Scene) -> list[Choice]:
    return _choices(scene, running(scene, Relation.GUEST_INVITED))


def own_confidants(scene: Scene) -> list[Choice]:
    return _choices(scene, running(scene, Relation.CONFIDANT_INVITED, mine=True))


def items_to_share(scene: Scene) -> list[Choice]:
    """
    What who invites may read, without what gives a secret address away: that is shared with nobody, by nobody. What
    another of the family said stays theirs to share.
    """
    traces = secret_traces(parties_of(scene).values())
    found = [item for item in readable_items(scene) if item.kind not in _NOT_TO_TICK]
    away = telling(scene, traces, found)
    return [
        Choice(str(item.id), label_for(scene, item), excerpt(item) if item.kind != "document" else "")
        for item in found
        if not _said_by_another(scene, item)
        and item.id not in away
        and not holds(traces, *(said.reveal() for said in (item.title, item.text) if said))
    ]


def _said_by_another(scene: Scene, item: Item) -> bool:
    mine = scene.sight.parties
    return bool(mine) and item.kind in OWN_WORDS and item.party_id is not None and item.party_id not in mine


def _last_of_table(scene: Scene) -> date | None:
    on = scene.case.conference_on
    return add_working_days(on, REACTION_DAYS) if on is not None else None


def table_is_known(scene: Scene) -> Sentence | None:
    """Somebody is invited to a table: one that is to come, or on which reactions may still come."""
    latest = _last_of_table(scene)
    if latest is None or latest < scene.on:
        return Sentence(N_("Plan eerst een rondetafel. Daarna kunt u iemand uitnodigen."))
    return None


def guest_is_here(scene: Scene) -> Sentence | None:
    if scene.once("choices:genodigde_gasten", lambda: guests(scene)):
        return None
    return Sentence(N_("Er is nu niemand uitgenodigd."))


def confidant_is_here(scene: Scene) -> Sentence | None:
    if scene.once("choices:eigen_vertrouwenspersonen", lambda: own_confidants(scene)):
        return None
    return Sentence(N_("Er is nu niemand uitgenodigd."))


ROOM = Room(
    forms={
        "invite_guest": InviteGuest,
        "end_invitation": EndInvitation,
        "invite_confidant": InviteConfidant,
        "end_confidant": EndConfidant,
    },
    effects={
        "invite_guest": invite_guest,
        "end_invitation": end_invitation,
        "invite_confidant": invite_confidant,
        "end_confidant": end_invitation,
    },
    checks={
        "invite_guest": (guest_is_new, guest_until_fits),
        "invite_confidant": (confidant_is_new, confidant_until_fits),
    },
    guards={"table_is_known": table_is_known, "guest_is_here": guest_is_here, "confidant_is_here": confidant_is_here},
    choices={
        "genodigde_gasten": guests,
        "eigen_vertrouwenspersonen": own_confidants,
        "stukken_om_te_delen": items_to_share,
    },
)
