"""Inviting professionals, and changing what was given: roles, dates, the address of mail."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.models import Account, LoginSession, Membership
from bijzondere_toegang.region import Region
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.entrance import choose, deliver, tokens
from tests.support import PROCESS, Site, make_site, register_sample

NEW = {
    "naam": "Nina Nieuw",
    "email": "nina@example.org",
    "functie": "consulent",
    "rol": "toegang-venlo.referrer",
    "vanaf": "2026-11-09",
    "totEnMet": "",
}


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def account_of(site: Site, login: str) -> Account | None:
    with site.database.read() as tx:
        return find_account(tx, login)


def roles_of(site: Site, account_id: UUID) -> list[Membership]:
    with site.database.read() as tx:
        return list(tx.exec(select(Membership).where(Membership.account_id == account_id)).all())


def events(site: Site, account_id: UUID) -> list[str]:
    with site.database.read() as tx:
        query = select(TimelineEntry).where(TimelineEntry.chain == account_id).order_by(TimelineEntry.seq)  # type: ignore[arg-type]
        return [entry.event_type for entry in tx.exec(query).all() if entry.account_id != account_id]


def mails(site: Site) -> list[str]:
    """To whom the mail of a minute goes."""
    return [str(mail["To"]) for mail in deliver(site)]


def test_who_is_invited_chooses_a_password_and_is_in(site: Site) -> None:
    coordinator = site.as_("teamleider")

    sent = coordinator.post("/beheer/uitnodigen", data=NEW)
    (mail,) = deliver(site)
    (link,) = tokens([mail], "nina@example.org")
    entered = choose(site, link)

    account = account_of(site, "nina@example.org")
    assert sent.status_code == 303 and account is not None
    assert "Heeft toegang" in coordinator.get(f"/beheer/personen/{account.id}").text
    assert [(one.organisation, one.role) for one in roles_of(site, account.id)] == [("toegang-venlo", "referrer")]
    assert entered.status_code == 303
    assert events(site, account.id)[:3] == ["account_added", "member_added", "invited"]


def test_all_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(site: Site) -> None:
    wrong = NEW | {"email": "nina@elders.example", "totEnMet": "2026-11-01"}

    refused = site.as_("beheerder").post("/beheer/uitnodigen", data=wrong)

    assert refused.status_code == 422
    assert "domein dat de organisatie heeft opgegeven" in refused.text
    assert "De laatste dag ligt voor de eerste." in refused.text
    assert "Nina Nieuw" in refused.text
    assert account_of(site, "nina@elders.example") is None


@pytest.mark.parametrize("role", ["cjg-ml.referrer", "bureau.administrator", "toegang-venlo.chair"])
def test_a_coordinator_gives_no_role_outside_the_own_organisation(site: Site, role: str) -> None:
    refused = site.as_("teamleider").post("/beheer/uitnodigen", data=NEW | {"rol": role})

    assert refused.status_code == 422
    assert account_of(site, "nina@example.org") is None


def test_an_address_that_is_in_use_is_refused(site: Site) -> None:
    refused = site.as_("beheerder").post("/beheer/uitnodigen", data=NEW | {"email": "anneke@example.org"})

    assert refused.status_code == 422
    assert "al in gebruik" in refused.text


def test_a_second_invitation_kills_the_first_link(site: Site) -> None:
    administrator = site.as_("beheerder")
    place = administrator.post("/beheer/uitnodigen", data=NEW).headers["location"].partition("?")[0]
    (first,) = tokens(deliver(site), "nina@example.org")
    site.move(minutes=20)

    again = site.as_("beheerder").post(f"{place}/uitnodiging")
    (second,) = tokens(deliver(site), "nina@example.org")

    assert again.status_code == 303
    assert site.anonymous().get(f"/welkom/{first}").status_code == 404
    assert site.anonymous().get(f"/welkom/{second}").status_code == 200


def test_a_withdrawn_invitation_lets_nobody_in(site: Site) -> None:
    administrator = site.as_("beheerder")
    place = administrator.post("/beheer/uitnodigen", data=NEW).headers["location"].partition("?")[0]
    (link,) = tokens(deliver(site), "nina@example.org")

    withdrawn = administrator.post(f"{place}/vertrek")

    assert withdrawn.status_code == 303
    assert site.anonymous().get(f"/welkom/{link}").status_code == 404


def test_another_address_is_told_to_the_old_one_and_ends_every_session(site: Site) -> None:
    who = site.who("collega")
    browser = site.client(who)
    assert browser.get("/werkvoorraad").status_code == 200

    done = site.as_("beheerder").post(f"/beheer/personen/{who}/adres", data={"email": "coen.nieuw@example.org"})

    assert done.status_code == 303
    assert sorted(mails(site)) == ["coen.nieuw@example.org", "collega@example.org"]
    assert browser.get("/werkvoorraad").headers["location"] == "/inloggen"
    assert account_of(site, "coen.nieuw@example.org") is not None
    assert account_of(site, "collega@example.org") is None
    assert events(site, who)[-1] == "address_changed"


def test_a_role_gets_a_last_day_and_one_more_role_is_given(site: Site) -> None:
    who, administrator = site.who("collega"), site.as_("beheerder")
    (held,) = roles_of(site, who)
    home = f"/beheer/personen/{who}"

    changed = administrator.post(f"{home}/rollen/{held.id}", data={"totEnMet": "2026-11-30"})
    assert mails(site) == []
    past = administrator.post(f"{home}/rollen/{held.id}", data={"totEnMet": "2026-11-01"})
    given = administrator.post(f"{home}/rol", data={"rol": "toegang-venlo.coordinator", "vanaf": "2026-12-01"})
    twice = administrator.post(f"{home}/rol", data={"rol": "toegang-venlo.coordinator", "vanaf": "2026-12-01"})

    assert [changed.status_code, past.status_code, given.status_code, twice.status_code] == [303, 422, 303, 422]
    assert {(one.role, str(one.valid_until)) for one in roles_of(site, who)} == {
        ("referrer", "2026-11-30"),
        ("coordinator", "None"),
    }


def test_a_coordinator_changes_nobody_elsewhere(site: Site) -> None:
    who, coordinator = site.who("verwijzer2"), site.as_("teamleider")
    (held,) = roles_of(site, who)
    home = f"/beheer/personen/{who}"

    answers = [
        coordinator.get(home),
        coordinator.post(f"{home}/rollen/{held.id}", data={"totEnMet": "2026-11-30"}),
        coordinator.post(f"{home}/rol", data={"rol": "toegang-venlo.referrer", "vanaf": "2026-12-01"}),
        coordinator.post(f"{home}/adres", data={"email": "x@example.org"}),
        coordinator.post(f"{home}/uitnodiging"),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_no_mail_goes_to_a_domain_that_lapsed() -> None:
    region: Region = PROCESS().region
    (domain,) = region.mail_domains
    until = domain.model_copy(update={"valid_until": region.reference_day + timedelta(days=30)})
    given_up = region.model_copy(update={"mail_domains": (until,)})
    day = region.reference_day + timedelta(days=31)

    assert given_up.has_lapsed("anneke@example.org", day)
    assert not given_up.mails_to("toegang-venlo", "anneke@example.org", day)
    assert not given_up.has_lapsed("moeder@elders.example", day), "families have mail where they like"
    assert given_up.mails_to("toegang-venlo", "anneke@example.org", region.reference_day)


def test_a_week_before_a_role_ends_somebody_is_told_to_hand_the_cases_over(site: Site) -> None:
    (held,) = roles_of(site, who := site.who("verwijzer1"))
    site.as_("beheerder").post(f"/beheer/personen/{who}/rollen/{held.id}", data={"totEnMet": "2026-11-30"})
    at_once = mails(site)

    site.move(days=15)

    assert at_once == []
    assert mails(site) == ["teamleider@example.org"]


def test_the_cases_of_a_chair_whose_last_day_is_over_get_another_one(site: Site) -> None:
    reference = register_sample(site, 1)
    former = site.who("chair", reference)
    (held,) = roles_of(site, former)
    site.as_("beheerder").post(f"/beheer/personen/{former}/rollen/{held.id}", data={"totEnMet": "2026-11-10"})
    deliver(site)
    assert site.who("chair", reference) == former

    site.move(days=2)
    deliver(site)

    assert site.who("chair", reference) != former
    assert site.client(site.who("chair", reference)).get(f"/zaken/{reference}").status_code == 200


# ── A fresh proof ──


def test_who_lets_people_in_or_out_proves_anew_who_they_are(site: Site) -> None:
    register_sample(site, 1)
    known = site.who("collega")
    administrator = site.as_("beheerder")
    with site.database.write() as tx:
        for session in tx.scalars(select(LoginSession)).all():
            session.proved_at = site.at - timedelta(days=10**5)

    home = f"/beheer/personen/{known}"
    asked = [
        administrator.post("/beheer/uitnodigen", data=NEW),
        administrator.post(f"{home}/rol", data={"rol": "toegang-venlo.coordinator", "vanaf": "2026-11-09"}),
        administrator.post(f"{home}/adres", data={"email": "collega2@example.org"}),
        administrator.post(f"{home}/uitnodiging", data={}),
        administrator.post(f"{home}/overdracht", data={}),
        administrator.post(f"{home}/vertrek", data={}),
    ]

    assert ["Even bewijzen" in answer.text for answer in asked] == [True] * len(asked)
    assert account_of(site, "nina@example.org") is None
    assert [one.role for one in roles_of(site, known)] == ["referrer"]
    assert events(site, known) == []


def test_the_people_of_an_organisation_are_listed_by_name(site: Site) -> None:
    page = site.as_("teamleider").get("/beheer").text

    names = re.findall(r'href="/beheer/personen/[0-9a-f-]+"[^>]*>([^<]+)<', page)

    assert len(names) > 2
    assert names == sorted(names, key=str.casefold)
