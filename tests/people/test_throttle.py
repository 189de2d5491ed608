"""Who guesses is slowed down exactly, however many guesses come at once, and learns nothing of who exists."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.db import Busy
from bijzondere_toegang.people.codes import new_recovery_codes, take_code
from bijzondere_toegang.people.routes import NOBODY
from bijzondere_toegang.people.throttle import FREE_TRIES, claim_try, forgive
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.entrance import PASSWORD, log_in
from tests.people.test_factors import code_now, give_app
from tests.people.test_proving import know_password
from tests.statements import statements
from tests.support import Site, make_site

AT_ONCE = 50


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def all_at_once(act: Callable[[], object]) -> list[object]:
    """What each of fifty threads got; who finds the queue of writers full comes back."""
    got: list[object] = []
    together = threading.Barrier(AT_ONCE)

    def run() -> None:
        together.wait()
        while True:
            try:
                return got.append(act())
            except Busy:
                continue

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def claim(site: Site, key: str = "somebody", at: datetime | None = None) -> bool:
    with site.database.write() as tx:
        return claim_try(tx, key, at or site.at)


def test_of_fifty_guesses_at_once_exactly_the_free_ones_are_judged(site: Site) -> None:
    got = all_at_once(lambda: claim(site))

    assert (got.count(True), got.count(False)) == (FREE_TRIES, AT_ONCE - FREE_TRIES)


def test_after_each_block_one_guess_is_judged_and_the_block_doubles(site: Site) -> None:
    all_at_once(lambda: claim(site))

    site.move(minutes=1)
    second = all_at_once(lambda: claim(site))
    site.move(minutes=1)
    too_early = claim(site)
    site.move(minutes=1)
    third = claim(site)

    assert second.count(True) == 1
    assert (too_early, third) == (False, True)


def test_what_is_right_lets_the_tries_begin_anew(site: Site) -> None:
    for _ in range(FREE_TRIES):
        claim(site)
    with site.database.write() as tx:
        forgive(tx, "somebody")

    assert all_at_once(lambda: claim(site)).count(True) == FREE_TRIES


def test_of_fifty_wrong_codes_at_once_five_are_judged_and_then_the_right_one_is_not(site: Site) -> None:
    account = site.cast["anneke"]
    secret = give_app(site, "anneke")
    right = code_now(secret, site.at)
    wrong = "000000" if right != "000000" else "111111"

    def guess() -> str:
        with site.database.write() as tx:
            return take_code(tx, account, wrong, site.at)

    guesses = all_at_once(guess)
    with site.database.write() as tx:
        recovery = new_recovery_codes(tx, account, site.at)
    with site.database.write() as tx:
        blocked = [take_code(tx, account, right, site.at), take_code(tx, account, recovery[0], site.at)]
    with site.database.write() as tx:
        later = take_code(tx, account, recovery[0], site.at + timedelta(minutes=1))

    assert set(guesses) == {""} and blocked == ["", ""]
    assert later == "recovery"


def test_of_fifty_wrong_passwords_at_once_the_right_one_after_them_is_not_told_apart(site: Site) -> None:
    know_password(site, "anneke")
    answers: list[Response] = []

    threads = [
        threading.Thread(target=lambda: answers.append(log_in(site, "anneke@example.org", "dat is het niet zo")))
        for _ in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    blocked = log_in(site, "anneke@example.org", PASSWORD)
    site.move(minutes=61)
    free = log_in(site, "anneke@example.org", PASSWORD)

    refused = [answer for answer in answers if answer.status_code == 422]
    assert {answer.status_code for answer in answers} <= {422, 503} and len(refused) >= FREE_TRIES
    assert blocked.status_code == 422 and blocked.text == refused[0].text
    assert free.status_code == 303


def test_a_login_that_nobody_has_is_refused_in_the_same_words_with_the_same_statements(site: Site) -> None:
    know_password(site, "anneke")
    seen = []
    for login in ("anneke@example.org", "niemand@example.org"):
        log_in(site, login, "de eerste keer is anders")
        with statements(site) as asked:
            answer = log_in(site, login, "dat is het vast niet")
        seen.append((answer.status_code, answer.text.replace(login, ""), asked, dict(answer.cookies)))

    assert seen[0] == seen[1]


def test_a_wrong_password_is_written_down_whether_somebody_has_that_name_or_not(site: Site) -> None:
    know_password(site, "anneke")

    log_in(site, "anneke@example.org", "dat is het vast niet")
    log_in(site, "niemand@example.org", "dat is het vast niet")

    with site.database.read() as tx:
        query = select(TimelineEntry.chain, TimelineEntry.outcome).where(TimelineEntry.event_type == "log_in")
        assert set(tx.exec(query).all()) == {(site.cast["anneke"], "refused 422"), (NOBODY, "refused 422")}


def test_who_logs_out_leaves_nothing_in_the_browser(site: Site) -> None:
    answer = site.as_("anneke").post("/uitloggen")

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
