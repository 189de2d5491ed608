"""The demonstration as somebody who tries it meets it. It is filled once for all tests of this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang import migrations
from bijzondere_toegang.app import create_app, load_process, open_database
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.clock import MovableClock
from bijzondere_toegang.db import Database
from bijzondere_toegang.demo import running
from bijzondere_toegang.demo.beats import START
from bijzondere_toegang.demo.people import PLAYERS
from bijzondere_toegang.demo.seed import case_of
from bijzondere_toegang.demo.site import Demo
from bijzondere_toegang.demo.timekeeper import TimeKeeper
from bijzondere_toegang.people.models import LoginSession
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues

STAGES = {
    1: "conference_planned",
    2: "registered",
    3: "placing",
    4: "supplementing",
    5: "planning",
    6: "in_care",
    7: "referrer_decision",
    8: "closed",
}


@dataclass
class Shown:
    app: FastAPI
    demo: Demo
    database: Database

    def visitor(self) -> TestClient:
        return TestClient(self.app, base_url="http://localhost", follow_redirects=False)

    def reference(self, number: int) -> str:
        with self.database.read() as tx:
            return case_of(tx, number).reference


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    place = tmp_path_factory.mktemp("demo") / "demo"
    settings = running.settings_for(place, 8000)
    assert running.prepare(place)
    migrations.upgrade(settings.database_url)
    database, process = open_database(settings), load_process()
    demo = running.start(database, process, Catalogues(folder("locales")), settings, place)
    app = create_app(settings, database=database, clock=demo.keeper.clock, process=process)
    running.install(app, demo)
    yield Shown(app, demo, database)
    demo.mailbox.stop()
    database.dispose()


def press(client: TestClient, path: str, **fields: str) -> str:
    """Press a button as a browser does: the page first, for its token. Returns the page or where it leads."""
    page = client.get("/demo/klok")
    found = re.search(r'name="_csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None
    answer = client.post(path, data={"_csrf": found[1], **fields})
    assert answer.status_code in (200, 303), answer.text
    return answer.headers.get("location", answer.text)


def choose(client: TestClient, who: str, to: str = "/") -> str:
    return press(client, "/demo/inloggen", wie=who, naar=to)


def test_every_story_was_told_to_its_end(shown: Shown) -> None:
    with shown.database.read() as tx:
        stages = {number: case_of(tx, number).stage for number in STAGES}

    assert stages == STAGES


def test_nothing_in_the_stories_is_later_than_the_start(shown: Shown) -> None:
    with shown.database.read() as tx:
        last = tx.exec(select(Case.changed_at).order_by(col(Case.changed_at).desc())).first()

    assert last is not None and last <= START


def test_the_log_in_page_lets_you_choose_everybody(shown: Shown) -> None:
    page = shown.visitor().get("/inloggen").text

    for key, player in PLAYERS.items():
        assert f'value="{key}"' in page
        assert player.name in page
    for name in ("Roos Smeets", "Mohammed Smeets", "Julia Geelen"):
        assert name in page


def test_who_is_chosen_is_signed_in_and_keeps_the_bar(shown: Shown) -> None:
    client = shown.visitor()

    where = choose(client, "anneke", "/werkvoorraad")
    page = client.get(where).text

    assert where == "/werkvoorraad"
    assert "Anneke de Vries" in page
    assert "Demonstratie met verzonnen mensen" in page


def test_who_was_chosen_needs_no_second_factor_and_proves_it_with_one_button(shown: Shown) -> None:
    client = shown.visitor()
    choose(client, "referrer-1", "/werkvoorraad")
    with shown.database.write() as tx:
        tx.connection().execute(update(LoginSession).values(proved_at=None))

    asked = client.get("/mijn-inlog/wachtwoord")
    where = press(client, "/bewijs", _bewijs_demo="ja", _naar="/mijn-inlog/wachtwoord", _wijze="GET")

    assert asked.status_code == 403 and "In de demo is dit genoeg" in asked.text
    assert where == "/mijn-inlog/wachtwoord" and client.get(where).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org"])
def test_choosing_somebody_never_leads_to_another_site(shown: Shown, elsewhere: str) -> None:
    assert choose(shown.visitor(), "anneke", elsewhere) == "/"


def test_the_mailbox_shows_what_was_sent_and_no_name_in_it(shown: Shown) -> None:
    mails = shown.demo.mailbox.mails()
    page = shown.visitor().get("/demo/postvak")

    assert page.status_code == 200
    assert len(mails) > 100
    for mail in mails:
        assert not [player.name for player in PLAYERS.values() if player.name in mail.body + mail.subject]
        assert "BT-" not in mail.body + mail.subject


def test_the_tour_has_six_stops(shown: Shown) -> None:
    page = shown.visitor().get("/rondleiding").text

    assert page.count('action="/rondleiding/') == 6


@pytest.mark.parametrize("path", ["/rondleiding", "/demo/postvak", "/demo/klok", "/demo/inloggen"])
def test_serve_has_nothing_of_the_demonstration(shown: Shown, path: str) -> None:
    served = create_app(shown.app.state.settings, database=shown.database, process=shown.app.state.process)
    client = TestClient(served, base_url="http://localhost", follow_redirects=False)

    assert client.get(path).status_code == 404
    assert "Demonstratie" not in client.get("/inloggen").text
    assert 'name="wie"' not in client.get("/inloggen").text


def test_stop_1_shows_a_mother_her_plan(shown: Shown) -> None:
    client = shown.visitor()

    where = press(client, "/rondleiding/moeder")
    page = client.get(where)

    assert where == f"/mijn-plan/{shown.reference(1)}"
    assert page.status_code == 200
    assert "Mohammed" in page.text


def test_stop_2_shows_the_referrer_what_waits_for_a_decision(shown: Shown) -> None:
    client = shown.visitor()

    page = client.get(press(client, "/rondleiding/tafel"))

    assert page.status_code == 200
    assert "decide" in page.text


def test_stop_3_has_one_winner_and_tells_the_other_she_was_late(shown: Shown) -> None:
    """The other consortium comes before the winner (403) or after, when the case has gone from its sight (404)."""
    page = press(shown.visitor(), "/rondleiding/tegelijk")

    assert page.count("Aangenomen") == 1
    assert page.count("Te laat (409)") == 1
    assert page.count("Geweigerd (403)") + page.count("Geweigerd (404)") == 1


def test_stop_5_shows_strangers_nothing(shown: Shown) -> None:
    page = press(shown.visitor(), "/rondleiding/lekken")

    assert page.count("Niets te zien (404)") == 6
    assert page.count("Mag dit zien (200)") == 1


def test_stop_6_finds_the_edited_row_and_leaves_no_copy(shown: Shown) -> None:
    page = press(shown.visitor(), "/rondleiding/logboek")

    assert "append-only" in page
    assert "(edited)" in page
    assert not list(shown.demo.folder.glob("*copy*"))


def test_stop_4_moves_the_clock_and_starts_the_evaluation(shown: Shown) -> None:
    client = shown.visitor()
    before = shown.demo.keeper.clock()

    page = press(client, "/rondleiding/drie-maanden")
    where = choose(client, "family-6-moeder", f"/mijn-plan/{shown.reference(6)}")

    assert (shown.demo.keeper.clock() - before).days >= 91
    assert "gaf elk doel een cijfer" in page
    assert client.get(where).status_code == 200
    with shown.database.read() as tx:
        assert case_of(tx, 6).stage == "evaluating"


def test_moving_the_clock_sends_what_falls_due_and_is_remembered(shown: Shown) -> None:
    client = shown.visitor()
    before = shown.demo.keeper.clock()

    where = press(client, "/demo/klok", sprong="week")
    again = TimeKeeper(MovableClock(), shown.demo.keeper.post)
    resumed = again.resume()

    assert "herinnerd=" in where
    assert (shown.demo.keeper.clock() - before).days == 7
    assert resumed
    assert abs((again.clock() - shown.demo.keeper.clock()).total_seconds()) < 5
    with shown.database.read() as tx:
        late = select(Outbox).where(Outbox.state == "waiting", Outbox.next_at <= shown.demo.keeper.clock())
        assert tx.exec(late).all() == []


def test_a_folder_of_another_version_is_filled_anew(tmp_path: Path) -> None:
    assert running.prepare(tmp_path)
    (tmp_path / "demo.db").write_text("old", "ascii")
    (tmp_path / running.STAMP).write_text("another", "ascii")

    assert running.prepare(tmp_path)
    assert not (tmp_path / "demo.db").exists()


def test_another_language_on_a_page_of_the_tour_leads_back_to_the_tour(shown: Shown) -> None:
    answer = shown.visitor().get("/rondleiding/tegelijk?taal=en")

    assert (answer.status_code, answer.headers["location"]) == (303, "/rondleiding")


def test_starting_afresh_leaves_what_is_not_ours(tmp_path: Path) -> None:
    running.prepare(tmp_path)
    (tmp_path / "photo.jpg").write_text("mine", "ascii")
    (tmp_path / running.STAMP).write_text(running.version(), "ascii")

    running.forget(tmp_path)

    assert running.prepare(tmp_path)
    assert (tmp_path / "photo.jpg").exists()
