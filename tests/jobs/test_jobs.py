"""Reminders and mail: never missed, never doubled, never a name."""

from __future__ import annotations

import email
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.clock import local_time, utc_of
from bijzondere_toegang.db import Database
from bijzondere_toegang.jobs import Post, tick
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.reminders.mail import Mailer, SmtpMailer
from bijzondere_toegang.reminders.models import Outbox, Reminder
from bijzondere_toegang.reminders.outbox import BATCH, LEASE, TRIES, claim, newest_failed
from bijzondere_toegang.reminders.plan import post, replan
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues
from tests import databases
from tests.jobs.sink import Sink
from tests.support import KEYRING, Site, make_site, register_sample, sample

MANY = 400


class Collecting:
    """Keeps what is handed over, from several threads."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._lock = threading.Lock()

    def send(self, message: EmailMessage) -> None:
        with self._lock:
            self.messages.append(message)


class Refusing:
    """A mail server that is away."""

    def send(self, message: EmailMessage) -> None:
        raise ConnectionRefusedError


class Dying:
    """A process that is killed between claiming and sending."""

    def send(self, message: EmailMessage) -> None:
        raise SystemExit


def post_of(site: Site, mailer: Mailer, database: Database | None = None) -> Post:
    catalogues = Catalogues(folder("locales"))
    return Post(database or site.database, site.process, mailer, catalogues, site.app.state.settings)


def quiet(site: Site) -> None:
    """Throw away what registering planned and posted, so that a test counts only its own."""
    with site.database.write() as tx:
        for row in tx.exec(select(Outbox)).all():
            row.state = "sent"
        for reminder in tx.exec(select(Reminder)).all():
            reminder.state = "cancelled"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def count(site: Site, state: str, table: type[Outbox] | type[Reminder] = Outbox) -> int:
    with site.database.read() as tx:
        return tx.exec(select(func.count()).select_from(table).where(table.state == state)).one()


def plan_many(site: Site, case: Case, n: int, due_at: datetime) -> None:
    with site.database.write() as tx:
        tx.add_all(Reminder(case_id=case.id, name="almost_due", to_role="turn", due_at=due_at) for _ in range(n))


def at_once(*jobs: Callable[[], Any]) -> None:
    """Run these at the same moment and pass on what went wrong."""
    failures: list[BaseException] = []
    together = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> None:
        together.wait()
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@contextmanager
def another(database: databases.Database) -> Iterator[Database]:
    """A second process's view of the same database."""
    opened = Database(database.app_url, KEYRING)
    yield opened
    opened.dispose()


def test_two_schedulers_remind_of_everything_exactly_once(site: Site, database: databases.Database) -> None:
    case = site.case(register_sample(site, 1))
    quiet(site)
    plan_many(site, case, MANY, site.at)
    before, mailer = count(site, "sent", Outbox), Collecting()

    with another(database) as second:
        posts = [post_of(site, mailer), post_of(site, mailer, second)]
        at_once(*(lambda each=each: each.run(site.at) for each in posts))
        posts[0].run(site.at)

    assert (count(site, "waiting", Reminder), count(site, "sent", Reminder)) == (0, MANY)
    assert count(site, "waiting", Outbox) == 0
    assert count(site, "sent", Outbox) + count(site, "merged", Outbox) == before + MANY
    assert len({message["Message-ID"] for message in mailer.messages}) == len(mailer.messages)
    assert len(mailer.messages) == count(site, "sent", Outbox) - before


def test_what_falls_due_together_is_one_mail_to_each(site: Site) -> None:
    cases = [site.case(register_sample(site, number)) for number in (1, 2)]
    quiet(site)
    for case in cases:
        plan_many(site, case, 3, site.at)
    mailer = Collecting()

    post_of(site, mailer).run(site.at)

    told = [message["To"] for message in mailer.messages]
    assert told
    assert len(told) == len(set(told))
    assert count(site, "waiting", Outbox) == 0


def test_a_reminder_goes_to_whoever_has_the_turn(site: Site) -> None:
    case = site.case(register_sample(site, 1))
    quiet(site)
    plan_many(site, case, 1, site.at)
    mailer = Collecting()

    post_of(site, mailer).run(site.at)

    [message] = mailer.messages
    chairs = {"anneke@example.org", "joris@example.org"}
    assert message["To"] in chairs


def test_a_reminder_before_its_time_waits(site: Site) -> None:
    case = site.case(register_sample(site, 1))
    quiet(site)
    plan_many(site, case, 1, site.at + timedelta(seconds=1))

    assert tick(site.database, site.process, site.at) == 0
    assert tick(site.database, site.process, site.at + timedelta(seconds=1)) == 1


