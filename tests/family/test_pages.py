from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import test_stories as stories
from tests.conferences import walk as table
from tests.family.walk import accepted, in_care
from tests.plans import walk as plans
from tests.support import Site, register, register_sample, sample, take
from tests.test_stories import Told


def home(site: Site, who: str, reference: str) -> tuple[TestClient, str]:
    client = site.as_(who, reference)
    return client, client.get(f"/mijn-plan/{reference}").text


def test_one_plan_opens_at_once(site: Site) -> None:
    reference = register_sample(site, 2)

    answer = site.as_("moeder", reference).get("/mijn-plan")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/mijn-plan/{reference}")


def test_several_plans_are_listed_by_first_name(site: Site) -> None:
    first = register_sample(site, 2)
    sibling = sample(2)
    sibling["bronkenmerk"] = "CJG-ML-2026-0099"
    sibling["jeugdige"] |= {"voornaam": "Anna", "bsn": "999900122"}
    second = register(site, sibling)

    page = site.as_("moeder", first).get("/mijn-plan").text

    assert "Het plan van Oleksandr" in page and "Het plan van Anna" in page
    assert f"/mijn-plan/{second}" in page


def test_the_page_says_who_acts_and_before_when(site: Site) -> None:
    reference = register_sample(site, 2)

    _, page = home(site, "moeder", reference)

    assert "Oleksandr: ons plan" in page
    assert "Anneke Smeets, de voorzitter" in page or "Joris Peeters, de voorzitter" in page
    assert "Uiterlijk donderdag 12 november." in page
    assert "088 555 1000" in page


def test_every_look_at_the_page_is_written_down(site: Site) -> None:
    reference = register_sample(site, 2)

    home(site, "moeder", reference)

    with site.database.read() as tx:
        kinds = tx.exec(select(TimelineEntry.object_kind).where(TimelineEntry.event_type == "read")).all()
    assert "family_page" in kinds


def test_the_young_person_reads_je(site: Site) -> None:
    reference = table.planned(site, table.prepared(site, 7))

    _, page = home(site, "jeugdige", reference)

    text = re.sub(r"<[^>]+>", " ", page.split('<main id="inhoud"')[1].split("</main>")[0])
    assert "Mijn plan" in text and "Jij mag er zelf bij zijn." in text
    assert not re.search(r"\b([Uu]|[Uu]w)\b", text)


def test_a_planned_talk_is_told_with_day_time_and_place(site: Site) -> None:
    reference = table.planned(site, table.prepared(site, 7))

    _, page = home(site, "moeder", reference)

    assert "We praten op dinsdag 17 november om 10.00 uur. Plaats: Stadhuis Venlo, kamer 3." in page
    assert "Bereid het gesprek voor" in page


