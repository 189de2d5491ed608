"""Who asks for a new conference gets an answer in three days: a new table, or a no with its reason."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bijzondere_toegang.errors import NotAllowed, NotNow
from bijzondere_toegang.jobs import tick
from bijzondere_toegang.reminders.models import Reminder
from bijzondere_toegang.timeline.record import entries_of
from tests.cases.acting import mailed, put, seat
from tests.support import Site, register_sample, take

NO = {"reden": "De hulp is net begonnen. Over zes weken praten we weer."}


def asked(site: Site) -> str:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    put(site, reference, stage="in_care")
    take(site, "moeder", reference, "ask_reconvene", reden="Het gaat niet goed.")
    take(site, "vader", reference, "ask_reconvene", reden="Ik wil ook praten.")
    return reference


def waiting(site: Site) -> list[tuple[str, str, str]]:
    with site.database.read() as tx:
        rows = tx.exec(select(Reminder).where(Reminder.state == "waiting", Reminder.name == "answer_reconvene")).all()
        return sorted((row.name, row.to_role, row.due_at.date().isoformat()) for row in rows)


def test_a_no_is_told_to_everybody_who_asked_and_ends_the_question(site: Site) -> None:
    reference = asked(site)
    before = len(mailed(site))

    case = take(site, "chair", reference, "decline_reconvene", **NO)

    assert (case.stage, case.reconvene_asked_at) == ("in_care", None)
    assert set(mailed(site)[before:]) == {site.who("moeder", reference), site.who("vader", reference)}
    assert waiting(site) == []
    with site.database.read() as tx:
        assert entries_of(tx, case.id, newest=1)[0].step == "decline_reconvene"


def test_who_asked_reads_the_answer_and_others_do_not(site: Site) -> None:
    reference = asked(site)
    waits = site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text

    take(site, "referrer", reference, "decline_reconvene", **NO)

    pages = {who: site.as_(who, reference).get(f"/mijn-plan/{reference}").text for who in ("moeder", "jeugdige")}
    assert "U krijgt antwoord voor het einde van" in waits
    assert NO["reden"] in pages["moeder"] and "Er komt nu geen nieuw gesprek." in pages["moeder"]
    assert NO["reden"] not in pages["jeugdige"]


def test_a_professional_who_asked_reads_the_answer_on_the_case_page(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="in_care")
    seat(site, reference, "zorg_vvg1", "provider.named", organisation="vincent-van-gogh")
    take(site, "zorg_vvg1", reference, "ask_reconvene", reden="Het lukt zo niet.")
    asker, chair = site.as_("zorg_vvg1"), site.as_("referrer", reference)
    due = chair.get(f"/zaken/{reference}").text
    reasons = chair.get(f"/zaken/{reference}/stappen/decline_reconvene").text

    take(site, "referrer", reference, "decline_reconvene", **NO)

    assert "Geef antwoord uiterlijk" in due and "Het lukt zo niet." in reasons
    assert NO["reden"] in asker.get(f"/zaken/{reference}").text


def test_the_reminder_of_the_answer_survives_every_replanning_and_is_mailed_once(site: Site) -> None:
    reference = asked(site)
    take(
        site,
        "referrer",
        reference,
        "suspend",
        grond="instemming-aanvrager",
        vanaf="2026-11-09",
        toelichting="Vakantie.",
    )
    assert waiting(site) == [("answer_reconvene", role, "2026-11-12") for role in ("chair", "referrer")]
    before = len(mailed(site, "reminder"))

    site.move(days=3)
    fell_due = [tick(site.database, site.process, site.at) for _ in range(2)]

    assert fell_due == [2, 0]
    assert set(mailed(site, "reminder")[before:]) == {site.who("chair", reference), site.who("referrer", reference)}


def test_the_table_that_meets_again_needs_no_reminder(site: Site) -> None:
    reference = asked(site)

    take(site, "chair", reference, "reconvene", reden="Goed.", agenda="Hoe nu?", deskundigenteam=False)

    assert waiting(site) == []


def test_there_is_nothing_to_decline_when_nobody_asked(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="in_care")

    with pytest.raises(NotNow):
        take(site, "referrer", reference, "decline_reconvene", **NO)


def test_the_family_does_not_decline(site: Site) -> None:
    reference = asked(site)

    with pytest.raises(NotAllowed):
        take(site, "moeder", reference, "decline_reconvene", **NO)
