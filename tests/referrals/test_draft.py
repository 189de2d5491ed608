"""The web form, from an empty draft to a registered case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from bijzondere_toegang.cases.models import Item, ItemReader
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.referrals import sections
from bijzondere_toegang.referrals.models import DraftSection
from bijzondere_toegang.referrals.steps import ROOM
from bijzondere_toegang.resources import folder
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.web.forms import missing_labels
from bijzondere_toegang.web.i18n import Catalogues
from tests.databases import Database
from tests.support import make_site, sample

SECTIONS = ("aanvraag", "jeugdige", "gezin", "hulpvraag", "veiligheid", "familiegroepsplan", "delen")


def pairs(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The fields of an HTML form that hold this answer."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from pairs(below, f"{at}.{name}" if at else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, row in enumerate(value):
            yield from pairs(row, f"{at}.{index}")
    elif isinstance(value, list):
        yield from ((at, str(one)) for one in value)
    elif value is not None:
        yield at, ("ja" if value else "nee") if isinstance(value, bool) else str(value)


def typed(document: dict[str, Any], section: str) -> dict[str, Any]:
    """The part of an intake document that a section asks."""
    at_top = {
        "aanvraag": ("datumAanvraag", "verwijzer", "kader", "spoed", "voortgezetteHulp"),
        "gezin": ("gezin", "voogdInstelling"),
        "delen": ("gegevensdeling",),
    }
    if section in at_top:
        return {name: document[name] for name in at_top[section] if name in document}
    rows = {"maatregelen": document.get("maatregelen", [])} if section == "veiligheid" else {}
    answers: dict[str, Any] = document[section] | rows
    return answers


def post(browser: TestClient, address: str, answers: dict[str, Any]) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in pairs(answers):
        data.setdefault(name, []).append(value)
    return browser.post(address, data=data)


def fill(browser: TestClient, home: str, document: dict[str, Any]) -> None:
    for section in SECTIONS:
        answer = post(browser, f"{home}/{section}", typed(document, section))
        assert answer.status_code == 303, answer.text
        assert "bewaard" not in answer.headers["location"], (section, browser.get(answer.headers["location"]).text)


def started(browser: TestClient) -> str:
    return str(browser.post("/aanmeldingen").headers["location"])


def test_a_referral_typed_in_the_web_form_becomes_a_case(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer4")
    home = started(browser)

    fill(browser, home, sample(4))
    file = ("schoolverslag.txt", b"Verslag van school. Niet delen met vader.", "text/plain")
    added = browser.post(f"{home}/documenten", files={"bestand": file})
    page = browser.get(f"{home}/controleren").text
    done = post(browser, f"{home}/aanmelden", {"gecontroleerd": "on", "_revisie": "1"})

    reference = home.rpartition("/")[2]
    assert added.status_code == 303
    assert "schoolverslag.txt" in page and "Dit moet nog" not in page
    assert (done.status_code, done.headers["location"]) == (303, f"/zaken/{reference}?gedaan=register")
    case = site.case(reference)
    assert (case.stage, case.municipality, case.urgent) == ("registered", "0984", True)
    assert set(site.family(reference)) == {"jeugdige", "moeder", "vader"}
    with site.database.read() as tx:
        assert [row.answers for row in tx.exec(select(DraftSection))] == [None] * 8
        items = list(tx.exec(select(Item).where(Item.kind == "document")).all())
        unseal_rows(tx, items)
        assert items[0].title is not None and items[0].title.reveal() == "schoolverslag.txt"
        assert tx.exec(select(ItemReader).where(ItemReader.item_id == items[0].id)).all() == []


def test_what_was_typed_stays_however_incomplete(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    answer = post(browser, f"{home}/jeugdige", {"voornaam": "Test", "geboortedatum": "31-12-2012"})
    page = browser.get(answer.headers["location"]).text

    assert answer.headers["location"] == f"{home}/jeugdige?bewaard=ja"
    assert 'value="Test"' in page and 'value="31-12-2012"' in page
    assert "Bewaard. Dit moet nog:" in page
    order = [page.index(f'href="#v-{name}"') for name in ("achternaam", "bsn", "woonplaats")]
    assert order == sorted(order)
    assert "Begonnen, nog niet klaar" in browser.get(home).text


def test_a_birth_date_is_typed_day_first_and_shown_so_again(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    answer = post(browser, f"{home}/jeugdige", {"voornaam": "Test", "geboortedatum": "1-2-2012"})
    page = browser.get(answer.headers["location"]).text

    assert re.search(r'<input[^>]*name="geboortedatum" type="text"[^>]*value="1-2-2012"', page)
    assert "zoals 14-4-2012" in page and "zoals 14-4-2026" not in page
    assert "1 februari 2012" in browser.get(f"{home}/controleren").text


def test_a_day_that_does_not_exist_is_told_in_words_people_write(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    answer = post(browser, f"{home}/aanvraag", {"datumAanvraag": "31-2-2026"})
    page = browser.get(answer.headers["location"]).text

    assert 'name="datumAanvraag" type="text"' in page and 'value="31-2-2026"' in page
    assert "Vul een datum in die bestaat, zoals 14-4-2026." in page and "2026-04-14" not in page


@pytest.mark.parametrize(
    ("onward", "place"), [("gezin", "/gezin"), ("controleren", "/controleren"), ("overzicht", ""), ("//elders", "")]
)
def test_every_way_out_of_a_part_keeps_what_was_typed(database: Database, onward: str, place: str) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    answer = post(browser, f"{home}/jeugdige", {"voornaam": "Test", "_naar": onward})

    assert (answer.status_code, answer.headers["location"]) == (303, home + place)
    page = browser.get(f"{home}/jeugdige").text
    assert 'value="Test"' in page
    assert not re.search(rf'<a [^>]*href="{home}/[a-z]+"', page)


def test_who_only_passes_a_part_did_not_begin_it(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    post(browser, f"{home}/gezin", {"_naar": "hulpvraag"})

    assert browser.get(home).text.count("Nog niet begonnen") == len(SECTIONS)


def test_a_part_saves_itself_and_the_same_again_is_written_once(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    answers = [post(browser, f"{home}/jeugdige", {"voornaam": "Test", "_stil": "ja"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Bewaard" in answers[0].text and "<html" not in answers[0].text and "Test" not in answers[0].text
    assert 'value="Test"' in browser.get(f"{home}/jeugdige").text
    with site.database.read() as tx:
        entries = tx.exec(select(TimelineEntry.event_type).where(TimelineEntry.event_type == "draft_saved")).all()
    assert len(entries) == 1


def test_enter_in_a_field_drops_no_row_and_the_browser_remembers_nothing(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    post(browser, f"{home}/gezin", {"gezin": [{"voornaam": "Een"}, {"voornaam": "Twee"}]})

    page = browser.get(f"{home}/gezin").text

    form = page[page.index('<form class="form"') :]
    assert "_minder" in form and "_minder" not in form[: form.index("</button>")]
    assert 'autocomplete="off"' in form[: form.index(">")]


def test_a_postcode_and_a_bsn_may_be_spaced_as_people_do(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    address = {"straat": "Dorp", "huisnummer": "1", "plaats": "Venlo"}

    post(browser, f"{home}/jeugdige", {"bsn": "9999.00.006", "adres": address | {"postcode": "5911ab"}})
    post(browser, f"{home}/gezin", {"gezin": [{"adres": address | {"postcode": "591 AB"}}]})

    page = browser.get(f"{home}/jeugdige").text
    assert 'value="999900006"' in page and 'value="5911 AB"' in page
    assert 'value="591 AB"' in browser.get(f"{home}/gezin").text


def test_acutely_unsafe_without_haste_asks_why_and_haste_needs_no_words(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer3")
    calm, urgent = (started(browser) for _ in range(2))

    for home, document in ((calm, sample(3)), (urgent, sample(3) | {"spoed": True})):
        for section in SECTIONS:
            post(browser, f"{home}/{section}", typed(document, section))
    asked = browser.get(f"{calm}/controleren").text
    refused = post(browser, f"{calm}/aanmelden", {"gecontroleerd": "on", "_revisie": "1"})
    taken = post(browser, f"{urgent}/aanmelden", {"gecontroleerd": "on", "_revisie": "1"})

    assert "Acuut onveilig, en toch geen spoed: schrijf hier waarom niet." in asked
    assert (refused.status_code, taken.status_code) == (409, 303)


def test_a_number_nobody_can_ring_is_told_by_its_field(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    family = [{"voornaam": "Test", "telefoon": "06"}, {"voornaam": "Toets", "telefoon": "14 077"}]

    youth = post(browser, f"{home}/jeugdige", {"voornaam": "Test", "telefoon": "abc"})
    both = post(browser, f"{home}/gezin", {"gezin": family})

    told = "Vul een telefoonnummer in, zoals 0475 123 456."
    assert told in browser.get(youth.headers["location"]).text
    page = browser.get(both.headers["location"]).text
    assert page.count(told) == 2, "in the summary and by the field, and not for the number of a town hall"


def test_the_task_list_counts_and_the_check_page_says_where(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    post(browser, f"{home}/hulpvraag", {"aanleiding": "Het gaat thuis niet meer."})
    post(browser, f"{home}/gezin", {"gezin": [{"voornaam": "Test"}]})

    tasks, check = browser.get(home).text, browser.get(f"{home}/controleren").text

    assert f"1 van de {len(SECTIONS)} delen zijn klaar." in tasks
    assert re.search(rf'Het gezin en wie gezag heeft</h3>\s*<ul[^>]*><li[^>]*><a[^>]*href="{home}/gezin#', check)
    assert "?:" not in check


def test_the_check_page_tells_person_by_person(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    address = {"straat": "Dorp", "huisnummer": "1", "postcode": "5911 AB", "plaats": "Venlo", "geheim": "on"}
    post(browser, f"{home}/gezin", {"gezin": [{"voornaam": "Een", "adres": address}, {"voornaam": "Twee"}]})

    page = browser.get(f"{home}/controleren").text

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page[page.index('id="deel-gezin"') :]))
    told = ("Gezinslid 1 Voornaam Een Adres Dorp 1, 5911 AB Venlo Dit adres is geheim Ja", "Gezinslid 2 Voornaam Twee")
    assert all(one in words for one in told), words


def test_the_worklist_tells_drafts_apart_to_their_writer_alone(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    for name in ("Noor", "Daan"):
        post(browser, f"{started(browser)}/jeugdige", {"voornaam": name})
    started(browser)

    own = browser.get("/werkvoorraad").text
    others = [site.as_(who).get("/werkvoorraad").text for who in ("teamleider", "collega", "anneke")]

    assert "Aanmelding afmaken: Noor" in own and "Aanmelding afmaken: Daan" in own
    assert "Aanmelding afmaken: BT-1003" in own
    assert not any("Noor" in page or "Daan" in page for page in others)


def test_a_row_more_keeps_what_was_typed(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    page = post(browser, f"{home}/gezin", {"gezin": [{"voornaam": "Test"}], "_meer": "gezin"})

    assert page.status_code == 200
    assert 'value="Test"' in page.text and 'name="gezin.1.voornaam"' in page.text
    assert 'value="Test"' in browser.get(f"{home}/gezin").text


def test_an_incomplete_draft_does_not_register_and_says_what_is_missing(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)
    post(browser, f"{home}/jeugdige", {"voornaam": "Test"})

    refused = post(browser, f"{home}/aanmelden", {"gecontroleerd": "on", "_revisie": "1"})

    assert refused.status_code == 409
    assert f'href="{home}/gezin"' in refused.text
    assert f'href="{home}/jeugdige#v-achternaam"' in refused.text
    assert site.case(home.rpartition("/")[2]).stage == "draft"


def test_a_draft_is_there_for_its_referrer_alone(database: Database) -> None:
    site = make_site(database)
    home = started(site.as_("verwijzer1"))

    answers = [site.as_(who).get(home).status_code for who in ("collega", "anneke", "verwijzer2", "fg")]

    assert answers[:3] == [404, 404, 404]
    assert answers[3] in (403, 404)


def test_only_a_referrer_starts_one(database: Database) -> None:
    site = make_site(database)

    assert site.as_("anneke").post("/aanmeldingen").status_code == 403


def test_a_file_that_is_not_what_it_says_is_not_kept(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    refused = browser.post(f"{home}/documenten", files={"bestand": ("brief.pdf", b"geen pdf", "application/pdf")})

    assert refused.status_code == 422
    assert "De inhoud is geen PDF" in refused.text
    assert "Er zijn nog geen documenten" in browser.get(f"{home}/documenten").text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_question_has_its_words(language: str) -> None:
    translator = Catalogues(folder("locales")).translator(language)

    for section in sections.SECTIONS:
        assert missing_labels(section.form, translator, sections.LABELS) == [], section.name
    for step, form in ROOM.forms.items():
        assert missing_labels(form, translator, step) == [], step


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_page_shows_a_bare_key(database: Database, language: str) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer4")
    home = started(browser)
    fill(browser, home, sample(4))

    for name in (*SECTIONS, "documenten", "controleren"):
        page = browser.get(f"{home}/{name}?taal={language}").text
        words = re.sub(r"<[^>]*>", " ", page)
        assert not re.search(r"\b(form|option|field|step|stage)\.[a-z]", words), name
        assert not (language == "en" and "Wijzigen" in words)


def test_nonsense_in_the_form_breaks_nothing(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    for section in SECTIONS:
        answer = browser.post(
            f"{home}/{section}", data={"verwijzer": "x", "gezin": "x", "adres.straat.x": "y", "x": "z"}
        )
        assert answer.status_code == 303, section
        assert browser.get(f"{home}/{section}").status_code == 200, section

    assert browser.get(f"{home}/controleren").status_code == 200


def test_every_section_page_opens_empty(database: Database) -> None:
    site = make_site(database)
    browser = site.as_("verwijzer1")
    home = started(browser)

    for name in (*SECTIONS, "documenten", "controleren"):
        assert browser.get(f"{home}/{name}").status_code == 200, name
