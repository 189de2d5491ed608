"""What happens by itself: due reminders become mail, and mail leaves. The tables remember, the scheduler forgets."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bijzondere_toegang.administration.glass_reasons import move_reasons
from bijzondere_toegang.administration.reviewing import review_access
from bijzondere_toegang.cases.access import accounts_in_role
from bijzondere_toegang.cases.deadlines import ANSWER
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.cases.rota import assign_waiting
from bijzondere_toegang.cases.telling import note_words, unread
from bijzondere_toegang.cases.way_in import way_in, way_in_asked, way_in_unasked
from bijzondere_toegang.clock import Clock, local_day, system_clock
from bijzondere_toegang.crypto import WrongKey
from bijzondere_toegang.db import Busy, Database, Erased
from bijzondere_toegang.documents.washing import words_in
from bijzondere_toegang.engine import Stage
from bijzondere_toegang.oversight.keeping import look_after
from bijzondere_toegang.placements.newcomers import join_running
from bijzondere_toegang.referrals.joining import join_twelve
from bijzondere_toegang.reminders.links import ASKED, BY_LINK, GUEST, INVITED, answer_requests
from bijzondere_toegang.reminders.mail import Mailer, compose
from bijzondere_toegang.reminders.models import Reminder
from bijzondere_toegang.reminders.outbox import Claim, claim, settle
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.checkpoints import Checkpoints, NoCheckpoint
from bijzondere_toegang.web.i18n import Catalogues

BATCH = 100
WITH_HELP = ("in_care", "evaluating")
MOST_ANSWERED = 200
"""Requests for a link that one tick settles."""
READING = timedelta(seconds=20)
"""How long a tick goes on beginning to read documents."""
EVERY = 60
"""Seconds between two ticks."""
WAYS_IN = {ASKED: way_in_asked, INVITED: way_in, GUEST: way_in}
"""What makes the link of a mail that is about it; other mail carries one for a family without a password."""

log = logging.getLogger("bijzondere_toegang.jobs")


@dataclass(frozen=True, slots=True)
class Post:
    """Everything a tick needs; `run` does what is due at that moment."""

    database: Database
    process: Process
    mailer: Mailer
    catalogues: Catalogues
    settings: Settings
    checkpoints: Checkpoints | None = None
    """where the log is witnessed every hour; None: nowhere"""

    def run(self, at: datetime) -> tuple[int, int]:
        """The number of reminders that fell due, and of mails that left."""
        self.witness(at)
        keep_up(self.database, self.process, at)
        with self.database.write() as tx:
            review_access(tx, self.process, at)
            move_reasons(tx, at)
        answer(self.database, at)
        done = tick(self.database, self.process, at), self.send(at)
        read_documents(self.database, at)
        return done

    def witness(self, at: datetime) -> None:
        """The checkpoint of this hour, and the checks of the log. A failure is told to the machine; mail goes on."""
        if self.checkpoints is None:
            return
        for work in (self._checkpoint, self._look_after):
            try:
                work(self.checkpoints, at)
            except (NoCheckpoint, WrongKey) as error:
                log.error("the log was not witnessed: %s", error)
            except (OSError, SQLAlchemyError, Busy) as error:
                log.error("the log was not witnessed: %s", type(error).__name__)

    def _checkpoint(self, checkpoints: Checkpoints, at: datetime) -> None:
        checkpoints.write(self.database, at)

    def _look_after(self, checkpoints: Checkpoints, at: datetime) -> None:
        look_after(self.database, self.process, checkpoints, at)

    def send(self, at: datetime) -> int:
        """Send what waits, until nothing does; returns how many mails left.

        A lease runs from the moment of its claim: time that sending took is added to `at`.
        """
        left, since = 0, system_clock()
        while claims := self._claimed(at + (system_clock() - since)):
            for claimed in claims:
                left += self._sent(claimed, at + (system_clock() - since))
        return left

    def _claimed(self, at: datetime) -> list[Claim]:
        with self.database.write() as tx:
            return claim(tx, at)

    def _sent(self, claimed: Claim, at: datetime) -> bool:
        token = self._token(claimed, at)
        lapsed = self.process.region.has_lapsed(claimed.email or "", local_day(at))
        hopeless = claimed.email is None or lapsed or (claimed.kind in BY_LINK and token is None)
        sent = not hopeless and self._handed_over(claimed, claimed.email or "", token)
        with self.database.write() as tx:
            settle(tx, claimed, at, sent=sent, hopeless=hopeless)
        return sent

    def _token(self, claimed: Claim, at: datetime) -> str | None:
        """The link of this mail, made now and kept nowhere else; None when it needs none or there can't be one."""
        if claimed.email is None or (claimed.has_password and claimed.kind not in BY_LINK):
            return None
        make = WAYS_IN.get(claimed.kind, way_in_unasked)
        with self.database.write() as tx:
            return make(tx, claimed.account_id, at)

    def _handed_over(self, claimed: Claim, email: str, token: str | None) -> bool:
        translator = self.catalogues.translator(claimed.language)
        try:
            self.mailer.send(compose(claimed, email, translator, self.settings, token))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            log.warning("mail %s not sent, try %s: %s", claimed.id, claimed.attempt, type(error).__name__)
            return False
        return True


