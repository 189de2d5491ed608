"""Who reads what, in a browser: the young person answers, the referrer looks as a parent; every page open to everybody."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.family.walk import accepted
from tests.journeys.test_accessibility import Inspector
from tests.journeys.walking import Browsers, Live, follow
from tests.parties.test_address import STREET, hide_mother
from tests.plans import walk as plans


def test_a_young_person_chooses_who_reads_and_the_referrer_looks_as_the_parents(live: Live, browsers: Browsers) -> None:
    told, faults = live.told(), list[str]()
    inspector = Inspector(told, browsers)
    told.take("chair", "declare_independence")
    told.take("jeugdige", "add_statement", tekst="Ik wil dat oma erbij is.")
    youth, referrer = (browsers.of(who, told.reference) for who in ("jeugdige", "referrer"))

    youth.page.goto(f"/mijn-plan/{told.reference}")
    follow(youth.page, youth.page.get_by_role("link", name="Kies wie jouw woorden mag lezen"))
    faults += inspector.look(youth.page)
    for group in youth.page.get_by_label("Niemand, alleen mijn contactpersoon").all():
        group.check()
    follow(youth.page, youth.page.get_by_role("button", name="Bewaren"))
    expect(youth.page.get_by_role("status")).to_contain_text("Je keuze telt meteen.")
    youth.page.goto(f"/mijn-plan/{told.reference}/wie-kan-dit-zien")
    faults += inspector.look(youth.page)

    referrer.page.goto(f"/zaken/{told.reference}/wie-ziet-dit")
    faults += inspector.look(referrer.page)
    for step in ("shield_item", "withhold_item"):
        referrer.page.goto(f"/zaken/{told.reference}/stappen/{step}")
        faults += inspector.look(referrer.page)
    referrer.page.goto(f"/zaken/{told.reference}/betrokkenen")
    faults += inspector.look(referrer.page)
    follow(referrer.page, referrer.page.get_by_role("link", name="Bekijk als").first)
    expect(referrer.page.get_by_role("heading", name="U kijkt mee als")).to_be_visible()
    faults += inspector.look(referrer.page)
    expect(referrer.page.get_by_role("button", name="Uitloggen")).to_be_disabled()

    assert faults == []


def test_a_secret_address_is_shown_to_its_owner_and_to_who_treats_at_home(live: Live, browsers: Browsers) -> None:
    reference, faults = accepted(live.site), list[str]()
    plans.agree(live.site, reference, hulpThuis=True)
    hide_mother(live.site, reference)
    inspector = Inspector(live.told(2), browsers)

    for who in ("referrer", plans.PROVIDER):
        page = browsers.of(who, reference).page
        page.goto(f"/zaken/{reference}")
        follow(page, page.get_by_role("link", name="van het gezin"))
        faults += inspector.look(page)
        follow(page, page.get_by_role("button", name="Geheim adres bekijken"))
        faults += inspector.look(page)
        page.get_by_label("Waarom hebt u het adres nodig?").fill("Morgen op huisbezoek.")
        follow(page, page.get_by_role("button", name="Adres laten zien"))
        expect(page.get_by_text(STREET)).to_be_visible()
        faults += inspector.look(page)

    page = browsers.of("moeder", reference).page
    page.goto(f"/mijn-plan/{reference}")
    follow(page, page.get_by_role("link", name="Uw gegevens"))
    expect(page.get_by_text(STREET)).to_be_hidden()
    page.get_by_text("Laat mijn adres zien").click()
    expect(page.get_by_text(STREET)).to_be_visible()
    faults += inspector.look(page)
    page = browsers.of("jeugdige", reference).page
    page.goto(f"/mijn-plan/{reference}/gegevens")
    expect(page.get_by_text("eindigt op")).to_be_visible()
    faults += inspector.look(page)

    assert faults == []
