from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.conferences.models import Seat
from bijzondere_toegang.conferences.queries import content_of, dissents, latest_conference, positions, proposal
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from tests.conferences.walk import (
    MUTS,
    OUTCOME,
    PROPOSAL,
    VVG,
    agreed,
    ask,
    attend,
    divided,
    opened,
    planned,
    state_all,
    table,
    voices,
)
from tests.support import Site, scene, take

AGREE = {"standpunt": "eens"}


def refused(site: Site, reference: str, step: str, **answers: Any) -> str:
    """The sentence with which the chair is told that it can't be yet."""
    stage = site.case(reference).stage
    with pytest.raises(NotNow) as error:
        take(site, "chair", reference, step, **answers)
    assert site.case(reference).stage == stage
    return error.value.sentence.text


def on_the_day(site: Site) -> str:
    reference = planned(site)
    site.move(days=8)
    return reference


def test_a_conference_opens_on_its_day_and_not_before(site: Site) -> None:
    reference = planned(site)
    attend(site, reference)

    early = refused(site, reference, "open_conference")
    site.move(days=8)
    take(site, "chair", reference, "open_conference")

    assert "dag zelf" in early
    assert site.case(reference).stage == "conference_open"


@pytest.mark.parametrize("seat", ["referrer", "Meester Bart"])
def test_who_works_at_the_table_is_asked_for_a_tie_before_it_counts_as_there(site: Site, seat: str) -> None:
    reference = planned(site, genodigden=[{"naam": "Meester Bart", "rol": "school"}])
    site.move(days=8)

    with pytest.raises(Incomplete) as error:
        attend(site, reference, **{seat: {"aanwezig": "online", "band": None}})

    assert [(fault.pointer.rpartition("/")[2], fault.text) for fault in error.value.faults] == [
        ("band", "Vul dit in. Anders kan het overleg niet open.")
    ]


def test_who_was_not_asked_for_a_tie_is_named_and_nothing_says_that_all_is_well(site: Site) -> None:
    reference = planned(site, genodigden=[{"naam": "Meester Bart", "rol": "school"}])
    site.move(days=8)
    attend(site, reference)
    with site.database.write() as tx:
        guest = tx.exec(select(Seat).where(Seat.kind == "guest")).one()
        guest.tie = ""
        tx.add(guest)

    page = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text

    assert "Vraag eerst of er een band is met dit gezin, aan: Meester Bart." in page
    assert "Nog niet gevraagd aan: Meester Bart." in page
    assert "De tafel is nog niet compleet." in page
    assert "Niemand heeft een band" not in page


def test_a_form_for_attendance_says_of_no_tie_that_it_may_be_left_out(site: Site) -> None:
    reference = on_the_day(site)

    page = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/record_attendance").text

    asked = re.findall(r"Is er een band met dit gezin\?(.*?)</legend>", page)
    assert asked and not any("mag leeg blijven" in one for one in asked)


def test_only_who_works_there_is_asked_for_a_tie(site: Site) -> None:
    reference = on_the_day(site)

    page = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/record_attendance").text

    asked = set(re.findall(r'name="(aanwezigheid\.\d+\.band)"', page))
    present = set(re.findall(r'name="(aanwezigheid\.\d+\.aanwezig)"', page))
    assert len(present) == len(table(site, reference)) == 7
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("seat", "row", "said"),
    [
        ("referrer", {"aanwezig": "afwezig", "reden": "Ziek"}, "verwijzer"),
        (VVG, {"aanwezig": "afwezig", "reden": "Ziek"}, "samenwerkingsverband"),
        ("chair", {"aanwezig": "afwezig", "reden": "Ziek"}, "voorzitter"),
        ("jeugdige", {"aanwezig": "afwezig", "reden": "Ziek"}, "jeugdige"),
        ("jeugdige", None, "jeugdige"),
        ("moeder", None, "gezin"),
    ],
)
def test_without_a_quorum_nothing_opens(site: Site, seat: str, row: dict[str, Any] | None, said: str) -> None:
    reference = on_the_day(site)
    attend(site, reference, **{seat: row})

    told = refused(site, reference, "open_conference")

    assert said in told