def test_a_case_that_moved_on_or_stands_still_reminds_nobody(site: Site) -> None:
    moved, halted = (site.case(register_sample(site, number)) for number in (1, 3))
    quiet(site)
    with site.database.write() as tx:
        tx.add(Reminder(case_id=moved.id, name="give_scores", to_role="family", due_at=site.at))
        tx.add(Reminder(case_id=halted.id, name="almost_due", to_role="turn", due_at=site.at))
        tx.exec(select(Case).where(Case.id == halted.id)).one().suspended_on = site.on

    tick(site.database, site.process, site.at)

    assert count(site, "waiting") == 0
    assert count(site, "waiting", Reminder) == count(site, "sent", Reminder) == 0


def test_a_process_killed_between_claim_and_send_loses_no_mail(site: Site) -> None:
    with site.database.write() as tx:
        post(tx, [site.cast["anneke"]], "news", site.at)
    mailer = Collecting()

    with pytest.raises(SystemExit):
        post_of(site, Dying()).send(site.at)
    during = post_of(site, mailer).send(site.at + timedelta(minutes=1))
    after = post_of(site, mailer).send(site.at + LEASE + timedelta(minutes=1))

    assert (during, after) == (0, 1)
    assert len(mailer.messages) == 1


def test_two_senders_claim_different_mails(site: Site, database: databases.Database) -> None:
    with site.database.write() as tx:
        post(tx, [site.cast["anneke"]] * 60, "invitation", site.at, "METHOD:REQUEST")
    claimed: list[Any] = []

    def sender(opened: Database) -> None:
        for _ in range(60 // BATCH):
            with opened.write() as tx:
                claimed.extend(claim(tx, site.at))

    with another(database) as second:
        at_once(lambda: sender(site.database), lambda: sender(second))

    assert len(claimed) == len({each.id for each in claimed}) == 60


def test_a_mail_that_fails_is_tried_eight_times_ever_later(site: Site) -> None:
    with site.database.write() as tx:
        post(tx, [site.cast["anneke"]], "news", site.at)
    refusing, moments = post_of(site, Refusing()), []

    at = site.at
    for _ in range(TRIES):
        moments.append(at)
        refusing.send(at)
        with site.database.read() as tx:
            at = tx.exec(select(Outbox.next_at)).one()

    waits = [int((later - earlier).total_seconds() / 60) for earlier, later in pairwise(moments)]
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert count(site, "failed") == 1


def test_an_account_without_an_address_or_that_has_ended_gets_no_mail(site: Site) -> None:
    with site.database.write() as tx:
        tx.get_one(Account, site.cast["joris"]).ended_at = site.at
        nameless = tx.get_one(Account, site.cast["planner"])
        nameless.email = None
        post(tx, [site.cast["joris"], nameless.id], "news", site.at)
    mailer = Collecting()

    post_of(site, mailer).send(site.at)

    assert mailer.messages == []
    assert count(site, "failed") == 2


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_reminders_go_out_at_eight_on_the_wall_clock_when_the_clocks_change(site: Site, day: date) -> None:
    site.clock.at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
    with site.database.write() as tx:
        case = a_case(tx, site)
        replan(tx, case.id, [("almost_due", day, "turn")], site.at)

    before = tick(site.database, site.process, utc_of(day, 7, 59))
    moment = utc_of(day, 8)

    assert before == 0
    assert local_time(moment).hour == 8
    assert tick(site.database, site.process, moment) == 1
    assert tick(site.database, site.process, moment + timedelta(hours=1)) == 0


def test_a_scheduler_that_slept_a_year_sends_what_it_missed_once(site: Site) -> None:
    case = site.case(register_sample(site, 1))
    quiet(site)
    plan_many(site, case, 3, site.at)

    later = site.at + timedelta(days=365)

    assert tick(site.database, site.process, later) == 3
    assert tick(site.database, site.process, later) == 0


def test_real_mail_holds_no_name_case_or_status(site: Site) -> None:
    with Sink() as sink:
        for number in (1, 2, 3, 7):
            reference = register_sample(site, number)
        settings = site.app.state.settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": sink.port})
        later = site.at + timedelta(days=30)
        post_of(site, SmtpMailer(settings)).run(later)

        assert len(sink.mails) > 8
        for number in (1, 2, 3, 7):
            for word in telling_words(number):
                assert not [mail for mail in sink.mails if word in shown(mail)], word
        assert not [mail for mail in sink.mails if reference in shown(mail) or "BT-" in shown(mail)]


def test_an_invitation_carries_its_calendar_with_its_method(site: Site) -> None:
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    with site.database.write() as tx:
        post(tx, [site.cast["anneke"]], "invitation", site.at, calendar)

    with Sink() as sink:
        settings = site.app.state.settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": sink.port})
        post_of(site, SmtpMailer(settings)).send(site.at)

        [mail] = sink.mails
    with site.database.read() as tx:
        assert [row.attachment for row in tx.exec(select(Outbox)).all()] == [None], "it is not kept once it left"
    [attached] = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "CANCEL"
    assert attached.get_content().split() == calendar.split()


def test_a_mail_about_a_cancelled_conference_does_not_invite(site: Site) -> None:
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{}\r\nEND:VCALENDAR\r\n"
    with site.database.write() as tx:
        tx.get_one(Account, site.cast["joris"]).language = "en"
        post(tx, [site.cast["anneke"], site.cast["joris"]], "invitation", site.at, calendar.format("CANCEL"))
        post(tx, [site.cast["planner"]], "invitation", site.at, calendar.format("REQUEST"))
    mailer = Collecting()

    post_of(site, mailer).send(site.at)

    subjects = {message["To"]: message["Subject"] for message in mailer.messages}
    assert subjects == {
        "anneke@example.org": "Een overleg gaat voor u niet door",
        "joris@example.org": "A meeting is off for you",
        "planner@example.org": "Een uitnodiging voor u",
    }
    bodies = {message["To"]: message.get_body().get_content() for message in mailer.messages}
    assert "U hoeft niet te komen." in bodies["anneke@example.org"]
    assert "U bent uitgenodigd voor een overleg." not in bodies["anneke@example.org"]


def test_a_mail_about_a_moved_conference_says_so_and_where_to_look(site: Site) -> None:
    event = "BEGIN:VEVENT\r\nUID:a@b\r\nDTSTAMP:20261109T090000Z\r\nSEQUENCE:{}\r\nEND:VEVENT\r\n"
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\n{event}END:VCALENDAR\r\n"
    with site.database.write() as tx:
        post(tx, [site.cast["anneke"]], "invitation", site.at, calendar.format(0))
        post(tx, [site.cast["joris"]], "invitation", site.at, calendar.format(1))
    mailer = Collecting()

    post_of(site, mailer).send(site.at)

    told = {message["To"]: message for message in mailer.messages}
    assert told["anneke@example.org"]["Subject"] == "Een uitnodiging voor u"
    assert told["joris@example.org"]["Subject"] == "Er is een nieuwe dag, tijd of plaats voor een overleg"
    [attached] = told["joris@example.org"].iter_attachments()
    assert "URL:http://localhost" in attached.get_content() and "@example.org" not in attached.get_content()


def test_mail_speaks_the_language_of_the_account(site: Site) -> None:
    with site.database.write() as tx:
        tx.get_one(Account, site.cast["anneke"]).language = "en"
        post(tx, [site.cast["anneke"], site.cast["joris"]], "news", site.at)
    mailer = Collecting()

    post_of(site, mailer).send(site.at)

    subjects = {message["To"]: message["Subject"] for message in mailer.messages}
    assert subjects == {
        "anneke@example.org": "Something is waiting for you",
        "joris@example.org": "Er staat iets voor u klaar",
    }


def a_case(tx: Session, site: Site) -> Case:
    case = Case(
        reference="BT-1",
        workflow="bijzondere-toegang",
        workflow_version=1,
        stage="registered",
        entered_at=site.at,
        changed_at=site.at,
        created_at=site.at,
    )
    tx.add(case)
    tx.flush()
    return case


def telling_words(number: int) -> set[str]:
    """What a mail about this sample could give away: names, places, and what was written about the family."""
    document = sample(number)
    people = [document["jeugdige"], *document["gezin"]]
    words = {part[name] for part in people for name in ("voornaam", "achternaam")}
    return words | {document["hulpvraag"]["aanleiding"][:20], document["jeugdige"].get("bsn", "999900006")}


def shown(mail: EmailMessage) -> str:
    parsed = email.message_from_bytes(mail.as_bytes(), policy=policy.default)
    body = parsed.get_body(("plain",))
    return f"{parsed['Subject']}\n{body.get_content() if body else ''}"


def test_a_fresh_mail_is_not_lost_with_the_last_try_of_an_old_one(site: Site) -> None:
    with site.database.write() as tx:
        post(tx, [site.cast["anneke"]], "urgent", site.at - timedelta(hours=2))
        tx.flush()
        tx.exec(select(Outbox)).one().attempts = TRIES - 1
        post(tx, [site.cast["anneke"]], "urgent", site.at)
    mailer = Collecting()

    post_of(site, Refusing()).send(site.at)
    post_of(site, mailer).send(site.at + timedelta(minutes=2))

    assert len(mailer.messages) == 1
    assert (count(site, "waiting"), count(site, "failed")) == (0, 0)


def test_mail_that_does_not_arrive_is_told_whatever_was_merged_with_it(site: Site) -> None:
    reference = register_sample(site, 1)
    quiet(site)
    mother = site.who("moeder", reference)
    with site.database.write() as tx:
        tx.get_one(Account, mother).email = None
        for minutes in (2, 1):
            post(tx, [mother], "news", site.at + timedelta(minutes=3 - minutes))

    post_of(site, Collecting()).send(site.at + timedelta(minutes=5))

    assert (count(site, "merged"), count(site, "failed")) == (1, 1)
    with site.database.read() as tx:
        assert tx.exec(select(newest_failed(col(Account.id))).where(Account.id == mother)).one()
