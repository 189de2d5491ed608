from __future__ import annotations

from datetime import date

import pytest

from bijzondere_toegang.decisions.queries import content_of
from bijzondere_toegang.errors import Incomplete, NotThere
from tests.databases import Database
from tests.decisions.walk import (
    MUTS,
    VVG,
    accepting,
    at_the_decision,
    formal,
    motivated,
    relations,
    stored_decisions,
)
from tests.support import Site, make_site, register_sample, scene, take


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def pointers(error: pytest.ExceptionInfo[Incomplete]) -> set[str]:
    return {fault.pointer for fault in error.value.faults}


def test_a_confirmed_outcome_is_issued_with_authority_and_the_last_day_to_object(site: Site) -> None:
    reference = at_the_decision(site)

    case = take(site, "referrer", reference, "confirm_outcome", **formal(site))

    [decision] = stored_decisions(site, reference)
    assert (case.stage, case.proposed_consortium) == ("placing", VVG)
    assert (decision.kind, decision.state, decision.authority) == ("consensus", "issued", "college")
    assert decision.remedy_until == date(2026, 12, 21)
    assert content_of(decision)["result"] == "Weer samen eten en naar school."


def test_the_chosen_consortium_is_asked_and_the_other_stays_at_the_table(site: Site) -> None:
    reference = at_the_decision(site)

    take(site, "referrer", reference, "confirm_outcome", **formal(site))

    assert relations(site, "vvg1", reference) == {"rep.proposed"}
    assert relations(site, "muts1", reference) == {"rep.invited"}


def test_the_consortium_can_not_be_another_than_the_table_named(site: Site) -> None:
    reference = at_the_decision(site)

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "confirm_outcome", **formal(site, samenwerkingsverband=MUTS))

    assert pointers(error) == {"/samenwerkingsverband"}
    assert site.case(reference).stage == "formalising"


def test_without_running_help_the_outcome_can_only_lead_to_a_placement(site: Site) -> None:
    reference = at_the_decision(site)

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "confirm_outcome", **formal(site, "in_care"))

    assert "/vervolg" in pointers(error)


@pytest.mark.parametrize("target", ["planning", "in_care"])
def test_help_that_runs_can_go_on_with_the_consortium_that_gives_it(site: Site, target: str) -> None:
    reference = at_the_decision(site, help_runs=True, accepted_consortium=MUTS)

    case = take(site, "referrer", reference, "confirm_outcome", **formal(site, target))

    assert (case.stage, case.accepted_consortium) == (target, MUTS)
    assert relations(site, "muts1", reference) == {"rep.accepted"}
    assert relations(site, "vvg1", reference) == {"rep.lost"}


def test_help_that_runs_keeps_its_people_while_another_consortium_is_asked(site: Site) -> None:
    reference = at_the_decision(site, help_runs=True, accepted_consortium=MUTS)

    take(site, "referrer", reference, "confirm_outcome", **formal(site))

    assert relations(site, "muts1", reference) == {"rep.accepted"}
    assert relations(site, "vvg1", reference) == {"rep.proposed"}


def test_advice_for_other_help_ends_the_way_through_the_table(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    advice = {"reden": "Lichtere hulp past beter.", "waarheen": "Het wijkteam"}
    take(site, "chair", reference, "advise_elsewhere", **advice)
    case = take(site, "referrer", reference, "confirm_outcome", **formal(site, "referred_back"))

    [decision] = stored_decisions(site, reference)
    assert case.stage == "referred_back"
    assert (decision.kind, decision.state, decision.target) == ("elsewhere", "issued", "referred_back")
    assert content_of(decision)["where_to"] == "Het wijkteam"


def test_an_outcome_of_the_table_for_other_help_makes_the_consortia_leave(site: Site) -> None:
    reference = at_the_decision(site, where_to="Het wijkteam")

    take(site, "referrer", reference, "confirm_outcome", **formal(site, "referred_back"))

    assert relations(site, "vvg1", reference) == {"rep.lost"}
    with site.database.read() as tx, pytest.raises(NotThere):
        scene(site, tx, "vvg1", reference)


def test_rejected_advice_is_put_aside(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "advise_elsewhere", reden="Past niet.", waarheen="Het wijkteam")

    case = take(site, "referrer", reference, "reject_outcome", reden="Er zijn nieuwe feiten.")

    assert case.stage == "preparing"
    assert [row.state for row in stored_decisions(site, reference)] == ["rejected"]


def test_a_stay_asks_why_no_foster_or_family_home(site: Site) -> None:
    reference = at_the_decision(site, ladder="kleinschalig")

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "confirm_outcome", **formal(site, trede="5"))

    assert pointers(error) == {"/waaromGeenGezin"}


