"""Killed with -9 in the middle of writing, again and again: what was acknowledged is there, and nothing is half."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from sqlmodel import col, func, select

from bijzondere_toegang.cases.models import Case, Item
from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.reminders.models import Outbox, Reminder
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.jobs.sink import Sink
from tests.jobs.test_jobs import Collecting, count, plan_many, post_of, quiet
from tests.soak.processes import COMMAND, environment, free_port, kill, running, wait_for
from tests.support import Site, make_site, register_sample

KILLS = int(os.environ.get("BT_KILLS", "200" if os.environ.get("BT_SOAK") else "3"))
OF_SCHEDULE = max(1, KILLS // 2)
STEP = "add_statement"
AT_MOST = 0.4
"""Seconds that a process lives on once it works."""
DUE = 30
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def site(database: databases.Database) -> Site:
    """On the clock of the wall, as the processes are."""
    site = make_site(database)
    site.clock.at = system_clock()
    return site


# ── serve ──


@dataclass
class Writer:
    """A machine that adds one statement after another to a case of its own, and knows which were acknowledged."""

    client: httpx2.Client
    reference: str
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    number: int = 0

    def write(self, dead: threading.Event) -> None:
        while not dead.is_set():
            self.number += 1
            words = f"Verklaring {self.number} bij {self.reference}"
            try:
                self._write(words)
            except httpx2.TransportError:
                return

    def _write(self, words: str) -> None:
        seen = self.client.get(f"/api/v1/zaken/{self.reference}")
        if seen.status_code == 200:
            asked = {"stap": STEP, "revisie": seen.json()["revisie"], "gegevens": {"tekst": words}}
            answer = self.client.post(f"/api/v1/zaken/{self.reference}/stappen", json=asked)
            (self.acknowledged if answer.status_code == 200 else self.refused).append(words)


@pytest.fixture
def writers(site: Site) -> Iterator[list[Writer]]:
    """Two write to one case, so they also meet, and one to another."""
    address = f"http://127.0.0.1:{free_port()}"
    references = [register_sample(site, number) for number in (1, 2)]
    found = []
    for who, reference in (("referrer", references[0]), ("chair", references[0]), ("referrer", references[1])):
        head = {"authorization": f"Bearer {site.token(who, reference)}"}
        found.append(Writer(httpx2.Client(base_url=address, headers=head, timeout=30), reference))
    yield found
    for writer in found:
        writer.client.close()


def test_a_server_killed_while_it_writes_loses_nothing_that_it_acknowledged(
    site: Site, database: databases.Database, writers: list[Writer], tmp_path: Path
) -> None:
    dice = random.Random(9)

    for _ in range(KILLS):
        serve_and_kill(environment(database), tmp_path, writers, dice)

    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    print(f"{database.kind}: {KILLS} kills of serve, {acknowledged} acknowledged writes, {lost(site, writers)} lost")
    assert acknowledged >= KILLS
    assert lost(site, writers) == 0
    for reference in {writer.reference for writer in writers}:
        statements, entries = written(site, reference)
        assert statements == entries, reference
    with site.database.read() as tx:
        assert [found for found in verify_all(tx) if not isinstance(found, int)] == []
    verify = [*COMMAND, "audit", "verify", "--database", database.keeper_url]
    assert subprocess.run(verify, cwd=tmp_path, env=environment(database), capture_output=True).returncode == 0


def serve_and_kill(env: dict[str, str], folder: Path, writers: list[Writer], dice: random.Random) -> None:
    first = writers[0].client
    before, dead = sum(len(writer.acknowledged) for writer in writers), threading.Event()
    with running(folder, env, "serve", "--port", str(first.base_url.port)) as process, ThreadPoolExecutor(4) as pool:
        wait_for(first, process)
        at_work = [pool.submit(writer.write, dead) for writer in writers]
        while sum(len(writer.acknowledged) for writer in writers) == before:
            assert not all(one.done() for one in at_work) and process.poll() is None
            time.sleep(0.005)
        time.sleep(dice.uniform(0, AT_MOST))
        kill(process)
        dead.set()
        for one in at_work:
            one.result()


def lost(site: Site, writers: list[Writer]) -> int:
    """How many acknowledged statements are not in the record."""
    with site.database.read() as tx:
        rows = tx.exec(select(Item).where(Item.kind == "statement")).all()
        unseal_rows(tx, rows)
        kept = {row.text.reveal() for row in rows if row.text is not None}
    return sum(words not in kept for writer in writers for words in writer.acknowledged)


def written(site: Site, reference: str) -> tuple[int, int]:
    """Statements of a case, and entries that tell of one."""
    case = site.case(reference)
    with site.database.read() as tx:
        items = select(func.count()).select_from(Item).where(Item.case_id == case.id, Item.kind == "statement")
        told = select(func.count()).select_from(TimelineEntry).where(TimelineEntry.chain == case.id)
        told = told.where(TimelineEntry.step == STEP, TimelineEntry.outcome == "ok", TimelineEntry.event_type == STEP)
        return tx.exec(items).one(), tx.exec(told).one()


# ── schedule ──


def test_a_scheduler_killed_while_it_reminds_loses_no_reminder_and_doubles_none(
    site: Site, database: databases.Database, tmp_path: Path
) -> None:
    dice, case = random.Random(9), site.case(register_sample(site, 1))
    post_of(site, Collecting()).run(system_clock())
    quiet(site)
    before = count(site, "sent", Outbox)

    with Sink() as sink:
        env = environment(database, BT_SMTP_HOST="127.0.0.1", BT_SMTP_PORT=str(sink.port))
        for _ in range(OF_SCHEDULE):
            fall_due(site, case)
            remind_and_kill(env, tmp_path, site, dice)
        mailed = [str(mail["Message-ID"]) for mail in sink.mails]

    last = Collecting()
    post_of(site, last).run(system_clock() + timedelta(days=1))
    mailed += [str(mail["Message-ID"]) for mail in last.messages]
    again = len(mailed) - len({one.partition("@")[0] for one in mailed})
    planned, settled = DUE * OF_SCHEDULE, count(site, "sent", Reminder)
    posted = count(site, "sent", Outbox) + count(site, "merged", Outbox) - before - planned
    print(
        f"{database.kind}: {OF_SCHEDULE} kills of schedule, {planned} reminders: {planned - settled} missed, "
        f"{posted - settled} doubled; {again} mails went out twice, with the same Message-ID"
    )
    assert (count(site, "waiting", Reminder), settled) == (0, planned)
    assert (count(site, "waiting", Outbox), count(site, "failed", Outbox), posted) == (0, 0, planned)
    assert again <= OF_SCHEDULE
    with site.database.read() as tx:
        assert [found for found in verify_all(tx) if not isinstance(found, int)] == []


def fall_due(site: Site, case: Case) -> None:
    """As many reminders as invitations, which go each on their own."""
    plan_many(site, case, DUE, system_clock())
    with site.database.write() as tx:
        for _ in range(DUE):
            post(tx, [site.cast["anneke"]], "invitation", system_clock(), CALENDAR)


def remind_and_kill(env: dict[str, str], folder: Path, site: Site, dice: random.Random) -> None:
    waiting = unsent(site)
    with running(folder, env, "schedule") as process:
        while unsent(site) == waiting and count(site, "waiting", Reminder):
            assert process.poll() is None
            time.sleep(0.005)
        time.sleep(dice.uniform(0, AT_MOST))
        kill(process)


def unsent(site: Site) -> int:
    with site.database.read() as tx:
        tried = select(func.count()).select_from(Outbox).where(Outbox.state == "waiting", col(Outbox.attempts) == 0)
        return tx.exec(tried).one()
