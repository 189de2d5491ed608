"""Once a year: who still needs access. Silence is told to others, and then ends what nobody needs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bijzondere_toegang.administration.models import AccessAnswer, AccessReview
from bijzondere_toegang.administration.reviewing import review_access
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.statements import statements
from tests.support import Site, make_site, register_sample

VENLO = "toegang-venlo"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def tick(site: Site, **later: float) -> None:
    site.move(**later)
    with site.database.write() as tx:
        review_access(tx, site.process, site.at)


def begun(site: Site) -> AccessReview:
    """The review of Venlo, a year after the installation was taken into use."""
    tick(site)
    tick(site, days=366)
    return review_of(site)


def review_of(site: Site, organisation: str = VENLO) -> AccessReview:
    with site.database.read() as tx:
        query = select(AccessReview).where(AccessReview.organisation == organisation)
        return tx.exec(query.order_by(col(AccessReview.begins_on))).all()[0]


def membership(site: Site, who: str) -> Membership:
    with site.database.read() as tx:
        return tx.exec(select(Membership).where(Membership.account_id == site.who(who))).one()


def mailed(site: Site, kind: str) -> Counter[str]:
    names = {account: name for name, account in site.cast.items()}
    with site.database.read() as tx:
        return Counter(names[one] for one in tx.exec(select(Outbox.account_id).where(Outbox.kind == kind)).all())


def ended(site: Site, who: str) -> bool:
    with site.database.read() as tx:
        return tx.get_one(Account, site.who(who)).ended_at is not None


def test_every_organisation_is_asked_after_a_year_and_not_before(site: Site) -> None:
    tick(site)
    tick(site, days=300)
    early = review_of(site).state, sum(mailed(site, "access_review").values())

    tick(site, days=66)
    tick(site)

    assert early == ("planned", 0)
    assert review_of(site).state == "open"
    assert mailed(site, "access_review")["teamleider"] == 1
    assert mailed(site, "access_review")["beheerder"] >= 1, "where there is no coordinator"


def test_a_coordinator_answers_for_all_in_one_form(site: Site) -> None:
    register_sample(site, 1)
    row = begun(site)
    coordinator, colleague = site.as_("teamleider"), site.as_("collega")
    assert colleague.get("/werkvoorraad").status_code == 200
    shown = coordinator.get(f"/beheer/controle/{row.id}")

    done = coordinator.post(
        f"/beheer/controle/{row.id}",
        data={
            f"m-{membership(site, 'collega').id}": "end",
            f"m-{membership(site, 'verwijzer1').id}": "change",
            f"u-{membership(site, 'verwijzer1').id}": (site.on + timedelta(days=30)).isoformat(),
            f"m-{membership(site, 'teamleider').id}": "keep",
        },
    )

    assert shown.status_code == 200 and "Vera Venlo" in shown.text
    assert done.headers["location"].endswith("gedaan=klaar")
    assert review_of(site).state == "closed" and review_of(site).closed_by == site.who("teamleider")
    assert ended(site, "collega") and not ended(site, "verwijzer1")
    assert membership(site, "verwijzer1").valid_until == site.on + timedelta(days=30)
    assert colleague.get("/werkvoorraad").headers["location"] == "/inloggen"
    with site.database.read() as tx:
        answers = Counter(tx.exec(select(AccessAnswer.answer)).all())
        logged = set(tx.exec(select(TimelineEntry.event_type)).all())
    assert answers == {"end": 1, "change": 1, "keep": 1}
    assert {"access_reviewed", "access_not_renewed", "member_changed"} <= logged


def test_what_is_left_empty_stays_asked(site: Site) -> None:
    row = begun(site)
    coordinator = site.as_("teamleider")

    saved = coordinator.post(f"/beheer/controle/{row.id}", data={f"m-{membership(site, 'collega').id}": "keep"})

    again = coordinator.get(f"/beheer/controle/{row.id}").text
    assert saved.headers["location"].endswith("gedaan=deel")
    assert review_of(site).state == "open"
    assert f"m-{membership(site, 'collega').id}-keep" not in again
    assert f"m-{membership(site, 'verwijzer1').id}-keep" in again


def test_who_has_running_cases_does_not_end_without_a_successor(site: Site) -> None:
    register_sample(site, 1)
    row = begun(site)
    key = membership(site, "verwijzer1").id

    refused = site.as_("teamleider").post(
        f"/beheer/controle/{row.id}", data={f"m-{key}": "end", f"m-{membership(site, 'collega').id}": "change"}
    )

    assert refused.status_code == 422
    assert "Deze persoon heeft lopende zaken." in refused.text
    assert "Vul een dag in van vandaag of later." in refused.text
    assert membership(site, "verwijzer1").valid_until is None


def test_silence_is_told_and_then_ends_what_nobody_needs(site: Site) -> None:
    register_sample(site, 1)
    begun(site)

    tick(site, days=22)
    reminded = mailed(site, "access_review")["teamleider"]
    tick(site, days=7)
    late = review_of(site).state, mailed(site, "access_review_late")
    for _ in range(3):
        tick(site, days=7)

    assert reminded == 2
    assert late[0] == "escalated" and {"beheerder", "fg"} <= late[1].keys()
    assert ended(site, "collega") and ended(site, "teamleider")
    assert not ended(site, "verwijzer1"), "a child without a referrer is worse"
    assert not ended(site, "beheerder"), "without an administrator nobody could mend it"
    assert not ended(site, "joris"), "without a chair no child gets a table"
    assert review_of(site).state == "escalated", "who has running cases is still asked about"


def test_the_privacy_officer_looks_on_and_answers_nothing(site: Site) -> None:
    row = begun(site)
    officer = site.as_("fg")

    listed, shown = officer.get("/beheer/controle"), officer.get(f"/beheer/controle/{row.id}")
    refused = officer.post(f"/beheer/controle/{row.id}", data={f"m-{membership(site, 'collega').id}": "end"})

    assert listed.status_code == 200 and shown.status_code == 200
    assert '<form method="post" action="/beheer/controle' not in shown.text
    assert refused.status_code == 404
    assert not ended(site, "collega")


@pytest.mark.parametrize("who", ["verwijzer1", "anneke", "analist", "vvg1"])
def test_to_others_there_is_no_review(site: Site, who: str) -> None:
    row = begun(site)
    browser = site.as_(who)

    assert browser.get("/beheer/controle").status_code == 404
    assert browser.get(f"/beheer/controle/{row.id}").status_code == 404
    assert browser.post(f"/beheer/controle/{row.id}").status_code == 404


def test_a_coordinator_sees_no_review_of_another_organisation(site: Site) -> None:
    begun(site)
    other = review_of(site, "cjg-ml")
    coordinator = site.as_("teamleider")

    assert coordinator.get(f"/beheer/controle/{other.id}").status_code == 404
    assert coordinator.post(f"/beheer/controle/{other.id}").status_code == 404


def test_the_form_asks_no_more_of_the_database_for_more_people(site: Site) -> None:
    begun(site)
    administrator = site.as_("beheerder")
    few, many = review_of(site), review_of(site, "bureau")
    administrator.get(f"/beheer/controle/{few.id}")
    with statements(site) as small:
        administrator.get(f"/beheer/controle/{few.id}")

    with statements(site) as large:
        administrator.get(f"/beheer/controle/{many.id}")

    assert len(large) == len(small)
