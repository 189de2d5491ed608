"""Somebody from outside gets in: invited on a page, by a link and a code that goes by telephone, to read one page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from bijzondere_toegang.cases.models import Invitation
from bijzondere_toegang.cases.way_in import way_in
from tests.entrance import PASSWORD
from tests.journeys.test_accessibility import Inspector
from tests.journeys.walking import Browsers, Live


def unseen(_: Page) -> list[str]:
    """What looks for faults is a script itself."""
    return []


def link_of_who_is_invited(live: Live) -> str:
    """What the mail about the invitation carries."""
    with live.site.database.write() as tx:
        token = way_in(tx, tx.exec(select(Invitation.account_id)).one(), live.site.at)
    assert token is not None
    return token


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize(("who", "step"), [("chair", "invite_guest"), ("moeder", "invite_confidant")])
def test_who_is_invited_comes_in_with_the_code_and_reads_one_page(
    live: Live, browsers: Browsers, who: str, step: str, scripts: bool
) -> None:
    told = live.told()
    told.story.to_preparing()
    told.take("chair", "plan_conference")
    look = Inspector(told, browsers).look if scripts else unseen
    inviting = browsers.of(who, told.reference, scripts=scripts)

    inviting.take(step)
    code = inviting.page.locator(".handed-code").inner_text()
    faults = look(inviting.page)
    token = link_of_who_is_invited(live)
    page = browsers.stranger(scripts=scripts)
    page.goto(f"/welkom/{token}")
    faults += look(page)
    page.get_by_label("Code van zes cijfers").fill(f"{code[:3]} {code[3:]}")
    page.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Bewaren en inloggen").click()

    expect(page).to_have_url(f"{live.url}/uitgenodigd/{told.reference}")
    assert [*faults, *look(page)] == []
