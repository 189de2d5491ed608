"""Passkeys in a real browser with an authenticator that the browser plays; and a codes app without any script."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from bijzondere_toegang.people.codes import secret_of, waiting_app
from tests.journeys.test_accessibility import Inspector
from tests.journeys.test_entrance import PASSWORD, choose_password
from tests.journeys.walking import PHONE, Browsers, Live, fill, follow, width_of
from tests.people.test_factors import code_now
from tests.people.test_proving import strict


def at_home(live: Live) -> None:
    """Passkeys are bound to the address people use."""
    live.site.app.state.settings = live.site.app.state.settings.model_copy(update={"base_url": live.url})


def authenticator(page: Page) -> None:
    """A device that keeps passkeys and always knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_chair_makes_a_passkey_logs_in_with_it_and_signs_with_it(live: Live, browsers: Browsers) -> None:
    at_home(live)
    told = live.told()
    told.story.to_preparing()
    told.story.to_the_table()
    page = browsers.stranger()
    authenticator(page)
    choose_password(live, page, "verwijzer1")
    expect(page).to_have_url(f"{live.url}/inloggen/tweede")

    page.get_by_label("Hoe noemt u dit apparaat?").fill("Laptop van het werk")
    page.get_by_role("button", name="Passkey maken").click()
    expect(page.get_by_role("status")).to_contain_text("Uw passkey is toegevoegd.")
    page.get_by_role("button", name="Herstelcodes maken").click()
    expect(page.locator("code")).to_have_count(10)
    expect(page.get_by_text("Laptop van het werk")).to_be_visible()
    page.get_by_role("button", name="Uitloggen", exact=True).click()
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page).to_have_url(f"{live.url}/werkvoorraad")

    told.story.positions("jeugdige", "moeder", "vader")
    told.take("chair", "conclude_consensus")
    strict(live.site)
    person = browsers.of("referrer", told.reference)
    data = person.answers("confirm_outcome")
    page.goto(f"/zaken/{told.reference}/stappen/confirm_outcome")
    live.site.move(minutes=6)
    form = page.locator("main form:has(input[name='_stap'])")
    fill(form, data)
    form.locator("button.nl-button:not([name])").click()
    expect(page.get_by_role("heading", name="Even bewijzen dat u het bent")).to_be_visible()
    browsers.watch.forgive("403")
    page.get_by_role("button", name="Gebruik uw passkey").click()

    page.wait_for_url(f"**/zaken/{told.reference}**")
    expect(page.get_by_role("heading", name="Even bewijzen dat u het bent")).to_have_count(0)
    assert live.site.case(told.reference).stage == "placing"


def test_a_chair_sets_up_a_codes_app_and_logs_in_with_its_codes_without_scripts(live: Live, browsers: Browsers) -> None:
    page = browsers.stranger(scripts=False, width=PHONE)
    choose_password(live, page, "anneke")
    follow(page, page.get_by_role("button", name="Codes-app instellen"))
    assert page.locator("img").evaluate("image => image.naturalWidth") > 0 and width_of(page) <= PHONE
    with live.site.database.read() as tx:
        app = waiting_app(tx, live.site.cast["anneke"])
        assert app is not None
        secret = secret_of(tx, app)
    page.get_by_label("Code uit de app").fill(code_now(secret, live.site.at))
    page.get_by_role("button", name="Klaar").click()
    expect(page.get_by_role("status")).to_contain_text("Uw codes-app werkt nu.")
    assert width_of(page) <= PHONE

    page.get_by_role("button", name="Uitloggen", exact=True).click()
    live.site.move(seconds=30)
    page.get_by_label("E-mailadres").fill("anneke@example.org")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.get_by_label("Code uit uw app, of een herstelcode").fill(code_now(secret, live.site.at))
    page.get_by_role("button", name="Verder").click()

    expect(page).to_have_url(f"{live.url}/werkvoorraad")


def test_the_pages_of_the_log_in_are_open_to_everybody(live: Live, browsers: Browsers) -> None:
    at_home(live)
    inspector = Inspector(live.told(), browsers)
    page, faults = browsers.stranger(), list[str]()
    authenticator(page)

    def look(heading: str) -> None:
        expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
        page.wait_for_load_state("load")
        faults.extend(f"{page.url}: {fault}" for fault in inspector.look(page))

    choose_password(live, page, "anneke")
    look("Stel een tweede bewijs in")
    page.get_by_role("button", name="Codes-app instellen").click()
    look("Codes-app instellen")
    page.goto("/inloggen/tweede")
    page.get_by_role("button", name="Passkey maken").click()
    page.wait_for_url("**/mijn-inlog**")
    look("Mijn inlog")
    page.get_by_role("button", name="Herstelcodes maken").click()
    expect(page.locator("code")).to_have_count(10)
    page.get_by_text("Nieuwe sleutel").click()
    look("Mijn inlog")
    strict(live.site)
    live.site.move(minutes=6)
    page.goto("/mijn-inlog/wachtwoord")
    look("Even bewijzen dat u het bent")
    page.get_by_role("button", name="Gebruik uw passkey").click()
    look("Wachtwoord veranderen")
    live.site.move(minutes=16)
    page.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Bewaren").click()
    look("Inloggen")
    page.get_by_label("E-mailadres").fill("anneke@example.org")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    look("Nog één stap")
    page.get_by_role("button", name="Gebruik uw passkey").click()
    look("U bent weer ingelogd")

    for status in ("401", "403"):
        browsers.watch.forgive(status)
    assert faults == []
