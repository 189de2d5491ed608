"""Guests and confidants misused: as a way to an address, to another case, or to mail that never leaves."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Thread

import pytest
from sqlmodel import func, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Item
from bijzondere_toegang.cases.way_in import way_in
from bijzondere_toegang.people.models import Account, LoginLink
from tests.cases.test_documents import send
from tests.conferences.test_invited import (
    MAIL,
    account_of,
    code_in,
    guest,
    invite,
    item,
    party,
    post,
    reference,
    welcomed,
)
from tests.conferences.walk import divided, prepared
from tests.decisions.walk import motivated
from tests.documents import files
from tests.entrance import ask, deliver, tokens
from tests.family.test_news import answered
from tests.family.walk import called, in_care
from tests.support import Site, register_sample, take

__all__ = ["reference"]

NAMED = "Brief 0600000123"
HELPER = "Zoran Vincent"
SECRET = "Zij woont nu bij oma, te bereiken op 06-00 00 01 23."


def keep_secret(site: Site, reference: str) -> None:
    given = {"geheimAdres": True, "telefoon": "06 00000123", "reden": "Dreiging."}
    take(site, "referrer", reference, "correct_party", wie=party(site, reference, "moeder"), **given)
    site.move(minutes=1)


def test_who_invites_is_shown_no_piece_that_gives_a_secret_address_away(site: Site, reference: str) -> None:
    take(site, "referrer", reference, "add_statement", tekst=SECRET, wieMagLezen=["voorzitter", "moeder", "vader"])
    keep_secret(site, reference)

    form = site.as_("vader", reference).get(f"/mijn-plan/{reference}/stappen/invite_confidant")
    machine = site.api(site.who("vader", reference)).get(f"/api/v1/zaken/{reference}")
    chair = site.as_("chair", reference).get(f"/zaken/{reference}/stappen/invite_guest")

    assert form.status_code == machine.status_code == chair.status_code == 200
    assert not [told for told in (form, machine, chair) if "00 01 23" in told.text]
    assert "Woordaangevinkt" in chair.text


def test_no_name_of_a_document_gives_a_secret_address_away(site: Site, reference: str) -> None:
    readers = ["voorzitter", "vader"]
    send(site.as_("referrer", reference), f"/zaken/{reference}", files.pdf(), titel=NAMED, wieMagLezen=readers)
    site.move(minutes=1)
    with site.database.read() as tx:
        [paper] = tx.exec(select(Item.id).where(Item.kind == "document", Item.media_type == "application/pdf")).all()
    invite(site, reference, stukken=[str(paper)])
    referrer = site.as_("referrer", reference)
    to_inspect = f"/zaken/{reference}/inzage/{party(site, reference, 'vader')}"
    known = referrer.get(to_inspect).text
    keep_secret(site, reference)

    read = guest(site).get(f"/uitgenodigd/{reference}").text
    listed = site.as_("vader", reference).get(f"/mijn-plan/{reference}/documenten").text
    offered = site.as_("vader", reference).get(f"/mijn-plan/{reference}/stappen/invite_confidant").text
    inspected = referrer.get(to_inspect).text

    assert "0600000123" in known and "0600000123" not in inspected
    assert not [text for text in (read, listed, offered) if "0600000123" in text or str(paper) in text]


@pytest.mark.parametrize(
    "email",
    [
        "a,b@example.org",
        "<a@example.org>",
        "a@example..org",
        "é@example.org",
        "a@example.org.",
        "a:b;@example.org",
        '"a"b@example.org',
    ],
)
def test_an_address_to_which_no_mail_can_go_is_refused(site: Site, reference: str, email: str) -> None:
    answer = invite(site, reference, email=email)

    assert answer.status_code == 422


def test_an_invitation_that_ended_leaves_no_link_that_works(site: Site, reference: str) -> None:
    deliver(site)
    code = code_in(invite(site, reference))
    [token] = tokens(deliver(site), MAIL)

    post(site, "chair", reference, "end_invitation", wie=str(account_of(site)))
    site.move(minutes=1)

    assert welcomed(site, token, code).status_code == 404


def test_who_is_invited_anew_logs_in_with_the_address_again(site: Site, reference: str) -> None:
    deliver(site)
    invite(site, reference, "moeder")
    first = account_of(site)
    post(site, "moeder", reference, "end_confidant", wie=str(first))
    site.move(minutes=1)
    deliver(site)

    code = code_in(invite(site, reference, "moeder"))
    deliver(site)
    site.move(hours=1)
    ask(site, MAIL)
    [token] = tokens(deliver(site), MAIL)

    assert welcomed(site, token, code).status_code == 303


def test_the_account_of_an_invitation_becomes_nobodys_family(site: Site, reference: str) -> None:
    invite(site, reference, "moeder", naam="Julia Geelen", email="ouder3m@example.org")

    other = register_sample(site, 3)

    with site.database.read() as tx:
        case = tx.exec(select(Case.id).where(Case.reference == other)).one()
        family = tx.exec(select(CaseAccess.account_id).where(CaseAccess.case_id == case)).all()
    assert account_of(site) not in family


def test_not_even_who_lives_at_a_secret_address_lets_a_confidant_read_it(site: Site, reference: str) -> None:
    take(site, "referrer", reference, "add_statement", tekst=SECRET, wieMagLezen=["moeder"])
    invite(site, reference, "moeder", stukken=[item(site, SECRET), item(site, "Woordaangevinkt")])
    before = guest(site).get(f"/uitgenodigd/{reference}").text

    keep_secret(site, reference)
    after = guest(site).get(f"/uitgenodigd/{reference}").text

    assert "bij oma" in before and "Woordaangevinkt" in before
    assert "bij oma" not in after and "Woordaangevinkt" in after


def test_the_plan_a_confidant_reads_tells_no_place_while_who_invited_must_not_be_found(site: Site) -> None:
    reference = in_care(site)
    invite(site, reference, "moeder", plan="ja")
    keep_secret(site, reference)

    page = guest(site).get(f"/uitgenodigd/{reference}").text
    own = site.as_("moeder", reference).get(f"/mijn-plan/{reference}/afspraken").text

    assert "Elke week twee keer behandeling thuis." in page
    assert HELPER in own and HELPER not in page


def test_nobody_has_mail_sent_to_more_than_ten_people_a_day(site: Site, reference: str) -> None:
    sent = [invite(site, reference, "vader", email=f"gast{number}@example.org").status_code for number in range(10)]

    eleventh = invite(site, reference, "vader", email="gast10@example.org")
    others = invite(site, reference, "moeder", email="gast10@example.org")
    site.move(days=1, minutes=1)
    next_day = invite(site, reference, "vader", email="gast11@example.org")

    assert sent == [200] * 10
    assert eleventh.status_code == 422 and "U nodigde vandaag al 10 mensen uit." in eleventh.text
    assert (others.status_code, next_day.status_code) == (200, 200)


OWN_PAGES = (
    "", "/afspraken", "/opgeschreven", "/verslag", "/wie-kan-dit-zien", "/gegevens", "/documenten", "/wie-keek-mee", "/inzage",
    "/stappen/add_statement", "/stappen/invite_confidant", "/stappen/end_confidant", "/stappen/shield_item",
)  # fmt: skip
DESK_PAGES = (
    "",
    "/plan",
    "/besluit",
    "/betrokkenen",
    "/overleg",
    "/wie-ziet-dit",
    "/tijdlijn",
    "/stappen/add_statement",
)
CHANGES = re.compile(r'name="_csrf" value="[^"]*"|name="_revisie" value="\d+"|nonce="[^"]*"')


def read_by(site: Site, reference: str, who: str) -> dict[str, str]:
    """Every page of this person about the case, without what differs by itself."""
    home, pages = (f"/zaken/{reference}", DESK_PAGES) if who == "vvg1" else (f"/mijn-plan/{reference}", OWN_PAGES)
    client = site.as_(who, reference)
    found = {path: client.get(home + path) for path in pages}
    return {path: f"{answer.status_code} {CHANGES.sub('', answer.text)}" for path, answer in found.items()}


@pytest.mark.parametrize("who", ["vader", "jeugdige", "vvg1"])
def test_no_page_of_anybody_else_differs_when_a_mother_lets_somebody_in(site: Site, reference: str, who: str) -> None:
    read_by(site, reference, who)
    before = read_by(site, reference, who)

    invite(site, reference, "moeder", stukken=[item(site, "Woordaangevinkt")])
    guest(site).get(f"/uitgenodigd/{reference}")
    after = read_by(site, reference, who)
    deliver(site)

    assert before[""].startswith("200")
    assert [path for path in before if before[path] != after[path]] == []


def test_of_many_wrong_codes_at_once_over_several_links_twenty_count(site: Site, reference: str) -> None:
    code = code_in(invite(site, reference))
    opened = []
    for _ in range(6):
        with site.database.write() as tx:
            opened.append(way_in(tx, account_of(site), site.at) or "none")
    wrong = "000000" if code != "000000" else "111111"
    answers: list[int] = []
    threads = [
        Thread(target=lambda token=token: answers.append(welcomed(site, token, wrong).status_code))
        for token in opened * 3
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for token in opened * 4:
        answers.append(welcomed(site, token, wrong).status_code)

    assert set(answers) <= {404, 422, 503}, "503: too busy to judge it"
    with site.database.read() as tx:
        assert tx.exec(select(func.sum(LoginLink.tries))).one() == 20
    assert {welcomed(site, token, code).status_code for token in opened} == {404}


def test_nobody_reads_along_with_somebody_whose_account_has_ended(site: Site, reference: str) -> None:
    invite(site, reference, "moeder", stukken=[item(site, "Woordaangevinkt")])
    before = guest(site).get(f"/uitgenodigd/{reference}").text

    with site.database.write() as tx:
        tx.get_one(Account, site.who("moeder", reference)).ended_at = site.at
    after = guest(site).get(f"/uitgenodigd/{reference}")

    assert "Woordaangevinkt" in before
    assert after.status_code == 200 and "Woordaangevinkt" not in after.text and "Roos" not in after.text


def test_hard_news_reaches_a_confidant_no_sooner_than_who_invited(site: Site) -> None:
    reference = prepared(site)
    until = (site.on + timedelta(days=60)).isoformat()
    invite(site, reference, "moeder", plan="ja", totEnMet=until)
    divided(site, reference)
    site.move(minutes=1)
    before = CHANGES.sub("", guest(site).get(f"/uitgenodigd/{reference}").text)

    take(site, "referrer", reference, "decide", **motivated(site, antwoorden=answered(site, reference)))
    site.move(minutes=1)
    untold = CHANGES.sub("", guest(site).get(f"/uitgenodigd/{reference}").text)
    called(site, reference, "moeder", "vader", "jeugdige")
    told = guest(site).get(f"/uitgenodigd/{reference}").text

    assert untold == before
    assert told != before
