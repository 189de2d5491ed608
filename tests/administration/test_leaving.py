"""Somebody leaves in one action: out everywhere at the next request, and her cases go to whom was named."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Case, CaseAccess, Independence
from bijzondere_toegang.people.accounts import add_membership, make_account
from bijzondere_toegang.people.links import make_link
from bijzondere_toegang.people.login import make_token
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.cases.acting import put, seat
from tests.statements import statements
from tests.support import Site, make_site, register, register_sample, sample, take


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def one_more(site: Site, number: int) -> str:
    """A case of the referrer of sample 1."""
    return register(site, sample(1) | {"bronkenmerk": f"VERTREK-{number}"})


def page(who: UUID, act: str = "vertrek") -> str:
    return f"/beheer/personen/{who}/{act}"


def having(site: Site, reference: str, relation: str) -> set[UUID]:
    """Who has this relation to the case now."""
    with site.database.read() as tx:
        query = (
            select(CaseAccess.account_id)
            .join(Case, col(Case.id) == col(CaseAccess.case_id))
            .where(Case.reference == reference, CaseAccess.relation == relation, col(CaseAccess.until).is_(None))
        )
        return set(tx.exec(query).all())


def told(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        chain = select(TimelineEntry.step).where(TimelineEntry.chain == site.case(reference).id)
        return list(tx.exec(chain.order_by(col(TimelineEntry.seq))).all())


def mailed(site: Site, who: UUID) -> list[str]:
    with site.database.read() as tx:
        return list(tx.exec(select(Outbox.kind).where(Outbox.account_id == who)).all())


def test_a_leaver_is_out_everywhere_and_her_cases_go_to_the_successor(site: Site) -> None:
    references = [one_more(site, number) for number in range(2)]
    leaver, successor = site.who("verwijzer1"), site.who("collega")
    browser, machine = site.client(leaver), site.api(leaver)
    assert browser.get(f"/zaken/{references[0]}").status_code == 200
    administrator = site.as_("beheerder")

    shown = administrator.get(page(leaver))
    done = administrator.post(page(leaver), data={"referrer-toegang-venlo": str(successor)})

    assert shown.status_code == 200 and "2 zaken" in shown.text
    assert done.status_code == 303
    assert browser.get(f"/zaken/{references[0]}").status_code in (303, 404)
    assert "/inloggen" in browser.get("/werkvoorraad").headers.get("location", "")
    assert machine.get("/api/v1/zaken").status_code == 401
    for reference in references:
        assert having(site, reference, "referrer.own") == {successor}
        assert told(site, reference)[-1] == "referrer_moved"
        assert site.client(successor).get(f"/zaken/{reference}").status_code == 200
    assert "news" in mailed(site, successor)
    with site.database.read() as tx:
        assert tx.get_one(Account, leaver).ended_at == site.at
        assert [one for one in verify_all(tx) if not isinstance(one, int)] == []


def test_what_the_administrator_moves_she_does_not_see(site: Site) -> None:
    reference = register_sample(site, 1)
    leaver = site.who("verwijzer1")
    administrator = site.as_("beheerder")

    administrator.post(page(leaver), data={"referrer-toegang-venlo": str(site.who("collega"))})

    assert administrator.get(f"/zaken/{reference}").status_code == 404
    assert reference not in administrator.get(page(site.who("collega"))).text


def test_a_chair_who_leaves_hands_over_her_cases(site: Site) -> None:
    reference = register_sample(site, 1)
    (leaver,) = having(site, reference, "chair.assigned")
    successor = site.who("joris") if leaver == site.who("anneke") else site.who("anneke")

    done = site.as_("beheerder").post(page(leaver), data={"chair": str(successor)})

    assert done.status_code == 303
    assert having(site, reference, "chair.assigned") == {successor}
    assert told(site, reference)[-1] == "chair_moved"
    assert mailed(site, site.who("moeder", reference)) != []


def test_a_chair_who_is_ill_gives_her_cases_away_and_stays(site: Site) -> None:
    reference = register_sample(site, 1)
    (ill,) = having(site, reference, "chair.assigned")
    successor = site.who("joris") if ill == site.who("anneke") else site.who("anneke")
    browser = site.client(ill)

    done = site.as_("beheerder").post(page(ill, "overdracht"), data={"chair": str(successor)})

    assert done.status_code == 303
    assert having(site, reference, "chair.assigned") == {successor}
    assert browser.get(f"/zaken/{reference}").status_code == 404
    assert browser.get("/werkvoorraad").status_code == 200


def test_without_a_successor_nothing_happens(site: Site) -> None:
    reference = register_sample(site, 1)
    leaver = site.who("verwijzer1")
    browser = site.client(leaver)

    refused = site.as_("beheerder").post(page(leaver), data={"referrer-toegang-venlo": ""})

    assert refused.status_code == 422
    assert "Kies wie deze zaken overneemt." in refused.text
    assert having(site, reference, "referrer.own") == {leaver}
    assert browser.get(f"/zaken/{reference}").status_code == 200


def test_who_has_a_tie_with_the_family_is_no_successor(site: Site) -> None:
    reference = register_sample(site, 1)
    (leaver,) = having(site, reference, "chair.assigned")
    other = site.who("joris") if leaver == site.who("anneke") else site.who("anneke")
    take(site, "chair", reference, "declare_independence", band=False)
    with site.database.write() as tx:
        tx.add(Independence(case_id=site.case(reference).id, account_id=other, declared_at=site.at, tie=True))
    administrator = site.as_("beheerder")

    shown = administrator.get(page(leaver))
    refused = administrator.post(page(leaver), data={"chair": str(other)})

    assert str(other) not in shown.text
    assert refused.status_code == 422
    assert having(site, reference, "chair.assigned") == {leaver}


def test_a_coordinator_lets_people_of_her_own_organisation_leave_and_no_others(site: Site) -> None:
    reference, elsewhere = register_sample(site, 1), register_sample(site, 2)
    coordinator = site.as_("teamleider")

    done = coordinator.post(page(site.who("verwijzer1")), data={"referrer-toegang-venlo": str(site.who("collega"))})
    other = coordinator.post(page(site.who("verwijzer2")), data={"referrer-cjg-ml": str(site.who("verwijzer6"))})

    assert done.status_code == 303
    assert having(site, reference, "referrer.own") == {site.who("collega")}
    assert other.status_code == 404
    assert having(site, elsewhere, "referrer.own") == {site.who("verwijzer2")}


def test_nobody_ends_the_own_access_and_the_last_administrator_stays(site: Site) -> None:
    administrator = site.as_("beheerder")

    refused = administrator.post(page(site.who("beheerder")))

    assert refused.status_code == 409
    assert administrator.get("/beheer").status_code == 200


@pytest.mark.parametrize("who", ["anneke", "verwijzer1", "vvg1", "fg", "analist", "planner"])
def test_to_others_there_is_no_such_page(site: Site, who: str) -> None:
    browser = site.as_(who)

    answers = [browser.get("/beheer"), browser.get(page(site.who("collega"))), browser.post(page(site.who("collega")))]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_the_number_of_statements_does_not_grow_with_the_cases(site: Site) -> None:
    leaver = site.who("verwijzer1")
    administrator = site.as_("beheerder")
    one_more(site, 0)
    administrator.get(page(leaver))
    with statements(site) as one:
        administrator.get(page(leaver))
    for number in range(1, 4):
        one_more(site, number)

    with statements(site) as four:
        administrator.get(page(leaver))

    assert len(four) == len(one)


def test_a_representative_whose_colleagues_sit_there_too_needs_no_successor(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="preparing")
    seated = having(site, reference, "rep.invited")

    done = site.as_("beheerder").post(page(site.who("vvg1")))

    assert done.status_code == 303
    assert having(site, reference, "rep.invited") == seated - {site.who("vvg1")}


def test_who_works_for_a_certified_institution_passes_the_case_on_with_its_ground(site: Site) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="preparing")
    leaver = seat(site, reference, "verwijzer3", "gi.involved", organisation="bjz-limburg")
    with site.database.write() as tx:
        row = tx.exec(select(CaseAccess).where(CaseAccess.account_id == leaver)).one()
        row.ground = "ondertoezichtstelling"
        colleague = make_account(tx, "gi@example.org", "Gijs Gezin", at=site.at).id
        add_membership(tx, colleague, "bjz-limburg", "referrer", site.on)

    done = site.as_("beheerder").post(page(leaver), data={"gi-bjz-limburg": str(colleague)})

    assert done.status_code == 303
    assert having(site, reference, "gi.involved") == {colleague}
    with site.database.read() as tx:
        given = tx.exec(select(CaseAccess).where(CaseAccess.account_id == colleague)).one()
    assert (given.ground, given.organisation) == ("ondertoezichtstelling", "bjz-limburg")
    assert told(site, reference)[-1] == "gi_moved"


def test_an_offer_of_the_leaver_is_recalled_and_a_stand_in_for_her_goes_on(site: Site) -> None:
    reference = register_sample(site, 1)
    leaver, colleague = site.who("verwijzer1"), site.who("collega")
    with site.database.write() as tx:
        third = make_account(tx, "derde@example.org", "Dirk Derde", at=site.at).id
        add_membership(tx, third, "toegang-venlo", "referrer", site.on)
    take(site, leaver, reference, "delegate", aan=str(third), totEnMet="2026-11-20", reden="Verlof.")
    take(site, leaver, reference, "hand_over_referrer", opvolger=str(colleague), reden="Ander werk.")
    looked = site.client(colleague).get(f"/zaken/{reference}").status_code
    site.move(minutes=1)

    done = site.as_("teamleider").post(page(leaver), data={"referrer-toegang-venlo": str(third)})

    site.move(minutes=1)
    assert looked == 200 and done.status_code == 303
    assert having(site, reference, "referrer.own") == {third}
    assert site.client(colleague).get(f"/zaken/{reference}").status_code == 404


def test_a_colleague_who_is_a_parent_too_keeps_the_family_s_door(site: Site) -> None:
    reference = register_sample(site, 1)
    mother = site.who("moeder", reference)
    with site.database.write() as tx:
        add_membership(tx, mother, "toegang-venray", "referrer", site.on)
    administrator = site.as_("beheerder")

    shown = administrator.get(page(mother)).text
    administrator.post(page(mother))

    again = site.client(mother)
    assert reference not in shown
    assert again.get(f"/mijn-plan/{reference}").status_code == 200
    assert again.get("/").headers["location"] == "/mijn-plan"


def test_of_two_who_end_the_same_access_one_is_told_that_it_was_done(site: Site) -> None:
    first, second = site.as_("beheerder"), site.as_("teamleider")
    who = site.who("collega")

    answers = [first.post(page(who)).status_code, second.post(page(who)).status_code]

    assert answers == [303, 409]


def test_the_list_finds_people_and_goes_on_page_by_page(site: Site) -> None:
    administrator = site.as_("beheerder")

    everybody = administrator.get("/beheer").text
    found = administrator.post("/beheer", data={"zoek": "ver ven"}).text
    own = site.as_("teamleider").get("/beheer").text

    assert "Vera Venlo" in everybody and "Anneke Smeets" in everybody
    assert re.findall(r"/beheer/personen/[^>]+>([^<]+)</a>", found) == ["Vera Venlo"]
    assert "Vera Venlo" in own and "Victor Roermond" not in own


def test_a_one_time_link_of_a_leaver_is_dead(site: Site) -> None:
    leaver = site.who("collega")
    with site.database.write() as tx:
        link = make_link(tx, leaver, site.at)
        make_token(tx, leaver, "test", site.at)
    assert site.anonymous().get(f"/welkom/{link}").status_code == 200

    site.as_("beheerder").post(page(leaver))

    assert site.anonymous().get(f"/welkom/{link}").status_code == 404
