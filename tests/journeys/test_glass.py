"""Reading in *Noodtoegang*, in a browser: every page says so, at every width, and one button ends it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.administration.test_glass import ASKED
from tests.journeys.test_accessibility import Inspector
from tests.journeys.walking import Browsers, Live


def test_an_administrator_reads_by_a_broken_glass_and_ends_it(live: Live, browsers: Browsers) -> None:
    told = live.told()
    inspector = Inspector(told, browsers)
    live.site.as_("beheerder").post("/noodtoegang", data=ASKED | {"kenmerk": told.reference})
    officer = live.site.as_("fg")
    (asked,) = re.findall(r"/noodtoegang/[0-9a-f-]{36}/besluit", officer.get("/noodtoegang").text)
    officer.post(asked, data={"besluit": "ja"})
    page = browsers.of("beheerder", told.reference).page

    page.goto(f"/zaken/{told.reference}")
    faults = inspector.look(page)
    expect(page.get_by_role("region", name="Noodtoegang")).to_contain_text("U leest in noodtoegang, tot ")
    page.get_by_role("button", name="Noodtoegang beëindigen").click()

    expect(page.get_by_role("status")).to_contain_text("De zaak is weer dicht.")
    assert faults == []
