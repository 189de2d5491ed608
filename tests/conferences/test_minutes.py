from __future__ import annotations

import random
from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.conferences.minutes import draft, minutes_in_round, silent, texts_of, versions
from bijzondere_toegang.conferences.models import Block
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from tests.conferences.walk import agreed, opened, planned, prepared, voices
from tests.support import Site, scene, take

RIGHT = {"reactie": "klopt"}


def written(site: Site, reference: str) -> dict[str, str]:
    with site.database.read() as tx:
        return draft(scene(site, tx, "chair", reference)).texts


def with_secretary(site: Site, reference: str) -> None:
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        grant(tx, case, site.cast["notulist"], "secretary.assigned", site.at)
    take(site, "notulist", reference, "declare_independence", band=False)


def test_notes_are_kept_per_topic_and_older_texts_stay(site: Site) -> None:
    reference = opened(site)

    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.", afspraken="Anneke belt school.")
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt beter.", versie=1)

    assert written(site, reference) == {"zorgen": "Sam slaapt beter.", "afspraken": "Anneke belt school."}
    with site.database.read() as tx:
        rows = list(tx.exec(select(Block).where(Block.topic == "zorgen").order_by(Block.version)).all())  # type: ignore[arg-type]
        unseal_rows(tx, rows)
        assert [row.text.reveal() for row in rows if row.text] == ["Sam slaapt slecht.", "Sam slaapt beter."]


def test_a_topic_that_is_sent_empty_is_cleared(site: Site) -> None:
    reference = opened(site)
    take(site, "chair", reference, "write_minutes", zorgen="Verkeerd blok.")

    take(site, "chair", reference, "write_minutes", zorgen="", versie=1)

    assert written(site, reference) == {"zorgen": ""}


def test_writing_holds_up_nobody_who_acts_on_the_case(site: Site) -> None:
    reference = opened(site)
    before = site.case(reference).revision

    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.")

    assert site.case(reference).revision == before


def test_the_secretary_writes_too_also_after_the_table(site: Site) -> None:
    reference = agreed(site)
    with_secretary(site, reference)

    take(site, "notulist", reference, "write_minutes", zorgen="Sam slaapt slecht.")

    assert written(site, reference) == {"zorgen": "Sam slaapt slecht."}
    with pytest.raises(NotAllowed):
        take(site, "referrer", reference, "write_minutes", zorgen="Ik ook.")


def test_there_are_no_minutes_without_a_table(site: Site) -> None:
    reference = planned(site)

    with pytest.raises(NotNow):
        take(site, "chair", reference, "write_minutes", zorgen="Te vroeg.")


def test_a_stale_save_shows_both_texts_and_loses_neither(site: Site) -> None:
    reference = opened(site)
    with_secretary(site, reference)
    mine, hers = site.as_("chair", reference), site.as_("notulist")
    address = f"/zaken/{reference}/overleg/verslag"
    first = hers.post(address, data={"zorgen": "Tekst van Noor.", "watGoedGaat": "", "versie": "0"})

    stale = mine.post(address, data={"zorgen": "Tekst van Anneke.", "watGoedGaat": "De hond.", "versie": "0"})
    again = mine.post(address, data={"zorgen": "Samen.", "watGoedGaat": "De hond.", "versie": "1"})

    assert first.status_code == 303
    assert stale.status_code == 422
    assert "Tekst van Noor." in stale.text and "Tekst van Anneke." in stale.text and "De hond." in stale.text
    assert 'name="versie" value="1"' in stale.text
    assert again.status_code == 303
    assert written(site, reference) == {"zorgen": "Samen.", "watGoedGaat": "De hond."}


def test_no_order_of_two_writers_loses_a_text(site: Site) -> None:
    reference = opened(site)
    dice, known, saved = random.Random(7), [0, 0], []

    for turn in range(40):
        who, topic = dice.randrange(2), dice.choice(["zorgen", "afspraken"])
        text = f"tekst {turn} van {who}"
        try:
            take(site, "chair", reference, "write_minutes", **{topic: text, "versie": known[who]})
        except Incomplete:
            with site.database.read() as tx:
                known[who] = draft(scene(site, tx, "chair", reference)).version
        else:
            saved.append(text)
            known[who] += 1

    with site.database.read() as tx:
        rows = list(tx.exec(select(Block)).all())
        unseal_rows(tx, rows)
        assert sorted(row.text.reveal() for row in rows if row.text) == sorted(saved)
    assert 0 < len(saved) < 40


def test_without_a_version_only_empty_topics_may_be_filled(site: Site) -> None:
    reference = opened(site)
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.")

    take(site, "chair", reference, "write_minutes", afspraken="Anneke belt school.")
    with pytest.raises(Incomplete) as error:
        take(site, "chair", reference, "write_minutes", zorgen="Iets anders.")

    assert [fault.pointer for fault in error.value.faults] == ["/zorgen"]


