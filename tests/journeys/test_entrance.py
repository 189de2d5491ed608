"""Getting in the way people do: a one-time link, a password of one's own, out, and in again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bijzondere_toegang.people.links import make_link
from tests.journeys.walking import Browsers, Live
from tests.support import register_sample

PASSWORD = "vier gewone woorden samen"


def choose_password(live: Live, page: Page, who: str, reference: str | None = None) -> None:
    """Open the invitation of this person and choose a password there."""
    with live.site.database.write() as tx:
        token = make_link(tx, live.site.who(who, reference), live.site.at)
    page.goto(f"/welkom/{token}")
    page.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Bewaren en inloggen").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_mother_chooses_a_password_and_logs_in_with_it(live: Live, browsers: Browsers, scripts: bool) -> None:
    reference = register_sample(live.site, 1)
    page = browsers.stranger(scripts=scripts)
    choose_password(live, page, "moeder", reference)
    expect(page).to_have_url(f"{live.url}/mijn-plan/{reference}")

    page.get_by_role("button", name="Uitloggen").click()
    page.get_by_label("E-mailadres").fill("ouder1m@example.org")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()

    expect(page).to_have_url(f"{live.url}/mijn-plan/{reference}")


def test_a_wrong_password_is_told_and_lets_nobody_in(live: Live, browsers: Browsers) -> None:
    page = browsers.stranger()
    page.goto("/werkvoorraad")
    expect(page).to_have_url(f"{live.url}/inloggen")

    page.get_by_label("E-mailadres").fill("anneke@example.org")
    page.get_by_label("Wachtwoord").fill("dat is het vast niet")
    page.get_by_role("button", name="Inloggen", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("Inloggen lukte niet")
    browsers.watch.forgive("422")
