"""Choosing a password with the link from a mail: who has the mail and not the date gets nowhere, and learns nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.people.links import MOST_GUESSES, MOST_TRIES, make_link
from bijzondere_toegang.people.models import Account, LoginLink
from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.entrance import ask, choose, deliver, log_in, tokens, words_of
from tests.support import Site, make_site, register, register_sample, sample

MOTHER, FATHER = "ouder1m@example.org", "ouder1v@example.org"
BORN, WRONG = "2012-11-20", "2012-11-21"
DEAD = "Deze link werkt niet meer"
DATE = "Geboortedatum van het kind of de jongere"


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


@pytest.fixture
def token(site: Site) -> str:
    """The link of the mother of sample 1, from the mail that tells her of the referral."""
    register_sample(site, 1)
    return tokens(deliver(site), MOTHER)[0]


def events(site: Site, account: Any) -> list[tuple[str, str]]:
    """What the log of this account says, oldest first."""
    with site.database.read() as tx:
        query = select(TimelineEntry).where(TimelineEntry.chain == account).order_by(TimelineEntry.seq)  # type: ignore[arg-type]
        return [(entry.event_type, entry.outcome) for entry in tx.exec(query).all()]


def links(site: Site) -> list[LoginLink]:
    with site.database.read() as tx:
        return list(tx.exec(select(LoginLink).order_by(LoginLink.created_at)).all())  # type: ignore[arg-type]


def test_a_mother_chooses_her_password_from_the_mail_and_sees_her_plan(site: Site, token: str) -> None:
    page = site.anonymous().get(f"/welkom/{token}")
    answer = choose(site, token, BORN)

    assert DATE in page.text and "Zo weten wij dat de mail goed terechtkwam." in page.text
    assert answer.status_code == 303
    browser = site.anonymous()
    browser.cookies.set(SESSION_COOKIE, answer.cookies[SESSION_COOKIE])
    browser.follow_redirects = True
    assert "ons plan" in browser.get("/").text
    assert events(site, site.who("moeder", "BT-1001"))[:3] == [
        ("link_made", "ok"),
        ("password_set", "ok"),
        ("log_in", "ok"),
    ]
    assert log_in(site, MOTHER).status_code == 303


def test_a_stranger_with_the_mail_but_without_the_date_gets_nowhere(site: Site, token: str) -> None:
    answers = [choose(site, token, WRONG) for _ in range(MOST_TRIES)]
    after = choose(site, token, BORN)

    assert [answer.status_code for answer in answers] == [422] * (MOST_TRIES - 1) + [404]
    assert "Deze datum klopt niet." in answers[0].text
    assert after.status_code == 404 and DEAD in after.text
    assert not any(answer.cookies for answer in [*answers, after])
    for told in ("Mohammed", "Roos", "Smeets", "BT-", "Venlo", BORN):
        assert not [answer for answer in answers if told in answer.text], told
    mother = site.who("moeder", "BT-1001")
    assert events(site, mother).count(("password_set", "refused 422")) == MOST_TRIES
    with site.database.read() as tx:
        assert tx.get_one(Account, mother).password_hash is None


def test_of_many_wrong_dates_at_once_five_count(site: Site, token: str) -> None:
    answers: list[int] = []

    threads = [
        threading.Thread(target=lambda: answers.append(choose(site, token, WRONG).status_code)) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [404] * 8 + [422] * 4
    assert max(link.tries for link in links(site)) == MOST_TRIES


def test_a_link_that_died_looks_like_one_that_never_was(site: Site, token: str) -> None:
    for _ in range(MOST_TRIES):
        last = choose(site, token, WRONG)

    never = site.anonymous().get(f"/welkom/{'0' * 40}")
    dead = site.anonymous().get(f"/welkom/{token}")

    assert last.status_code == dead.status_code == never.status_code == 404
    assert dead.text.replace(token, "0" * 40) == never.text == last.text.replace(token, "0" * 40)


def test_all_that_is_wrong_is_said_at_once_and_the_date_stays(site: Site, token: str) -> None:
    answer = choose(site, token, WRONG, "kort")

    assert answer.status_code == 422
    assert "Deze datum klopt niet." in answer.text and "minstens 12 tekens" in answer.text
    assert 'value="21-11-2012"' in answer.text
    assert 'href="#v-geboortedatum"' in answer.text and 'href="#wachtwoord"' in answer.text
    assert 'value="kort"' not in answer.text


@pytest.mark.parametrize("typed", ["20-11-2012", "20/11/2012", "20 november 2012", BORN])
def test_the_date_may_be_typed_as_people_do(site: Site, token: str, typed: str) -> None:
    assert "zoals 14-4-2012" in site.anonymous().get(f"/welkom/{token}").text
    assert choose(site, token, typed).status_code == 303


def test_a_wrong_date_typed_as_people_do_is_told_to_be_wrong(site: Site, token: str) -> None:
    answer = choose(site, token, "1-1-2001")

    assert answer.status_code == 422 and "Deze datum klopt niet." in answer.text


@pytest.mark.parametrize("typed", ["", "20-11-12", "30-2-2012", "2012-02-30", "0", "x" * 500])
def test_what_is_no_date_costs_no_try(site: Site, token: str, typed: str) -> None:
    answer = choose(site, token, typed)

    assert answer.status_code == 422
    assert "Vul de geboortedatum in, zoals 14-4-2012." in answer.text
    assert {link.tries for link in links(site)} == {0}


def test_a_short_password_costs_no_try_and_does_not_use_the_link(site: Site, token: str) -> None:
    first = choose(site, token, BORN, "kort")
    second = choose(site, token, BORN)

    assert (first.status_code, second.status_code) == (422, 303)


def test_links_live_side_by_side_until_one_is_used(site: Site, token: str) -> None:
    ask(site, MOTHER)
    [newer] = tokens(deliver(site), MOTHER)

    shown = [site.anonymous().get(f"/welkom/{each}").status_code for each in (token, newer)]
    chosen = choose(site, token, BORN)
    after = [site.anonymous().get(f"/welkom/{each}").status_code for each in (token, newer)]

    assert (shown, chosen.status_code, after) == ([200, 200], 303, [404, 404])


def test_a_link_works_for_seven_days(site: Site, token: str) -> None:
    site.move(days=6, hours=23)
    within = site.anonymous().get(f"/welkom/{token}").status_code
    site.move(hours=2)
    after = choose(site, token, BORN)

    assert (within, after.status_code) == (200, 404)
    assert DEAD in after.text


def test_who_has_two_children_here_may_give_either_date(site: Site) -> None:
    register_sample(site, 1)
    second = sample(1)
    second["bronkenmerk"] = "DEMO-TWEEDE"
    second["jeugdige"] |= {"geboortedatum": "2013-05-06", "voornaam": "Zus"}
    register(site, second)
    mails = deliver(site)

    answer = choose(site, tokens(mails, MOTHER)[-1], "2013-05-06")
    other = choose(site, tokens(mails, FATHER)[-1], BORN)

    assert (answer.status_code, other.status_code) == (303, 303)


def test_over_all_links_somebody_guesses_twenty_times_and_then_has_to_ring(site: Site, token: str) -> None:
    tried, guesses = token, 0
    while guesses < MOST_GUESSES:
        choose(site, tried, WRONG)
        guesses += 1
        if guesses % (MOST_TRIES - 1) == 0 and guesses < MOST_GUESSES:
            site.move(minutes=16)
            ask(site, MOTHER)
            [tried] = tokens(deliver(site), MOTHER)

    site.move(minutes=16)
    ask(site, MOTHER)

    assert choose(site, tried, BORN).status_code == 404
    assert tokens(deliver(site), MOTHER) == []


def test_a_professional_is_asked_for_a_password_alone(site: Site) -> None:
    with site.database.write() as tx:
        given = make_link(tx, site.cast["anneke"], site.at)

    page = site.anonymous().get(f"/welkom/{given}")
    answer = choose(site, given)

    assert DATE not in page.text
    assert answer.status_code == 303


def test_choosing_anew_ends_every_session(site: Site, token: str) -> None:
    before = site.as_("moeder", "BT-1001")
    choose(site, token, BORN)

    assert before.get("/mijn-plan/BT-1001").headers["location"] == "/inloggen"


def test_a_link_is_kept_as_hashes_alone(site: Site, token: str) -> None:
    kept = links(site)

    assert kept and all(link.proof and len(link.proof) == 64 for link in kept)
    assert len({link.proof for link in kept}) == len(kept)
    assert all(token != link.token_digest for link in kept)


def test_somebody_who_left_chooses_no_password(site: Site, token: str) -> None:
    with site.database.write() as tx:
        tx.get_one(Account, site.who("moeder", "BT-1001")).ended_at = site.at

    assert choose(site, token, BORN).status_code == 404


def test_the_first_mail_says_in_plain_words_what_to_do(site: Site) -> None:
    register_sample(site, 1)
    [mail] = [mail for mail in deliver(site) if mail["To"] == MOTHER]

    assert mail["Subject"] == "Er staat iets voor u klaar"
    assert "Kies eerst een wachtwoord" in words_of(mail) and "Bel 077" in words_of(mail)


@pytest.mark.parametrize("easy", ["wachtwoord123", "123456789012", "roermond2026", MOTHER])
def test_an_easily_guessed_password_is_refused_with_a_sentence(site: Site, token: str, easy: str) -> None:
    answer = choose(site, token, BORN, easy)

    assert answer.status_code == 422 and "makkelijk te raden" in answer.text
    assert choose(site, token, BORN).status_code == 303
