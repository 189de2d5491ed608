"""`audit`: has anybody changed the log, and the checkpoints by which that shows."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bijzondere_toegang import settings as environment
from bijzondere_toegang.app import load_process
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cli.ground import Stop, Verbs, below, opened, verb
from bijzondere_toegang.cli.readiness import demand_schema
from bijzondere_toegang.clock import local_day, system_clock, utc_of
from bijzondere_toegang.crypto import WrongKey
from bijzondere_toegang.oversight.export import Asked, exported, note_export
from bijzondere_toegang.oversight.models import LogFinding
from bijzondere_toegang.oversight.names import case_pseudonym, person_pseudonym
from bijzondere_toegang.oversight.reading import first_entry
from bijzondere_toegang.oversight.review import odd_reading, store
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.actors import load_actor
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.chain import HASHED, Broken, diagnose
from bijzondere_toegang.timeline.checkpoints import Checkpoints, Contradicted, NoCheckpoint, Witness, checkpoints_of
from bijzondere_toegang.timeline.codes import EVENTS, WITNESSED, code_of, typed_code
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.timeline.rows import heads_in_order, rows_in_order
from bijzondere_toegang.timeline.signing import signer
from bijzondere_toegang.timeline.snapshot import snapshot
from bijzondere_toegang.timeline.verify import Found, check, checkpoint_remembered, verify

_VERIFY = """\
Walks every chain of the log and names the first entry of each that does not hold: edited, deleted, swapped, inserted,
truncated or rehashed. It only reads, needs no master key, and can be run on a copy with --database.

The signed checkpoints show what the chains alone can't: that the end of a chain was cut off together with its
remembered head, or that a chain was hashed anew. They are looked for where BT_CHECKPOINT_FILE says; who checks
elsewhere gives --checkpoints FILE and --public-key KEY (what `audit key` printed).

exit code: 0 sound, 1 broken, 2 could not tell
"""
_CHECKPOINT = """\
`schedule` does this every hour. A line of JSON is added to BT_CHECKPOINT_FILE: a Merkle root over the heads of all
chains, the heads that changed, the hash of the line before, and a signature (Ed25519). Keep copies of the file where
who administers the database can't change them.

It refuses when the database holds less than an earlier checkpoint saw. After a restore from a backup that is
expected: --after-restore begins anew, and the line says so.
"""
_EXPORT = """\
Field names as NEN 7513 takes them from RFC 3881. Cases and people stand under the pseudonyms of the page Logboek;
there is no content. The last line signs all before it with the checkpoint key. That you exported is an entry itself.

