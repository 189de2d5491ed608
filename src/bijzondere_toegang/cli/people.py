"""`people`: accounts, memberships of organisations, one-time links and personal tokens."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang import settings as environment
from bijzondere_toegang.administration.leaving import depart
from bijzondere_toegang.administration.moving import Part, parts_of
from bijzondere_toegang.app import load_process
from bijzondere_toegang.cases.way_in import may_have_way_in, way_in
from bijzondere_toegang.cli.ground import Stop, Verbs, below, opened, verb
from bijzondere_toegang.cli.readiness import demand_keys, demand_schema
from bijzondere_toegang.clock import local_day, system_clock
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.oversight.models import AccountStreet
from bijzondere_toegang.oversight.review import street_key
from bijzondere_toegang.people.accounts import add_membership, find_account, make_account
from bijzondere_toegang.people.factors import remove_factors
from bijzondere_toegang.people.links import DAYS, about_account, end_guessed_links
from bijzondere_toegang.people.login import make_token, shut_out
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.placements.newcomers import OF_ROLE
from bijzondere_toegang.reminders.links import INVITED
from bijzondere_toegang.reminders.mail import link_of
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import append

ROLES = (
    "chair",
    "secretary",
    "planner",
    "referrer",
    "coordinator",
    "consortium_rep",
    "provider",
    "privacy_officer",
    "administrator",
    "analyst",
)
BUREAU = "bureau"
_WHO = "the login name, mostly an e-mail address"
_PEOPLE = """\
Whatever is done here to an account (add, member, invite, token, leave) goes into the log of that account.
"""
_ADD = """\
A new account can't log in yet: give it a one-time link with `people invite`. Families need none: their account comes
with a referral, and the first mail to them carries a link.

example: bijzondere-toegang people add a.devries@example.org "Anneke de Vries" --role chair
         bijzondere-toegang people add p@example.org "P. Peters" --role referrer --organisation toegang-venlo
"""
_MEMBER = """\
A representative (not of a subcontractor) or provider also gets the running cases of her colleagues, within a
minute when `schedule` or `demo` runs, or on the first day of a role that begins later.

example: bijzondere-toegang people member p@example.org --role provider --organisation koraal
"""
_INVITE = """\
The link works once. Of somebody who is family in a case it also asks the date of birth of the young person; after five
wrong answers it is dead. A link at which somebody guessed wrong before ends now, and its wrong answers count no more.
Whoever has been in before can ask for a link of their own, at the page for logging in.

With --mail, `schedule` sends the link within a minute or so.

