"""What a new day brings by itself."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bijzondere_toegang.cases.access import end
from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.clock import AMSTERDAM
from bijzondere_toegang.jobs import keep_up
from bijzondere_toegang.reminders.models import Reminder
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import entries_of
from tests import databases
from tests.entrance import deliver
from tests.family.walk import divided
from tests.statements import statements
from tests.support import Site, make_site, register, register_sample, sample, take


def test_help_with_a_day_to_come_runs_from_that_day(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        case.stage, case.help_started_on = "in_care", site.on + timedelta(days=3)

    keep_up(site.database, site.process, site.at)
    before = site.case(reference).help_runs
    site.move(days=3)
    keep_up(site.database, site.process, site.at)

    assert (before, site.case(reference).help_runs) == (False, True)


def test_a_case_that_lost_its_chair_gets_another(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        end(tx, site.case(reference), ("chair.assigned",), site.at)

    site.move(minutes=1)
    keep_up(site.database, site.process, site.at)
    site.move(minutes=1)

    assert site.who("chair", reference) in (site.cast["anneke"], site.cast["joris"])


TWELVE = datetime(2027, 3, 18, tzinfo=AMSTERDAM).astimezone(UTC)
"""The first moment of the day on which the young person of sample 2 turns twelve."""


def youth_of(site: Site, reference: str) -> list[CaseAccess]:
    with site.database.read() as tx:
        rows = select(CaseAccess).where(CaseAccess.case_id == site.case(reference).id, CaseAccess.relation == "youth")
        return list(tx.exec(rows).all())


def told_of_turning_twelve(site: Site, reference: str) -> list[TimelineEntry]:
    with site.database.read() as tx:
        return [entry for entry in entries_of(tx, site.case(reference).id) if entry.event_type == "turned_twelve"]


def test_who_turns_twelve_gets_access_on_the_day_itself_in_the_netherlands(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 2)

    keep_up(site.database, site.process, TWELVE - timedelta(seconds=1))
    before = youth_of(site, reference)
    site.clock.at = TWELVE
    keep_up(site.database, site.process, site.at)

    [access] = youth_of(site, reference)
    assert before == []
    assert site.as_(access.account_id).get(f"/mijn-plan/{reference}").status_code == 200
    [entry] = told_of_turning_twelve(site, reference)
    case = site.case(reference)
    assert (entry.account_id, entry.from_stage, entry.to_stage) == (None, case.stage, case.stage)
    page = site.as_("referrer", reference).get(f"/zaken/{reference}").text
    assert "De jongere is 12 jaar geworden en heeft nu zelf toegang." in page
    listed = site.api("referrer", reference).get(f"/api/v1/zaken/{reference}/tijdlijn").json()["resultaten"]
    assert "De jongere is 12 jaar geworden en heeft nu zelf toegang." in [each["zin"] for each in listed]


def test_the_referrer_is_told_by_mail_and_nobody_else(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 2)
    deliver(site)
    with site.database.write() as tx:
        for row in tx.exec(select(Reminder)).all():
            row.state = "cancelled"
    site.clock.at = TWELVE

    mails = deliver(site)

    assert [(mail["To"], mail["Subject"]) for mail in mails] == [
        ("consulent2@example.org", "Er staat iets voor u klaar")
    ]
    assert youth_of(site, reference)


def test_a_scheduler_that_was_down_for_days_catches_up_and_does_it_once(database: databases.Database) -> None:
    site = make_site(database)
    references = [register_sample(site, 2), register_sample(site, 1)]
    site.clock.at = TWELVE + timedelta(days=9)

    for _ in range(3):
        keep_up(site.database, site.process, site.at)

    assert [len(youth_of(site, reference)) for reference in references] == [1, 1]
    assert len(told_of_turning_twelve(site, references[0])) == 1
    assert told_of_turning_twelve(site, references[1]) == []


def test_two_schedulers_never_let_the_same_child_in_twice(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 2)
    site.clock.at = TWELVE
    failures: list[Exception] = []

    def run() -> None:
        try:
            keep_up(site.database, site.process, site.at)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(youth_of(site, reference)) == len(told_of_turning_twelve(site, reference)) == 1


def test_a_case_that_ended_and_one_whose_access_was_ended_stay_as_they_are(database: databases.Database) -> None:
    site = make_site(database)
    ended, gone = register_sample(site, 2), register_sample(site, 1)
    take(site, "referrer", ended, "withdraw", reden="Het gezin wil niet meer.", watNu="Niets.")
    with site.database.write() as tx:
        end(tx, site.case(gone), ("youth",), site.at)
    site.clock.at = TWELVE

    keep_up(site.database, site.process, site.at)

    assert youth_of(site, ended) == []
    assert [row.until is not None for row in youth_of(site, gone)] == [True]


def test_many_turn_twelve_in_one_go_with_few_statements_each(databases: databases.Databases) -> None:
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        for number in range(3):
            register(site, sample(2) | {"bronkenmerk": f"TWAALF-{number}"})
        site.clock.at = TWELVE

        with statements(site) as asked:
            keep_up(site.database, site.process, site.at)
        with statements(site) as idle:
            keep_up(site.database, site.process, site.at)

        with site.database.read() as tx:
            assert len(tx.exec(select(CaseAccess).where(CaseAccess.relation == "youth")).all()) == 3
        # A few transactions, each with one question of its own; the first also starts help whose day has come.
        assert len(idle) <= 8
        assert len(asked) <= 20 + 3 * 15


def test_a_child_of_twelve_hears_hard_news_by_a_call_first(database: databases.Database) -> None:
    site = make_site(database)
    reference = divided(site, 2)
    site.clock.at = TWELVE

    keep_up(site.database, site.process, site.at)
    page = site.as_("jeugdige", reference).get(f"/mijn-plan/{reference}").text

    assert "Wij willen je eerst bellen." in page
    assert "Niet iedereen was het eens." not in page
