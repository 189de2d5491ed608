"""`audit verify`: has anybody changed the log? Read-only, also on a copy."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy.exc import SQLAlchemyError

from bijzondere_toegang import settings as environment
from bijzondere_toegang.cli.ground import Verbs, below, opened, verb
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.chain import Broken
from bijzondere_toegang.timeline.verify import verify_all

_VERIFY = """\
Walks every chain of the log and names the first entry of each that does not hold: edited, missing, swapped or cut off.
It only reads, needs no key, and can be run on a copy with --database.

exit code: 0 sound, 1 broken, 2 could not tell
"""
WHY = {
    "edited": "was changed after it was written",
    "missing": "is missing",
    "swapped": "is not where it was written",
    "cut_off": "and what follows was cut off",
    "no_head": "has no remembered end",
}


def add(verbs: Verbs) -> None:
    under = below(verb(verbs, "audit", None, "check the log for tampering"))
    verifying = verb(under, "verify", verify, "check every chain of the log", _VERIFY)
    verifying.add_argument("--database", metavar="URL", help="instead of BT_DATABASE_URL, for example of a copy")


def verify(arguments: argparse.Namespace) -> int:
    settings = environment.load()
    if arguments.database:
        settings = settings.model_copy(update={"database_url": _address(arguments.database)})
    try:
        return _verify(settings)
    except (SQLAlchemyError, ValueError, TypeError) as error:
        print(f"can't tell: the log can't be read ({type(error).__name__})", file=sys.stderr)
        return 2


def _address(given: str) -> str:
    return Settings(database_url=given).database_url


def _verify(settings: Settings) -> int:
    count, broken = 0, 0
    with opened(settings) as database, database.read() as tx:
        for found in verify_all(tx):
            if isinstance(found, Broken):
                broken += 1
                print(told(found))
            else:
                count = found
    print(f"{broken} chains broken" if broken else f"sound: {count} entries")
    return 1 if broken else 0


def told(broken: Broken) -> str:
    """One line about the first entry that does not hold."""
    return f"chain {broken.chain}: entry {broken.seq} {WHY[broken.why]} ({broken.why})"
