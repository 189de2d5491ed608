"""Guests and confidants misused: as a way to an address, to another case, or to mail that never leaves."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, CaseAccess, Item
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
from tests.documents import files
from tests.entrance import ask, deliver, tokens
from tests.family.walk import in_care
from tests.support import Site, register_sample, take

__all__ = ["reference"]

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
    given = {"titel": "Brief 0600000123", "wieMagLezen": ["voorzitter", "vader"]}
    send(site.as_("referrer", reference), f"/zaken/{reference}", files.pdf(), **given)
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
