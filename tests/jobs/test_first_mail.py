"""The link in the mail: who gets one, and that it exists nowhere else."""

from __future__ import annotations

import logging

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import CaseAccess
from bijzondere_toegang.people.accounts import add_membership
from bijzondere_toegang.people.models import Account, LoginLink
from bijzondere_toegang.reminders.links import ASKED, BY_LINK, INVITED
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.reminders.plan import post
from tests import databases
from tests.entrance import ask, choose, deliver, tokens, words_of
from tests.jobs.test_jobs import Refusing, post_of
from tests.process.test_scan import stored
from tests.support import SINCE, Site, make_site, register_sample

MOTHER, FATHER = "ouder1m@example.org", "ouder1v@example.org"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def told(site: Site, who: str, kind: str = "news") -> None:
    with site.database.write() as tx:
        post(tx, [site.who(who, "BT-1001")], kind, site.at)


def test_family_without_a_password_gets_a_link_of_its_own_in_every_mail(site: Site) -> None:
    register_sample(site, 1)
    first = deliver(site)
    told(site, "moeder")
    second = deliver(site)

    found = [*tokens(first, MOTHER), *tokens(first, FATHER), *tokens(second, MOTHER)]
    assert len(found) == len(set(found)) == 3
    assert "Bel 077" in words_of(first[0])


def test_family_with_a_password_gets_the_mail_without_a_link(site: Site) -> None:
    register_sample(site, 1)
    choose(site, tokens(deliver(site), MOTHER)[0], "2012-11-20")
    told(site, "moeder")

    [mail] = deliver(site)

    assert "/welkom/" not in words_of(mail) and "log in" in words_of(mail)


def test_a_professional_without_a_password_gets_no_link(site: Site) -> None:
    register_sample(site, 1)

    mails = [mail for mail in deliver(site) if mail["To"] not in (MOTHER, FATHER)]

    assert mails and not [mail for mail in mails if "/welkom/" in words_of(mail)]


def test_family_that_also_works_here_gets_no_link_unasked(site: Site) -> None:
    register_sample(site, 1)
    with site.database.write() as tx:
        add_membership(tx, site.who("moeder", "BT-1001"), "toegang-venlo", "referrer", SINCE)

    assert tokens(deliver(site), MOTHER) == []


def test_family_that_sees_no_case_any_more_gets_no_link(site: Site) -> None:
    register_sample(site, 1)
    deliver(site)
    with site.database.write() as tx:
        for row in tx.exec(select(CaseAccess)).all():
            row.until = site.at
    site.move(minutes=1)
    told(site, "moeder")
    told(site, "vader", INVITED)
    ask(site, MOTHER)

    mails = [mail for mail in deliver(site) if mail["To"] in (MOTHER, FATHER)]

    assert [words_of(mail).count("/welkom/") for mail in mails] == [0]
    with site.database.read() as tx:
        states = tx.exec(select(Outbox.kind, Outbox.state).where(Outbox.kind.in_(BY_LINK))).all()  # type: ignore[attr-defined]
    assert sorted(map(tuple, states)) == [(ASKED, "failed"), (INVITED, "failed")]


def test_an_urgent_mail_stays_urgent_with_its_link(site: Site) -> None:
    register_sample(site, 1)
    deliver(site)
    told(site, "moeder", "urgent")

    [mail] = deliver(site)

    assert "dringend" in mail["Subject"]
    assert "niet kan wachten" in words_of(mail) and len(tokens([mail], MOTHER)) == 1


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What the application and its libraries log; the browser and the mail server of the test tell of themselves."""
    theirs = ("httpx", "httpcore", "mail.log")
    return "".join(record.getMessage() for record in caplog.records if not record.name.startswith(theirs))


def test_the_token_is_in_the_mail_and_nowhere_else(
    site: Site, database: databases.Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    register_sample(site, 1)
    ask(site, MOTHER)
    mails = deliver(site)
    found = [*tokens(mails, MOTHER), *tokens(mails, FATHER)]
    choose(site, found[0], "2012-11-21")
    choose(site, found[0], "2012-11-20")

    written = capfd.readouterr()
    kept = {"database": stored(database), "log": ours(caplog).encode(), "screen": (written.out + written.err).encode()}

    assert len(found) == 3
    for place, text in kept.items():
        assert [one for one in (*found, "2012-11-20", "2012-11-21") if one.encode() in text] == [], place


def test_a_mail_that_could_not_leave_gets_another_link_the_next_time(site: Site) -> None:
    register_sample(site, 1)
    post_of(site, Refusing()).send(site.at)
    site.move(minutes=2)
    mails = deliver(site)

    with site.database.read() as tx:
        made = len(tx.exec(select(LoginLink)).all())
        assert tx.get_one(Account, site.who("moeder", "BT-1001")).password_hash is None
    assert made == 4
    assert len(tokens(mails, MOTHER)) == 1
