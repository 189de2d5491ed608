from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.deadlines import answer_due
from bijzondere_toegang.cases.items import call_of, readable_items
from bijzondere_toegang.cases.models import CaseAccess, Item
from bijzondere_toegang.errors import Incomplete, NotAllowed
from tests.cases.acting import mailed, put, seat
from tests.support import Site, register_sample, scene, take

WORDS = "Ik wil dat iedereen weet dat het thuis beter gaat."


def said_to(site: Site, who: Any, reference: str, kind: str = "statement") -> list[str]:
    with site.database.read() as tx:
        found = readable_items(scene(site, tx, who, reference))
        return [item.text.reveal() for item in found if item.kind == kind and item.text]


def test_a_statement_without_readers_stays_with_its_author_and_the_referrer(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    take(site, "moeder", reference, "add_statement", tekst=WORDS)

    assert said_to(site, "moeder", reference) == [WORDS]
    assert said_to(site, "referrer", reference) == [WORDS]
    assert said_to(site, "chair", reference) == []
    assert said_to(site, "vader", reference) == []


def test_a_statement_opens_to_whom_its_author_chose(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    take(site, "moeder", reference, "add_statement", tekst=WORDS, wieMagLezen=["voorzitter"])

    assert said_to(site, "chair", reference) == [WORDS]
    assert said_to(site, "vader", reference) == []


def test_a_statement_of_a_professional_opens_to_one_parent_alone(site: Site) -> None:
    reference = register_sample(site, 1)

    take(site, "referrer", reference, "add_statement", tekst=WORDS, wieMagLezen=["vader"], over="Het gesprek")

    assert said_to(site, "vader", reference) == [WORDS]
    assert said_to(site, "moeder", reference) == []


def test_a_statement_in_the_time_of_help_belongs_to_the_record_of_the_provider(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="in_care")

    take(site, "moeder", reference, "add_statement", tekst=WORDS, wieMagLezen=["ouders"])

    with site.database.read() as tx:
        assert tx.exec(select(Item.holder).where(Item.kind == "statement")).all() == ["provider"]
    assert said_to(site, "vader", reference) == [WORDS]


def call(site: Site, who: str, reference: str, **more: Any) -> None:
    answers = {"metWie": "moeder", "wanneer": "2026-11-09", "gelukt": True, "wat": "Wat er nu gebeurt."}
    take(site, who, reference, "record_call", **{**answers, **more})


def test_a_call_is_kept_for_its_author_and_the_referrer(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)

    call(site, "chair", reference)

    assert said_to(site, "chair", reference, "call") == ["Wat er nu gebeurt."]
    assert said_to(site, "moeder", reference, "call") == []
    with site.database.read() as tx:
        item = next(one for one in readable_items(scene(site, tx, "referrer", reference)) if one.kind == "call")
        assert (call_of(item).with_whom, call_of(item).on.isoformat(), call_of(item).reached) == (
            "moeder",
            "2026-11-09",
            True,
        )


def test_a_call_can_fail_but_not_be_tomorrow(site: Site) -> None:
    reference = register_sample(site, 1)

    take(site, "referrer", reference, "record_call", metWie="vader", wanneer="2026-11-08", gelukt=False)
    with pytest.raises(Incomplete) as refused:
        call(site, "referrer", reference, wanneer="2026-11-10")

    assert [fault.pointer for fault in refused.value.faults] == ["/wanneer"]
    assert said_to(site, "referrer", reference, "call") == [""]


def test_the_family_records_no_calls_of_professionals(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(NotAllowed):
        call(site, "moeder", reference)


def test_who_asks_for_a_new_conference_has_an_answer_within_three_working_days(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="in_care")
    before = len(mailed(site))

    take(site, "moeder", reference, "ask_reconvene", reden="Het gaat niet goed.")
    site.move(days=1)
    take(site, "vader", reference, "ask_reconvene", reden="Ik wil ook praten.")

    due = answer_due(site.case(reference))
    assert due is not None and due.isoformat() == "2026-11-12"
    told = {site.who("chair", reference), site.who("referrer", reference)}
    assert set(mailed(site)[before:]) == told


def test_coming_together_again_answers_who_asked_and_leaves_help_and_access_alone(site: Site) -> None:
    reference = register_sample(site, 1)
    code = site.process.region.consortia_of("mutsaersstichting", site.on)[0].code
    put(site, reference, stage="in_care", help_runs=True, accepted_consortium=code)
    seat(site, reference, "muts1", "rep.accepted", consortium=code)
    take(site, "moeder", reference, "ask_reconvene", reden="Het gaat niet goed.")

    take(site, "referrer", reference, "reconvene", reden="Moeder vroeg het.", agenda="Hoe nu?", deskundigenteam=False)

    case = site.case(reference)
    assert (case.stage, case.help_runs, case.reconvene_asked_at) == ("preparing", True, None)
    assert case.accepted_consortium == code
    with site.database.read() as tx:
        rows = tx.exec(select(CaseAccess).where(CaseAccess.relation == "rep.accepted")).all()
        assert [row.until for row in rows] == [None]


def test_after_two_returns_the_expert_team_has_to_be_there(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="placement_returned", returns=2)
    answers = {"reden": "Twee keer terug.", "agenda": "Wat kan wel?"}

    with pytest.raises(Incomplete) as refused:
        take(site, "referrer", reference, "reconvene", **answers, deskundigenteam=False)
    take(site, "referrer", reference, "reconvene", **answers, deskundigenteam=True)

    assert [fault.pointer for fault in refused.value.faults] == ["/deskundigenteam"]
    assert site.case(reference).stage == "preparing"
