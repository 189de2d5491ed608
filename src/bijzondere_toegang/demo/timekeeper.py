"""The clock of the demonstration: it starts on a fixed day, can be moved forward, and remembers that over a restart."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Counter
from bijzondere_toegang.clock import MovableClock, system_clock
from bijzondere_toegang.jobs import Post
from bijzondere_toegang.reminders.models import Outbox, Reminder

COUNTER = "demo_clock"


class TimeKeeper:
    """Moves the clock; whatever falls due on the way happens at its own moment."""

    def __init__(self, clock: MovableClock, post: Post) -> None:
        self.clock = clock
        self.post = post
        self._lock = threading.Lock()

    def resume(self) -> bool:
        """Go on where an earlier run stopped; False when there was none."""
        with self.post.database.read() as tx:
            kept = tx.get(Counter, COUNTER)
        if kept is not None:
            self.clock.offset = timedelta(seconds=kept.value)
        return kept is not None

    def start_at(self, at: datetime) -> None:
        """Put the clock at this moment, without anything happening."""
        self.clock.offset = at - system_clock()
        self._remember()

    def move(self, by: timedelta) -> tuple[int, int]:
        """Move forward; returns how many reminders fell due and how many mails left."""
        with self._lock:
            done = self.run_until(self.clock() + by)
            self._remember()
        return done

    def run_until(self, target: datetime) -> tuple[int, int]:
        """Walk from one due moment to the next until `target`."""
        reminded, sent = 0, 0
        while True:
            at = min(self._next_due(target), target)
            self.clock.offset += max(at - self.clock(), timedelta(0))
            more = self.post.run(max(at, self.clock()))
            reminded, sent = reminded + more[0], sent + more[1]
            if at >= target:
                return reminded, sent

    def _next_due(self, target: datetime) -> datetime:
        now = self.clock()
        with self.post.database.read() as tx:
            found = [moment for moment in (_first_reminder(tx), _first_mail(tx)) if moment is not None]
        return max(min(found, default=target), now)

    def _remember(self) -> None:
        with self.post.database.write() as tx:
            row = tx.get(Counter, COUNTER) or Counter(name=COUNTER, value=0)
            row.value = int(self.clock.offset.total_seconds())
            tx.add(row)


def _first_reminder(tx: Session) -> datetime | None:
    return tx.exec(
        select(Reminder.due_at).where(Reminder.state == "waiting").order_by(col(Reminder.due_at)).limit(1)
    ).first()


def _first_mail(tx: Session) -> datetime | None:
    return tx.exec(
        select(Outbox.next_at).where(Outbox.state == "waiting").order_by(col(Outbox.next_at)).limit(1)
    ).first()
