"""`demo`: everything on this machine, with invented people."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from bijzondere_toegang import migrations
from bijzondere_toegang.app import create_app, load_process
from bijzondere_toegang.cli.ground import Verbs, opened, verb
from bijzondere_toegang.cli.serving import listen
from bijzondere_toegang.demo import running
from bijzondere_toegang.jobs import background_scheduler
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues

_DEMO = """\
Makes an SQLite database with invented people and eight cases in a folder of its own, and serves it together with a
mailbox page (what was really sent), a clock that can be moved and a guided tour. No password is asked: never put it on
a network. Settings from the environment are ignored; nothing outside the folder is touched.
"""
FOLDER = Path("data") / "demo"
EVERY = 10
"""Seconds between two ticks; in the demonstration somebody is watching the mailbox."""


def add(verbs: Verbs) -> None:
    trying = verb(verbs, "demo", run, "try it with invented people", _DEMO)
    trying.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    trying.add_argument("--folder", type=Path, default=FOLDER, help="where it keeps its files (default: %(default)s)")
    trying.add_argument("--fresh", action="store_true", help="forget what happened and start over")


def run(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level="WARNING", format="%(levelname)s %(message)s")
    place = arguments.folder.resolve()
    if arguments.fresh:
        running.forget(place)
    settings = running.settings_for(place, arguments.port)
    if running.prepare(place):
        print("making the demonstration ...", flush=True)
        migrations.upgrade(settings.database_url)
    process = load_process()
    with opened(settings) as database:
        added = running.start(database, process, Catalogues(folder("locales")), settings, place)
        app = create_app(settings, database=database, clock=added.keeper.clock, process=process)
        running.install(app, added)
        background_scheduler(added.keeper.post, added.keeper.clock, EVERY).start()
        print(f"the demonstration is at http://localhost:{arguments.port}/rondleiding (Ctrl+C stops it)", flush=True)
        listen(app, "127.0.0.1", arguments.port, "warning")
        added.mailbox.stop()
    return 0
