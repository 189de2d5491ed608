"""Putting the demonstration together around an application, in a folder of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import event

from bijzondere_toegang import demo, migrations
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.clock import MovableClock
from bijzondere_toegang.db import Database
from bijzondere_toegang.demo import pages, tour
from bijzondere_toegang.demo.beats import START
from bijzondere_toegang.demo.mailbox import Mailbox
from bijzondere_toegang.demo.people import PHONE
from bijzondere_toegang.demo.seed import Stage
from bijzondere_toegang.demo.site import Demo
from bijzondere_toegang.demo.stories import all_beats
from bijzondere_toegang.demo.timekeeper import TimeKeeper
from bijzondere_toegang.jobs import Post
from bijzondere_toegang.reminders.mail import SmtpMailer
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.checkpoints import checkpoints_of
from bijzondere_toegang.web.i18n import Catalogues
from bijzondere_toegang.web.limits import LIMITS

STAMP = "versie.txt"
A_YEAR = 366 * 24


def settings_for(folder: Path, port: int) -> Settings:
    """Whatever the environment says: its own database and keys, and sessions that survive a jump of the clock.

    The folder is made when it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Settings(
        database_url=f"sqlite:///{folder / 'demo.db'}",
        database_owner_url=None,
        master_key=None,
        master_key_file=folder / "demo.key",
        erasure_file=folder / "demo.erasures",
        checkpoint_file=None,
        checkpoint_key_file=folder / "demo.checkpoint.key",
        base_url=f"http://localhost:{port}",
        login_providers_file=None,
        **{f"limit_{name}": "" for name in LIMITS},  # type: ignore[arg-type]
        smtp_host="127.0.0.1",
        smtp_port=25,
        smtp_user=None,
        smtp_password=None,
        smtp_tls="none",
        mail_from="bijzondere-toegang@example.org",
        phone=PHONE,
        log_level="warning",
        session_idle_minutes=A_YEAR * 60,
        session_hours=A_YEAR,
    )


def prepare(folder: Path) -> bool:
    """Make the folder ready. What another version left there is thrown away; True when it has to be filled."""
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text("ascii") == version():
        return False
    if folder.is_dir():
        for file in folder.glob("demo.*"):
            file.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    return True


def version() -> str:
    """Changes with the schema and with the stories."""
    digest = hashlib.sha256()
    for package in (Path(migrations.__file__).parent, Path(demo.__file__).parent):
        for path in sorted(package.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def start(database: Database, process: Process, catalogues: Catalogues, settings: Settings, folder: Path) -> Demo:
    """Start the mailbox and, the first time, play the stories; the clock goes on where it was."""
    event.listen(database.engine, "connect", _hurried)
    clock = MovableClock()
    mailbox = Mailbox(clock)
    mailbox.start()
    smtp = SmtpMailer(settings.model_copy(update={"smtp_port": mailbox.port}))
    checkpoints = checkpoints_of(settings)
    keeper = TimeKeeper(clock, Post(database, process, smtp, catalogues, settings, checkpoints))
    if not keeper.resume():
        past = TimeKeeper(clock, Post(database, process, mailbox, catalogues, settings))
        Stage(process, past).play(all_beats(), START)
        (folder / STAMP).write_text(version(), "ascii")
    return Demo(keeper, mailbox, folder)


def _hurried(connection: Any, _: object) -> None:
    """Nothing here is precious, so no write waits for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def install(app: FastAPI, added: Demo) -> None:
    """Add the pages of the demonstration; its log-in page comes before the application's own."""
    app.state.demo = added
    app.include_router(tour.router)
    app.include_router(pages.router)
    app.router.routes.insert(0, app.router.routes.pop())


def forget(folder: Path) -> None:
    """Let the next start fill the folder anew; only what the demonstration made there goes."""
    (folder / STAMP).unlink(missing_ok=True)
