"""`migrate` brings the schema up to date; `import` registers files."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sqlalchemy.engine import make_url

from bijzondere_toegang import migrations
from bijzondere_toegang import settings as environment
from bijzondere_toegang.app import load_process
from bijzondere_toegang.cli.ground import Stop, Verbs, opened, verb
from bijzondere_toegang.cli.readiness import demand_keys, demand_schema, newest_revision
from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.documents.scanner import scanner_of
from bijzondere_toegang.keeping.rotation import demand_lookup_key
from bijzondere_toegang.referrals.importing import import_files

_MIGRATE = """\
On PostgreSQL it works as the owner of the tables (BT_DATABASE_OWNER_URL) and grants the role in BT_DATABASE_URL what
the application needs and no more. It can be run again safely. Make the three roles once, as a superuser:

  CREATE ROLE bt_owner LOGIN NOSUPERUSER NOBYPASSRLS;    the owner of the database; for migrate alone
  CREATE ROLE bt_app LOGIN NOSUPERUSER NOBYPASSRLS;      serve, schedule, import, people, audit
  CREATE ROLE bt_keeper LOGIN NOSUPERUSER BYPASSRLS;     keys, retention, backup, restore; also pg_dump
  GRANT bt_owner TO bt_keeper;                           (BT_DATABASE_KEEPER_URL)
"""
_IMPORT = """\
Each file holds one referral in the JSON of the intake contract; of a folder every *.json is read. One line per file;
the exit code is 1 when any was refused. A referral that is there already is left alone, so it can be repeated safely.

example: bijzondere-toegang import aanmeldingen/ extra.json
"""


def add(verbs: Verbs) -> None:
    verb(verbs, "migrate", migrate, "bring the database schema up to date", _MIGRATE)
    importing = verb(verbs, "import", register, "register referrals from JSON files or folders", _IMPORT)
    importing.add_argument("file", nargs="+", type=Path, metavar="FILE", help="a JSON file, or a folder of them")


def migrate(_: argparse.Namespace) -> int:
    settings = environment.load()
    url, role = settings.database_url, None
    if not url.startswith("sqlite"):
        role = make_url(url).username or os.environ.get("PGUSER")
        url = settings.database_owner_url or _no_owner()
    migrations.upgrade(url, role)
    with opened(settings.model_copy(update={"database_url": url})) as database:
        if demand_lookup_key(database, system_clock()):
            print("look-ups have a key of their own")
    print(f"the database is at revision {newest_revision()}")
    if role is not None:
        print(f"{role} is the application's role: not a superuser, without BYPASSRLS, owner of nothing")
        print("keys, retention and backups need a keeper with BYPASSRLS: pg_dump as the owner fails")
    return 0


def _no_owner() -> str:
    raise Stop("BT_DATABASE_OWNER_URL: set it to the role that owns the tables; the application's own role may not")


def register(arguments: argparse.Namespace) -> int:
    settings = environment.load()
    with opened(settings) as database:
        demand_schema(database)
        demand_keys(database)
        scanner = scanner_of(settings.clamd)
        failed = import_files(database, load_process(), arguments.file, at=system_clock(), scanner=scanner)
        return 1 if failed else 0
