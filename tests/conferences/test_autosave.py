"""Each block of the minutes saves itself: on the newest save of its own topic, else both texts come back."""

from __future__ import annotations

from fastapi.testclient import TestClient
from httpx2 import Response

from bijzondere_toegang.cases.story import timeline_of
from tests.conferences.test_minutes import with_secretary, written
from tests.conferences.walk import agreed, opened
from tests.support import Site, scene, take


def save(client: TestClient, reference: str, topic: str, text: str, version: int, conference: int = 1) -> Response:
    data = {topic: text, f"versie-{topic}": str(version), "overleg": str(conference)}
    return client.post(f"/zaken/{reference}/overleg/verslag/{topic}", data=data)


def told(site: Site, reference: str) -> list[str]:
    """The timeline as sentences, newest first."""
    translator = site.app.state.pages.catalogues.translator("nl")
    with site.database.read() as tx:
        return [line.words for line in timeline_of(scene(site, tx, "chair", reference), translator)]


def test_a_block_saves_by_itself_and_says_when(site: Site) -> None:
    reference = opened(site)
    chair = site.as_("chair", reference)

    first = save(chair, reference, "zorgen", "Sam slaapt slecht.", 0)
    second = save(chair, reference, "zorgen", "Sam slaapt beter.", 1)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Bewaard" in second.text and ">10.00</time>" in second.text
    assert 'name="versie-zorgen" value="2"' in second.text
    assert "<html" not in second.text and "slaapt" not in second.text
    assert written(site, reference) == {"zorgen": "Sam slaapt beter."}


def test_two_people_save_different_blocks_without_meeting(site: Site) -> None:
    reference = opened(site)
    with_secretary(site, reference)
    mine, hers = site.as_("chair", reference), site.as_("notulist")

    answers = [
        save(hers, reference, "zorgen", "Tekst van Noor.", 0),
        save(mine, reference, "afspraken", "Anneke belt school.", 0),
        save(hers, reference, "zorgen", "Tekst van Noor, verder.", 1),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert written(site, reference) == {"zorgen": "Tekst van Noor, verder.", "afspraken": "Anneke belt school."}


def test_a_stale_block_shows_the_other_text_until_somebody_chooses(site: Site) -> None:
    reference = opened(site)
    with_secretary(site, reference)
    mine, hers = site.as_("chair", reference), site.as_("notulist")
    save(hers, reference, "zorgen", "Tekst van Noor.", 0)

    stale = save(mine, reference, "zorgen", "Tekst van Anneke.", 0)
    typed_on = save(mine, reference, "zorgen", "Tekst van Anneke, langer.", 0)
    kept = written(site, reference)
    chosen = save(mine, reference, "zorgen", "Tekst van Anneke en van Noor.", 1)

    assert (stale.status_code, typed_on.status_code, chosen.status_code) == (422, 422, 200)
    assert "Tekst van Noor." in stale.text and 'name="versie-zorgen" value="0"' in stale.text
    assert 'data-choose="1"' in stale.text
    assert kept == {"zorgen": "Tekst van Noor."}
    assert written(site, reference) == {"zorgen": "Tekst van Anneke en van Noor."}


def test_the_same_text_again_writes_nothing(site: Site) -> None:
    reference = opened(site)
    chair = site.as_("chair", reference)
    save(chair, reference, "zorgen", "Sam slaapt slecht.", 0)
    before = told(site, reference)

    again = save(chair, reference, "zorgen", "Sam slaapt slecht.", 0)

    assert again.status_code == 200 and 'name="versie-zorgen" value="1"' in again.text
    assert told(site, reference) == before


def test_a_page_of_an_earlier_table_overwrites_nothing(site: Site) -> None:
    reference = opened(site)
    chair = site.as_("chair", reference)
    save(chair, reference, "zorgen", "Sam slaapt slecht.", 0)

    answer = save(chair, reference, "zorgen", "Van een vorig overleg.", 1, conference=7)

    assert answer.status_code == 422
    assert written(site, reference) == {"zorgen": "Sam slaapt slecht."}


def test_many_saves_in_a_row_are_one_line_of_the_timeline(site: Site) -> None:
    reference = opened(site)
    with_secretary(site, reference)
    chair = site.as_("chair", reference)

    for number in range(5):
        save(chair, reference, "zorgen", f"Zin {number}.", number)
    save(site.as_("notulist"), reference, "afspraken", "Anneke belt school.", 0)
    save(chair, reference, "zorgen", "Klaar.", 5)

    lines = [line for line in told(site, reference) if "verslag geschreven" in line]
    assert len(lines) == 3
    assert lines[0] == lines[2] and "Noor Notulist" in lines[1] and "Noor Notulist" not in lines[0]


def test_after_adoption_a_block_is_not_saved_and_says_why(site: Site) -> None:
    reference = agreed(site)
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.")
    take(site, "chair", reference, "put_up_minutes")
    site.move(days=10)
    take(site, "chair", reference, "adopt_minutes")

    answer = save(site.as_("chair", reference), reference, "zorgen", "Toch anders.", 1)

    assert answer.status_code == 409
    assert "vastgesteld" in answer.text and "<html" not in answer.text
    assert written(site, reference) == {"zorgen": "Sam slaapt slecht."}


def test_who_does_not_write_the_minutes_saves_no_block(site: Site) -> None:
    reference = opened(site)

    answers = [save(site.as_(who, reference), reference, "zorgen", "Ik ook.", 0) for who in ("referrer", "vvg1")]
    stranger = save(site.as_("verwijzer2"), reference, "zorgen", "Ik ook.", 0)
    unknown = save(site.as_("chair", reference), reference, "iets", "Ik ook.", 0)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (stranger.status_code, unknown.status_code) == (404, 404)
    assert written(site, reference) == {}