@pytest.mark.parametrize("who", ["chair", "referrer", "verwijzer8", "muts1"])
def test_the_page_is_not_there_for_professionals(site: Site, who: str) -> None:
    reference = register_sample(site, 2)

    answers = [site.as_(who, reference).get(f"/mijn-plan/{reference}{rest}") for rest in ("", "/afspraken", "/verslag")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_who_lost_authority_finds_nothing(site: Site) -> None:
    reference = register_sample(site, 2)
    client = site.as_("vader", reference)
    with site.database.write() as tx:
        father = tx.exec(select(Party).where(Party.word == "vader")).one()
        father.authority = "no"
        tx.add(father)

    gone, never = client.get(f"/mijn-plan/{reference}"), client.get("/mijn-plan/BT-9999")

    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.text.replace(reference, "") == never.text.replace("BT-9999", "")


def test_a_parent_of_a_child_of_sixteen_finds_nothing_without_its_consent(site: Site) -> None:
    reference = register_sample(site, 4)

    answers = [site.as_(who, reference).get(f"/mijn-plan/{reference}").status_code for who in ("moeder", "jeugdige")]

    assert answers == [404, 200]


def test_a_child_under_twelve_has_no_page(site: Site) -> None:
    assert "jeugdige" not in site.family(register_sample(site, 2))


def test_own_words_are_added_without_a_script(site: Site) -> None:
    reference = register_sample(site, 2)
    client = site.as_("moeder", reference)
    form = client.get(f"/mijn-plan/{reference}/stappen/add_statement").text

    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    answer = client.post(f"/mijn-plan/{reference}/stappen", data=fields | {"tekst": "Ik wil rust."})
    after = client.get(answer.headers["location"]).text

    assert answer.status_code == 303
    assert "Dank u wel. Wat u schreef, is bewaard." in after


def test_a_fault_keeps_what_was_typed(site: Site) -> None:
    reference = register_sample(site, 2)

    answer = site.as_("moeder", reference).post(
        f"/mijn-plan/{reference}/stappen", data={"_stap": "add_statement", "tekst": "", "over": "maandag"}
    )

    assert answer.status_code == 422
    assert 'class="gezin"' in answer.text and 'value="maandag"' in answer.text


def test_the_door_of_professionals_leads_the_family_to_its_own(site: Site) -> None:
    reference = register_sample(site, 2)
    client = site.as_("moeder", reference)

    shown = client.get(f"/zaken/{reference}/stappen/add_statement")
    taken = client.post(f"/zaken/{reference}/stappen", data={"_stap": "add_statement", "tekst": "Rust."})

    assert (shown.status_code, shown.headers["location"]) == (303, f"/mijn-plan/{reference}/stappen/add_statement")
    assert (taken.status_code, taken.headers["location"]) == (307, f"/mijn-plan/{reference}/stappen")


def test_a_plan_to_agree_to_is_read_before_the_answer(site: Site) -> None:
    reference = accepted(site)
    plans.put_up(site, reference)
    client = site.as_("moeder", reference)

    page = client.get(f"/mijn-plan/{reference}").text
    step = client.get(f"/mijn-plan/{reference}/stappen/consent").text

    assert "Zeg ja of nee tegen het plan" in page
    assert "Ik wil gewoon weer met iedereen aan tafel." in step and "Vindt u dit plan goed?" in step


def test_what_was_agreed_stands_on_the_page_and_on_paper(site: Site) -> None:
    reference = in_care(site)
    client, page = home(site, "jeugdige", reference)

    paper = client.get(f"/mijn-plan/{reference}/afspraken").text

    for text in ("Ik wil gewoon weer met iedereen aan tafel.", "Elke week twee keer behandeling thuis."):
        assert text in page and text in paper
    assert "Beste Mohammed, beste ouders of verzorgers," in paper
    assert "Dit schrijf ik er zelf bij." in paper
    assert "Zoran Vincent" in page


def test_scores_are_asked_of_the_family_and_thanked_for(site: Site) -> None:
    reference = in_care(site)
    take(site, "zorg_vvg1", reference, "start_evaluation")

    client, page = home(site, "jeugdige", reference)
    answer = client.post(
        f"/mijn-plan/{reference}/stappen",
        data={"_stap": "score", "scores.0.doel": "1", "scores.0.cijfer": "7", "scores.0.woorden": "Het gaat wel."},
    )

    assert "Geef een cijfer aan elk doel" in page
    assert "Je cijfers zijn bewaard." in client.get(answer.headers["location"]).text


def test_the_number_of_statements_does_not_grow_with_the_case(site: Site) -> None:
    reference = register_sample(site, 2)
    client = site.as_("moeder", reference)
    before = statements(site, client, f"/mijn-plan/{reference}")
    for number in range(5):
        take(site, "moeder", reference, "add_statement", tekst=f"Verklaring {number}", wieMagLezen=["vader"])
    take(site, "referrer", reference, "record_call", metWie="moeder", wanneer=site.on.isoformat(), gelukt=False)

    after = statements(site, client, f"/mijn-plan/{reference}")

    assert after <= before + 1
    assert before <= 40


def statements(site: Site, client: TestClient, path: str) -> int:
    counted: list[str] = []

    def count(*row: object) -> None:
        counted.append(str(row[2]))

    event.listen(site.database.engine, "before_cursor_execute", count)
    assert client.get(path).status_code == 200
    event.remove(site.database.engine, "before_cursor_execute", count)
    return len(counted)


def test_nothing_of_the_path_of_the_case_is_lost_at_the_end(site: Site) -> None:
    reference = register_sample(site, 2)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        case.stage = "closed"
        tx.add(case)

    _, page = home(site, "moeder", reference)

    assert page.count('class="done"') == 6
    assert "Wie doet nu iets?" not in page


def test_an_evaluation_moves_the_day_on_which_all_look_again(site: Site) -> None:
    told = Told(site)
    stories.in_care(told)
    told.story.evaluation(*stories.FAMILY)
    told.take("provider", "continue_care")

    _, page = home(site, "moeder", told.reference)

    due_on = site.case(told.reference).evaluation_due_on
    assert due_on is not None and due_on > site.on
    assert f"Op {site.app.state.pages.catalogues.translator().day(due_on, site.on)} kijken we samen" in page
    assert "Dat heet bezwaar" not in page


def test_after_the_talk_no_agreements_are_promised_for_after_the_talk(site: Site) -> None:
    reference = table.opened(site, table.prepared(site, 7))
    client = site.as_("moeder", reference)
    during = client.get(f"/mijn-plan/{reference}/afspraken").text
    site.move(days=1)

    after = client.get(f"/mijn-plan/{reference}/afspraken").text

    assert "Na het gesprek staan ze hier." in during
    assert "Na het gesprek staan ze hier." not in after and "Zodra ze er zijn, staan ze hier." in after


@pytest.mark.parametrize(("number", "organisation"), [(7, "William Schrikker"), (1, "Venlo")])
def test_who_wants_to_read_the_file_is_told_the_right_organisation(site: Site, number: int, organisation: str) -> None:
    reference = register_sample(site, number)

    page = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/inzage").text

    asked = page.split("Vraag het aan uw contactpersoon bij ")[1].split("</p>")[0]
    assert organisation in asked
    assert "bij de gemeente" not in page
