"""A table on a free day is nearly always a slip: the form asks once more, and takes yes for an answer."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from tests.conferences.walk import PLAN, planned, prepared
from tests.support import Site

QUESTION = "Toch op deze dag"


def sent(site: Site, reference: str, step: str, **said: Any) -> Response:
    data = {"_stap": step, "_revisie": str(site.case(reference).revision), **PLAN, **said}
    return site.as_("planner").post(f"/zaken/{reference}/stappen", data=data)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-12-25", "Dit is een vrije dag: eerste kerstdag."),
        ("2026-11-21", "Dit is een zaterdag."),
        ("2026-11-22", "Dit is een zondag."),
        ("2027-03-29", "Dit is een vrije dag: tweede paasdag."),
    ],
)
def test_a_table_is_planned_on_a_free_day_only_when_somebody_says_so(site: Site, day: str, said: str) -> None:
    reference = prepared(site)

    empty = site.as_("planner").get(f"/zaken/{reference}/stappen/plan_conference").text
    asked = sent(site, reference, "plan_conference", datum=day)
    done = sent(site, reference, "plan_conference", datum=day, vrijeDag="on")

    assert QUESTION not in empty
    assert asked.status_code == 422 and QUESTION in asked.text and said in asked.text
    assert asked.text.index('id="v-datum"') < asked.text.index('id="v-vrijeDag"') < asked.text.index('id="v-begintijd"')
    assert done.status_code == 303
    assert str(site.case(reference).conference_on) == day


def test_a_table_moves_to_a_free_day_only_when_somebody_says_so(site: Site) -> None:
    reference = planned(site)

    asked = sent(site, reference, "move_conference", datum="2026-12-26", reden="De tolk kon niet.")

    assert asked.status_code == 422 and "Dit is een vrije dag: tweede kerstdag." in asked.text
    assert str(site.case(reference).conference_on) == PLAN["datum"]


def test_a_working_day_is_planned_without_a_question(site: Site) -> None:
    assert sent(site, prepared(site), "plan_conference").status_code == 303
