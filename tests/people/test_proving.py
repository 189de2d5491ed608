"""The fresh proof: asked before somebody accepts, signs or decides, at the one door; nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.errors import NotProven
from bijzondere_toegang.people.login import make_token, set_password
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.plans.models import Consent
from tests import databases
from tests.entrance import PASSWORD
from tests.support import Site, make_site, scene
from tests.test_stories import Told

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
WORDS = "Dit is wat mijn moeder over het plan te zeggen had & meer <b>niet</b>."


@pytest.fixture
def told(database: databases.Database) -> Told:
    """A plan that waits for the consent of the family; a proof is fresh for five minutes."""
    told = Told(make_site(database))
    told.story.to_placing("jeugdige", "moeder", "vader")
    told.take("vvg1", "accept_placement")
    told.take("provider", "write_plan")
    told.take("provider", "put_up_plan")
    strict(told.site)
    know_password(told.site, "moeder", told.reference)
    return told


def strict(site: Site) -> None:
    site.app.state.settings = site.app.state.settings.model_copy(
        update={"proof_minutes": 5, "session_idle_minutes": 15, "session_hours": 10}
    )


def know_password(site: Site, who: str, reference: str | None = None) -> None:
    with site.database.write() as tx:
        account = tx.get_one(Account, site.who(who, reference))
        set_password(account, PASSWORD)
        tx.add(account)


def hidden(answer: Response) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    form = answer.text.rpartition("<form class")[2]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def consents(told: Told) -> int:
    with told.site.database.read() as tx:
        case = told.site.case(told.reference)
        return len(tx.exec(select(Consent).where(Consent.case_id == case.id)).all())


def consent(browser: TestClient, told: Told) -> Response:
    data = {"_stap": "consent", "_revisie": "1", "versie": "1", "antwoord": "ja", "woorden": WORDS}
    return browser.post(f"/mijn-plan/{told.reference}/stappen", data=data)


def test_the_one_door_asks_for_a_fresh_proof_and_changes_nothing_without(told: Told) -> None:
    before = told.site.case(told.reference).revision

    with told.site.writing_as(told.site.who("moeder", told.reference)) as tx:
        seen = scene(told.site, tx, "moeder", told.reference, proven=False)
        with pytest.raises(NotProven):
            advance(seen, "consent", data={"versie": "1", "antwoord": "ja"}, revision=seen.case.revision)

    assert (told.site.case(told.reference).revision, consents(told)) == (before, 0)


def test_a_mother_proves_it_with_her_password_and_all_she_typed_goes_along(told: Told) -> None:
    mother = told.site.as_("moeder", told.reference)
    told.site.move(minutes=6)

    asked = consent(mother, told)
    wrong = mother.post("/bewijs", data=hidden(asked) | {"_bewijs_wachtwoord": "dat is het vast niet"})
    right = mother.post("/bewijs", data=hidden(wrong) | {"_bewijs_wachtwoord": PASSWORD})

    assert (asked.status_code, wrong.status_code, right.status_code) == (403, 422, 307)
    assert hidden(asked)["woorden"] == hidden(wrong)["woorden"] == WORDS
    assert "Even bewijzen dat u het bent" in asked.text and consents(told) == 0
    assert right.headers["location"] == f"/mijn-plan/{told.reference}/stappen"
    assert WORDS not in str(right.headers)
    done = mother.post(right.headers["location"], data=hidden(wrong) | {"_bewijs_wachtwoord": PASSWORD})
    assert done.status_code == 303 and consents(told) == 1


def test_a_proof_renews_the_token_and_forms_in_other_tabs_still_work(told: Told) -> None:
    mother = told.site.as_("moeder", told.reference)
    before = mother.cookies[SESSION_COOKIE]
    told.site.move(minutes=6)

    mother.post("/bewijs", data={"_bewijs_wachtwoord": PASSWORD})

    after = mother.cookies.get(SESSION_COOKIE, domain="localhost.local") or mother.cookies[SESSION_COOKIE]
    thief = told.site.anonymous()
    thief.cookies.set(SESSION_COOKIE, before)
    assert after != before and after.partition(".")[0] == before.partition(".")[0]
    assert thief.get("/mijn-plan").status_code == 303
    assert consent(mother, told).status_code == 303


def test_no_proof_leads_out_of_the_house(told: Told) -> None:
    mother = told.site.as_("moeder", told.reference)

    for to in ("https://elders.test/", "//elders.test", "/\\elders.test", "javascript:x"):
        answer = mother.post("/bewijs", data={"_bewijs_wachtwoord": PASSWORD, "_naar": to, "_wijze": "GET"})
        assert answer.headers["location"] == "/"


def test_a_token_signs_only_while_it_was_granted_to(told: Told) -> None:
    site, account = told.site, told.site.who("referrer", told.reference)
    with site.database.write() as tx:
        plain = make_token(tx, account, "gewoon", site.at)
        signing = make_token(tx, account, "tekent", site.at, signs_until=site.at + timedelta(hours=12))
    step = {"stap": "confirm_plan", "revisie": site.case(told.reference).revision, "gegevens": {"versie": "1"}}

    def send(token: str) -> Response:
        headers = {"authorization": f"Bearer {token}"}
        return site.anonymous().post(f"/api/v1/zaken/{told.reference}/stappen", json=step, headers=headers)

    refused = send(plain)
    site.move(hours=12)
    too_late = send(signing)
    site.move(minutes=-1)
    in_time = send(signing)

    assert (refused.status_code, too_late.status_code, in_time.status_code) == (403, 403, 200)
    assert refused.json()["title"] == "Bewijs eerst opnieuw dat u het bent"


def test_an_ended_session_loses_no_word(told: Told) -> None:
    mother = told.site.as_("moeder", told.reference)
    told.site.move(minutes=16)

    asked = consent(mother, told)
    back = mother.post("/inloggen", data=hidden(asked) | {"login": "ouder1m@example.org", "wachtwoord": PASSWORD})

    assert asked.status_code == 401 and hidden(asked)["woorden"] == WORDS
    assert back.status_code == 200 and hidden(back)["woorden"] == WORDS
    assert "U bent weer ingelogd" in back.text and consents(told) == 0


def test_a_form_of_before_the_last_log_in_can_be_sent_again(told: Told) -> None:
    old = told.site.as_("moeder", told.reference)
    stale = old.headers["x-csrf-token"]
    new = told.site.as_("moeder", told.reference)
    del new.headers["x-csrf-token"]

    asked = new.post(
        f"/mijn-plan/{told.reference}/stappen", data={"_csrf": stale, "_stap": "add_statement", "tekst": WORDS}
    )
    done = new.post(f"/mijn-plan/{told.reference}/stappen", data=hidden(asked))
    elsewhere = new.post(
        f"/mijn-plan/{told.reference}/stappen",
        data={"_csrf": stale, "_stap": "add_statement", "tekst": WORDS},
        headers={"sec-fetch-site": "cross-site"},
    )

    assert asked.status_code == 403 and "Verstuur opnieuw" in asked.text and hidden(asked)["tekst"] == WORDS
    assert done.status_code == 303
    assert elsewhere.status_code == 403 and WORDS not in unescape(elsewhere.text)


def test_a_young_person_is_asked_with_je(told: Told) -> None:
    know_password(told.site, "jeugdige", told.reference)
    youth = told.site.as_("jeugdige", told.reference)
    told.site.move(minutes=6)

    asked = consent(youth, told)
    wrong = youth.post("/bewijs", data=hidden(asked) | {"_bewijs_wachtwoord": "dat is het vast niet"})

    for answer in (asked, wrong):
        words = re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main>")[0].split("<details")[0])
        assert "Even bewijzen dat je het bent" in words
        assert not re.search(r"\b([Uu]|[Uu]w)\b", words)
    assert "Wat je typte staat er nog." in wrong.text


def test_where_nothing_was_typed_nothing_is_said_to_be_kept(told: Told) -> None:
    mother = told.site.as_("moeder", told.reference)
    told.site.move(minutes=6)
    fetch = {"_naar": f"/mijn-plan/{told.reference}/inzage/dossier.pdf", "_wijze": "GET"}

    download = mother.post("/bewijs", data=fetch | {"_bewijs_wachtwoord": "dat is het vast niet"})
    typed = mother.post("/bewijs", data=hidden(consent(mother, told)) | {"_bewijs_wachtwoord": "ook niet"})

    said = download.text.split("<main")[1].split("</main>")[0]
    assert "Dit klopt niet" in said and "typte" not in said
    assert "Wat u typte staat er nog." in typed.text
