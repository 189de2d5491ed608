"""What a young person says with a position or a score opens to others as the young person answered."""

from __future__ import annotations

from tests import databases
from tests.conferences.walk import table
from tests.support import make_site
from tests.test_stories import FAMILY, Told

WORDS = "Ik maak me zorgen over de avonden."


def seen_by(told: Told, who: str) -> bool:
    return WORDS in told.site.as_(who, told.reference).get(f"/zaken/{told.reference}/overleg").text


def test_the_words_with_a_position_stay_with_the_referrer_until_there_is_an_answer(
    database: databases.Database,
) -> None:
    told = Told(make_site(database))
    told.story.to_preparing()
    told.story.to_the_table()
    told.story.positions(*FAMILY, jeugdige="eens-met-zorg")
    readers = ("referrer", "chair", "vvg1", "muts1")

    before = [seen_by(told, who) for who in readers]
    told.take("jeugdige", "answer_reading", mening="helpers")
    open_to_all = [seen_by(told, who) for who in readers]
    told.take("jeugdige", "answer_reading", mening="niemand")

    assert before == [True, False, False, False]
    assert open_to_all == [True, True, True, True]
    assert [seen_by(told, who) for who in readers] == [True, False, False, False]


def test_the_chair_sees_what_the_young_person_thinks_and_the_form_told_her_who_reads_why(
    database: databases.Database,
) -> None:
    told = Told(make_site(database))
    told.story.to_preparing()
    told.story.to_the_table()

    form = told.site.as_("jeugdige", told.reference).get(f"/mijn-plan/{told.reference}/stappen/state_position").text
    told.story.positions(*FAMILY, jeugdige="eens-met-zorg")
    page = told.site.as_("chair", told.reference).get(f"/zaken/{told.reference}/overleg").text

    assert "Je contactpersoon leest ze. Anderen pas als jij dat kiest." in form
    assert "eens, met een zorg" in page and WORDS not in page


def test_a_parent_is_told_before_writing_who_reads_the_words(database: databases.Database) -> None:
    told = Told(make_site(database))
    told.story.to_preparing()
    told.story.to_the_table()

    form = told.site.as_("moeder", told.reference).get(f"/mijn-plan/{told.reference}/stappen/state_position").text

    assert "Wie voor het werk meepraat, leest ze ook." in form


def test_a_chair_who_wrote_down_what_the_young_person_said_keeps_reading_it(database: databases.Database) -> None:
    told = Told(make_site(database))
    told.story.to_preparing()
    told.story.to_the_table()
    youth = str(table(told.site, told.reference)["jeugdige"].id)

    told.take("chair", "record_position_for", houder=youth, standpunt="eens-met-zorg", woorden=WORDS)
    told.story.positions("moeder", "vader")

    assert [seen_by(told, who) for who in ("chair", "vvg1")] == [True, False]


def test_the_words_with_a_score_stay_with_the_referrer_until_there_is_an_answer(database: databases.Database) -> None:
    told = Told(make_site(database))
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    told.story.plan_to_care(*FAMILY)
    told.story.wait(75)
    told.take("provider", "start_evaluation")
    told.take("jeugdige", "score", scores=[{"doel": "1", "cijfer": 4, "woorden": WORDS}])
    address = f"/zaken/{told.reference}/evaluaties"

    def reads() -> list[bool]:
        people = ("referrer", "zorg_vvg1", "chair")
        return [WORDS in told.site.as_(who, told.reference).get(address).text for who in people]

    before = reads()
    told.take("jeugdige", "answer_reading", mening="helpers")

    assert before == [True, False, False]
    assert reads() == [True, True, True]
