"""The pen and the executing GI: who is asked to join for a part, what she can, and that it ends at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.errors import NotAllowed
from bijzondere_toegang.people.accounts import add_membership
from bijzondere_toegang.timeline.record import entries_of
from tests.cases.acting import mailed
from tests.conferences.walk import agreed, opened, planned
from tests.support import Part, Site, join, register_sample, take

NAME = "Mohammed"


def independent(site: Site, number: int = 1) -> str:
    reference = register_sample(site, number)
    take(site, "chair", reference, "declare_independence", band=False)
    return reference


def hand_pen(site: Site, reference: str, to: Any = "notulist") -> None:
    take(site, "chair", reference, "hand_pen", notulist=str(site.who(to)))


def status(site: Site, who: Any, address: str) -> int:
    return site.as_(who).get(f"/zaken/{address}").status_code


def post(site: Site, who: Any, reference: str, step: str, **data: Any) -> Any:
    body = {"stap": step, "revisie": site.case(reference).revision, "gegevens": data}
    return site.api(who, reference).post(f"/api/v1/zaken/{reference}/stappen", json=body)


def acts(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        return [entry.step for entry in reversed(entries_of(tx, site.case(reference).id)) if entry.step]


def open_rows(site: Site, reference: str, relation: str) -> list[CaseAccess]:
    with site.database.read() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        rows = tx.exec(select(CaseAccess).where(CaseAccess.case_id == case.id, CaseAccess.relation == relation)).all()
        return [row for row in rows if row.until is None]


def test_a_secretary_finds_nothing_until_she_is_handed_the_pen(site: Site) -> None:
    reference = independent(site)
    before = status(site, "notulist", reference)

    hand_pen(site, reference)

    assert before == 404
    assert status(site, "notulist", reference) == 200
    assert site.cast["notulist"] in mailed(site)
    assert acts(site, reference)[-1] == "hand_pen"


def test_the_form_of_the_pen_names_the_secretaries(site: Site) -> None:
    reference = independent(site)

    shown = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/hand_pen").text

    assert "Noor Notulist" in shown and "Anneke Smeets</" not in shown.split("<form")[-1]


def test_a_chair_who_did_not_declare_yet_hands_the_pen_to_nobody(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(NotAllowed):
        hand_pen(site, reference)


def test_a_secretary_says_first_whether_she_has_a_tie_and_sees_only_that_until_then(site: Site) -> None:
    reference = opened(site)
    hand_pen(site, reference)
    browser = site.as_("notulist")

    case, table = browser.get(f"/zaken/{reference}").text, browser.get(f"/zaken/{reference}/overleg").text
    refused = post(site, "notulist", reference, "write_minutes", zorgen="School valt stil.")

    assert "U ziet nu alleen wat nodig is om te zeggen of u een band hebt" in case
    assert "eet nauwelijks" not in case and "eet nauwelijks" not in table and NAME not in table
    assert refused.status_code == 403
    assert status(site, "notulist", f"{reference}/stappen/write_minutes") == 403
    offered = site.api("notulist").get(f"/api/v1/zaken/{reference}").json()
    assert [one["stap"] for one in offered["mogelijkeStappen"]] == ["declare_independence"]


def test_a_secretary_with_a_tie_is_out_and_the_chair_is_told(site: Site) -> None:
    reference = independent(site)
    hand_pen(site, reference)
    before = len(mailed(site))

    take(site, "notulist", reference, "declare_independence", band=True, toelichting="Mijn buren.")

    assert status(site, "notulist", reference) == 404
    assert mailed(site)[before:] == [site.who("chair", reference)]
    assert post(site, "chair", reference, "hand_pen", notulist=str(site.cast["notulist"])).status_code in (409, 422)


def test_a_secretary_plans_the_conference_and_writes_its_minutes(site: Site) -> None:
    reference = independent(site)
    hand_pen(site, reference)
    take(site, "notulist", reference, "declare_independence", band=False)
    take(site, "chair", reference, "take_up")

    took = post(site, "notulist", reference, "plan_conference", datum="2026-11-17", begintijd="10:00", plaats="Horn")
    moved = post(
        site, "notulist", reference, "move_conference",
        datum="2026-11-18", begintijd="10:00", plaats="Horn", reden="De tolk kon niet.",
    )  # fmt: skip

    assert (took.status_code, moved.status_code) == (200, 200)
    assert site.case(reference).stage == "conference_planned"


def test_a_secretary_writes_during_and_after_the_table_and_does_nothing_else_there(site: Site) -> None:
    reference = agreed(site)
    hand_pen(site, reference)
    take(site, "notulist", reference, "declare_independence", band=False)

    page = site.as_("notulist").get(f"/zaken/{reference}/overleg").text
    wrote = post(site, "notulist", reference, "write_minutes", zorgen="School valt stil.")

    assert 'name="zorgen"' in page
    assert wrote.status_code == 200
    assert "School valt stil." in site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text
    for step in ("put_up_minutes", "adopt_minutes", "hand_pen", "take_pen_back", "hand_over_chair"):
        assert post(site, "notulist", reference, step).status_code == 403, step


def test_a_secretary_loses_sight_when_the_pen_is_taken_back_and_what_she_wrote_stays(site: Site) -> None:
    reference = opened(site)
    hand_pen(site, reference)
    take(site, "notulist", reference, "declare_independence", band=False)
    take(site, "notulist", reference, "write_minutes", zorgen="School valt stil.")

    take(site, "chair", reference, "take_pen_back")

    assert status(site, "notulist", reference) == 404
    assert status(site, "notulist", f"{reference}/overleg") == 404
    assert reference not in site.as_("notulist").get("/werkvoorraad").text
    assert "School valt stil." in site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text
    assert acts(site, reference)[-1] == "take_pen_back"


def test_there_is_one_pen(site: Site) -> None:
    reference = independent(site)
    with site.database.write() as tx:
        second = join(tx, Part("Nel Tweede", "bureau", "secretary", "nel@example.org"), site.at)
    hand_pen(site, reference)

    hand_pen(site, reference, second)

    assert status(site, "notulist", reference) == 404
    assert status(site, second, reference) == 200


def test_without_a_secretary_or_a_pen_to_take_back_a_sentence_says_so(site: Site) -> None:
    reference = independent(site)

    nothing = post(site, "chair", reference, "take_pen_back")
    hand_pen(site, reference)
    nobody = post(site, "chair", reference, "hand_pen", notulist=str(site.cast["notulist"]))

    assert nothing.status_code == 409 and "Er is niets terug te nemen." in nothing.text
    assert nobody.status_code == 409 and "Vraag de beheerder om een account" in nobody.text


# ── The executing GI ──


def share(site: Site, reference: str, text: str = "Voor de GI.") -> None:
    take(site, "referrer", reference, "add_statement", tekst=text, wieMagLezen=["gi"])


def involve(site: Site, reference: str, who: Any = "referrer", gi: str = "verwijzer3", **more: Any) -> None:
    said = {"professional": str(site.who(gi)), "grond": "ondertoezichtstelling", **more}
    take(site, who, reference, "involve_gi", **said)


def test_a_gi_is_involved_on_a_ground_and_sees_what_is_shared_with_it(site: Site) -> None:
    reference = independent(site)
    share(site, reference)
    before = status(site, "verwijzer3", reference)

    involve(site, reference)

    shown = site.as_("verwijzer3").get(f"/zaken/{reference}")
    assert before == 404
    assert shown.status_code == 200 and "Voor de GI." in shown.text
    assert "eet nauwelijks" not in shown.text
    [row] = open_rows(site, reference, "gi.involved")
    assert (row.ground, row.organisation) == ("ondertoezichtstelling", "bjz-limburg")
    assert site.cast["verwijzer3"] in mailed(site)
    assert acts(site, reference)[-1] == "involve_gi"


def test_before_anything_is_shared_a_sentence_says_what_to_do(site: Site) -> None:
    reference = independent(site)

    refused = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/involve_gi")
    offered = site.api("chair", reference).get(f"/api/v1/zaken/{reference}").json()["nogNietMogelijk"]

    assert refused.status_code == 409 and "Schrijf eerst een verklaring met de GI als lezer." in refused.text
    assert [one["stap"] for one in offered if "Met de GI is nog niets gedeeld" in one["redenen"][0]] == ["involve_gi"]


def test_only_people_of_another_certified_institution_can_be_chosen(site: Site) -> None:
    reference = register_sample(site, 3)
    share(site, reference)

    shown = site.as_("referrer", reference).get(f"/zaken/{reference}/stappen/involve_gi").text

    assert "Viktor Schrikker" in shown and "William Schrikker Jeugdbescherming" in shown
    assert "Vivian Limburg</label>" not in shown and "Victor Roermond" not in shown
    assert post(
        site, "referrer", reference, "involve_gi", professional=str(site.cast["verwijzer1"]), grond="ondertoezichtstelling"
    ).status_code == 422  # fmt: skip


def test_consent_as_a_ground_asks_who_gave_it(site: Site) -> None:
    reference = independent(site)
    share(site, reference)
    chosen = {"professional": str(site.cast["verwijzer3"]), "grond": "toestemming"}

    refused = post(site, "chair", reference, "involve_gi", **chosen)
    taken = post(site, "chair", reference, "involve_gi", **chosen, toestemmingVan="Beide ouders")

    assert refused.status_code == 422 and refused.json()["fouten"][0]["pointer"] == "/toestemmingVan"
    assert taken.status_code == 200


def test_a_gi_that_is_no_longer_involved_finds_nothing(site: Site) -> None:
    reference = independent(site)
    share(site, reference)
    nothing = post(site, "chair", reference, "end_gi", professional=str(site.cast["verwijzer3"]), reden="Klaar.")
    involve(site, reference)

    take(site, "chair", reference, "end_gi", professional=str(site.cast["verwijzer3"]), reden="De maatregel eindigde.")

    assert nothing.status_code == 409
    assert status(site, "verwijzer3", reference) == 404
    assert open_rows(site, reference, "gi.involved") == []
    involve(site, reference)
    assert status(site, "verwijzer3", reference) == 200


def test_a_stand_in_and_a_planner_involve_nobody(site: Site) -> None:
    reference = independent(site)
    share(site, reference)
    take(site, "referrer", reference, "delegate", aan=str(site.who("collega")), totEnMet="2026-11-20", reden="Verlof.")

    for who in ("collega", "teamleider", "planner"):
        answer = post(site, who, reference, "involve_gi")

        assert answer.status_code in (403, 404), who


def test_who_sees_the_case_reads_who_has_the_pen(site: Site) -> None:
    reference = planned(site)

    hand_pen(site, reference)

    shown = site.as_("chair", reference).get(f"/zaken/{reference}").text
    assert "Noor Notulist" in shown


def test_nobody_of_the_family_is_asked_to_work_in_the_own_case(site: Site) -> None:
    reference = independent(site)
    mother = site.who("moeder", reference)
    with site.database.write() as tx:
        for role in ("secretary", "chair"):
            add_membership(tx, mother, "bureau", role, site.on)
        add_membership(tx, mother, "toegang-venlo", "referrer", site.on)

    asked = {
        step: str(site.api(who, reference).get(f"/api/v1/zaken/{reference}").json()["mogelijkeStappen"])
        for step, who in (("hand_pen", "chair"), ("hand_over_referrer", "referrer"))
    }

    assert all(step in told and str(mother) not in told for step, told in asked.items())
