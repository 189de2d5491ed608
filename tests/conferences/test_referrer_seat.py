"""The referrer's seat belongs to whoever has the referrer's part when the table opens."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bijzondere_toegang.errors import NotNow
from bijzondere_toegang.reminders.models import Outbox
from tests.conferences.walk import PLAN, ask, attend, opened, planned, table
from tests.support import Site, take


def hand_over(site: Site, reference: str) -> None:
    take(site, "referrer", reference, "hand_over_referrer", opvolger=str(site.cast["collega"]), reden="Verlof.")
    take(site, "collega", reference, "take_over", gezinGebeld=True, gebeldOp=site.on.isoformat())


def invited(site: Site) -> list[str]:
    """Who got an invitation or its end, by account, in order."""
    with site.database.read() as tx:
        rows = tx.exec(select(Outbox).where(Outbox.kind == "invitation").order_by(col(Outbox.created_at))).all()
        return [str(row.account_id) for row in rows]


def test_the_seat_is_the_new_referrers_from_the_moment_of_taking_over(site: Site) -> None:
    reference = planned(site)
    before = table(site, reference)["referrer"].account_id

    hand_over(site, reference)

    assert before == site.cast["verwijzer1"]
    assert table(site, reference)["referrer"].account_id == site.cast["collega"]
    assert "Coen Collega" in site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text
    assert sorted(invited(site)[-2:]) == sorted([str(site.cast["verwijzer1"]), str(site.cast["collega"])])


def test_what_was_recorded_of_the_former_referrer_is_asked_of_the_new_one(site: Site) -> None:
    reference = planned(site)
    site.move(days=8)
    attend(site, reference)
    hand_over(site, reference)

    with pytest.raises(NotNow):
        take(site, "chair", reference, "open_conference")
    attend(site, reference)
    take(site, "chair", reference, "open_conference")

    seat = table(site, reference)["referrer"]
    assert (seat.account_id, seat.attendance, seat.tie) == (site.cast["collega"], "present", "none")


def test_an_offer_alone_changes_no_seat(site: Site) -> None:
    reference = planned(site)

    take(site, "referrer", reference, "hand_over_referrer", opvolger=str(site.cast["collega"]), reden="Verlof.")

    assert table(site, reference)["referrer"].account_id == site.cast["verwijzer1"]


def test_a_conference_that_moves_after_the_take_over_keeps_the_new_referrer(site: Site) -> None:
    reference = planned(site)
    hand_over(site, reference)

    take(site, "chair", reference, "move_conference", **{**PLAN, "datum": "2026-11-18"}, reden="De tolk kon niet.")

    assert table(site, reference)["referrer"].account_id == site.cast["collega"]


def test_at_an_open_table_the_new_referrer_states_the_position(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    hand_over(site, reference)

    take(site, "collega", reference, "state_position", standpunt="eens")

    assert table(site, reference)["referrer"].account_id == site.cast["collega"]