example: bijzondere-toegang people invite a.devries@example.org --mail
"""
_LEAVE = """\
The account stays in the log and can't be used again: the next request of an open session fails. With --successor
her cases go to that colleague at once, as far as that colleague may have them. Cases that lose their chair
otherwise get another one by themselves, from `schedule`; of other cases the administrators are mailed.
"""
_STREET = """\
So that `audit review` can tell when somebody reads a case in the own street. Street and town are asked for, not given
on the command line, and only a keyed hash is stored: it can be compared, not read.
"""
_TOKEN = """\
The token is printed once and stored hashed. It has exactly the rights of the person. Send it as
`Authorization: Bearer TOKEN` to /api/v1/.
"""


_RESET = """\
For who lost every passkey, app and recovery code. They log in with their password and set up a new one. Make sure that
it is them: ring a number you know, or see them. Their sessions end at once, the log says so, and they get a mail.
"""
WHY = ("lost", "stolen", "broken", "new-device")


def add(verbs: Verbs) -> None:
    under = below(verb(verbs, "people", None, "accounts, roles, one-time links and tokens", _PEOPLE))
    _add_making(under)
    verb(under, "list", listing, "list the accounts with their roles today")
    inviting = verb(under, "invite", invite, "give a one-time link to choose a password", _INVITE)
    inviting.add_argument("login", help=_WHO)
    how = inviting.add_mutually_exclusive_group()
    how.add_argument("--mail", action="store_true", help="send it by mail instead of printing it; it works 7 days then")
    how.add_argument("--days", type=int, default=DAYS, help="how long a printed one works (default: %(default)s)")
    making = verb(under, "token", token, "make a personal token for the API", _TOKEN)
    making.add_argument("login", help=_WHO)
    making.add_argument("--label", default="token", help="to know it by (default: %(default)s)")
    making.add_argument("--days", type=int, default=90, help="how long it works (default: %(default)s)")
    leaving = verb(under, "leave", leave, "end an account: its sessions, links, tokens and roles, at once", _LEAVE)
    leaving.add_argument("login", help=_WHO)
    leaving.add_argument("--successor", help="the login name of who takes the cases over (default: nobody yet)")
    resetting = verb(under, "reset-factors", reset_factors, "let who lost every second factor begin anew", _RESET)
    resetting.add_argument("login", help=_WHO)
    resetting.add_argument("--reason", choices=WHY, required=True, help="what happened")
    living = verb(under, "street", street, "keep where somebody lives, as a keyed hash alone", _STREET)
    living.add_argument("login", help=_WHO)
    _add_joining(under)


def _add_making(under: Verbs) -> None:
    adding = verb(under, "add", make, "add an account", _ADD)
    adding.add_argument("login", help=_WHO)
    adding.add_argument("name", help="how colleagues and families will read it")
    adding.add_argument("--email", help="where mail goes (default: the login name, if it is an address)")
    adding.add_argument("--phone", help="the number families may call")
    adding.add_argument("--job", help="the job title")
    adding.add_argument("--language", default="nl", choices=("nl", "en"), help="of mail (default: %(default)s)")
    _role_options(adding, required=False)


def _add_joining(under: Verbs) -> None:
    joining = verb(under, "member", join, "give an account a role in an organisation", _MEMBER)
    joining.add_argument("login", help=_WHO)
    _role_options(joining, required=True)


def _role_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--role", choices=ROLES, required=required, help="the role")
    parser.add_argument("--organisation", default=BUREAU, help="its code (default: %(default)s, for the region's own)")
    parser.add_argument("--since", type=date.fromisoformat, help="first day, YYYY-MM-DD (default: today)")
    parser.add_argument("--until", type=date.fromisoformat, help="last day (default: open)")


def make(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with opened() as database:
        demand_schema(database)
        demand_keys(database)
        with database.write() as tx:
            if find_account(tx, arguments.login) is not None:
                raise Stop("there is an account with this login name already", 1)
            email = arguments.email or (arguments.login if "@" in arguments.login else None)
            account = make_account(
                tx,
                arguments.login,
                arguments.name,
                at=at,
                email=email,
                phone=arguments.phone,
                job=arguments.job,
                language=arguments.language,
            )
            _note(tx, account.id, "account_added", "C", at)
            if arguments.role:
                _join(tx, account.id, arguments, at)
    print("added; `people invite` gives a link to choose a password" + _running_cases(arguments, local_day(at)))
    return 0


def _note(tx: Session, account_id: UUID, event_type: str, action: str, at: datetime) -> None:
    """What an administrator did here, in the log of the account; who it was, the machine knows."""
    append(tx, account_id, about_account(event_type, action, account_id, role="administrator"), at)


def street(arguments: argparse.Namespace) -> int:
    street, town = input("street: "), input("town: ")
    with opened() as database, database.write() as tx:
        account = _account(tx, arguments.login)
        key = street_key(tx, f"{street}\n{town}")
        if not key:
            raise Stop("a street has letters in it", 1)
        tx.merge(AccountStreet(account_id=account.id, street_key=key, set_at=system_clock()))
    print("done")
    return 0


def join(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with opened() as database, database.write() as tx:
        _join(tx, _account(tx, arguments.login).id, arguments, at)
    print("done" + _running_cases(arguments, local_day(at)))
    return 0


def _running_cases(arguments: argparse.Namespace, today: date) -> str:
    """When who has a role that joins running cases gets them."""
    if arguments.role not in OF_ROLE:
        return ""
    later = arguments.since is not None and arguments.since > today
    return (
        f"; the running cases of colleagues follow {'on that first day' if later else 'within a minute of `schedule`'}"
    )


def _join(tx: Session, account_id: UUID, arguments: argparse.Namespace, at: datetime) -> None:
    code = arguments.organisation
    if code != BUREAU and load_process().region.organisation(code) is None:
        raise Stop(f"--organisation: the region has no organisation '{code}'", 1)
    add_membership(tx, account_id, code, arguments.role, arguments.since or local_day(at), arguments.until)
    _note(tx, account_id, "member_added", "C", at)


def listing(_: argparse.Namespace) -> int:
    today = local_day(system_clock())
    with opened() as database, database.read() as tx:
        accounts = list(tx.exec(select(Account).where(col(Account.ended_at).is_(None))).all())
        unseal_rows(tx, accounts)
        held = _held(tx, today)
        for account in sorted(accounts, key=_login):
            name = account.name.reveal() if account.name else ""
            roles = ", ".join(sorted(held.get(account.id, ()))) or "-"
            print(f"{_login(account):40} {name:30} {roles}")
    return 0


def _login(account: Account) -> str:
    return account.login.reveal() if account.login else ""


def _held(tx: Session, today: date) -> dict[UUID, list[str]]:
    held: dict[UUID, list[str]] = {}
    for row in tx.exec(select(Membership)).all():
        if row.valid_from <= today and (row.valid_until is None or today <= row.valid_until):
            held.setdefault(row.account_id, []).append(f"{row.role} ({row.organisation})")
    return held


def invite(arguments: argparse.Namespace) -> int:
    settings, at = environment.load(), system_clock()
    with opened(settings) as database, database.write() as tx:
        account = _account(tx, arguments.login)
        end_guessed_links(tx, account.id, at)
        _note(tx, account.id, "invited", "E", at)
        if arguments.mail:
            told = _invite_by_mail(tx, account, at)
        else:
            told = link_of(settings, way_in(tx, account.id, at, days=arguments.days) or _no_way_in())
    print(told)
    return 0


def _invite_by_mail(tx: Session, account: Account, at: datetime) -> str:
    unseal_rows(tx, [account])
    if account.email is None or not account.email.reveal():
        raise Stop("this account has no e-mail address: print the link, without --mail", 1)
    if not may_have_way_in(tx, account.id, at):
        _no_way_in()
    post(tx, [account.id], INVITED, at)
    return "`schedule` sends the link"


def _no_way_in() -> str:
    raise Stop("this is family without a case it can see now: there is no date of birth the link could ask", 1)


def token(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with opened() as database, database.write() as tx:
        account = _account(tx, arguments.login)
        made = make_token(tx, account.id, arguments.label, at, arguments.days)
        _note(tx, account.id, "token_made", "C", at)
    print(made)
    return 0


def reset_factors(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with opened() as database, database.write() as tx:
        account = _account(tx, arguments.login)
        remove_factors(tx, account.id, at)
        shut_out(tx, account.id, at)
        entry = about_account("factors_reset", "D", account.id, role="administrator")
        append(tx, account.id, replace(entry, purpose=arguments.reason), at)
        post(tx, [account.id], "reset", at)
    print("done; the next log-in with the password asks for a new second factor")
    return 0


def leave(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with opened() as database, database.write() as tx:
        process, account = load_process(), _account(tx, arguments.login)
        named = _account(tx, arguments.successor).id if arguments.successor else None
        parts = parts_of(tx, process, account.id, at)
        taken = {part.key: str(named) for part in parts if named in {one.account_id for one in part.successors}}
        depart(tx, process, account, taken, at)
    print("the account has ended" + _left_open(parts, taken))
    return 0


def _left_open(parts: Sequence[Part], taken: Mapping[str, str]) -> str:
    """How many cases wait for somebody, for want of a successor."""
    waiting = {case for part in parts if part.alone and part.key not in taken for case in part.cases}
    return f"; {len(waiting)} cases wait for a successor" if waiting else ""


def _account(tx: Session, login: str) -> Account:
    account = find_account(tx, login)
    if account is None or account.ended_at is not None:
        raise Stop("there is no account with this login name", 1)
    return account
