"""What an administrator does to people is in their log, and an invitation gets them in."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from bijzondere_toegang import cli
from bijzondere_toegang.cases.access import end
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.factors import factors_of
from bijzondere_toegang.people.links import MOST_TRIES
from bijzondere_toegang.people.models import LoginLink
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.cli.test_cli import KEY
from tests.entrance import choose, deliver, tokens
from tests.people.test_factors import give_app
from tests.support import CAST, Site, make_site, register_sample

MOTHER = "ouder1m@example.org"
BORN = "2012-11-20"


@pytest.fixture
def site(database: databases.Database, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site, and the command line on the same database at the same moment."""
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)
    monkeypatch.setenv("BT_MASTER_KEY", KEY)
    site = make_site(database)
    monkeypatch.setattr("bijzondere_toegang.cli.people.system_clock", site.clock)
    return site


def events(site: Site, login: str) -> list[tuple[str, str]]:
    with site.database.read() as tx:
        account = find_account(tx, login)
        assert account is not None
        query = select(TimelineEntry).where(TimelineEntry.chain == account.id).order_by(TimelineEntry.seq)  # type: ignore[arg-type]
        return [(entry.event_type, entry.role) for entry in tx.exec(query).all()]


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return re.findall(r"/welkom/([0-9a-f]{40})$", capsys.readouterr().out.strip())[0]


def test_every_act_on_a_person_is_in_the_log_of_that_account(site: Site) -> None:
    login = "p@example.org"
    for act in (
        ["add", login, "P. Peters", "--role", "chair"],
        ["member", login, "--role", "planner"],
        ["invite", login],
        ["token", login],
        ["leave", login],
    ):
        assert cli.main(["people", *act]) == 0

    administrator = [event for event, role in events(site, login) if role == "administrator"]
    with site.database.read() as tx:
        [entries] = list(verify_all(tx))
        values = str(tx.exec(select(TimelineEntry)).all())
    assert administrator == ["account_added", "member_added", "member_added", "invited", "token_made", "account_ended"]
    assert isinstance(entries, int)
    assert "Peters" not in values and login not in values


def test_an_act_that_is_refused_leaves_no_trace(site: Site) -> None:
    before = events(site, "anneke@example.org")

    code = cli.main(["people", "member", "anneke@example.org", "--role", "referrer", "--organisation", "nergens"])

    assert code == 1
    assert events(site, "anneke@example.org") == before


def test_an_invitation_by_mail_gets_somebody_in(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["people", "invite", "anneke@example.org", "--mail"]) == 0
    said = capsys.readouterr().out
    [mail] = deliver(site)
    [token] = tokens([mail], "anneke@example.org")

    assert "/welkom/" not in said
    assert mail["Subject"] == "U kunt nu inloggen"
    assert choose(site, token).status_code == 303


def test_an_invitation_of_family_asks_the_date_of_birth(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    register_sample(site, 1)

    cli.main(["people", "invite", MOTHER])
    token = printed(capsys)

    assert choose(site, token).status_code == 422
    assert choose(site, token, BORN).status_code == 303


def test_inviting_anew_forgets_the_wrong_answers(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    register_sample(site, 1)
    for _ in range(4):
        cli.main(["people", "invite", MOTHER])
        token = printed(capsys)
        for _ in range(MOST_TRIES):
            choose(site, token, "2012-11-21")

    cli.main(["people", "invite", MOTHER])

    assert choose(site, printed(capsys), BORN).status_code == 303


def test_without_an_address_there_is_no_invitation_by_mail(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["people", "add", "jansen", "J. Jansen"])

    code = cli.main(["people", "invite", "jansen", "--mail"])

    assert code == 1
    assert "no e-mail address" in capsys.readouterr().err
    assert ("invited", "administrator") not in events(site, "jansen")


def test_family_without_a_case_can_not_be_invited(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        end(tx, site.case(reference), ("parent",), site.at)

    assert cli.main(["people", "invite", MOTHER]) == cli.main(["people", "invite", MOTHER, "--mail"]) == 1
    assert "date of birth" in capsys.readouterr().err


def test_who_leaves_has_no_link_that_works(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["people", "invite", "anneke@example.org"])
    token = printed(capsys)

    cli.main(["people", "leave", "anneke@example.org"])

    assert choose(site, token).status_code == 404
    with site.database.read() as tx:
        assert all(link.used_at for link in tx.exec(select(LoginLink)).all())


def test_leave_hands_the_cases_to_the_successor_like_the_page_does(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = register_sample(site, 1)
    successor = CAST["collega"].email

    assert cli.main(["people", "leave", CAST["verwijzer1"].email, "--successor", successor]) == 0

    assert site.who("referrer", reference) == site.cast["collega"]
    assert capsys.readouterr().out == "the account has ended\n"
    assert ("cases_received", "administrator") in events(site, successor)


def test_leave_says_how_many_cases_wait(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    register_sample(site, 1)

    assert cli.main(["people", "leave", CAST["verwijzer1"].email]) == 0

    assert capsys.readouterr().out == "the account has ended; 1 cases wait for a successor\n"


def test_who_lost_every_factor_begins_anew_and_hears_of_it(site: Site) -> None:
    login, account = "anneke@example.org", site.cast["anneke"]
    give_app(site, "anneke")
    browser = site.as_("anneke")
    codes = browser.post("/mijn-inlog/herstelcodes").status_code

    assert cli.main(["people", "reset-factors", login, "--reason", "stolen"]) == 0

    with site.database.read() as tx:
        factors = factors_of(tx, account)
        query = select(TimelineEntry).where(TimelineEntry.event_type == "factors_reset")
        [entry] = tx.exec(query).all()
    assert codes == 200 and (factors.second, factors.recovery) == (False, 0)
    assert (entry.chain, entry.role, entry.purpose) == (account, "administrator", "stolen")
    assert browser.get("/werkvoorraad").headers["location"] == "/inloggen"
    assert [mail["Subject"] for mail in deliver(site) if mail["To"] == login] == ["U begint opnieuw met inloggen"]