@pytest.mark.parametrize(
    "row",
    [
        {"aanwezig": "online"},
        {"aanwezig": "schriftelijk"},
        {"aanwezig": "vertegenwoordigd", "door": "moeder"},
        {"aanwezig": "niet-gevraagd", "reden": "Zou te zwaar zijn, zegt de huisarts."},
    ],
)
def test_the_voice_of_the_young_person_may_come_in_several_ways(site: Site, row: dict[str, Any]) -> None:
    reference = on_the_day(site)
    attend(site, reference, jeugdige=row)

    take(site, "chair", reference, "open_conference")

    assert site.case(reference).stage == "conference_open"


def test_the_other_consortium_may_stand_in_on_record(site: Site) -> None:
    reference = on_the_day(site)
    attend(site, reference, **{MUTS: {"aanwezig": "vertegenwoordigd", "door": VVG, "band": None}})

    take(site, "chair", reference, "open_conference")

    found = table(site, reference)
    assert found[MUTS].represented_by == found[VVG].id


def test_the_chair_records_the_position_of_the_consortium_that_is_represented(site: Site) -> None:
    reference = on_the_day(site)
    attend(site, reference, **{MUTS: {"aanwezig": "vertegenwoordigd", "door": VVG, "band": None}})
    take(site, "chair", reference, "open_conference")
    ask(site, reference)
    for word, account in voices(site, reference).items():
        if word != MUTS:
            take(site, account, reference, "state_position", **AGREE)

    seat = str(table(site, reference)[MUTS].id)
    take(site, "chair", reference, "record_position_for", houder=seat, standpunt="eens")
    take(site, "chair", reference, "conclude_consensus", **OUTCOME)

    assert site.case(reference).stage == "formalising"


@pytest.mark.parametrize(
    ("seat", "row", "pointer"),
    [
        (MUTS, {"aanwezig": "vertegenwoordigd", "door": "referrer"}, "vertegenwoordigdDoor"),
        (MUTS, {"aanwezig": "vertegenwoordigd", "door": MUTS}, "vertegenwoordigdDoor"),
        (MUTS, {"aanwezig": "vertegenwoordigd"}, "vertegenwoordigdDoor"),
        ("chair", {"aanwezig": "vertegenwoordigd", "door": VVG}, "aanwezig"),
        ("moeder", {"aanwezig": "niet-gevraagd", "reden": "Nee"}, "aanwezig"),
        ("moeder", {"aanwezig": "afwezig"}, "reden"),
    ],
)
def test_attendance_that_can_not_be_is_refused(site: Site, seat: str, row: dict[str, Any], pointer: str) -> None:
    reference = on_the_day(site)

    with pytest.raises(Incomplete) as error:
        attend(site, reference, **{seat: row})

    assert [fault.pointer.rpartition("/")[2] for fault in error.value.faults] == [pointer]
    assert {one.attendance for one in table(site, reference).values()} == {""}


def test_somebody_absent_can_not_stand_in(site: Site) -> None:
    reference = on_the_day(site)

    with pytest.raises(Incomplete):
        attend(
            site,
            reference,
            **{
                VVG: {"aanwezig": "afwezig", "reden": "Ziek"},
                MUTS: {"aanwezig": "vertegenwoordigd", "door": VVG},
            },
        )


def test_a_tie_ends_the_part_of_who_has_it_at_once(site: Site) -> None:
    reference = opened(site)
    assert site.as_("referrer", reference).get(f"/zaken/{reference}/overleg").status_code == 200
    client = site.as_("referrer", reference)

    attend(site, reference, referrer={"band": "band"})

    assert client.get(f"/zaken/{reference}/overleg").status_code == 404


