"""Handing over the referrer's part: an offer, a look, an answer; through the pages and the machine's door."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Handover
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow, NotThere
from bijzondere_toegang.timeline.record import entries_of
from tests.cases.acting import leave, mailed, put
from tests.support import Part, Site, join, register, register_sample, sample, take

REASON = "Ik ga met verlof, en jij kent de school."


def offer(site: Site, reference: str, who: Any = "referrer", to: str = "collega") -> None:
    take(site, who, reference, "hand_over_referrer", opvolger=str(site.who(to)), reden=REASON)


def accept(site: Site, reference: str, who: Any = "collega", **more: Any) -> None:
    take(site, who, reference, "take_over", **{"gezinGebeld": True, "gebeldOp": site.on.isoformat(), **more})


def status(site: Site, who: Any, reference: str) -> int:
    return site.as_(who, reference).get(f"/zaken/{reference}").status_code


def page(site: Site, who: Any, reference: str) -> str:
    return text_of(site.as_(who, reference).get(f"/zaken/{reference}").text)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[-1]))


def handovers(site: Site, reference: str) -> list[Handover]:
    with site.database.read() as tx:
        rows = list(
            tx.exec(
                select(Handover)
                .where(Handover.case_id == site.case(reference).id)
                .order_by(col(Handover.offered_at), col(Handover.answer))
            ).all()
        )
        unseal_rows(tx, rows)
        return rows


def acts(site: Site, reference: str) -> list[str]:
    """The newest four acts on the timeline, oldest first."""
    with site.database.read() as tx:
        return [entry.step for entry in reversed(entries_of(tx, site.case(reference).id, newest=4)) if entry.step]


def test_an_offer_opens_the_case_to_the_colleague_and_takes_nothing_from_the_referrer(site: Site) -> None:
    reference = register_sample(site, 1)
    before = status(site, "collega", reference)

    offer(site, reference)

    assert before == 404
    assert status(site, "collega", reference) == 200
    assert site.who("referrer", reference) == site.cast["verwijzer1"]
    assert site.cast["collega"] in mailed(site)
    assert acts(site, reference)[-1] == "hand_over_referrer"
    [row] = handovers(site, reference)
    assert (row.offered_by, row.offered_to, row.answer) == (site.cast["verwijzer1"], site.cast["collega"], "")
    assert row.reason is not None and row.reason.reveal() == REASON


def test_the_colleague_reads_who_asks_why_and_until_when(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)

    shown = page(site, "collega", reference)

    assert "Neem deze zaak over of geef haar terug." in shown
    assert "Vera Venlo biedt u deze zaak aan. U kunt kijken en kiezen tot en met maandag 16 november." in shown
    assert REASON in shown
    assert "Zaak overnemen" in shown and "Zaak teruggeven aan uw collega" in shown


def test_who_offered_and_the_coordinator_see_the_offer_and_the_coordinator_not_why(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)

    own, lead = page(site, "referrer", reference), page(site, "teamleider", reference)

    assert "De zaak is aangeboden aan Coen Collega, tot en met maandag 16 november." in own and REASON in own
    assert "De zaak is aangeboden aan Coen Collega" in lead and REASON not in lead
    take(site, "chair", reference, "declare_independence", band=False)
    assert "aangeboden aan Coen" not in page(site, "chair", reference)


def test_the_offer_stands_on_top_of_the_work_of_the_colleague(site: Site) -> None:
    late, offered = register_sample(site, 1), register(site, sample(1) | {"bronkenmerk": "TOEGANG-VENLO-2026-9001"})
    put(site, late, due_on=date(2026, 11, 2), stage="formalising")
    put(site, offered, due_on=None)
    offer(site, late)
    accept(site, late)
    offer(site, offered)

    html = site.as_("collega").get("/werkvoorraad").text
    shown = text_of(html)

    assert html.index(f"/zaken/{offered}") < html.index(f"/zaken/{late}")
    assert "2 zaken wachten op u." in shown and "Nu doen" in shown
    assert "Zaak van Mohammed: neem deze zaak over of geef haar terug" in shown
    assert "U kunt kijken en kiezen tot en met maandag 16 november." in shown


def test_who_takes_over_has_the_case_and_the_former_finds_nothing(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)
    former = site.as_("verwijzer1")

    accept(site, reference)

    assert site.who("referrer", reference) == site.cast["collega"]
    assert former.get(f"/zaken/{reference}").status_code == 404
    assert site.api("verwijzer1").get(f"/api/v1/zaken/{reference}").status_code == 404
    assert reference not in former.get("/werkvoorraad").text
    assert acts(site, reference)[-2:] == ["hand_over_referrer", "take_over"]
    assert handovers(site, reference)[0].answer == "taken"
    assert site.family(reference)["moeder"] in mailed(site)


def test_all_delegations_end_when_the_case_is_taken_over(site: Site) -> None:
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        third = join(tx, Part("Derde Venlo", "toegang-venlo", "referrer", "derde@example.org"), site.at)
    take(site, "referrer", reference, "delegate", aan=str(third), totEnMet="2026-11-20", reden="Verlof.")
    offer(site, reference)

    accept(site, reference)

    assert status(site, third, reference) == 404
    with site.database.read() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        rows = tx.exec(select(CaseAccess).where(CaseAccess.case_id == case.id)).all()
    assert [row.relation for row in rows if row.account_id == site.cast["collega"] and row.until is None] == [
        "referrer.own"
    ]


def test_the_family_has_another_contact_from_the_moment_it_is_taken_over(site: Site) -> None:
    reference = register_sample(site, 1)
    mother = site.as_("moeder", reference)

    offer(site, reference)
    during = mother.get(f"/mijn-plan/{reference}").text
    accept(site, reference)
    after = mother.get(f"/mijn-plan/{reference}").text

    assert "Vera Venlo" in during and "Coen Collega" not in during
    assert "Coen Collega" in after and "Vera Venlo" not in after


def test_the_form_asks_whether_the_family_was_called(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)
    browser, sent = site.as_("collega"), {"_stap": "take_over", "_revisie": "2", "gezinGebeld": "nee"}

    refused = browser.post(f"/zaken/{reference}/stappen", data=sent)
    taken = browser.post(f"/zaken/{reference}/stappen", data={**sent, "waaromNietGebeld": "Niemand thuis; morgen."})

    assert refused.status_code == 422 and "Waarom nog niet, en wanneer belt u?" in refused.text
    assert taken.status_code == 303
    assert site.who("referrer", reference) == site.cast["collega"]


def test_the_family_can_not_have_been_called_tomorrow(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)

    with pytest.raises(Incomplete) as refused:
        accept(site, reference, gebeldOp="2026-11-10")

    assert [fault.pointer for fault in refused.value.faults] == ["/gebeldOp"]
    assert site.who("referrer", reference) == site.cast["verwijzer1"]
    assert handovers(site, reference)[0].answered_at is None


def test_who_gives_it_back_sees_it_no_more_and_who_offered_is_told(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)
    before = len(mailed(site))

    take(site, "collega", reference, "decline_handover", reden="Ik ken dit gezin.")

    assert status(site, "collega", reference) == 404
    assert mailed(site)[before:] == [site.cast["verwijzer1"]]
    assert site.who("referrer", reference) == site.cast["verwijzer1"]
    assert acts(site, reference)[-1] == "decline_handover"
    [row] = handovers(site, reference)
    assert row.answer == "declined" and row.answer_reason is not None
    assert row.answer_reason.reveal() == "Ik ken dit gezin."


def test_a_coordinator_who_offered_is_told_too(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference, "teamleider")
    before = len(mailed(site))

    take(site, "collega", reference, "decline_handover", reden="Te druk.")

    assert set(mailed(site)[before:]) == {site.cast["verwijzer1"], site.cast["teamleider"]}


def test_an_offer_can_be_recalled_and_made_to_another(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)

    take(site, "referrer", reference, "recall_handover")
    seen = status(site, "collega", reference)
    offer(site, reference)

    assert seen == 404
    assert status(site, "collega", reference) == 200
    assert sorted(row.answer for row in handovers(site, reference)) == ["", "recalled"]


@pytest.mark.parametrize("who", ["referrer", "teamleider"])
def test_a_second_offer_while_one_stands_is_refused_with_a_sentence(site: Site, who: str) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)

    refused = site.api(who, reference).post(
        f"/api/v1/zaken/{reference}/stappen",
        json={
            "stap": "hand_over_referrer",
            "revisie": site.case(reference).revision,
            "gegevens": {"opvolger": str(site.cast["collega"]), "reden": "Nog eens."},
        },
    )

    assert refused.status_code == 409
    assert "De zaak is al aangeboden, tot en met maandag 16 november" in refused.text
    assert len(handovers(site, reference)) == 1


def test_the_offer_lapses_after_five_working_days_with_easter_between(site: Site) -> None:
    site.clock.at = datetime(2027, 3, 24, 9, 0, tzinfo=UTC)
    reference = register_sample(site, 1)
    # Wednesday 24 March; Good Friday and Easter Monday are no working days: the fifth is Friday 2 April.
    offer(site, reference)

    site.clock.at = datetime(2027, 4, 2, 21, 59, tzinfo=UTC)
    last_minute = status(site, "collega", reference)
    site.clock.at = datetime(2027, 4, 2, 22, 0, tzinfo=UTC)

    assert last_minute == 200
    assert status(site, "collega", reference) == 404
    with pytest.raises(NotThere):
        accept(site, reference)
    with pytest.raises(NotNow) as lapsed:
        take(site, "referrer", reference, "recall_handover")
    assert "vanzelf vervallen" in lapsed.value.sentence.text
    offer(site, reference)
    accept(site, reference)
    assert site.who("referrer", reference) == site.cast["collega"]


def test_a_stand_in_hears_that_the_offer_lapsed(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)
    site.move(days=8)
    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-20", reden="Verlof.")

    with pytest.raises(NotNow) as lapsed:
        accept(site, reference)

    assert "Het aanbod liep tot en met" in lapsed.value.sentence.text


def test_a_stand_in_who_was_not_asked_can_not_take_the_case(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-20", reden="Verlof.")

    with pytest.raises(NotNow):
        accept(site, reference)

    assert site.who("referrer", reference) == site.cast["verwijzer1"]


def test_declining_leaves_a_delegation_of_before_as_it_was(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-20", reden="Verlof.")
    offer(site, reference)

    take(site, "collega", reference, "decline_handover", reden="Alleen waarnemen.")

    assert status(site, "collega", reference) == 200


def test_a_stand_in_who_is_asked_to_take_over_stands_once_among_who_helps(site: Site) -> None:
    reference = register_sample(site, 1)
    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-20", reden="Verlof.")
    offer(site, reference)

    shown = page(site, "referrer", reference)

    assert shown.split("Wie helpt mee")[1].split("Telefoon en e-mail")[0].count("Coen Collega") == 1


def test_the_colleague_may_do_no_more_than_a_stand_in_until_she_has_the_case(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)

    with pytest.raises(NotAllowed):
        take(site, "collega", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-12-11", reden="Meer.")
    with pytest.raises(NotAllowed):
        offer(site, reference, "collega")
    with pytest.raises(NotAllowed):
        take(site, "collega", reference, "recall_handover")


def test_the_case_of_who_left_is_offered_by_the_coordinator(site: Site) -> None:
    reference = register_sample(site, 1)
    leave(site, site.cast["verwijzer1"])

    offer(site, reference, "teamleider")
    accept(site, reference)

    assert site.who("referrer", reference) == site.cast["collega"]
    assert status(site, "collega", reference) == 200
    assert status(site, "verwijzer1", reference) == 404


def test_a_colleague_who_left_meanwhile_can_not_take_over(site: Site) -> None:
    reference = register_sample(site, 1)
    offer(site, reference)
    leave(site, site.cast["collega"])

    with pytest.raises(NotThere):
        accept(site, reference)

    take(site, "referrer", reference, "recall_handover")
    assert handovers(site, reference)[0].answer == "recalled"


def test_a_referrer_of_another_organisation_is_no_successor(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(Incomplete) as refused:
        offer(site, reference, to="verwijzer2")

    assert [fault.pointer for fault in refused.value.faults] == ["/opvolger"]
    assert status(site, "verwijzer2", reference) == 404
