"""The command line, for administrators; it speaks English. Every verb works from any folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from bijzondere_toegang import __version__
from bijzondere_toegang.cli import audit, backup, data, demo, keys, people, process, retention, serving
from bijzondere_toegang.cli.ground import Stop
from bijzondere_toegang.crypto import WrongKey
from bijzondere_toegang.engine import Unsound
from bijzondere_toegang.region import RegionError
from bijzondere_toegang.settings import WrongSetting

EPILOG = """\
Settings come from the environment (BT_...), for example BT_DATABASE_URL, BT_MASTER_KEY, BT_SMTP_HOST;
the table in README.md names them all. `bijzondere-toegang VERB --help` explains each verb.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code. What stops it is told in one sentence on stderr."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except (Stop, WrongSetting, WrongKey, RegionError, Unsound) as error:
        return _stopped(str(error), getattr(error, "code", 2))
    except SQLAlchemyError as error:
        return _stopped(f"the database can't be used ({type(error).__name__}): check BT_DATABASE_URL", 2)
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="bijzondere-toegang",
        description="Carries a referral to heavy youth care from registration to closing.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for room in (serving, demo, data, process, audit, keys, backup, retention, people):
        room.add(verbs)
    return top


def _stopped(sentence: str, code: int) -> int:
    print(f"bijzondere-toegang: {sentence}", file=sys.stderr)
    return code