def test_a_representative_with_a_tie_leaves_and_a_colleague_without_one_stays(site: Site) -> None:
    reference = planned(site)
    take(site, "vvg2", reference, "declare_independence", band=False)

    attend(site, reference, **{VVG: {"band": "band"}})

    site.move(days=8)
    assert site.as_("vvg1").get(f"/zaken/{reference}/overleg").status_code == 404
    assert site.as_("vvg2").get(f"/zaken/{reference}/overleg").status_code == 200
    assert "samenwerkingsverband" in refused(site, reference, "open_conference")
    attend(site, reference)
    take(site, "chair", reference, "open_conference")


def test_no_position_before_a_proposal(site: Site) -> None:
    reference = opened(site)

    with pytest.raises(NotNow):
        take(site, "vvg1", reference, "state_position", **AGREE)


def test_nobody_sees_a_position_before_all_are_in(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    speakers = voices(site, reference)
    mother = speakers.pop("moeder")
    take(site, mother, reference, "state_position", standpunt="oneens", woorden="Niet zonder oma erbij.")

    pages = [site.as_(who, reference).get(f"/zaken/{reference}/overleg").text for who in ("chair", "referrer")]
    with site.database.read() as tx:
        seen_by_chair = positions(scene(site, tx, "chair", reference))
        seen_by_mother = positions(scene(site, tx, mother, reference))
        no_dissent_yet = dissents(scene(site, tx, "chair", reference))
    for account in speakers.values():
        take(site, account, reference, "state_position", **AGREE)
    after = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text

    assert all("oma erbij" not in page and "1 van 6 binnen" in page for page in pages)
    assert seen_by_chair == {} and no_dissent_yet == []
    assert len(seen_by_mother) == 1
    assert "oma erbij" in after


def test_a_position_can_not_be_changed_within_a_round(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    take(site, "vvg1", reference, "state_position", **AGREE)

    with pytest.raises(NotNow):
        take(site, "vvg1", reference, "state_position", standpunt="oneens", woorden="Toch niet.")
    with pytest.raises(NotNow):
        take(site, "vvg2", reference, "state_position", **AGREE)
    ask(site, reference)
    take(site, "vvg1", reference, "state_position", standpunt="oneens", woorden="Toch niet.")

    with site.database.read() as tx:
        assert latest_conference(scene(site, tx, "chair", reference)).round == 2  # type: ignore[union-attr]


def test_an_answer_to_an_earlier_round_is_refused(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    ask(site, reference)

    with pytest.raises(NotNow):
        take(site, "vvg1", reference, "state_position", **AGREE, ronde=1)


@pytest.mark.parametrize("position", ["oneens", "eens-met-zorg"])
def test_dissent_and_concern_need_own_words(site: Site, position: str) -> None:
    reference = opened(site)
    ask(site, reference)

    with pytest.raises(Incomplete) as error:
        take(site, "vvg1", reference, "state_position", standpunt=position)

    assert [fault.pointer for fault in error.value.faults] == ["/woorden"]


def test_not_given_needs_a_reason_two_attempts_and_another_place(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    father = str(table(site, reference)["vader"].id)

    with pytest.raises(Incomplete) as error:
        take(site, "chair", reference, "record_position_for", houder=father, standpunt="niet-gegeven")

    pointers = {fault.pointer for fault in error.value.faults}
    assert pointers == {"/reden", "/eerstePoging", "/tweedePoging", "/anderePlek"}


def test_only_the_chair_records_for_another_and_only_for_who_is_waited_for(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    seats = table(site, reference)
    take(site, "vvg1", reference, "state_position", **AGREE)

    with pytest.raises(NotAllowed):
        take(site, "vvg1", reference, "record_position_for", houder=str(seats[MUTS].id), standpunt="eens")
    with pytest.raises(Incomplete):
        take(site, "chair", reference, "record_position_for", houder=str(seats[VVG].id), standpunt="eens")


def test_consensus_waits_for_all_positions(site: Site) -> None:
    reference = opened(site)

    before = refused(site, reference, "conclude_consensus", **OUTCOME)
    ask(site, reference)
    take(site, "vvg1", reference, "state_position", **AGREE)
    during = refused(site, reference, "conclude_consensus", **OUTCOME)

    assert "geen voorstel" in before
    assert "{binnen} van {alle}" in during


def test_consensus_writes_what_the_decision_needs(site: Site) -> None:
    reference = agreed(site)

    with site.database.read() as tx:
        seen = scene(site, tx, "chair", reference)
        found, conference = proposal(seen), latest_conference(seen)

    assert site.case(reference).stage == "formalising"
    assert conference is not None and conference.state == "consensus"
    assert found["hulp"] == OUTCOME["hulp"]
    assert found["samenwerkingsverband"] == VVG
    assert [rung["trede"] for rung in found["ladder"]] == [
        "eigen-netwerk", "gezin", "thuis", "deeltijd", "kleinschalig",
    ]  # fmt: skip


def test_one_opposed_means_no_consensus_and_the_dissent_is_in_own_words(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    state_all(site, reference, moeder={"standpunt": "oneens", "woorden": "Ik wil eerst rust thuis."})

    said = refused(site, reference, "conclude_consensus", **OUTCOME)
    take(site, "chair", reference, "conclude_no_consensus", **OUTCOME, samenvatting="Moeder wil eerst rust.")

    with site.database.read() as tx:
        seen = scene(site, tx, "referrer", reference)
        assert [one.words for one in dissents(seen)] == ["Ik wil eerst rust thuis."]
        assert proposal(seen)["afwijkend"][0]["soort"] == "parent"
    assert "geen consensus" in said
    assert site.case(reference).stage == "referrer_decision"


def test_no_consensus_asks_for_somebody_who_is_opposed(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    state_all(site, reference, moeder={"standpunt": "geen-mening"})

    said = refused(site, reference, "conclude_no_consensus", **OUTCOME, samenvatting="Geen.")

    assert "Niemand is het oneens" in said


def test_a_ladder_where_nothing_is_chosen_leads_elsewhere_only(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    state_all(site, reference)
    nothing = {name: {"uitkomst": "afgewezen", "waarom": "Past niet."} for name in OUTCOME["ladder"]}

    with pytest.raises(Incomplete) as first:
        take(site, "chair", reference, "conclude_consensus", **{**OUTCOME, "ladder": nothing})
    elsewhere = {**OUTCOME, "ladder": nothing, "samenwerkingsverband": "elders"}
    with pytest.raises(Incomplete) as second:
        take(site, "chair", reference, "conclude_consensus", **elsewhere)
    take(site, "chair", reference, "conclude_consensus", **elsewhere, waarheen="De wijkteams van Venlo.")

    assert [fault.pointer for fault in first.value.faults] == ["/ladder"]
    assert [fault.pointer for fault in second.value.faults] == ["/waarheen"]
    assert site.case(reference).stage == "formalising"


def test_an_adjourned_table_sits_again_with_a_round_of_its_own(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    state_all(site, reference, moeder={"standpunt": "oneens", "woorden": "Nog niet."})

    take(site, "chair", reference, "adjourn", reden="Het onderzoek is er nog niet.", gereed="Het onderzoek.")
    stage = site.case(reference).stage
    take(site, "chair", reference, "plan_conference", datum="2026-11-24", begintijd="10:00", plaats="Online")
    site.move(days=7)
    attend(site, reference)
    take(site, "chair", reference, "open_conference")
    early = refused(site, reference, "conclude_consensus", **OUTCOME)
    ask(site, reference)
    state_all(site, reference)
    take(site, "chair", reference, "conclude_consensus", **OUTCOME)

    with site.database.read() as tx:
        conference = latest_conference(scene(site, tx, "chair", reference))
        assert conference is not None
        assert (conference.number, conference.state) == (2, "consensus")
        assert content_of(conference)["rondes"][0]["voorstel"] == PROPOSAL["voorstel"]
    assert stage == "preparing"
    assert "geen voorstel" in early


def test_a_divided_table_hands_over_to_the_referrer(site: Site) -> None:
    reference = divided(site)

    assert site.case(reference).stage == "referrer_decision"


def test_the_outcome_and_the_dissent_stand_on_the_page(site: Site) -> None:
    reference = divided(site)

    page = site.as_("referrer", reference).get(f"/zaken/{reference}/overleg")

    assert page.status_code == 200
    assert "Ik wil eerst rust thuis." in page.text and "Moeder wil eerst rust." in page.text


def test_a_ladder_left_empty_names_each_rung_in_the_summary_and_by_its_field(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    state_all(site, reference)
    sent = {f"ladder.{rung}.uitkomst": "afgewezen" for rung in ("eigenNetwerk", "gezin", "thuis", "deeltijd")}
    step = {"_stap": "conclude_consensus", "_revisie": str(site.case(reference).revision)}

    page = site.as_("chair", reference).post(f"/zaken/{reference}/stappen", data=step | sent).text

    summary = page[page.index('class="error-summary') : page.index("</ul>", page.index('class="error-summary'))]
    told = [line for line in re.findall(r">([^<]+)</a>", summary) if "geen" in line or "verblijf" in line]
    assert told == [
        "Waarom geen eigen netwerk? Vul dit in.",
        "Waarom geen pleeggezin of gezinshuis? Vul dit in.",
        "Waarom geen behandeling thuis? Vul dit in.",
        "Waarom geen deeltijdverblijf? Vul dit in.",
        "Kleinschalig verblijf: Vul dit in.",
    ]
    assert ">Waarom geen behandeling thuis?</label>" in page


def offered(page: str) -> list[str]:
    """The buttons of the conference page, the primary one marked."""
    return re.findall(r'nl-button--(\w+)" id="stap-(\w+)"', page)


def test_attendance_is_asked_on_the_day_and_before_it_what_a_chair_can_do_then(site: Site) -> None:
    reference = planned(site)
    client = site.as_("chair", reference)

    pages = [client.get(f"/zaken/{reference}/overleg").text, client.get(f"/zaken/{reference}").text]
    site.move(days=8)
    today = [client.get(f"/zaken/{reference}/overleg").text, client.get(f"/zaken/{reference}").text]

    assert offered(pages[0]) == [
        ("secondary", "invite_guest"),
        ("secondary", "move_conference"),
        ("secondary", "cancel_conference"),
    ]
    assert "record_attendance" not in pages[1][: pages[1].index("Meer mogelijkheden")]
    assert offered(today[0])[0] == ("primary", "record_attendance")
    assert "record_attendance" in today[1][: today[1].index("Meer mogelijkheden")]


def test_the_page_says_who_sees_to_it_that_the_table_can_open(site: Site) -> None:
    reference = planned(site)

    before = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text
    site.move(days=8)
    attend(site, reference, chair={"aanwezig": "afwezig", "reden": "Ziek"})
    without = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text

    assert "Wie er is, legt de voorzitter vast op de dag van het overleg." in before
    assert "Nog niemand kan dit overleg leiden. De voorzitter van nu legt de aanwezigheid opnieuw vast" in without
    assert "heeft een band" not in before


def test_each_seat_is_offered_what_can_be_so(site: Site) -> None:
    reference = on_the_day(site)

    page = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/record_attendance").text

    rows = page.split('<fieldset class="form-row stack">')[1:]
    values = [set(re.findall(r'name="aanwezigheid\.\d+\.aanwezig" value="([\w-]+)"', row)) for row in rows]
    assert len(values) == 7 and "zetel?" not in page
    assert sum("niet-gevraagd" in each for each in values) == 1, "of the young person alone"
    assert sum("vertegenwoordigd" not in each for each in values) == 1, "nobody stands in for the chair"
    assert all({"aanwezig", "online", "afwezig"} <= each for each in values)
