"""Asking for a new link: the same answer for everybody, a mail for who is known, and no flood."""

from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient
from sqlmodel import func, select

from bijzondere_toegang.db import lookup
from bijzondere_toegang.jobs import answer
from bijzondere_toegang.people.links import MOST_ASKED, ask_for_link
from bijzondere_toegang.people.models import Account, LinkRequest
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import Origin
from bijzondere_toegang.web.addresses import network_of
from tests import databases
from tests.entrance import ask, choose, deliver, log_in, tokens, words_of
from tests.statements import statements
from tests.support import Site, make_site, register_sample

MOTHER, CHAIR = "ouder1m@example.org", "anneke@example.org"
BORN = "2012-11-20"
SAME = "Als we u kennen, krijgt u binnen een paar minuten een mail."


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def requests(site: Site) -> int:
    with site.database.read() as tx:
        return tx.exec(select(func.count()).select_from(LinkRequest)).one()


def invited(site: Site, who: str) -> None:
    """Somebody of the cast got in before."""
    with site.database.write() as tx:
        tx.get_one(Account, site.cast[who]).password_hash = "not a hash"


def test_the_page_for_logging_in_leads_to_it(site: Site) -> None:
    page = site.anonymous().get("/inloggen")

    assert 'href="/inloglink"' in page.text


def test_a_mother_who_forgot_her_password_gets_in_again(site: Site) -> None:
    register_sample(site, 1)
    choose(site, tokens(deliver(site), MOTHER)[0], BORN)
    session = site.as_("moeder", "BT-1001")
    site.move(days=1)

    asked = ask(site, f" {MOTHER.upper()} ")
    [mail] = [mail for mail in deliver(site) if mail["To"] == MOTHER]
    [token] = tokens([mail], MOTHER)
    chosen = choose(site, token, BORN, "een heel ander wachtwoord")

    assert asked.status_code == 200 and SAME in asked.text
    assert mail["Subject"] == "Uw nieuwe inloglink" and "Vroeg u hier niet om?" in words_of(mail)
    assert chosen.status_code == 303
    assert (log_in(site, MOTHER).status_code, log_in(site, MOTHER, "een heel ander wachtwoord").status_code) == (
        422,
        303,
    )
    assert session.get("/mijn-plan/BT-1001").headers["location"] == "/inloggen"


def test_a_professional_who_was_let_in_before_gets_a_link_that_asks_no_date(site: Site) -> None:
    invited(site, "anneke")

    ask(site, CHAIR)
    [token] = tokens(deliver(site), CHAIR)

    assert choose(site, token).status_code == 303


def test_an_address_from_a_referral_lets_no_professional_in(site: Site) -> None:
    """The referrer whom the referral names got an account from it, and no administrator knows of that."""
    with site.database.write() as tx:
        tx.get_one(Account, site.cast["verwijzer1"]).ended_at = site.at
    register_sample(site, 1)
    referrer = site.who("referrer", "BT-1001")
    with site.database.write() as tx:
        login = tx.get_one(Account, referrer)
        assert login.password_hash is None
        login.login_key = lookup(tx, "login", "nieuw@example.org")

    ask(site, "nieuw@example.org")
    mails = deliver(site)

    with site.database.read() as tx:
        [row] = tx.exec(select(Outbox).where(Outbox.kind == "link")).all()
    assert (row.account_id, row.state) == (referrer, "failed")
    assert not [mail for mail in mails if mail["To"] == "consulent1@example.org" and "/welkom/" in words_of(mail)]
    assert len(tokens(mails, MOTHER)) == 1


def test_the_answer_is_the_same_with_as_many_statements_whether_somebody_is_known_or_not(site: Site) -> None:
    register_sample(site, 1)
    ask(site, "warming@example.org")
    seen = []

    for login in (MOTHER, "niemand@example.org", "anneke@example.org"):
        with statements(site) as asked:
            seen.append((ask(site, login), list(asked)))

    assert len({found.status_code for found, _ in seen}) == 1
    assert len({found.text for found, _ in seen}) == 1
    assert len({tuple(asked) for _, asked in seen}) == 1
    assert not seen[0][0].cookies


def test_nothing_typed_is_told(site: Site) -> None:
    answered = ask(site, "  ")

    assert answered.status_code == 422
    assert "Vul uw e-mailadres of inlognaam in." in answered.text
    assert requests(site) == 0


def test_an_account_gets_one_mail_in_a_quarter_of_an_hour(site: Site) -> None:
    register_sample(site, 1)
    deliver(site)

    for _ in range(3):
        ask(site, MOTHER)
    at_once = deliver(site)
    site.move(minutes=14)
    ask(site, MOTHER)
    soon = deliver(site)
    site.move(minutes=2)
    ask(site, MOTHER)
    later = deliver(site)

    assert [len(tokens(mails, MOTHER)) for mails in (at_once, soon, later)] == [1, 0, 1]


def test_two_schedulers_make_one_mail_of_two_requests(site: Site, database: databases.Database) -> None:
    register_sample(site, 1)
    for _ in range(8):
        ask(site, MOTHER)

    threads = [threading.Thread(target=answer, args=(site.database, site.at)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with site.database.read() as tx:
        assert len(tx.exec(select(Outbox).where(Outbox.kind == "link")).all()) == 1
        assert not tx.exec(select(LinkRequest).where(LinkRequest.settled_at.is_(None))).all()  # type: ignore[union-attr]


def test_a_network_address_asks_twenty_times_an_hour_and_hears_no_difference(site: Site) -> None:
    answers = {ask(site, f"iemand{n}@example.org").text for n in range(MOST_ASKED + 5)}
    within = requests(site)
    site.move(minutes=61)
    ask(site, MOTHER)

    assert len(answers) == 1
    assert (within, requests(site)) == (MOST_ASKED, MOST_ASKED + 1)


def test_of_fifty_requests_at_once_twenty_count(site: Site) -> None:
    def one(n: int) -> None:
        with site.database.write() as tx:
            tx.info["origin"] = Origin("192.0.2.1", "")
            ask_for_link(tx, f"iemand{n}@example.org", site.at)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(2 * MOST_ASKED)]
    for batch in (threads[:25], threads[25:]):
        for thread in batch:
            thread.start()
        for thread in batch:
            thread.join()

    assert requests(site) == MOST_ASKED


def test_an_ipv6_network_counts_as_one() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")


def test_asking_is_in_the_log_of_the_account_with_its_address_which_is_kept_nowhere_else(site: Site) -> None:
    register_sample(site, 1)
    ask(site, MOTHER)
    ask(site, "niemand@example.org")
    deliver(site)

    with site.database.read() as tx:
        [entry] = tx.exec(select(TimelineEntry).where(TimelineEntry.event_type == "link_asked")).all()
        kept = {row.network_address for row in tx.exec(select(LinkRequest)).all()}
    assert (entry.chain, entry.network_address) == (site.who("moeder", "BT-1001"), "testclient")
    assert kept == {""}


def test_who_left_gets_no_mail(site: Site) -> None:
    invited(site, "anneke")
    with site.database.write() as tx:
        tx.get_one(Account, site.cast["anneke"]).ended_at = site.at

    ask(site, CHAIR)

    assert deliver(site) == []


def test_asking_needs_the_token_of_our_own_page(site: Site) -> None:
    browser: TestClient = site.anonymous()

    assert browser.post("/inloglink", data={"login": MOTHER}).status_code == 403
    assert requests(site) == 0