def up(site: Site) -> str:
    """A case with minutes *ter reactie*."""
    reference = agreed(site)
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.")
    take(site, "chair", reference, "put_up_minutes")
    return reference


def test_minutes_are_put_up_for_five_working_days(site: Site) -> None:
    reference = up(site)

    with site.database.read() as tx:
        seen = scene(site, tx, "chair", reference)
        minutes = minutes_in_round(seen)
        assert minutes is not None
        assert str(minutes.react_until) == "2026-11-24"
        assert texts_of(minutes) == {"zorgen": "Sam slaapt slecht."}
        assert len(silent(seen, minutes)) == 6


def test_empty_minutes_are_not_put_up(site: Site) -> None:
    reference = agreed(site)

    with pytest.raises(NotNow):
        take(site, "chair", reference, "put_up_minutes")


def test_minutes_are_read_by_participants_only_once_they_are_up(site: Site) -> None:
    reference = agreed(site)
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.")
    before = site.as_("referrer", reference).get(f"/zaken/{reference}/overleg")

    take(site, "chair", reference, "put_up_minutes")

    assert before.status_code == 200 and "slaapt slecht" not in before.text
    assert "slaapt slecht" in site.as_("referrer", reference).get(f"/zaken/{reference}/overleg").text


def test_everybody_reacts_once_and_then_the_chair_adopts(site: Site) -> None:
    reference = up(site)
    speakers: dict[str, Any] = voices(site, reference)
    with pytest.raises(NotNow):
        take(site, "chair", reference, "adopt_minutes")

    for account in speakers.values():
        take(site, account, reference, "react_to_minutes", **RIGHT)
    with pytest.raises(NotNow):
        take(site, "referrer", reference, "react_to_minutes", **RIGHT)
    take(site, "chair", reference, "adopt_minutes")

    with site.database.read() as tx:
        assert versions(scene(site, tx, "chair", reference))[0].adopted_at == site.at
    with pytest.raises(NotNow):
        take(site, "chair", reference, "write_minutes", zorgen="Nog iets.", versie=1)


def test_after_the_term_silence_holds_nothing_up(site: Site) -> None:
    reference = up(site)
    site.move(days=8)

    with pytest.raises(NotNow):
        take(site, "referrer", reference, "react_to_minutes", **RIGHT)
    take(site, "chair", reference, "adopt_minutes")

    page = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text
    assert "Vastgesteld op" in page and "Nog niets gezegd" in page


def test_not_right_needs_words(site: Site) -> None:
    reference = up(site)

    with pytest.raises(Incomplete) as error:
        take(site, "referrer", reference, "react_to_minutes", reactie="klopt-niet")

    assert [fault.pointer for fault in error.value.faults] == ["/toelichting"]


def test_a_new_version_asks_again(site: Site) -> None:
    reference = up(site)
    take(site, "referrer", reference, "react_to_minutes", **RIGHT, versie=1)
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt nu beter.", versie=1)

    take(site, "chair", reference, "put_up_minutes")

    with pytest.raises(NotNow):
        take(site, "referrer", reference, "react_to_minutes", **RIGHT, versie=1)
    take(site, "referrer", reference, "react_to_minutes", **RIGHT, versie=2)


def test_the_page_without_a_conference_says_so(site: Site) -> None:
    reference = prepared(site)

    page = site.as_("chair", reference).get(f"/zaken/{reference}/overleg")

    assert page.status_code == 200
    assert "nog geen overleg gepland" in page.text
    assert f"/zaken/{reference}/stappen/plan_conference" in page.text


def test_the_planner_sees_day_and_place_and_no_names(site: Site) -> None:
    reference = planned(site)

    page = site.as_("planner").get(f"/zaken/{reference}/overleg").text
    from_chair = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text

    assert "Stadhuis Venlo" in page
    assert "Samenwerkingsverband Vincent van Gogh" in from_chair
    assert "Samenwerkingsverband Vincent van Gogh" not in page


def test_a_family_has_a_room_of_its_own_and_others_see_nothing(site: Site) -> None:
    reference = planned(site)
    address = f"/zaken/{reference}/overleg"

    assert site.as_("moeder", reference).get(address).status_code == 404
    assert site.as_("verwijzer2").get(address).status_code == 404
    assert site.anonymous().get(address).status_code == 303


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_form_and_the_page_can_be_drawn(site: Site, language: str) -> None:
    reference = opened(site)
    client = site.as_("chair", reference)

    for step in ("record_attendance", "ask_round", "adjourn", "write_minutes"):
        page = client.get(f"/zaken/{reference}/stappen/{step}?taal={language}")
        assert page.status_code == 200, step
        assert "form." not in page.text and "option." not in page.text, step
    text = client.get(f"/zaken/{reference}/overleg?taal={language}").text
    assert not [key for key in ("seat.", "slot.", "conference.", "attendance.") if f">{key}" in text]