example: bijzondere-toegang audit export --case BT-1001 --by fg@example.org > bt-1001.jsonl
"""
_REVIEW = """\
Who read a case of somebody with the same surname or in the same street, by break-glass, without a task, after having
lost it; who opened twenty cases in an hour, or tried five that were not theirs. `schedule` reviews every hour; findings
are worked through on the page Logboek. Each line: id, when, reason, role, person, case, state. Never content.
"""
WHY = {
    "edited": "was changed after it was written",
    "deleted": "is missing",
    "swapped": "changed places with another",
    "inserted": "was put in afterwards",
    "truncated": "and what follows was cut off",
    "rehashed": "or one after it was rewritten, and all that follows was hashed anew",
    "no_head": "has no remembered end",
}


def add(verbs: Verbs) -> None:
    under = below(verb(verbs, "audit", None, "check the log for tampering, and witness it"))
    verifying = verb(under, "verify", run_verify, "check every chain of the log", _VERIFY)
    verifying.add_argument("--database", metavar="URL", help="instead of BT_DATABASE_URL, for example of a copy")
    which = verifying.add_mutually_exclusive_group()
    which.add_argument("--checkpoints", metavar="FILE", type=Path, help="instead of BT_CHECKPOINT_FILE")
    which.add_argument("--no-checkpoints", action="store_true", help="the chains alone")
    verifying.add_argument("--public-key", metavar="KEY", help="instead of the one of BT_CHECKPOINT_KEY_FILE")
    verifying.add_argument("--code", metavar="CODE", help="only: which entry has this check code, and does it stand?")
    witnessing = verb(under, "checkpoint", run_checkpoint, "write a signed checkpoint of the log now", _CHECKPOINT)
    witnessing.add_argument("--after-restore", action="store_true", help="earlier checkpoints no longer bind")
    exporting = verb(under, "export", run_export, "print entries as JSON lines, pseudonymous and signed", _EXPORT)
    exporting.add_argument("--case", metavar="REFERENCE", help="of one case")
    exporting.add_argument("--account", metavar="LOGIN", help="of one account")
    reviewing = verb(under, "review", run_review, "list odd reading for the privacy officer", _REVIEW)
    for period in (exporting, reviewing):
        period.add_argument("--from", dest="since", metavar="DAY", type=date.fromisoformat, help="YYYY-MM-DD")
        period.add_argument("--until", metavar="DAY", type=date.fromisoformat, help="that day included")
        period.add_argument("--by", metavar="LOGIN", required=True, help="the privacy officer who wants this")
    verb(under, "key", run_key, "print the public key with which checkpoints and exports are checked")


def run_export(arguments: argparse.Namespace) -> int:
    settings, at = environment.load(), system_clock()
    with opened(settings) as database:
        demand_schema(database)
        signing = signer(settings.checkpoint_key_file, make=True)
        with database.write() as tx:
            asked, by = _asked_for(tx, arguments), _officer(tx, arguments.by, at)
            note_export(tx, asked, by, at)
        with database.read() as tx:
            for line in exported(tx, asked, signing, at):
                print(line)
    return 0


def _officer(tx: Session, login: str, at: datetime) -> UUID:
    """The privacy officer for whom this is done: it goes into the log under that name."""
    account = find_account(tx, login)
    actor = load_actor(tx, account.id, local_day(at)) if account else None
    if actor is None or "privacy_officer" not in actor.roles:
        raise Stop("--by must be the login name of somebody who is privacy officer today", 1)
    return actor.account_id


def _asked_for(tx: Session, arguments: argparse.Namespace) -> Asked:
    case = account = None
    if arguments.case:
        case = tx.exec(select(Case.id).where(Case.reference == arguments.case)).first()
        if case is None:
            raise Stop("there is no such case", 1)
    if arguments.account:
        found = find_account(tx, arguments.account)
        if found is None:
            raise Stop("there is no account with this login name", 1)
        account = found.id
    since, until = _period(arguments)
    if not (case or account or since):
        raise Stop("say what to export: --case, --account, or --from a day", 1)
    return Asked(case, account, since, until)


def _period(arguments: argparse.Namespace) -> tuple[datetime | None, datetime | None]:
    """From the first moment of one day up to the end of another, in the Netherlands."""
    since = utc_of(arguments.since) if arguments.since else None
    return since, utc_of(arguments.until + timedelta(days=1)) if arguments.until else None


def run_review(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with opened() as database:
        demand_schema(database)
        process = load_process()
        with database.write() as tx:
            by = _officer(tx, arguments.by, at)
            append(tx, by, Event("reviewed", "R", by, role="privacy_officer", object_kind="log"), at)
        since, until = _period(arguments)
        with database.read() as tx:
            begin = since or first_entry(tx)
            entries, odd = odd_reading(tx, process, begin, until or at) if begin else (0, [])
        with database.write() as tx:
            store(tx, odd, at)
        with database.read() as tx:
            rows = tx.exec(select(LogFinding).where(LogFinding.state != "closed").order_by(col(LogFinding.at))).all()
        for row in rows:
            case = case_pseudonym(tx, row.case_id) if row.case_id else "-"
            who = person_pseudonym(tx, row.account_id)
            print(f"{row.id}  {row.at.isoformat()}  {row.reason}  {row.role or '-'}  {who}  {case}  {row.state}")
        print(f"{entries} entries read, {len(rows)} findings open", file=sys.stderr)
    return 0


def run_key(arguments: argparse.Namespace) -> int:
    print(signer(environment.load().checkpoint_key_file, make=True).public)
    return 0


def run_checkpoint(arguments: argparse.Namespace) -> int:
    settings = environment.load()
    with opened(settings) as database:
        demand_schema(database)
        try:
            written = checkpoints_of(settings).write(
                database, system_clock(), hourly=False, anew=arguments.after_restore
            )
        except NoCheckpoint as error:
            raise Stop(str(error), 1 if isinstance(error, Contradicted) else 2) from None
    if written is None:
        raise Stop("another checkpoint was written at this very moment", 1)
    print(f"checkpoint {written.number}: {written.entries} entries in {written.heads} chains, root {written.root}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    settings = environment.load()
    if arguments.database:
        settings = settings.model_copy(update={"database_url": Settings(database_url=arguments.database).database_url})
    try:
        with snapshot(settings.database_url) as connection:
            return _verify(arguments, settings, connection)
    except Contradicted as error:
        print(f"broken: {error}")
        return 1
    except (NoCheckpoint, WrongKey) as error:
        return _can_not_tell(str(error))
    except (SQLAlchemyError, sqlite3.Error, ValueError, TypeError) as error:
        return _can_not_tell(f"the log can't be read ({type(error).__name__})")


def _can_not_tell(why: str) -> int:
    print(f"can't tell: {why}", file=sys.stderr)
    return 2


def _verify(arguments: argparse.Namespace, settings: Settings, connection: Connection) -> int:
    if arguments.code:
        return _code(arguments, connection)
    place = _witnesses(arguments, settings, connection)
    if place is None:
        return _told(verify(connection), None)
    public = arguments.public_key or signer(place.key_file).public
    return _told(*check(connection, place.file, public))


def _code(arguments: argparse.Namespace, connection: Connection) -> int:
    """Which entry a check code belongs to, and whether its chain holds up to there."""
    wanted = typed_code(arguments.code)
    for row in list(rows_in_order(connection, events=EVENTS)):
        said = json.loads(row[HASHED.index("commitments")]).get(WITNESSED)
        if said is None or code_of(row[-1], said) != wanted:
            continue
        chain, seq = UUID(row[HASHED.index("chain")]), int(row[HASHED.index("seq")])
        heads = {one: (length, digest) for one, length, digest in heads_in_order(connection)}
        broken = diagnose(chain, list(rows_in_order(connection, chain)), heads.get(chain.hex))
        bad = broken if broken is not None and broken.seq <= seq else None
        at, event = row[HASHED.index("at")], row[HASHED.index("event_type")]
        print(f"chain {chain}: entry {seq} ({event}, {at}) {'does not stand: ' + told(bad) if bad else 'stands'}")
        return 1 if bad else 0
    return _can_not_tell("no entry has this code")


def _witnesses(arguments: argparse.Namespace, settings: Settings, connection: Connection) -> Checkpoints | None:
    """Where the checkpoints are; None to do without, which is only said when nobody ever wrote one."""
    place = checkpoints_of(settings)
    if arguments.no_checkpoints:
        return None
    if arguments.checkpoints:
        return Checkpoints(arguments.checkpoints, place.key_file)
    if not place.file.exists():
        if remembered := checkpoint_remembered(connection):
            raise NoCheckpoint(
                f"the database remembers checkpoint {remembered}, and there is no checkpoint file here: "
                "give --checkpoints FILE, or --no-checkpoints for the chains alone"
            )
        return None
    return place


def _told(found: Found, witness: Witness | None) -> int:
    for broken in found.broken:
        print(told(broken))
    if witness is not None:
        for number in witness.began_anew:
            print(f"checkpoint {number} began anew after a restore: what was before it is not compared")
    if found.broken:
        print(f"{len(found.broken)} chains broken")
        return 1
    last = witness.last if witness else None
    proof = f"checkpoint {last.number} of {last.at.isoformat()}" if last else "no checkpoint"
    print(f"sound: {found.entries} entries in {found.chains} chains, {proof}")
    return 0


def told(broken: Broken) -> str:
    """One line about the first entry that does not hold."""
    until = f" (before entry {broken.until} ends)" if broken.until and broken.until != broken.seq else ""
    return f"chain {broken.chain}: entry {broken.seq}{until} {WHY[broken.why]} ({broken.why})"
