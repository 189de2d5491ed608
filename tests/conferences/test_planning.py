from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed
from bijzondere_toegang.people.accounts import add_membership, make_account
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.conferences.walk import MUTS, PLAN, VVG, attend, planned, prepared, table
from tests.support import SINCE, Site, take


def invitations(site: Site) -> list[tuple[Any, Calendar]]:
    """Each invitation in the outbox with its account, oldest first."""
    with site.database.read() as tx:
        rows = list(tx.exec(select(Outbox).where(Outbox.kind == "invitation").order_by(Outbox.created_at)).all())  # type: ignore[arg-type]
        unseal_rows(tx, rows)
        return [(row.account_id, Calendar.from_ical(row.attachment.reveal())) for row in rows if row.attachment]


def event(calendar: Calendar) -> Any:
    return calendar.walk("VEVENT")[0]


def test_planning_seats_the_family_the_referrer_both_consortia_and_the_chair(site: Site) -> None:
    reference = planned(site)

    found = table(site, reference)

    assert set(found) == {"jeugdige", "moeder", "vader", "referrer", VVG, MUTS, "chair"}
    assert {word for word, seat in found.items() if not seat.has_position} == {"chair"}
    assert site.case(reference).stage == "conference_planned"
    assert str(site.case(reference).conference_on) == "2026-11-17"


def test_a_child_under_twelve_has_a_seat_for_its_voice_but_no_position(site: Site) -> None:
    reference = planned(site, prepared(site, 5))

    found = table(site, reference)

    assert not found["jeugdige"].has_position


def test_a_guest_gets_a_seat_and_no_access(site: Site) -> None:
    reference = planned(site, genodigden=[{"naam": "Meester Bart", "rol": "school"}])

    found = table(site, reference)

    assert found["Meester Bart"].kind == "guest"
    assert not found["Meester Bart"].has_position


def test_the_representatives_of_both_consortia_get_sight_of_the_case_once(site: Site) -> None:
    reference = planned(site)
    take(site, "chair", reference, "move_conference", **PLAN, reden="Later die dag.")

    with site.database.read() as tx:
        query = select(CaseAccess).join(Case).where(Case.reference == reference, CaseAccess.relation == "rep.invited")
        rows = tx.exec(query).all()

    assert sorted((row.consortium, row.organisation) for row in rows) == [
        (MUTS, "daelzicht"), (MUTS, "mutsaersstichting"), (VVG, "koraal"), (VVG, "vincent-van-gogh"),
    ]  # fmt: skip


def test_the_representative_of_a_subcontractor_is_not_at_the_table(site: Site) -> None:
    with site.database.write() as tx:
        stranger = make_account(tx, "karakter@example.org", "Kees Karakter", at=site.at).id
        add_membership(tx, stranger, "karakter", "consortium_rep", SINCE)

    reference = planned(site)

    assert site.client(stranger).get(f"/zaken/{reference}").status_code == 404
    assert stranger not in {account for account, _ in invitations(site)}


def test_the_invitation_is_a_calendar_event_without_names(site: Site) -> None:
    reference = planned(site)

    sent = invitations(site)

    family = set(site.family(reference).values())
    assert family <= {account for account, _ in sent}
    assert len({account for account, _ in sent}) == len(sent) == 9
    calendar = sent[0][1]
    found = event(calendar)
    assert calendar["METHOD"] == "REQUEST"
    assert found["SUMMARY"] == f"Overleg {reference}"
    assert found["LOCATION"] == PLAN["plaats"]
    assert found["SEQUENCE"] == 0
    assert found["DTSTART"].dt == datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(minutes=60)
    assert found["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Amsterdam"]
    with site.database.read() as tx:
        parties = list(tx.exec(select(Party)).all())
        unseal_rows(tx, parties)
        text = calendar.to_ical().decode()
        assert not [party.called for party in parties if party.called in text]


def test_a_moved_conference_keeps_its_uid_and_counts_on(site: Site) -> None:
    reference = planned(site)
    site.move(minutes=5)

    take(
        site,
        "chair",
        reference,
        "move_conference",
        datum="2026-11-19",
        begintijd="13:30",
        plaats="Online",
        reden="Ziek",
    )

    first, last = (event(calendar) for _, calendar in (invitations(site)[0], invitations(site)[-1]))
    assert first["UID"] == last["UID"]
    assert last["SEQUENCE"] == 1
    assert last["DTSTART"].dt == datetime(2026, 11, 19, 12, 30, tzinfo=UTC)
    assert str(site.case(reference).conference_on) == "2026-11-19"


def test_a_move_forgets_who_was_there(site: Site) -> None:
    reference = planned(site)
    attend(site, reference)

    take(site, "chair", reference, "move_conference", **PLAN, reden="Ziek")

    assert {seat.attendance for seat in table(site, reference).values()} == {""}
    assert {seat.tie for seat in table(site, reference).values()} == {""}


def test_a_withdrawn_case_takes_its_conference_out_of_every_calendar(site: Site) -> None:
    reference = planned(site)
    invited = {account for account, _ in invitations(site)}
    site.move(minutes=5)

    take(site, "moeder", reference, "withdraw", reden="Het gaat weer goed.", watNu="De school helpt verder.")

    off = [(account, found) for account, found in invitations(site) if found["METHOD"] == "CANCEL"]
    assert {account for account, _ in off} == invited
    assert len(off) == len(invited)
    assert {event(found)["SEQUENCE"] for _, found in off} == {1}
    case = site.case(reference)
    assert (case.stage, case.conference_on) == ("withdrawn", None)
    with site.database.read() as tx:
        told = select(TimelineEntry.step).where(TimelineEntry.chain == case.id, TimelineEntry.outcome == "ok")
        assert "withdraw" in tx.exec(told).all()


def test_a_cancelled_conference_leaves_the_calendar(site: Site) -> None:
    reference = planned(site)
    site.move(minutes=5)

    take(site, "chair", reference, "cancel_conference", reden="Moeder is ziek.")

    calendar = invitations(site)[-1][1]
    assert calendar["METHOD"] == "CANCEL"
    assert event(calendar)["STATUS"] == "CANCELLED"
    assert event(calendar)["SEQUENCE"] == 1
    assert site.case(reference).stage == "preparing"
    assert site.case(reference).conference_on is None


def test_the_place_stays_away_when_an_address_is_secret(site: Site) -> None:
    reference = prepared(site)
    with site.database.write() as tx:
        party = tx.exec(select(Party).where(Party.word == "moeder")).one()
        party.secret_address = True
        tx.add(party)

    planned(site, reference)

    texts = [calendar.to_ical().decode() for _, calendar in invitations(site)]
    assert all("Stadhuis" not in text for text in texts)
    assert event(invitations(site)[0][1])["LOCATION"] == "Kijk op de site"


def test_a_day_that_passed_is_refused(site: Site) -> None:
    reference = prepared(site)

    with pytest.raises(Incomplete) as refused:
        planned(site, reference, datum="2026-11-08")

    assert [fault.pointer for fault in refused.value.faults] == ["/datum"]
    assert site.case(reference).stage == "preparing"


def test_the_planner_may_plan_and_the_referrer_may_not(site: Site) -> None:
    reference = prepared(site)

    with pytest.raises(NotAllowed):
        take(site, "referrer", reference, "plan_conference", **PLAN)
    take(site, "planner", reference, "plan_conference", **PLAN)

    assert site.case(reference).stage == "conference_planned"


def test_every_sample_can_be_planned(site: Site) -> None:
    assert {planned(site, prepared(site, number)) for number in (2, 3, 4, 5, 6, 7, 8)}
