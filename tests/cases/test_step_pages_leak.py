"""A step's page shows nothing of the case to somebody who may not take the step, however it is asked for."""

from __future__ import annotations

import pytest

from bijzondere_toegang.timeline.record import entries_of
from tests import databases
from tests.support import Site, make_site, register_sample
from tests.test_stories import FAMILY, Told

DISSENT = "Ik maak me zorgen over de avonden."


@pytest.fixture
def divided(database: databases.Database) -> tuple[Site, str]:
    """A case in which the young person was opposed and the referrer has to decide."""
    site = make_site(database)
    told = Told(site)
    told.story.to_preparing()
    told.story.to_the_table()
    told.story.positions(*FAMILY, jeugdige="oneens")
    told.take("chair", "conclude_no_consensus")
    return site, told.reference


@pytest.mark.parametrize("who", ["planner", "fg", "teamleider", "vader", "muts1"])
@pytest.mark.parametrize("step", ["decide", "record_attendance", "confirm_outcome"])
def test_the_row_button_opens_no_step_that_is_not_yours(divided: tuple[Site, str], who: str, step: str) -> None:
    site, reference = divided
    door = "mijn-plan" if who == "vader" else "zaken"

    answer = site.as_(who, reference).post(f"/{door}/{reference}/stappen", data={"_stap": step, "_meer": "antwoorden"})

    assert answer.status_code in (403, 404, 409), answer.status_code
    assert DISSENT not in answer.text
    assert "Roos" not in answer.text or who == "vader"


def test_a_step_in_the_wrong_stage_shows_only_what_was_typed(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 1)
    chair = site.as_("chair", reference)

    answer = chair.post(
        f"/zaken/{reference}/stappen", data={"_stap": "adjourn", "_revisie": "1", "reden": "Wat ik net typte."}
    )

    assert answer.status_code == 409
    assert "Wat ik net typte." in answer.text


def test_a_refusal_names_no_member_of_the_family(database: databases.Database) -> None:
    site = make_site(database)
    told = Told(site)
    told.story.to_preparing()
    told.take("moeder", "add_statement")

    answer = site.api("chair", told.reference).post(
        f"/api/v1/zaken/{told.reference}/stappen", json={"stap": "adjourn", "revisie": 1, "gegevens": {}}
    )

    assert answer.status_code == 409
    assert "iemand van het gezin" in answer.json()["detail"]


def test_whoever_keeps_working_stays_signed_in(database: databases.Database) -> None:
    site = make_site(database)
    site.app.state.settings = site.app.state.settings.model_copy(update={"session_idle_minutes": 15})
    chair = site.as_("anneke")

    seen = []
    for _ in range(4):
        site.move(minutes=10)
        seen.append(chair.get("/werkvoorraad").status_code)
    site.move(minutes=16)

    assert seen == [200, 200, 200, 200]
    assert chair.get("/werkvoorraad").status_code == 303


def test_trying_numbers_leaves_a_trace(database: databases.Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 1)

    site.as_("collega").get(f"/zaken/{reference}")

    with site.database.read() as tx:
        entries = entries_of(tx, site.cast["collega"], changes_only=False)
    assert [entry.outcome for entry in entries] == ["refused 404"]