@pytest.mark.parametrize("days", [-1, 15])
def test_a_letter_goes_out_today_or_within_two_weeks(site: Site, days: int) -> None:
    reference = at_the_decision(site)
    day = date.fromordinal(site.on.toordinal() + days).isoformat()

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "confirm_outcome", **formal(site, bekendgemaaktOp=day))

    assert pointers(error) == {"/bekendgemaaktOp"}
    assert stored_decisions(site, reference) == []


def test_an_organisation_that_gives_help_too_does_not_sign_alone(site: Site) -> None:
    reference = at_the_decision(site, sample=2)

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "confirm_outcome", **formal(site))

    assert "/ondertekening" in pointers(error)
    signed = formal(site, ondertekening="samen", tweedeNaam="Tom Twee", tweedeFunctie="jurist")
    take(site, "referrer", reference, "confirm_outcome", **signed)
    [decision] = stored_decisions(site, reference)
    assert [signer["name"] for signer in content_of(decision)["signers"]] == ["Victor Roermond", "Tom Twee"]


def test_against_a_certified_institution_stands_the_juvenile_court(site: Site) -> None:
    reference = at_the_decision(site, sample=3)

    take(site, "referrer", reference, "confirm_outcome", **formal(site, rechtsmiddel="kinderrechter"))

    [decision] = stored_decisions(site, reference)
    assert (decision.remedy, decision.remedy_until) == ("kinderrechter", None)


def test_a_decision_without_consensus_answers_every_dissent(site: Site) -> None:
    reference = at_the_decision(site, consensus=False, opposed=["Hij moet thuis blijven.", "Het is te ver."])

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "decide", **motivated(site))

    assert pointers(error) == {"/antwoorden"}


def test_a_decision_keeps_each_dissent_with_its_answer(site: Site) -> None:
    reference = at_the_decision(site, consensus=False, opposed=["Hij moet thuis blijven."])
    with site.database.read() as tx:
        seen = scene(site, tx, "referrer", reference)
        [row] = seen.process.prefills["decide"](seen)["antwoorden"]

    answers = [row | {"antwoord": "Daarom kiezen we hulp thuis."}]
    decided = motivated(site, samenwerkingsverband=MUTS, antwoorden=answers)
    case = take(site, "referrer", reference, "decide", **decided)

    [decision] = stored_decisions(site, reference)
    assert (case.proposed_consortium, decision.kind) == (MUTS, "fallback")
    [kept] = content_of(decision)["answers"]
    assert (kept["words"], kept["answer"]) == ("Hij moet thuis blijven.", "Daarom kiezen we hulp thuis.")


def test_a_decision_can_refer_back_but_not_while_help_runs(site: Site) -> None:
    idle = at_the_decision(site, consensus=False)
    running = at_the_decision(site, sample=4, consensus=False, help_runs=True, accepted_consortium=VVG)

    case = take(site, "referrer", idle, "decide", **motivated(site, "referred_back"))
    with pytest.raises(Incomplete) as error:
        take(site, "referrer", running, "decide", **motivated(site, "referred_back"))

    assert case.stage == "referred_back"
    assert pointers(error) == {"/vervolg"}


def test_a_ruling_reopens_the_case_and_the_next_decision_supersedes(site: Site) -> None:
    reference = at_the_decision(site)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))

    ruling = {"soort": "bezwaar", "uitspraak": "Gegrond.", "datum": site.on.isoformat()}
    case = take(site, "referrer", reference, "record_remedy", **ruling)
    asked = relations(site, "vvg1", reference)
    take(site, "referrer", reference, "decide", **motivated(site, samenwerkingsverband=MUTS))

    first, second = stored_decisions(site, reference)
    assert (case.proposed_consortium, asked) == ("", {"rep.invited"})
    assert content_of(first)["ruling"]["text"] == "Gegrond."
    assert (first.state, second.state, second.kind) == ("superseded", "issued", "fallback")


def test_care_goes_on_while_a_ruling_is_decided_upon(site: Site) -> None:
    reference = at_the_decision(site)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))
    take(site, "vvg1", reference, "accept_placement", **accepting(site))

    ruling = {"soort": "beroep", "uitspraak": "Gegrond.", "datum": site.on.isoformat()}
    case = take(site, "referrer", reference, "record_remedy", **ruling)

    assert case.accepted_consortium == VVG
    assert relations(site, "vvg1", reference) == {"rep.accepted"}
    assert relations(site, "zorg_vvg1", reference) == {"provider.named"}
