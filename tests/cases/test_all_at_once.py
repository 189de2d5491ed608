"""Everything that is wrong with what was filled in comes at once: of a field, across fields, and against the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bijzondere_toegang.errors import Incomplete
from tests.conferences.walk import PLAN, prepared
from tests.decisions.walk import at_the_decision, motivated, placed
from tests.parties.test_correcting import party_of
from tests.plans import walk as plans
from tests.support import Site, take


def pointers(site: Site, who: str, reference: str, step: str, **said: Any) -> list[str]:
    """Where something is wrong, in the order in which it is told."""
    with pytest.raises(Incomplete) as error:
        take(site, who, reference, step, **said)
    return [fault.pointer for fault in error.value.faults]


def test_a_chair_who_plans_a_day_gone_by_without_a_place_hears_both_and_loses_nothing(site: Site) -> None:
    reference = prepared(site)
    sent = {
        "_stap": "plan_conference",
        "_revisie": str(site.case(reference).revision),
        "datum": "2026-01-06",
        "begintijd": "half tien",
        "plaats": "",
    }

    answer = site.as_("chair", reference).post(f"/zaken/{reference}/stappen", data=sent)

    told = ["Deze dag is al voorbij. Kies vandaag of later.", "Vul een tijd in, zoals 09:30.", "Vul dit in."]
    found = [answer.text.index(sentence) for sentence in told]
    assert answer.status_code == 422 and found == sorted(found), "in the order of the form"
    assert "half tien" in answer.text
    assert site.case(reference).stage == "preparing"


def test_a_referrer_hears_at_once_what_a_decision_lacks_and_what_the_day_and_the_dissents_ask(site: Site) -> None:
    reference = at_the_decision(site, consensus=False, opposed=["Hij moet thuis blijven."])
    late = (site.on + timedelta(days=30)).isoformat()

    found = pointers(
        site, "referrer", reference, "decide", **motivated(site) | {"motivering": " ", "bekendgemaaktOp": late}
    )

    assert sorted(found) == ["/antwoorden", "/bekendgemaaktOp", "/motivering"]


def test_a_consortium_hears_at_once_that_the_first_contact_is_late_and_who_is_not_named(site: Site) -> None:
    reference = placed(site)
    late = (site.on + timedelta(days=30)).isoformat()

    found = pointers(site, "vvg1", reference, "accept_placement", eersteContact=late)

    assert "/eersteContact" in found and "/aanbieder" in found and len(found) > 3


def test_a_correction_names_all_its_mistakes(site: Site) -> None:
    reference = prepared(site)
    wrong = {
        "wie": str(party_of(site, reference, "moeder").id),
        "geboortedatum": "1985-02-01",
        "gezag": "nee",
        "gezagOp": (site.on + timedelta(days=2)).isoformat(),
        "email": "moeder bij voorbeeld",
        "straat": "Dorpsstraat 1",
        "postcode": "59 11 AB",
        "weghalen": ["voornaam"],
    }

    found = pointers(site, "referrer", reference, "correct_party", **wrong)

    assert sorted(found) == [
        "/email", "/geboortedatum", "/gezagBron", "/gezagOp", "/plaats", "/postcode", "/reden", "/voornaam",
    ]  # fmt: skip


def test_a_plan_that_is_evaluated_too_late_hears_that_with_its_other_mistakes(site: Site) -> None:
    reference = plans.put_in_planning(site)
    late = (site.on + timedelta(days=300)).isoformat()

    found = pointers(site, plans.PROVIDER, reference, "write_plan", evaluatiedatum=late, nachtenPerWeek=9, start="nu")

    assert found == ["/nachtenPerWeek", "/start"], "counted from a start that is not known, it can't be told"
    found = pointers(site, plans.PROVIDER, reference, "write_plan", evaluatiedatum=late, nachtenPerWeek=9)
    assert found == ["/nachtenPerWeek", "/evaluatiedatum"]


NO_TERM_ENDS_THERE = pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
WRONG_YEAR = "Dit jaar kan niet kloppen. Kijk de datum na."


@NO_TERM_ENDS_THERE
def test_a_year_in_which_no_help_can_start_is_told_by_its_field(site: Site, day: str) -> None:
    reference = plans.put_in_planning(site)
    sent = {"_stap": "write_plan", "_revisie": str(site.case(reference).revision), "start": day}

    answer = site.as_(plans.PROVIDER, reference).post(
        f"/zaken/{reference}/stappen", data=sent | {"evaluatiedatum": "2026-12-01"}
    )

    assert answer.status_code == 422 and WRONG_YEAR in answer.text


@NO_TERM_ENDS_THERE
def test_a_year_in_which_no_table_can_be_is_told_by_its_field(site: Site, day: str) -> None:
    reference = prepared(site)
    sent = {"_stap": "plan_conference", "_revisie": str(site.case(reference).revision), **PLAN, "datum": day}

    answer = site.as_("chair", reference).post(f"/zaken/{reference}/stappen", data=sent)

    assert answer.status_code == 422 and WRONG_YEAR in answer.text
