"""How help ends, as planned or early, and what happens afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bijzondere_toegang.errors import Incomplete
from bijzondere_toegang.evaluations.queries import closing, follow_ups
from bijzondere_toegang.plans.queries import plans, stays
from tests.evaluations.walk import closing_words, in_evaluation
from tests.plans.walk import GOAL, PROVIDER, agree, put_in_planning
from tests.support import Site, scene, take


def closed_by_referrer(site: Site, reference: str, **changes: object) -> None:
    words = {"gezinGevraagd": "ja", "watZeiHetGezin": "Het is goed zo.", "nazorg": "De huisarts kijkt mee."}
    take(site, "referrer", reference, "close", **words, contact="Vera Venlo", **changes)


def test_a_planned_end_keeps_the_result_of_each_goal(site: Site) -> None:
    reference = in_evaluation(site)
    take(site, PROVIDER, reference, "propose_closing", **closing_words(site))

    closed_by_referrer(site, reference)

    case = site.case(reference)
    assert (case.stage, case.help_runs) == ("closed", False)
    with site.database.read() as tx:
        seen = scene(site, tx, "referrer", reference)
        found = closing(seen)
        assert found is not None and found.content is not None and found.closed_at is not None
        assert found.content.data()["resultaten"] == [{"doel": "1", "uitkomst": "gehaald"}]
        assert [moment.due_on for moment in follow_ups(seen)] == [date(2027, 6, 29), date(2027, 12, 29)]
        assert [(one.state, one.ends_on) for one in plans(seen)] == [("ended", site.on)]


def test_every_goal_gets_a_result(site: Site) -> None:
    reference = in_evaluation(site, doelen=[GOAL, GOAL | {"tekst": "Weer naar school"}])

    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "propose_closing", **closing_words(site))

    assert [fault.pointer for fault in refused.value.faults] == ["/resultaten"]


def test_the_referrer_may_see_a_result_otherwise_than_the_provider(site: Site) -> None:
    reference = in_evaluation(site)
    take(site, PROVIDER, reference, "propose_closing", **closing_words(site))

    closed_by_referrer(site, reference, resultaten=[{"doel": "1", "uitkomst": "deels"}])

    page = site.as_("referrer", reference).get(f"/zaken/{reference}/evaluaties")
    assert page.status_code == 200
    assert "Deels gehaald" in page.text


def test_an_early_end_stops_the_help_and_the_stay(site: Site) -> None:
    reference = put_in_planning(site)
    agree(site, reference)
    stay = {"soortPlek": "groep", "plek": "De Linde", "nachtenPerWeek": 7, "gepland": True}
    take(site, PROVIDER, reference, "record_stay", van=site.on.isoformat(), **stay)
    site.move(days=14)

    take(site, PROVIDER, reference, "end_care", **early(site))

    case = site.case(reference)
    assert (case.stage, case.help_runs) == ("closing", False)
    with site.database.read() as tx:
        found = stays(scene(site, tx, PROVIDER, reference))[0]
        assert (found.until_on, found.nights) == (site.on, 14)
    closed_by_referrer(site, reference)
    assert site.case(reference).stage == "closed"


def early(site: Site) -> dict[str, str]:
    return {
        "reden": "verhuisd",
        "toelichting": "Het gezin woont nu in Groningen.",
        "laatsteDag": site.on.isoformat(),
        "gezinVerteld": "verteld",
    }


def test_help_goes_on_until_its_last_day(site: Site) -> None:
    reference = put_in_planning(site)
    agree(site, reference)
    later = {"laatsteDag": (site.on + timedelta(days=7)).isoformat()}

    take(site, PROVIDER, reference, "end_care", **early(site) | later)

    assert site.case(reference).help_runs


def test_a_move_ends_the_stay_and_begins_the_next(site: Site) -> None:
    reference = put_in_planning(site)
    agree(site, reference)
    stay = {"soortPlek": "groep", "plek": "De Linde", "nachtenPerWeek": 5, "gepland": True}
    take(site, PROVIDER, reference, "record_stay", van=site.on.isoformat(), **stay)
    site.move(days=7)
    move = {"soortPlek": "pleeggezin", "plek": "Familie J.", "reden": "afschalen", "gepland": True}

    take(site, PROVIDER, reference, "record_move", datum=site.on.isoformat(), **move)

    with site.database.read() as tx:
        found = stays(scene(site, tx, PROVIDER, reference))
        assert [(one.kind, one.place, one.until_on, one.nights) for one in found] == [
            ("move", "foster_family", None, 0),
            ("stay", "group", site.on, 5),
        ]
