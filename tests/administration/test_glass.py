"""Noodtoegang: an administrator reads one case for four hours, when the privacy officer agrees (C8)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from bijzondere_toegang.administration.glass_reasons import move_reasons
from bijzondere_toegang.people.models import LoginSession
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.record import entries_of
from tests import databases
from tests.entrance import deliver
from tests.routes.table import ROUTES
from tests.support import Site, make_site, register_sample, take

ASKED = {"kenmerk": "bt-1001", "reden": "Politie vraagt met spoed wie het kind heeft."}


@pytest.fixture
def site(database: databases.Database) -> Site:
    site = make_site(database)
    register_sample(site, 1)
    deliver(site)
    return site


CRUMBS = re.compile(r'<nav class="utrecht-breadcrumb-nav".*?</nav>', re.DOTALL)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("beheerder", "/noodtoegang"), ("fg", "/noodtoegang"), ("beheerder", "/beheer"), ("fg", "/beheer/controle"),
        ("fg", "/logboek"), ("beheerder", "/vernietigingen"), ("verwijzer1", "/zoeken"),
    ],
)  # fmt: skip
def test_the_crumbs_of_a_page_of_the_menu_lead_back_and_do_not_only_repeat_its_title(
    site: Site, who: str, path: str
) -> None:
    found = CRUMBS.search(site.as_(who).get(path).text)

    assert found is not None
    assert re.findall(r'<a [^>]*href="([^"]+)">([^<]+)</a>', found[0]) == [("/", "Begin")]


def ask(site: Site, **more: str) -> str:
    """Where a decision about it is posted."""
    answer = site.as_("beheerder").post("/noodtoegang", data=ASKED | more)
    assert answer.status_code == 303
    found = re.findall(r"/noodtoegang/([0-9a-f-]{36})/besluit", site.as_("fg").get("/noodtoegang").text)
    return f"/noodtoegang/{found[0]}"


def looks(site: Site) -> list[tuple[str, str, bool]]:
    with site.database.read() as tx:
        rows = tx.exec(
            select(TimelineEntry)
            .where(TimelineEntry.chain == site.case("BT-1001").id, TimelineEntry.role == "administrator")
            .order_by(TimelineEntry.seq)  # type: ignore[arg-type]
        ).all()
        return [(row.event_type, row.permission, row.break_glass) for row in rows]


def test_one_case_opens_to_read_after_a_second_person_and_each_look_is_marked(site: Site) -> None:
    administrator, officer = site.as_("beheerder"), site.as_("fg")
    before = administrator.get("/zaken/BT-1001").status_code
    place = ask(site)
    waiting = administrator.get("/zaken/BT-1001").status_code

    opened = officer.post(f"{place}/besluit", data={"besluit": "ja"})

    page = administrator.get("/zaken/BT-1001")
    assert (before, waiting, opened.status_code, page.status_code) == (404, 404, 303, 200)
    assert "Waarom deze aanmelding" in page.text
    assert looks(site) == [("read", "case.see C8", True)]
    assert [
        administrator.get(f"/zaken/BT-1001/stappen/{step}").status_code for step in ("take_up", "hand_over_chair")
    ] == [
        403,
        403,
    ]
    assert ASKED["reden"] in officer.get("/noodtoegang").text


def test_every_page_of_the_case_says_until_when_and_ends_it_at_once(site: Site) -> None:
    place, administrator, officer = ask(site), site.as_("beheerder"), site.as_("fg")
    officer.post(f"{place}/besluit", data={"besluit": "ja"})
    pages = [template.replace("{reference}", "BT-1001") for method, template in ROUTES if method == "GET"]
    read = {page: administrator.get(page) for page in pages if "BT-1001" in page and "{" not in page}

    shown = {page: answer.text for page, answer in read.items() if answer.status_code == 200}
    beside = administrator.get("/noodtoegang").text
    ended = administrator.post(f"{place}/einde")
    site.move(seconds=1)

    assert len(shown) > 3
    for page, text in shown.items():
        assert "U leest in noodtoegang, tot 14.00." in text and "Het gezin krijgt dit te zien." in text, page
        assert f'action="{place}/einde"' in text and "Noodtoegang beëindigen" in text, page
        assert "/werkvoorraad" not in text and ">Werkvoorraad<" not in text, page
        assert 'href="/noodtoegang">Noodtoegang</a>' in text, page
    assert "U leest in noodtoegang" not in beside
    assert "U leest in noodtoegang" not in site.as_("anneke").get("/zaken/BT-1001").text
    assert ended.status_code == 303 and administrator.get("/zaken/BT-1001").status_code == 404
    with site.database.read() as tx:
        last = entries_of(tx, site.case("BT-1001").id, newest=1, changes_only=True)[0]
    assert (last.event_type, last.account_id, last.break_glass) == ("glass_closed", site.who("beheerder"), True)


def test_the_page_says_that_the_family_hears_it_later_where_that_is_safer(site: Site) -> None:
    site.as_("fg").post(f"{ask(site)}/besluit", data={"besluit": "ja", "waarom": "Vader leest de mail van moeder."})

    page = site.as_("beheerder").get("/zaken/BT-1001").text

    assert "Het gezin krijgt dit later te zien." in page and "Vader leest" not in page


def test_the_family_is_told_and_reads_who_looked(site: Site) -> None:
    site.as_("fg").post(f"{ask(site)}/besluit", data={"besluit": "ja"})
    site.as_("beheerder").get("/zaken/BT-1001")

    told = {mail["To"] for mail in deliver(site)}

    assert "ouder1m@example.org" in told
    assert "Beheerder" in site.as_("moeder", "BT-1001").get("/mijn-plan/BT-1001/wie-keek-mee").text


def test_the_family_is_not_mailed_when_that_is_unsafe(site: Site) -> None:
    place = ask(site)
    deliver(site)

    site.as_("fg").post(f"{place}/besluit", data={"besluit": "ja", "waarom": "Vader leest de mail van moeder."})

    assert "ouder1m@example.org" not in {mail["To"] for mail in deliver(site)}


@pytest.mark.parametrize("end", ["term", "administrator", "officer"])
def test_it_ends_after_four_hours_or_at_once(site: Site, end: str) -> None:
    place, administrator, officer = ask(site), site.as_("beheerder"), site.as_("fg")
    officer.post(f"{place}/besluit", data={"besluit": "ja"})
    during = administrator.get("/zaken/BT-1001").status_code

    if end == "term":
        site.move(hours=4, minutes=1)
    else:
        closed = (administrator if end == "administrator" else officer).post(f"{place}/einde")
        assert closed.status_code == 303
        site.move(seconds=1)

    assert (during, administrator.get("/zaken/BT-1001").status_code) == (200, 404)


def test_nobody_else_asks_or_decides_and_nobody_decides_alone(site: Site) -> None:
    place = ask(site)

    for who in ("anneke", "verwijzer1", "teamleider", "analist"):
        assert site.as_(who).get("/noodtoegang").status_code == 404
        assert site.as_(who).post("/noodtoegang", data=ASKED).status_code == 404
        assert site.as_(who).post(f"{place}/besluit", data={"besluit": "ja"}).status_code == 404
    assert site.as_("beheerder").post(f"{place}/besluit", data={"besluit": "ja"}).status_code == 404
    assert site.as_("beheerder").get("/zaken/BT-1001").status_code == 404


def test_a_number_that_is_none_is_asked_like_any_other_and_opens_nothing(site: Site) -> None:
    place = ask(site, kenmerk="BT-9999")

    answer = site.as_("fg").post(f"{place}/besluit", data={"besluit": "ja"})
    refused = site.as_("fg").post(f"{place}/besluit", data={"besluit": "nee"})

    assert answer.status_code == 409 and "Er is geen zaak met dit nummer" in answer.text
    assert refused.status_code == 303


def test_asking_and_allowing_ask_a_fresh_proof(site: Site) -> None:
    place, administrator, officer = ask(site), site.as_("beheerder"), site.as_("fg")
    with site.database.write() as tx:
        for session in tx.scalars(select(LoginSession)).all():
            session.proved_at = site.at - timedelta(days=10**5)

    asked = administrator.post("/noodtoegang", data=ASKED)
    allowed = officer.post(f"{place}/besluit", data={"besluit": "ja"})

    assert "Even bewijzen" in asked.text and "Even bewijzen" in allowed.text
    assert site.as_("beheerder").get("/zaken/BT-1001").status_code == 404


def test_what_is_missing_is_said_by_the_field_and_what_waited_a_day_is_asked_anew(site: Site) -> None:
    empty = site.as_("beheerder").post("/noodtoegang", data={"kenmerk": "", "reden": ""})
    place = ask(site)
    site.move(hours=25)

    late = site.as_("fg").post(f"{place}/besluit", data={"besluit": "ja"})

    assert empty.status_code == 422 and late.status_code == 409


def lookers(site: Site) -> str:
    text = site.as_("moeder", "BT-1001").get("/mijn-plan/BT-1001/wie-keek-mee").text
    return text.split("<main")[1].split("</main>")[0]


def test_the_family_reads_that_it_was_an_emergency_when_and_who_allowed_it(site: Site) -> None:
    site.as_("fg").post(f"{ask(site)}/besluit", data={"besluit": "ja"})
    site.as_("beheerder").get("/zaken/BT-1001")
    site.move(days=3)

    page = lookers(site)

    assert "Dat heet noodtoegang." in page and "Op maandag 9 november, van " in page
    assert "Wie het goed vond: Functionaris gegevensbescherming" in page
    assert "Bea Beheer" not in page and "Frans Gegevens" not in page and ASKED["reden"] not in page


@pytest.mark.parametrize("moved", [False, True])
def test_who_is_not_told_now_reads_nothing_of_an_emergency(site: Site, moved: bool) -> None:
    silent = {"besluit": "ja", "waarom": "Vader leest de mail van moeder."}
    site.as_("fg").post(f"{ask(site)}/besluit", data=silent)
    site.as_("beheerder").get("/zaken/BT-1001")
    if moved:
        with site.database.write() as tx:
            assert move_reasons(tx, site.at) == 1

    assert "nood" not in lookers(site).casefold()


def test_who_is_held_back_for_safety_is_in_no_emergency(site: Site) -> None:
    site.as_("fg").post(f"{ask(site)}/besluit", data={"besluit": "ja"})
    take(site, "referrer", "BT-1001", "hold_look", wie=str(site.who("beheerder")), reden="Dreiging.")

    assert "nood" not in lookers(site).casefold()


def test_a_reason_is_a_sentence_and_is_asked_for_by_the_field(site: Site) -> None:
    answer = site.as_("beheerder").post("/noodtoegang", data=ASKED | {"reden": "x"})

    assert answer.status_code == 422
    assert "Schrijf in een zin waarom dit nodig is, met ten minste 20 letters." in answer.text
    assert 'aria-invalid="true"' in answer.text
