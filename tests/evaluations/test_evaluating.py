"""Both voices score the goals, and the evaluation ends in going on, another plan, or the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bijzondere_toegang.errors import Incomplete, NotNow
from bijzondere_toegang.evaluations.queries import evaluations, trends
from bijzondere_toegang.plans.queries import agreed_plan, current_plan, plans
from tests.evaluations.walk import give, going_on, in_evaluation
from tests.plans.walk import GOAL, PROVIDER, everybody_agrees, plan, put_up
from tests.support import Site, scene, take


def pointers(refused: pytest.ExceptionInfo[Incomplete]) -> list[str]:
    return [fault.pointer for fault in refused.value.faults]


def test_both_voices_and_the_gap_between_them_are_kept(site: Site) -> None:
    reference = in_evaluation(site)

    give(site, "jeugdige", reference, 4)
    give(site, "moeder", reference, 5)
    give(site, PROVIDER, reference, 8)

    with site.database.read() as tx:
        scored = evaluations(scene(site, tx, PROVIDER, reference))[0].goals[0]
        assert (scored.family, scored.provider, scored.gap) == (4.5, 8, 3.5)
        assert {score.voice for score in scored.scores} == {"youth", "parent", "provider"}


def test_a_later_score_replaces_the_earlier_one(site: Site) -> None:
    reference = in_evaluation(site)
    give(site, "jeugdige", reference, 4)

    give(site, "jeugdige", reference, 7)

    with site.database.read() as tx:
        scores = evaluations(scene(site, tx, PROVIDER, reference))[0].goals[0].scores
        assert [score.value for score in scores] == [7]


def test_a_goal_is_scored_once_at_a_time(site: Site) -> None:
    reference = in_evaluation(site)

    with pytest.raises(Incomplete) as refused:
        give(site, "jeugdige", reference, 4)
        take(site, "jeugdige", reference, "score", scores=[{"doel": "1", "cijfer": 3}, {"doel": "1", "cijfer": 4}])

    assert pointers(refused) == ["/scores/1/doel"]


def test_the_provider_scores_every_goal_before_the_end(site: Site) -> None:
    reference = in_evaluation(site, doelen=[GOAL, GOAL | {"tekst": "Weer naar school"}])
    give(site, PROVIDER, reference, 6)

    with pytest.raises(NotNow, match="elk doel een cijfer"):
        take(site, PROVIDER, reference, "continue_care", **going_on(site))


def test_a_silent_family_needs_a_reason(site: Site) -> None:
    reference = in_evaluation(site)
    give(site, PROVIDER, reference, 6)

    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "continue_care", **going_on(site))
    take(site, PROVIDER, reference, "continue_care", **going_on(site, redenZonderStem="Ziek, twee keer gebeld."))

    assert pointers(refused) == ["/redenZonderStem"]
    assert site.case(reference).stage == "in_care"


def test_care_goes_on_until_the_next_evaluation(site: Site) -> None:
    reference = in_evaluation(site)
    give(site, PROVIDER, reference, 6)
    give(site, "moeder", reference, 6)

    take(site, PROVIDER, reference, "continue_care", **going_on(site, ladder="eigen-netwerk"))

    case = site.case(reference)
    assert (case.stage, case.ladder_step) == ("in_care", 1)
    assert case.due_on == case.evaluation_due_on == site.on + timedelta(days=80)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"ladder": "kleinschalig"}, "/ladder"), ({"volgendeEvaluatie": "2027-12-01"}, "/volgendeEvaluatie")],
)
def test_heavier_help_or_a_late_evaluation_is_refused(site: Site, changes: dict[str, str], pointer: str) -> None:
    reference = in_evaluation(site)
    give(site, PROVIDER, reference, 6)
    give(site, "moeder", reference, 6)

    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "continue_care", **going_on(site, **changes))

    assert pointers(refused) == [pointer]
    assert site.case(reference).stage == "evaluating"


def test_a_revised_plan_is_at_most_as_heavy_and_asks_everybody_again(site: Site) -> None:
    reference = in_evaluation(site)
    give(site, PROVIDER, reference, 6)
    give(site, "moeder", reference, 6)
    take(site, PROVIDER, reference, "revise_plan", reden="Het doel is te groot.")
    heavier = plan(site, ladder="kleinschalig", waaromGeenGezin="x", nachtenPerWeek=7, terugkeervoorwaarden="x")

    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "write_plan", **heavier)
    with pytest.raises(NotNow, match="nog geen plan"):
        take(site, PROVIDER, reference, "agree_plan")

    assert pointers(refused) == ["/ladder"]
    assert site.case(reference).due_on == site.on + timedelta(weeks=6)


def test_a_new_version_replaces_the_running_one_only_when_it_is_agreed(site: Site) -> None:
    reference = in_evaluation(site)
    give(site, PROVIDER, reference, 6)
    give(site, "moeder", reference, 6)
    take(site, PROVIDER, reference, "revise_plan", reden="Het doel is te groot.")
    site.move(minutes=1)
    put_up(site, reference, resultaat="Kleiner doel")

    with site.database.read() as tx:
        seen = scene(site, tx, PROVIDER, reference)
        versions = [(found.version if found else None) for found in (agreed_plan(seen), current_plan(seen))]
    everybody_agrees(site, reference, "2")
    take(site, PROVIDER, reference, "agree_plan")

    assert versions == [1, 2]
    with site.database.read() as tx:
        known = plans(scene(site, tx, PROVIDER, reference))
        assert [(one.version, one.state) for one in known] == [(2, "agreed"), (1, "replaced")]


def test_goals_are_followed_over_evaluations(site: Site) -> None:
    reference = in_evaluation(site)
    give(site, PROVIDER, reference, 4)
    give(site, "moeder", reference, 3)
    take(site, PROVIDER, reference, "continue_care", **going_on(site))
    take(site, "referrer", reference, "start_evaluation")
    give(site, PROVIDER, reference, 7)
    give(site, "moeder", reference, 6)

    page = site.as_(PROVIDER).get(f"/zaken/{reference}/evaluaties")

    with site.database.read() as tx:
        found = trends(evaluations(scene(site, tx, PROVIDER, reference)))
        assert [one.points for one in found] == [((1, 3, 4), (2, 6, 7))]
    assert page.status_code == 200
    assert "Een keer per week samen koken" in page.text
    assert "<polyline" in page.text


def test_the_score_form_has_a_row_for_each_goal(site: Site) -> None:
    reference = in_evaluation(site, doelen=[GOAL, GOAL | {"tekst": "Weer naar school"}])

    page = site.as_(PROVIDER).get(f"/zaken/{reference}/stappen/score").text

    assert 'name="scores.0.cijfer"' in page
    assert 'name="scores.1.cijfer"' in page
    assert "Weer naar school" in page
