"""A youth who can't weigh up their own interests: the representative acts, and it is looked at again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from bijzondere_toegang.reminders.models import Reminder
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.support import Site, make_site, register_sample, take

RECORDED = {"waarom": "Kan dit niet overzien.", "metWie": "J. de Boer, arts", "verteld": "Samen met oma verteld."}


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def record(site: Site, reference: str, days: int = 90) -> None:
    take(site, "referrer", reference, "record_incapacity", **RECORDED, opnieuwOp=str(site.on + timedelta(days=days)))


def seen(site: Site, who: str, reference: str) -> int:
    return site.as_(who, reference).get(f"/mijn-plan/{reference}").status_code


def test_the_youth_of_sixteen_stops_and_the_parents_act_from_the_next_request(site: Site) -> None:
    reference = register_sample(site, 3)
    youth, mother = site.as_("jeugdige", reference), site.as_("moeder", reference)
    before = [one.get(f"/mijn-plan/{reference}").status_code for one in (youth, mother)]

    record(site, reference)

    after = [one.get(f"/mijn-plan/{reference}").status_code for one in (youth, mother)]
    assert before == [200, 404] and after == [404, 200]
    assert site.as_("referrer", reference).get(f"/zaken/{reference}").status_code == 200


def test_it_ends_and_the_youth_acts_again(site: Site) -> None:
    reference = register_sample(site, 3)
    record(site, reference)

    take(site, "referrer", reference, "end_incapacity", waarom="Kan het weer.")

    assert (seen(site, "jeugdige", reference), seen(site, "moeder", reference)) == (200, 404)
    with site.database.read() as tx:
        told = tx.exec(
            select(TimelineEntry.step).where(TimelineEntry.chain == site.case(reference).id).order_by(TimelineEntry.seq)  # type: ignore[arg-type]
        ).all()
        waiting = tx.exec(
            select(Reminder).where(Reminder.name == "review_incapacity", Reminder.state == "waiting")
        ).all()
    assert [step for step in told if "incapacity" in step] == ["record_incapacity", "end_incapacity"]
    assert waiting == []


def test_the_referrer_is_reminded_to_look_again(site: Site) -> None:
    reference = register_sample(site, 3)

    record(site, reference, days=60)

    with site.database.read() as tx:
        due = select(Reminder.to_role).where(Reminder.name == "review_incapacity", Reminder.state == "waiting")
        rows = tx.exec(due).all()
    assert set(rows) == {"referrer"} and len(rows) == 5


@pytest.mark.parametrize("days", [0, 367])
def test_the_day_to_look_again_is_within_a_year(site: Site, days: int) -> None:
    reference = register_sample(site, 3)

    with pytest.raises(Incomplete) as refused:
        record(site, reference, days=days)

    assert [fault.pointer for fault in refused.value.faults] == ["/opnieuwOp"]
    assert site.case(reference).incapacitated_on is None


def test_nobody_but_who_treats_or_refers_records_it_and_not_of_a_child_under_twelve(site: Site) -> None:
    grown, small = register_sample(site, 3), register_sample(site, 2)
    later = str(site.on + timedelta(days=30))

    with pytest.raises(NotAllowed):
        take(site, "chair", grown, "record_incapacity", **RECORDED, opnieuwOp=later)
    with pytest.raises(NotNow):
        take(site, "referrer", small, "record_incapacity", **RECORDED, opnieuwOp=later)

    assert seen(site, "jeugdige", grown) == 200
