"""What a new day brings by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from bijzondere_toegang.cases.access import end
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.jobs import keep_up
from tests import databases
from tests.support import make_site, register_sample


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
