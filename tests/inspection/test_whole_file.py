"""A file holds what is about this person or by this person, in words and days that people read."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from bijzondere_toegang.conferences.minutes import versions
from bijzondere_toegang.db import Secret
from bijzondere_toegang.inspection.models import Inspection
from tests.databases import Database
from tests.decisions.test_letter import ANSWERS, DECIDED, WORDS, answered, divided
from tests.decisions.walk import motivated
from tests.evaluations.walk import in_evaluation
from tests.family.walk import called, reported
from tests.inspection.test_inspection import party_of
from tests.support import Site, make_site, register, sample, scene, take

WISH = "Mijn zus mag dit niet weten."
ROW = re.compile(r"^[a-z]\w*:", re.MULTILINE)
"""A line that begins with a name of the machine."""


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def parts_for(site: Site, who: str, reference: str) -> list[dict[str, str]]:
    """What this person fetches once the referrer has given it."""
    issued = site.as_("referrer", reference).post(
        f"/zaken/{reference}/inzage/{party_of(site, reference, who)}/uitgifte"
    )
    assert issued.status_code == 303
    found: list[dict[str, str]] = (
        site.as_(who, reference).get(f"/mijn-plan/{reference}/inzage/dossier.json").json()["onderdelen"]
    )
    return found


def told(parts: list[dict[str, str]]) -> str:
    return json.dumps(parts, ensure_ascii=False)


def decided(site: Site) -> str:
    reference = reported(site, divided(site), afwegingen="Wat er gewogen is.", wensOuders="Ouders willen rust.")
    take(site, "referrer", reference, "decide", **motivated(site, **DECIDED, antwoorden=answered(site, reference)))
    called(site, reference, "moeder", "vader", "jeugdige")
    return reference


@pytest.mark.parametrize(("who", "other"), [("vader", "jeugdige"), ("jeugdige", "vader")])
def test_the_own_position_the_answer_the_reasons_the_minutes_and_the_call_are_in_the_file(
    site: Site, who: str, other: str
) -> None:
    reference = decided(site)

    parts = parts_for(site, who, reference)

    mine = {part["titel"]: part["tekst"] for part in parts}
    assert mine["Uw standpunt"] == f"Oneens\n{WORDS[who]}"
    assert mine["Gesprek met u"] == "Verteld wat er is besloten."
    assert "Wat er gewogen is." in told(parts)
    assert DECIDED["motivering"] in told(parts) and ANSWERS[who] in told(parts)
    assert WORDS[other] not in told(parts) and ANSWERS[other] not in told(parts)
    assert ("Ouders willen rust." in told(parts)) == (who == "vader")


def test_a_call_with_one_is_not_in_the_file_of_another(site: Site) -> None:
    reference = divided(site)
    take(
        site, "referrer", reference, "record_call", metWie="moeder", wanneer=site.on.isoformat(), gelukt=True,
        wat="Moeder vertelde iets over vader.",
    )  # fmt: skip

    assert "Moeder vertelde iets over vader." in told(parts_for(site, "moeder", reference))
    assert "Moeder vertelde iets over vader." not in told(parts_for(site, "vader", reference))
    assert "Gesprek met u" not in told(parts_for(site, "vader", reference))


def test_a_word_that_means_two_people_gives_the_call_to_neither(site: Site) -> None:
    document = sample(1)
    for member in document["gezin"][:2]:
        member["relatie"] = "ouder"
    reference = register(site, document)
    take(
        site, "verwijzer1", reference, "record_call", metWie="ouder", wanneer=site.on.isoformat(), gelukt=True, wat=WISH
    )

    page = page_of(site, reference, "ouder")

    assert "Wat wij van u weten" in page and WISH not in page


def page_of(site: Site, reference: str, who: str) -> str:
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, who)}"
    return html.unescape(site.as_("verwijzer1").get(here).text)


def test_while_hard_news_waits_the_file_tells_no_decision_and_no_minutes(site: Site) -> None:
    reference = reported(site, divided(site), afwegingen="Wat er gewogen is.")
    take(site, "referrer", reference, "decide", **motivated(site, **DECIDED, antwoorden=answered(site, reference)))

    parts = parts_for(site, "vader", reference)

    assert DECIDED["motivering"] not in told(parts) and "Wat er gewogen is." not in told(parts)
    assert WORDS["vader"] in told(parts)


def test_days_and_labels_are_those_of_people(site: Site) -> None:
    document = sample(2)
    [of_referral] = [row for row in document["gegevensdeling"] if row["onderdeel"] == "aanmelding"]
    of_referral["ontvangers"] = [*of_referral["ontvangers"], "moeder", "ouders", "jeugdige"]
    reference = register(site, document)

    parts = parts_for(site, "moeder", reference)

    titles = {part["titel"]: part["tekst"] for part in parts}
    assert "Aantekening" not in titles
    assert "Bevoegdheid: het college, in mandaat" in titles["Wie de aanmelding deed"]
    assert "E-mail: consulent2@example.org" in titles["Wie de aanmelding deed"]
    for part in parts:
        assert not re.search(r"\d{4}-\d\d-\d\d", part["tekst"]), part
        assert not ROW.search(part["tekst"]), part


@pytest.mark.parametrize("who", ["moeder", "jeugdige"])
def test_own_answers_to_the_plan_and_own_scores_are_in_the_file(site: Site, who: str) -> None:
    reference = in_evaluation(site)
    words = {"moeder": "Thuis is het rustiger.", "jeugdige": "Mijn begeleider luistert."}
    for each, said in words.items():
        take(
            site, site.family(reference)[each], reference, "score", scores=[{"doel": "1", "cijfer": 8, "woorden": said}]
        )
    other = words["jeugdige" if who == "moeder" else "moeder"]

    parts = parts_for(site, who, reference)

    titles = [part["titel"] for part in parts]
    assert "Uw antwoord op het plan" in titles and "Uw cijfers" in titles and "Doelen" in titles
    assert words[who] in told(parts) and other not in told(parts)


def test_each_new_part_can_be_held_back_by_itself(site: Site) -> None:
    reference = decided(site)
    referrer = site.as_("referrer", reference)
    here = f"/zaken/{reference}/inzage/{party_of(site, reference, 'vader')}"
    page = html.unescape(referrer.get(here).text)
    for words in (WORDS["vader"], "Wat er gewogen is.", "Verteld wat er is besloten."):
        key = page[page.index(words) :].split("/achterhouden/")[1].split('"')[0]
        said = {"hoeveel": "passage", "passage": words, "grond": "derde", "reden": "Over een ander."}
        assert referrer.post(f"{here}/achterhouden/{key}", data=said).status_code == 303

    parts = parts_for(site, "vader", reference)

    assert "Wat er gewogen is." not in told(parts) and "Verteld wat er is besloten." not in told(parts)
    assert "Uw standpunt" in told(parts)


def test_what_was_held_back_of_the_minutes_before_stays_held_back(site: Site) -> None:
    """The parts of minutes were counted once; a hold by such a number still means the same text."""
    reference = decided(site)
    hold: dict[str, Any] = {
        "how_much": "geheel", "passage": "", "ground": "derde", "reason": "Over een ander.", "second": "", "review_on": "",
    }  # fmt: skip
    with site.database.read() as tx:
        assert versions(scene(site, tx, "chair", reference))
    with site.database.write() as tx:
        seen = scene(site, tx, "referrer", reference)
        row = Inspection(
            case_id=seen.case.id, party_id=party_of(site, reference, "vader"), begun_by=seen.by.account_id,
            begun_at=site.at, held=Secret.json({f"verslag-{n}": hold for n in range(3)}),
        )  # fmt: skip
        tx.add(row)

    assert "Wat er gewogen is." not in told(parts_for(site, "vader", reference))
