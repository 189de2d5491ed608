"""Odd reading is found for the privacy officer, who works through it and sees no content."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang import cli
from bijzondere_toegang.cases.access import end, grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.oversight.export import is_whole
from bijzondere_toegang.oversight.keeping import look_after
from bijzondere_toegang.oversight.models import AccountStreet, LogCheck, LogFinding
from bijzondere_toegang.oversight.review import odd_reading, store, street_key
from bijzondere_toegang.timeline.checkpoints import Checkpoints
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.routes.stages import reach
from tests.support import Part, Site, join, make_site, register, register_sample, sample

NOTE = "Woordnotitie: gebeld, was een vergissing."


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def reviewed(site: Site) -> list[LogFinding]:
    with site.database.read() as tx:
        _, odd = odd_reading(tx, site.process, site.at - timedelta(days=400), site.at + timedelta(hours=1))
    with site.database.write() as tx:
        store(tx, odd, site.at)
    with site.database.read() as tx:
        return list(tx.exec(select(LogFinding)).all())


def reasons(site: Site, who: Any) -> list[str]:
    account = site.who(who)
    return sorted(row.reason for row in reviewed(site) if row.account_id == account)


def named(number: int, surname: str) -> dict[str, Any]:
    document = sample(number)
    document["jeugdige"]["achternaam"] = surname
    return document


def test_reading_that_belongs_to_the_work_is_not_odd(site: Site) -> None:
    document = named(1, "Niemand")
    for member in document["gezin"]:
        member["achternaam"] = "Niemand"
    reference = register(site, document)
    for who in ("verwijzer1", "chair"):
        site.as_(who, reference).get(f"/zaken/{reference}")
    site.as_("moeder", reference).get(f"/mijn-plan/{reference}")

    assert reviewed(site) == []


def test_the_same_surname_is_found_whatever_its_accents_and_prefixes(site: Site) -> None:
    reference = register(site, named(1, "Vénlo"))
    site.as_("verwijzer1").get(f"/zaken/{reference}")

    assert reasons(site, "verwijzer1") == ["name"]


def test_the_same_street_is_found_by_a_keyed_hash(site: Site) -> None:
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        key = street_key(tx, "kerkstraat 99\nVENLO")
        tx.add(AccountStreet(account_id=site.who("verwijzer1"), street_key=key, set_at=site.at))
    site.as_("verwijzer1").get(f"/zaken/{reference}")

    assert reasons(site, "verwijzer1") == ["street"]
    assert "kerk" not in key.casefold()


def test_many_cases_in_an_hour_are_found_and_as_many_over_a_day_are_not(site: Site) -> None:
    made = []
    for number in range(20):
        document = sample(1)
        document["bronkenmerk"] = f"VEEL-{number}"
        made.append(register(site, document))
    slow, fast = site.as_("verwijzer1"), site.as_("verwijzer1")
    for reference in made:
        slow.get(f"/zaken/{reference}")
        site.move(minutes=10)
    assert reasons(site, "verwijzer1") == []

    for reference in made:
        fast.get(f"/zaken/{reference}")

    assert reasons(site, "verwijzer1") == ["many"]


def test_trying_numbers_is_found_though_the_log_does_not_say_which(site: Site) -> None:
    reference = register_sample(site, 1)
    client = site.as_("verwijzer2")
    for number in (reference, "BT-9991", "BT-9992", "BT-9993", "BT-9994"):
        client.get(f"/zaken/{number}")

    assert reasons(site, "verwijzer2") == ["tries"]
    with site.database.read() as tx:
        told = tx.exec(select(TimelineEntry.object_pseudonym).where(TimelineEntry.event_type == "refused")).all()
    assert len(set(told)) == 5 and not [one for one in told if "BT" in one]


def test_reading_a_closed_case_is_reading_without_a_task(site: Site) -> None:
    reference = reach(site, "closed")
    site.move(days=30)
    site.as_("zorg_vvg1").get(f"/zaken/{reference}")

    found = [row for row in reviewed(site) if row.day == site.on]

    assert [(row.reason, row.account_id) for row in found] == [("no_task", site.who("zorg_vvg1"))]


def test_the_coordinator_who_lost_the_case_as_referrer_is_found(site: Site) -> None:
    both = Part("Bo Beide", "toegang-venlo", "coordinator", "beide@example.org")
    reference = register_sample(site, 1)
    with site.database.write() as tx:
        account = join(tx, both, site.at)
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        grant(tx, case, account, "referrer.delegate", site.at)
    site.move(hours=1)
    with site.database.write() as tx:
        end(tx, case, ["referrer.delegate"], site.at, account_id=account)
    site.move(hours=1)
    site.client(account).get(f"/zaken/{reference}")

    assert reasons(site, account) == ["lost"]


def test_a_coordinator_who_oversees_the_own_team_is_not_odd(site: Site) -> None:
    reference = register_sample(site, 1)
    site.as_("teamleider").get(f"/zaken/{reference}")

    assert reviewed(site) == []


def test_an_officer_does_not_work_through_the_own_reading_and_is_named_by_role(site: Site) -> None:
    reference = register_sample(site, 1)
    site.as_("fg").get(f"/zaken/{reference}")
    [row] = reviewed(site)

    page = site.as_("fg").get(f"/logboek/{row.id}").text
    refused = site.as_("fg").post(f"/logboek/{row.id}", data={"stap": "closed", "notitie": "Het was ik zelf."})

    assert row.role == "privacy_officer" and ">geen rol<" not in page
    assert "Dit gaat over uw eigen lezen." in page and 'name="stap"' not in page
    assert refused.status_code == 409 and "Een andere functionaris" in refused.text
    assert reviewed(site)[0].state == "open"


def test_the_same_period_reviewed_twice_finds_nothing_twice(site: Site) -> None:
    reference = register(site, named(1, "Venlo"))
    site.as_("verwijzer1").get(f"/zaken/{reference}")

    assert len(reviewed(site)) == len(reviewed(site)) == 1


# ── The page ──


def finding(site: Site) -> LogFinding:
    reference = register(site, named(1, "Venlo"))
    site.as_("verwijzer1").get(f"/zaken/{reference}")
    return reviewed(site)[0]


def test_the_officer_sees_reason_role_and_a_pseudonym_and_never_content(site: Site) -> None:
    row = finding(site)

    page = site.as_("fg").get("/logboek").text + site.as_("fg").get(f"/logboek/{row.id}").text

    assert "Zelfde achternaam" in page and "Verwijzer" in page and "Z-" in page
    assert not [word for word in ("Venlo", "BT-1001", str(row.case_id), str(row.account_id), "Vera") if word in page]


def test_only_the_privacy_officer_finds_this_page(site: Site) -> None:
    row = finding(site)

    for who in ("anneke", "verwijzer1", "beheerder", "analist", "teamleider"):
        client = site.as_(who)
        for path in ("/logboek", f"/logboek/{row.id}"):
            assert client.get(path).status_code == 404
        assert client.post("/logboek/controle").status_code == 404
        assert client.post(f"/logboek/{row.id}", data={"stap": "closed", "notitie": "x"}).status_code == 404


def test_a_finding_is_worked_through_with_notes_and_every_look_is_an_entry(site: Site) -> None:
    row, client = finding(site), site.as_("fg")
    empty = client.post(f"/logboek/{row.id}", data={"stap": "seen", "notitie": " "})
    client.post(f"/logboek/{row.id}", data={"stap": "seen", "notitie": NOTE})
    before = client.get(f"/logboek/{row.id}").text
    client.post(f"/logboek/{row.id}", data={"stap": "asked", "notitie": "Gevraagd."})
    asked = client.get(f"/logboek/{row.id}").text
    closed = client.post(f"/logboek/{row.id}", data={"stap": "closed", "notitie": "Klaar."})
    again = client.post(f"/logboek/{row.id}", data={"stap": "seen", "notitie": "Toch."})

    assert empty.status_code == 422 and "Schrijf kort op" in empty.text
    assert NOTE in before and "Vera Venlo" not in before and "Vera Venlo" in asked
    assert closed.headers["location"] == "/logboek" and again.status_code == 409
    assert str(row.id) not in client.get("/logboek").text and str(row.id) in client.get("/logboek?toon=alles").text
    with site.database.read() as tx:
        rows = tx.exec(select(TimelineEntry).where(TimelineEntry.chain == site.who("fg"))).all()
    told = {(one.event_type, one.object_kind) for one in rows}
    assert {("read", "log"), ("read", "finding"), ("read", "account_name"), ("finding_seen", "finding")} <= told


def test_the_list_goes_on_where_the_page_before_ended(site: Site) -> None:
    with site.database.write() as tx:
        for number in range(51):
            at = site.at - timedelta(minutes=number // 2)
            tx.add(
                LogFinding(
                    mark=str(number), reason="many", at=at, day=site.on, account_id=site.who("anneke"), found_at=at
                )
            )
    client = site.as_("fg")
    first = client.get("/logboek").text
    path = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    second = client.get(path).text

    assert first.count("/logboek/") - 1 == 50 and second.count('<li><span><a class="nl-link" href="/logboek/') == 1


def test_the_button_asks_and_the_clock_verifies(site: Site, tmp_path: Any) -> None:
    client, places = site.as_("fg"), Checkpoints(tmp_path / "c", tmp_path / "k")
    register_sample(site, 1)
    places.write(site.database, site.at)
    client.post("/logboek/controle")
    waiting = client.get("/logboek").text

    look_after(site.database, site.process, places, site.at)
    look_after(site.database, site.process, places, site.at)

    assert "Er is om een controle gevraagd" in waiting
    assert "Alles klopt" in client.get("/logboek").text
    with site.database.read() as tx:
        rows = tx.exec(select(LogCheck)).all()
    assert sorted(row.kind for row in rows) == ["review", "verify", "verify"]
    assert {row.outcome for row in rows} == {"done", "sound"}


# ── The command line ──


def test_review_and_export_by_the_command_line(
    site: Site, database: databases.Database, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    row = finding(site)
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)
    monkeypatch.setenv("BT_MASTER_KEY", "1:" + "AQEB" * 10 + "AQE=")
    monkeypatch.setenv("BT_CHECKPOINT_KEY_FILE", str(tmp_path / "export.key"))

    assert cli.main(["audit", "review", "--by", "anneke@example.org"]) == 1
    assert cli.main(["audit", "review", "--by", "fg@example.org"]) == 0
    told = capsys.readouterr().out
    assert cli.main(["audit", "export", "--case", "BT-1001", "--by", "fg@example.org"]) == 0
    lines = capsys.readouterr().out.splitlines()
    cli.main(["audit", "key"])
    public = capsys.readouterr().out.strip()

    assert str(row.id) in told and "name" in told and "Venlo" not in told
    entries = [json.loads(line) for line in lines[1:-1]]
    assert {"EventID", "EventDateTime", "EventActionCode", "UserID", "RoleIDCode"} <= entries[0].keys()
    assert str(row.case_id) not in "".join(lines) and str(row.account_id) not in "".join(lines)
    assert is_whole(lines, public) and not is_whole([lines[0], *lines[2:]], public)
    assert entries[-1]["EventTypeCode"] == "exported"


def test_a_street_is_asked_for_and_kept_as_a_hash(
    site: Site, database: databases.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)
    monkeypatch.setenv("BT_MASTER_KEY", "1:" + "AQEB" * 10 + "AQE=")
    monkeypatch.setattr("sys.stdin", io.StringIO("Kerkstraat 3\nVenlo\n"))

    assert cli.main(["people", "street", "consulent1@example.org"]) == 0

    with site.database.read() as tx:
        assert len(tx.exec(select(AccountStreet)).one().street_key) == 64
