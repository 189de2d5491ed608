"""What is kept from whom, item by item: at once, by two to lift, and without a trace for who it is kept from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from bijzondere_toegang.cases.items import readable_items
from bijzondere_toegang.cases.models import Case, Item, ItemHold, Party
from bijzondere_toegang.cases.shielding import ROOM
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from bijzondere_toegang.reminders.models import Reminder
from bijzondere_toegang.resources import folder
from bijzondere_toegang.timeline.record import entries_of
from bijzondere_toegang.web.forms import missing_labels
from bijzondere_toegang.web.i18n import LANGUAGES, Catalogues
from tests.cases.acting import seat
from tests.support import Site, register_sample, scene, take

TWELVE = 1
"""A sample with a youth of 13, a mother and a father."""
TRANSLATORS = Catalogues(folder("locales")).translators
WORDS = "Woordgeheim. Ik durf niet naar huis."


@pytest.fixture
def reference(site: Site) -> str:
    reference = register_sample(site, TWELVE)
    take(site, "chair", reference, "declare_independence", band=False)
    return reference


def party(site: Site, reference: str, word: str) -> str:
    with site.database.read() as tx:
        known = select(Party.id).join(Case, col(Case.id) == col(Party.case_id))
        return str(tx.exec(known.where(Case.reference == reference, Party.word == word)).one())


def said(site: Site, reference: str, who: str = "referrer", *readers: str, text: str = WORDS) -> str:
    """A statement in the record; its id."""
    take(site, who, reference, "add_statement", tekst=text, wieMagLezen=list(readers))
    with site.database.read() as tx:
        newest = select(Item.id).where(Item.kind == "statement").order_by(col(Item.created_at).desc())
        return str(tx.exec(newest).first())


def reads(site: Site, reference: str, who: str, item: str) -> bool:
    with site.database.read() as tx:
        return UUID(item) in {one.id for one in readable_items(scene(site, tx, who, reference))}


def hold_id(site: Site) -> str:
    with site.database.read() as tx:
        return str(tx.exec(select(ItemHold.id).where(col(ItemHold.lifted_at).is_(None))).one())


def steps_in(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        return [entry.step for entry in entries_of(tx, site.case(reference).id, newest=50) if entry.step]


def shield(site: Site, reference: str, who: str, item: str, word: str) -> None:
    take(site, who, reference, "shield_item", stuk=item, voor=party(site, reference, word), reden="Dit geeft ruzie.")


def withhold(site: Site, reference: str, item: str, who: str = "referrer", **more: Any) -> None:
    answers = {"stuk": item, "voor": party(site, reference, "moeder"), "reden": "Schaadt.", "herzienOp": "2027-01-15"}
    take(site, who, reference, "withhold_item", **answers | more)


# ── Shielding ──


def test_what_is_shielded_from_one_parent_is_gone_at_the_next_request_and_the_other_reads_on(
    site: Site, reference: str
) -> None:
    item = said(site, reference, "referrer", "moeder", "vader")
    before = reads(site, reference, "moeder", item), reads(site, reference, "vader", item)

    shield(site, reference, "chair" if reads(site, reference, "chair", item) else "referrer", item, "moeder")

    assert before == (True, True)
    assert not reads(site, reference, "moeder", item)
    assert reads(site, reference, "vader", item)
    assert steps_in(site, reference)[0] == "shield_item"


def test_what_is_shielded_from_the_consortia_leaves_no_trace_for_the_provider(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "samenwerkingsverbanden", "moeder")
    seat(
        site, reference, "zorg_muts1", "provider.named", organisation="mutsaersstichting",
        consortium=site.process.region.consortia_of("mutsaersstichting", site.on)[0].code,
    )  # fmt: skip
    page = site.as_("zorg_muts1")
    before = WORDS in page.get(f"/zaken/{reference}").text

    take(
        site, "referrer", reference, "shield_item", stuk=item, voor="samenwerkingsverbanden", reden="Niet voor hen."
    )  # fmt: skip

    after = page.get(f"/zaken/{reference}").text
    told = site.api("zorg_muts1").get(f"/api/v1/zaken/{reference}/tijdlijn").text
    assert before and WORDS not in after
    assert "afgeschermd" not in after.casefold() and "shield_item" not in told


def test_the_chair_reads_in_words_from_whom_something_is_kept(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "voorzitter", "samenwerkingsverbanden")
    take(
        site, "referrer", reference, "shield_item", stuk=item, voor="samenwerkingsverbanden", reden="Niet voor hen."
    )  # fmt: skip
    site.move(minutes=1)

    page = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/ask_lift").text

    assert f"De samenwerkingsverbanden · {WORDS} · Niet voor hen." in page


def test_a_young_person_reads_plain_words_for_whom_something_can_be_kept_from(site: Site, reference: str) -> None:
    take(site, "jeugdige", reference, "add_statement", tekst="Woordvanmij", wieMagLezen=["voorzitter"])

    page = site.as_("jeugdige", reference).get(f"/mijn-plan/{reference}/stappen/shield_item").text

    assert "De mensen die de hulp kunnen geven" in page and "De jeugdbescherming" in page
    assert "samenwerkingsverbanden<" not in page and "gecertificeerde" not in page


def test_who_said_it_keeps_reading_it(site: Site, reference: str) -> None:
    item = said(site, reference, "moeder", "vader")

    shield(site, reference, "referrer", item, "moeder")

    assert reads(site, reference, "moeder", item)


def test_a_parent_shields_own_words_only_and_opens_them_alone(site: Site, reference: str) -> None:
    mine, other = said(site, reference, "moeder", "vader"), said(site, reference, "referrer", "moeder", "vader")

    shield(site, reference, "moeder", mine, "vader")

    assert not reads(site, reference, "vader", mine)
    with pytest.raises(Incomplete):
        shield(site, reference, "moeder", other, "vader")
    with pytest.raises(NotNow):
        take(site, "referrer", reference, "ask_lift", afscherming=hold_id(site), reden="Laat maar lezen.")
    take(site, "moeder", reference, "ask_lift", afscherming=hold_id(site), reden="Het mag weer.")
    assert reads(site, reference, "vader", mine)


def test_a_parent_chooses_the_other_parent_without_a_name(site: Site, reference: str) -> None:
    said(site, reference, "moeder", "vader")

    form = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/stappen/shield_item").text

    assert "Gijs" not in form and "vader" in form


def test_lifting_takes_two_different_people(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    shield(site, reference, "referrer", item, "moeder")
    hold = hold_id(site)

    take(site, "referrer", reference, "ask_lift", afscherming=hold, reden="Het kan nu.")

    assert not reads(site, reference, "moeder", item)
    with pytest.raises(NotNow):
        take(site, "referrer", reference, "confirm_lift", afscherming=hold, eens=True, reden="Ik ook.")
    take(site, "chair", reference, "confirm_lift", afscherming=hold, eens=True, reden="Akkoord.")
    assert reads(site, reference, "moeder", item)
    assert steps_in(site, reference)[:2] == ["confirm_lift", "ask_lift"]


def test_a_refused_lifting_leaves_it_closed(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    shield(site, reference, "referrer", item, "moeder")
    take(site, "referrer", reference, "ask_lift", afscherming=hold_id(site), reden="Het kan nu.")

    take(site, "chair", reference, "confirm_lift", afscherming=hold_id(site), eens=False, reden="Nog niet.")

    assert not reads(site, reference, "moeder", item)
    with pytest.raises(NotNow):
        take(site, "chair", reference, "confirm_lift", afscherming=hold_id(site), eens=True, reden="Toch wel.")


def test_nobody_shields_what_they_may_not_read(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder")

    with pytest.raises(Incomplete):
        shield(site, reference, "chair", item, "moeder")


def test_nobody_is_asked_about_what_they_may_not_read(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder")
    withhold(site, reference, item)

    with pytest.raises(NotNow):
        take(site, "chair", reference, "confirm_withholding", afscherming=hold_id(site), eens=True, reden="Eens.")


def test_reasons_are_sealed(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder")
    shield(site, reference, "referrer", item, "moeder")

    with site.database.read() as tx:
        hold = tx.exec(select(ItemHold)).one()
        assert hold.reason is not None
        with pytest.raises(ValueError, match="unsealed"):
            hold.reason.reveal()
        unseal_rows(tx, [hold])
        assert hold.reason.reveal() == "Dit geeft ruzie."


# ── Withholding ──


def test_withholding_counts_at_once_and_ends_when_nobody_confirms_it(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")

    withhold(site, reference, item)

    assert not reads(site, reference, "moeder", item)
    site.move(days=8)
    assert reads(site, reference, "moeder", item)


def test_who_may_confirm_is_reminded_before_it_ends(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")

    withhold(site, reference, item)

    assert site.case(reference).hold_review_on == site.on + timedelta(days=7)
    with site.database.read() as tx:
        due = tx.exec(select(Reminder.due_at).where(Reminder.name == "review_withholding")).all()
    assert min(due) < site.at + timedelta(days=3)


def test_a_second_professional_confirms_and_the_first_may_not(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    withhold(site, reference, item)
    confirmed = {"afscherming": hold_id(site), "eens": True, "reden": "Ik zie het ook."}

    with pytest.raises(NotNow):
        take(site, "referrer", reference, "confirm_withholding", **confirmed)
    take(site, "chair", reference, "confirm_withholding", **confirmed)

    site.move(days=30)
    assert not reads(site, reference, "moeder", item)
    assert steps_in(site, reference)[:2] == ["confirm_withholding", "withhold_item"]


def test_the_second_professional_reads_what_it_is_about_and_why(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    withhold(site, reference, item, reden="Woordgrond van de eerste.")

    form = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/confirm_withholding").text

    assert "Woordgrond van de eerste." in form and "Woordgeheim." in form


def test_who_answers_about_lifting_reads_why_it_was_asked(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    shield(site, reference, "referrer", item, "moeder")
    take(site, "referrer", reference, "ask_lift", afscherming=hold_id(site), reden="Woordvraag om vrijgeven.")

    form = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/confirm_lift").text

    assert "Woordvraag om vrijgeven." in form


def test_what_is_withheld_leaves_no_trace_on_the_pages_of_the_parent(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    mother = site.as_("moeder", reference)
    pages = ["", "/afspraken", "/wie-kan-dit-zien", "/inzage"]
    before = [mother.get(f"/mijn-plan/{reference}{page}").text for page in pages]

    withhold(site, reference, item)
    take(site, "chair", reference, "confirm_withholding", afscherming=hold_id(site), eens=True, reden="Eens.")

    after = [mother.get(f"/mijn-plan/{reference}{page}").text for page in pages]
    assert after == before
    assert site.api("moeder", reference).get(f"/api/v1/zaken/{reference}/tijdlijn").status_code == 404


def test_what_is_kept_from_somebody_is_not_in_the_inspection_file(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder")
    file = f"/zaken/{reference}/inzage/{party(site, reference, 'moeder')}"
    referrer = site.as_("referrer", reference)
    before = referrer.get(file).text

    shield(site, reference, "referrer", item, "moeder")

    assert WORDS in before and WORDS not in referrer.get(file).text


def test_a_second_professional_who_disagrees_ends_it(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    withhold(site, reference, item)

    take(site, "chair", reference, "confirm_withholding", afscherming=hold_id(site), eens=False, reden="Niet nodig.")

    assert reads(site, reference, "moeder", item)
    assert site.case(reference).hold_review_on is None


def test_the_review_has_a_reminder_and_ends_or_prolongs_it(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder", "voorzitter")
    withhold(site, reference, item)
    take(site, "chair", reference, "confirm_withholding", afscherming=hold_id(site), eens=True, reden="Eens.")
    with site.database.read() as tx:
        planned = tx.exec(
            select(Reminder.to_role).where(Reminder.name == "review_withholding", Reminder.state == "waiting")
        ).all()

    review = {"afscherming": hold_id(site), "reden": "Gekeken."}
    with pytest.raises(NotNow):
        take(site, "chair", reference, "review_withholding", **review, nogNodig=False)
    site.move(days=60)
    take(site, "chair", reference, "review_withholding", **review, nogNodig=True, herzienOp="2027-03-01")

    assert sorted(set(planned)) == ["chair", "referrer"] and len(planned) == 10
    assert not reads(site, reference, "moeder", item)
    site.move(days=45)
    take(site, "referrer", reference, "review_withholding", **review, nogNodig=False)
    assert reads(site, reference, "moeder", item)


def test_a_review_is_within_half_a_year(site: Site, reference: str) -> None:
    item = said(site, reference, "referrer", "moeder")

    for day in ("2026-11-09", "2028-01-01"):
        with pytest.raises(Incomplete):
            withhold(site, reference, item, herzienOp=day)

    assert site.case(reference).hold_review_on is None


def test_no_family_withholds(site: Site, reference: str) -> None:
    item = said(site, reference, "moeder", "vader")

    with pytest.raises(NotAllowed):
        withhold(site, reference, item, "moeder", voor=party(site, reference, "vader"))


# ── Wie mag dit lezen? ──


def answer(site: Site, reference: str, item: str, who: str, *parents: str) -> None:
    rows = [
        {"stuk": one, "wie": who if one == item else "niemand", "ouders": [party(site, reference, p) for p in parents]}
        for one in _asked(site, reference)
    ]
    take(site, "jeugdige", reference, "answer_reading", woorden=rows, mening=who)


def _asked(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        choose = site.process.choices["eigen_woorden"]
        return [one.value for one in choose(scene(site, tx, "jeugdige", reference))]


def test_the_words_of_a_youth_open_as_it_answers_and_may_close_again(site: Site, reference: str) -> None:
    item = said(site, reference, "jeugdige")
    readers = ("referrer", "chair", "moeder", "vader")
    before = [reads(site, reference, who, item) for who in readers]

    answer(site, reference, item, "helpers", "moeder")
    told = [reads(site, reference, who, item) for who in readers]
    answer(site, reference, item, "niemand")

    assert before == [True, False, False, False]
    assert told == [True, True, True, False]
    assert [reads(site, reference, who, item) for who in readers] == before
    assert reads(site, reference, "jeugdige", item)


def test_the_youth_answers_on_the_own_page_and_the_question_stays_until_then(site: Site, reference: str) -> None:
    said(site, reference, "jeugdige", text="Kort zinnetje.")
    page = site.as_("jeugdige", reference)
    link = f"/mijn-plan/{reference}/stappen/answer_reading"
    asked = page.get(f"/mijn-plan/{reference}").text
    form = page.get(link).text

    sent: dict[str, str] = {"_stap": "answer_reading", "mening": "niemand"}
    for number, one in enumerate(_asked(site, reference)):
        sent |= {f"woorden.{number}.stuk": one, f"woorden.{number}.wie": "niemand"}
    done = page.post(f"/mijn-plan/{reference}/stappen", data=sent)

    assert "Kies wie jouw woorden mag lezen" in asked and link in asked
    assert "Kort zinnetje." in form and "Niemand, alleen mijn contactpersoon" in form
    assert done.status_code == 303
    assert "Verander wie jouw woorden mag lezen" in page.get(f"/mijn-plan/{reference}").text


def test_no_parent_and_no_professional_answers_for_the_youth(site: Site, reference: str) -> None:
    said(site, reference, "jeugdige")

    for who in ("moeder", "referrer", "chair"):
        with pytest.raises(NotAllowed):
            take(site, who, reference, "answer_reading", woorden=[])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("step", ROOM.forms)
def test_every_question_has_its_words(step: str, lang: str) -> None:
    assert missing_labels(ROOM.forms[step], TRANSLATORS[lang], step) == []
