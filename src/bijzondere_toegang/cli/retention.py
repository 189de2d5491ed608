"""`retention`: what is due to be destroyed by law, with the confirmation of two administrators."""

from __future__ import annotations

import argparse
import getpass
from uuid import UUID

from sqlmodel import Session

from bijzondere_toegang import settings as environment
from bijzondere_toegang.app import load_process
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cli.ground import Stop, Verbs, below, keeping, verb
from bijzondere_toegang.cli.readiness import demand_schema
from bijzondere_toegang.clock import local_day, system_clock
from bijzondere_toegang.db import Database
from bijzondere_toegang.errors import Unavailable
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.actors import Actor, load_actor
from bijzondere_toegang.people.login import matches
from bijzondere_toegang.records.erasing import due, execute, propose, proposed
from bijzondere_toegang.settings import Settings

_LIST = """\
A part is due when its term has passed since the last change of a closed case: the referrer's and the provider's part
have terms of their own, in the region file (bewaartermijnen). It only reads.
"""
_RUN = """\
Everything that is due is confirmed by one administrator and destroyed by a second one, each with the own password:

  bijzondere-toegang retention run --by a@example.org     # confirms what is due
  bijzondere-toegang retention run --by b@example.org     # destroys what somebody else confirmed, confirms the rest

What was destroyed is written to BT_ERASURE_FILE first. On PostgreSQL what was overwritten stays in WAL and in backups
until those are gone: keep them short.
"""


def add(verbs: Verbs) -> None:
    under = below(verb(verbs, "retention", None, "list and destroy what the law no longer lets us keep"))
    verb(under, "list", listing, "list the parts whose term has passed", _LIST)
    running = verb(under, "run", run, "confirm what is due, and destroy what another confirmed", _RUN)
    running.add_argument("--by", required=True, metavar="LOGIN", help="the login name of an administrator")


def listing(_: argparse.Namespace) -> int:
    region, on = load_process().region, local_day(system_clock())
    with keeping() as database:
        demand_schema(database)
        with database.read() as tx:
            found, confirmed = due(tx, region, on), proposed(tx)
            for case, holder in found:
                state = "confirmed once" if (case.id, holder) in confirmed else "due"
                print(f"{case.reference}  {holder}'s part, last change {case.changed_at:%Y-%m-%d}: {state}")
    print(f"{len(found)} parts")
    return 0


def run(arguments: argparse.Namespace) -> int:
    settings, at = environment.load(), system_clock()
    region = load_process().region
    confirmed, destroyed = 0, 0
    with keeping(settings) as database:
        demand_schema(database)
        actor = _administrator(database, arguments.by)
        with database.read() as tx:
            found, waiting = [(case.id, holder) for case, holder in due(tx, region, local_day(at))], proposed(tx)
        for case_id, holder in found:
            row = waiting.get((case_id, holder))
            with database.write() as tx:
                if row is None:
                    confirmed += _confirm(tx, actor, case_id, holder)
                elif row.confirmed_by != actor.account_id:
                    destroyed += _destroy(tx, actor, row.id, settings)
        if destroyed:
            database.scrub(thoroughly=True)
    print(f"{confirmed} parts confirmed; another administrator destroys them. {destroyed} parts destroyed")
    return 0


def _confirm(tx: Session, actor: Actor, case_id: UUID, holder: str) -> int:
    case = tx.get_one(Case, case_id)
    propose(tx, actor, case, holder, system_clock())
    return 1


def _destroy(tx: Session, actor: Actor, erasure_id: UUID, settings: Settings) -> int:
    try:
        return int(execute(tx, actor, erasure_id, system_clock(), settings.erasure_file))
    except Unavailable:
        raise Stop("BT_ERASURE_FILE can't be written or does not hold: nothing was destroyed") from None


def _administrator(database: Database, login: str) -> Actor:
    """Who says so, with a password: two names on a command line are not yet two persons."""
    password = getpass.getpass(f"password of {login}: ")
    with database.read() as tx:
        account = find_account(tx, login) if matches(tx, login, password) else None
        actor = load_actor(tx, account.id, local_day(system_clock())) if account else None
    if actor is None or "administrator" not in actor.roles:
        raise Stop("this is not the login and password of an administrator", 1)
    return actor
