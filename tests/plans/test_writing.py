"""Writing, confirming and agreeing the plan."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from bijzondere_toegang.plans.queries import current_plan, goals, plans
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.plans.walk import GOAL, PROVIDER, agree, everybody_agrees, plan, put_in_planning, put_up, say
from tests.support import Site, scene, take


def faults_of(site: Site, reference: str, **changes: object) -> dict[str, str]:
    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "write_plan", **plan(site, **changes))
    return {fault.pointer: fault.text for fault in refused.value.faults}


def test_a_plan_keeps_the_goals_in_own_words(site: Site) -> None:
    reference = put_in_planning(site)

    put_up(site, reference, doelen=[GOAL, GOAL | {"tekst": "Weer naar school"}])

    with site.database.read() as tx:
        found = current_plan(scene(site, tx, PROVIDER, reference))
        assert found is not None
        assert [goal.text for goal in goals(found)] == [GOAL["tekst"], "Weer naar school"]
        assert goals(found)[0].own_words == GOAL["eigenWoorden"]
        assert (found.version, found.state, found.goals, found.ladder_step) == (1, "up", 2, 3)


def test_every_version_that_is_put_up_asks_again(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    everybody_agrees(site, reference)

    put_up(site, reference, resultaat="Iets anders")

    with site.database.read() as tx:
        versions = plans(scene(site, tx, PROVIDER, reference))
        assert [(one.version, one.state, one.confirmed_at is None) for one in versions] == [
            (2, "up", True),
            (1, "replaced", False),
        ]
    with pytest.raises(NotNow, match="Nog geen antwoord"):
        take(site, PROVIDER, reference, "agree_plan")


def test_part_time_is_at_most_six_nights(site: Site) -> None:
    reference = put_in_planning(site)

    faults = faults_of(
        site, reference, ladder="deeltijd", nachtenPerWeek=7, waaromGeenGezin="x", terugkeervoorwaarden="x"
    )

    assert set(faults) == {"/nachtenPerWeek"}


def test_the_first_evaluation_is_within_three_months(site: Site) -> None:
    reference = put_in_planning(site)

    late = faults_of(site, reference, evaluatiedatum=(site.on + timedelta(days=100)).isoformat())
    past = faults_of(site, reference, evaluatiedatum=(site.on - timedelta(days=1)).isoformat())

    assert set(late) == set(past) == {"/evaluatiedatum"}


def test_secure_care_is_evaluated_within_four_weeks(site: Site) -> None:
    reference = put_in_planning(site, secure=True)

    assert set(faults_of(site, reference)) == {"/evaluatiedatum"}


def test_the_next_concept_starts_from_the_last_version(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)

    page = site.as_(PROVIDER).get(f"/zaken/{reference}/stappen/write_plan")

    assert page.status_code == 200
    assert GOAL["eigenWoorden"] in page.text


def test_the_referrer_confirms_only_the_newest_version(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    put_up(site, reference, resultaat="Iets anders")

    with pytest.raises(Incomplete) as refused:
        take(site, "referrer", reference, "confirm_plan", versie="1")

    assert [fault.pointer for fault in refused.value.faults] == ["/versie"]


def test_an_agreed_plan_brings_the_case_into_care(site: Site) -> None:
    reference = put_in_planning(site)

    agree(site, reference)

    case = site.case(reference)
    assert (case.stage, case.ladder_step, case.help_runs) == ("in_care", 3, True)
    assert case.help_started_on == site.on
    assert case.evaluation_due_on == case.due_on == site.on + timedelta(days=60)
    assert case.family_plan_cleared_on is None


def test_help_that_starts_later_does_not_run_yet(site: Site) -> None:
    reference = put_in_planning(site)

    agree(site, reference, start=(site.on + timedelta(days=7)).isoformat())

    case = site.case(reference)
    assert (case.stage, case.help_runs) == ("in_care", False)
    assert case.help_started_on == site.on + timedelta(days=7)


def test_without_any_start_date_the_plan_waits(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference, start=None)
    everybody_agrees(site, reference)

    with pytest.raises(NotNow, match="begindatum"):
        take(site, PROVIDER, reference, "agree_plan")

    take(site, PROVIDER, reference, "start_help", datum=site.on.isoformat())
    take(site, PROVIDER, reference, "agree_plan")
    assert site.case(reference).help_runs


def test_without_confirmation_the_plan_waits(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    for who in ("jeugdige", "moeder", "vader"):
        say(site, who, reference)

    with pytest.raises(NotNow, match="bevestigt"):
        take(site, PROVIDER, reference, "agree_plan")


def test_only_the_named_provider_writes(site: Site) -> None:
    reference = put_in_planning(site)

    with pytest.raises(NotAllowed):
        take(site, "referrer", reference, "write_plan", **plan(site))


def test_the_page_of_the_plan_is_read_in_two_languages_and_every_look_is_written_down(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    say(site, "moeder", reference)

    pages = [
        site.as_(who, reference).get(f"/zaken/{reference}/plan?taal={lang}")
        for who in (PROVIDER, "referrer")
        for lang in ("nl", "en")
    ]

    assert all(page.status_code == 200 and GOAL["eigenWoorden"] in page.text for page in pages)
    assert [entry.account_id for entry in looks(site, reference)] == [
        site.cast[PROVIDER], site.cast[PROVIDER], site.cast["verwijzer1"], site.cast["verwijzer1"]
    ]  # fmt: skip


def looks(site: Site, reference: str) -> list[TimelineEntry]:
    with site.database.read() as tx:
        query = select(TimelineEntry).where(TimelineEntry.object_kind == "plan", TimelineEntry.event_type == "read")
        return list(tx.exec(query.order_by(col(TimelineEntry.seq))).all())


def test_others_find_no_plan_and_the_family_reads_it_at_home(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)

    assert (
        site.as_("moeder", reference).get(f"/zaken/{reference}/plan").headers["location"] == f"/mijn-plan/{reference}"
    )
    assert site.as_("analist").get(f"/zaken/{reference}/plan").status_code == 404
    assert site.as_(PROVIDER).get(f"/zaken/{reference}/plan?versie=9").status_code == 404
