"""What every verb stands on: settings, database, process, and the one sentence that stops it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bijzondere_toegang import settings as environment
from bijzondere_toegang.app import open_database
from bijzondere_toegang.db import Database
from bijzondere_toegang.keeping.backup import sqlite_file
from bijzondere_toegang.settings import Settings

Verbs = Any
"""What argparse's `add_subparsers` gives; it has no public type."""
Run = Callable[[argparse.Namespace], int]


_NO_DATABASE = (
    "BT_DATABASE_URL: there is no database at that place (counted from the folder you stand in): "
    "run `bijzondere-toegang migrate` first"
)


class Stop(Exception):
    """One sentence for the administrator, and the exit code."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


def verb(verbs: Verbs, name: str, run: Run | None, summary: str, more: str = "") -> argparse.ArgumentParser:
    """Add a verb: `summary` is its line in the list, `more` is told by its own --help."""
    made: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=more or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if run is not None:
        made.set_defaults(run=run)
    return made


def below(parent: argparse.ArgumentParser) -> Verbs:
    return parent.add_subparsers(title="what to do", metavar="WHAT", required=True)


@contextmanager
def keeping(settings: Settings | None = None) -> Iterator[Database]:
    """The database as who keeps it: on PostgreSQL a role that sees and may change every row."""
    settings = settings or environment.load()
    if not settings.database_url.startswith("sqlite"):
        settings = settings.model_copy(update={"database_url": keeper_of(settings)})
    with opened(settings) as database:
        database.see_every_row()
        yield database


def keeper_of(settings: Settings) -> str:
    """The address of PostgreSQL's keeper; the owner won't do, the wall stands before it too. Raises Stop."""
    if settings.database_keeper_url is None:
        raise Stop("BT_DATABASE_KEEPER_URL: set it to a role with BYPASSRLS that is a member of the owning role")
    return settings.database_keeper_url


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Database]:
    """The database of the settings, closed afterwards. Raises Stop where SQLite would make an empty one."""
    settings = settings or environment.load()
    if settings.database_url.startswith("sqlite") and not sqlite_file(settings.database_url).exists():
        raise Stop(_NO_DATABASE)
    database = open_database(settings)
    try:
        yield database
    finally:
        database.dispose()