def read_documents(database: Database, at: datetime) -> int:
    """Read what documents say that came in unread, as far as the time of a tick goes; returns how many were read."""
    total, since = 0, system_clock()
    while system_clock() - since < READING and (count := _read_some(database, at)):
        total += count
    return total


def _read_some(database: Database, at: datetime) -> int:
    """Reading takes seconds: no transaction stands open meanwhile."""
    with database.read() as tx:
        waiting = unread(tx)
    said = ((one.id, words_in(one.content, one.media_type)) for one in waiting)
    read = [(item_id, words) for item_id, words in said if words is not None]
    with suppress(Erased), database.write() as tx:
        note_words(tx, read, at)
    return len(read)


def keep_up(database: Database, process: Process, at: datetime) -> None:
    """
    What a new day brings by itself: help whose first day has come runs, a case without a chair gets one, newcomers join
    the running cases of their colleagues, and who turned twelve gets access.
    """
    begun = (
        update(Case)
        .where(col(Case.help_runs).is_(False), col(Case.help_started_on) <= local_day(at))
        .where(col(Case.stage).in_(WITH_HELP))
        .values(help_runs=True)
    )
    stages = {name for flow in process.library for name, stage in flow.stages.items() if stage.turn} - {
        flow.start for flow in process.library
    }
    with database.write() as tx:
        tx.connection().execute(begun)
        assign_waiting(tx, sorted(stages), at)
    while _let_join(database, process, stages, at) == BATCH:
        pass
    while _twelve(database, sorted(stages), at):
        pass


def _let_join(database: Database, process: Process, stages: Collection[str], at: datetime) -> int:
    with database.write() as tx:
        return join_running(tx, process.region, stages, at, BATCH)


def _twelve(database: Database, stages: Sequence[str], at: datetime) -> int:
    with database.write() as tx:
        return join_twelve(tx, stages, at)


def answer(database: Database, at: datetime) -> int:
    """Turn requests for a new link into mail for who has that login name; returns how many were asked.

    So many a tick and no more: a flood of them holds up no reminder, and what is left waits for the next.
    """
    total = 0
    while total < MOST_ANSWERED and (count := _answer_batch(database, at)):
        total += count
    return total


def _answer_batch(database: Database, at: datetime) -> int:
    with database.write() as tx:
        return answer_requests(tx, at)


def tick(database: Database, process: Process, at: datetime) -> int:
    """Turn every due reminder into mail, exactly once also when several do so; returns how many fell due."""
    total = 0
    while count := _tick_batch(database, process, at):
        total += count
    return total


def _tick_batch(database: Database, process: Process, at: datetime) -> int:
    with database.write() as tx:
        due = _claim_due(tx, at)
        cases = _cases(tx, {row.case_id for row in due})
        for row in due:
            _remind(tx, process, row, cases[row.case_id], at)
        return len(due)


def _claim_due(tx: Session, at: datetime) -> list[Reminder]:
    due = (
        select(Reminder.id)
        .where(Reminder.state == "waiting", Reminder.due_at <= at)
        .order_by(col(Reminder.due_at), col(Reminder.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids: Sequence[UUID] = tx.exec(due).all()
    won = (
        update(Reminder)
        .where(col(Reminder.id).in_(ids), col(Reminder.state) == "waiting")
        .values(state="sent", settled_at=at)
        .returning(Reminder)
    )
    return sorted(tx.scalars(won).all(), key=lambda row: (row.due_at, str(row.id))) if ids else []


def _cases(tx: Session, ids: set[UUID]) -> dict[UUID, Case]:
    return {row.id: row for row in tx.exec(select(Case).where(col(Case.id).in_(ids))).all()}


def _remind(tx: Session, process: Process, row: Reminder, case: Case, at: datetime) -> None:
    """One mail to each who plays the role; a case that stands still or has moved on tells nobody."""
    stage = process.library.get(case.workflow, case.workflow_version).stages[case.stage]
    if not _still_meant(case, stage, row):
        row.state = "cancelled"
        return
    role = stage.turn if row.to_role == "turn" else row.to_role
    post(tx, accounts_in_role(tx, case, role, at) if role else (), "reminder", at)


def _still_meant(case: Case, stage: Stage, row: Reminder) -> bool:
    if row.name == ANSWER:
        return case.reconvene_asked_at is not None and not stage.final
    return case.suspended_on is None and any(
        each.name == row.name and each.to == row.to_role for each in stage.reminders
    )


def background_scheduler(post: Post, clock: Clock, every: int = EVERY) -> BaseScheduler:
    """A scheduler in threads of its own, not started yet."""
    return _scheduled(BackgroundScheduler(timezone=UTC), post, clock, every)


def blocking_scheduler(post: Post, clock: Clock, every: int = EVERY) -> BaseScheduler:
    """A scheduler whose `start` does not return."""
    return _scheduled(BlockingScheduler(timezone=UTC), post, clock, every)


def _scheduled(scheduler: BaseScheduler, post: Post, clock: Clock, every: int) -> BaseScheduler:
    """However late a tick comes it runs, once for all that were missed, and never beside itself."""
    scheduler.add_job(
        lambda: post.run(clock()),
        "interval",
        seconds=every,
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        next_run_time=system_clock(),
    )
    return scheduler
