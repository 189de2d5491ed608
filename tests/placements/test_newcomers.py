"""Who is new to a consortium or a provider has the running cases of her colleagues, once, and no others."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess, Independence
from bijzondere_toegang.db import Database
from bijzondere_toegang.jobs import keep_up
from bijzondere_toegang.people.accounts import add_membership, make_account
from bijzondere_toegang.people.models import Membership
from bijzondere_toegang.timeline.record import entries_of
from bijzondere_toegang.timeline.verify import verify_all
from tests import databases
from tests.cases.acting import leave, mailed, put
from tests.statements import statements
from tests.support import KEYRING, Site, make_site
from tests.test_stories import FAMILY, Told


@pytest.fixture
def told(database: databases.Database) -> Told:
    told = Told(make_site(database))
    keep_up(told.site.database, told.site.process, told.site.at)
    return told


def newcomer(site: Site, organisation: str, role: str, since: date | None = None, name: str = "nieuw") -> UUID:
    with site.database.write() as tx:
        account = make_account(tx, f"{name}@example.org", "Nina Nieuw", at=site.at, email=f"{name}@example.org")
        add_membership(tx, account.id, organisation, role, since or site.on)
        return account.id


def tick(site: Site) -> None:
    keep_up(site.database, site.process, site.at)


def status(told: Told, who: Any) -> int:
    return told.site.as_(who).get(f"/zaken/{told.reference}").status_code


def held(told: Told, who: Any) -> list[tuple[str, str, str]]:
    """Open relations as (relation, organisation, consortium)."""
    with told.site.database.read() as tx:
        rows = tx.exec(select(CaseAccess).where(CaseAccess.account_id == told.site.who(who))).all()
    return sorted((row.relation, row.organisation, row.consortium) for row in rows if row.until is None)


def joined(told: Told) -> int:
    with told.site.database.read() as tx:
        entries = entries_of(tx, told.site.case(told.reference).id, newest=500)
        assert not [found for found in verify_all(tx) if not isinstance(found, int)]
    return [entry.step for entry in entries].count("colleague_joined")


def at_the_table(told: Told) -> None:
    told.story.to_preparing()
    told.take("chair", "plan_conference")


def test_a_new_representative_has_the_seat_of_her_consortium_and_declares_first(told: Told) -> None:
    at_the_table(told)
    nina = newcomer(told.site, "pactum", "consortium_rep")
    before = status(told, nina)

    tick(told.site)

    assert before == 404
    assert held(told, nina) == [("rep.invited", "pactum", "sv-vincent-van-gogh")]
    assert joined(told) == 1
    assert nina in mailed(told.site)
    shown = told.site.as_(nina).get(f"/zaken/{told.reference}")
    assert shown.status_code == 200 and "Mohammed" not in shown.text
    told.take(nina, "declare_independence")  # type: ignore[arg-type]
    assert "Mohammed" in told.site.as_(nina).get(f"/zaken/{told.reference}").text


def test_the_timeline_says_that_a_colleague_joined(told: Told) -> None:
    at_the_table(told)
    newcomer(told.site, "pactum", "consortium_rep")

    tick(told.site)

    shown = told.site.as_("referrer", told.reference).get(f"/zaken/{told.reference}").text
    assert "Een nieuwe collega van een organisatie in deze zaak doet mee." in shown


def test_a_new_representative_of_the_consortium_that_lost_gets_nothing(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    winner = newcomer(told.site, "pactum", "consortium_rep", name="wint")
    loser = newcomer(told.site, "yes-we-can", "consortium_rep", name="verliest")

    tick(told.site)

    assert held(told, winner) == [("rep.accepted", "pactum", "sv-vincent-van-gogh")]
    assert held(told, loser) == [] and status(told, loser) == 404


def test_a_new_provider_has_the_cases_that_name_her_organisation_and_no_others(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    own = newcomer(told.site, "vincent-van-gogh", "provider", name="eigen")
    other = newcomer(told.site, "koraal", "provider", name="ander")

    tick(told.site)

    assert held(told, own) == [("provider.named", "vincent-van-gogh", "sv-vincent-van-gogh")]
    assert status(told, own) == 200
    assert held(told, other) == [] and status(told, other) == 404
    told.take(own, "write_plan")  # type: ignore[arg-type]


def test_a_subcontractor_sees_a_case_only_when_it_is_named_in_it(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement", aanbieder="mondriaan")
    rep = newcomer(told.site, "mondriaan", "consortium_rep", name="rep")
    named = newcomer(told.site, "mondriaan", "provider", name="genoemd")
    unnamed = newcomer(told.site, "karakter", "provider", name="ongenoemd")

    tick(told.site)

    assert held(told, named) == [("provider.named", "mondriaan", "sv-vincent-van-gogh")], "nobody could log in there"
    assert held(told, rep) == held(told, unnamed) == []
    assert status(told, rep) == status(told, unnamed) == 404


def test_who_withdrew_or_was_ended_does_not_come_back_as_a_newcomer(told: Told) -> None:
    at_the_table(told)
    told.take("vvg1", "declare_independence", band=True, toelichting="Een nicht.")
    with told.site.database.write() as tx:
        gone = col(CaseAccess.account_id) == told.site.cast["vvg2"]
        tx.connection().execute(update(CaseAccess).where(gone).values(until=told.site.at))
    for who in ("vvg1", "vvg2"):
        with told.site.database.write() as tx:
            add_membership(tx, told.site.cast[who], "pactum", "consortium_rep", told.site.on)

    tick(told.site)

    assert held(told, "vvg1") == held(told, "vvg2") == []
    assert joined(told) == 0


def test_who_declared_a_tie_before_she_had_a_part_gets_none(told: Told) -> None:
    at_the_table(told)
    nina = newcomer(told.site, "pactum", "consortium_rep")
    with told.site.database.write() as tx:
        case_id = told.site.case(told.reference).id
        tx.add(Independence(case_id=case_id, account_id=nina, declared_at=told.site.at, tie=True))

    tick(told.site)

    assert held(told, nina) == []


def test_a_membership_of_the_future_joins_on_its_first_day(told: Told) -> None:
    at_the_table(told)
    nina = newcomer(told.site, "pactum", "consortium_rep", told.site.on + timedelta(days=2))

    tick(told.site)
    told.site.move(days=1)
    tick(told.site)
    before = held(told, nina)
    told.site.move(days=1)
    tick(told.site)

    assert before == []
    assert [relation for relation, _, _ in held(told, nina)] == ["rep.invited"]


def test_who_joined_and_left_the_case_again_does_not_join_twice(told: Told) -> None:
    at_the_table(told)
    nina = newcomer(told.site, "pactum", "consortium_rep")
    tick(told.site)
    told.take(nina, "declare_independence", band=True, toelichting="De buren.")  # type: ignore[arg-type]

    tick(told.site)

    assert held(told, nina) == [] and joined(told) == 1


def test_the_successor_of_a_provider_who_left_has_the_case(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    leave(told.site, told.site.cast["zorg_vvg1"])
    nina = newcomer(told.site, "vincent-van-gogh", "provider")

    tick(told.site)

    assert status(told, "zorg_vvg1") == 404
    assert status(told, nina) == 200


def test_a_case_that_has_ended_is_joined_by_nobody(told: Told) -> None:
    at_the_table(told)
    put(told.site, told.reference, stage="withdrawn")
    nina = newcomer(told.site, "pactum", "consortium_rep")

    tick(told.site)

    assert held(told, nina) == []


def test_a_second_membership_in_the_same_consortium_gives_nothing_twice(told: Told) -> None:
    at_the_table(told)
    nina = newcomer(told.site, "pactum", "consortium_rep")
    with told.site.database.write() as tx:
        add_membership(tx, nina, "koraal", "consortium_rep", told.site.on)

    tick(told.site)

    assert len(held(told, nina)) == 1 and joined(told) == 1


def test_two_schedulers_let_everybody_join_exactly_once(told: Told, database: databases.Database) -> None:
    at_the_table(told)
    new = [newcomer(told.site, "pactum", "consortium_rep", name=f"nieuw{n}") for n in range(30)]
    other = Database(database.app_url, KEYRING)
    together = threading.Barrier(2)

    def run(opened: Database) -> None:
        together.wait()
        keep_up(opened, told.site.process, told.site.at)

    threads = [threading.Thread(target=run, args=(opened,)) for opened in (told.site.database, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    other.dispose()
    assert [len(held(told, who)) for who in new] == [1] * 30
    with told.site.database.read() as tx:
        waiting = tx.exec(select(Membership).where(col(Membership.account_id).in_(new))).all()
    assert all(row.joined_at is not None for row in waiting)


def test_many_newcomers_take_as_many_statements_as_few(told: Told) -> None:
    at_the_table(told)
    tick(told.site)

    def count(number: int, name: str) -> int:
        for n in range(number):
            newcomer(told.site, "pactum", "consortium_rep", name=f"{name}{n}")
        with statements(told.site) as asked:
            tick(told.site)
        return len([one for one in asked if "outbox" not in one.lower()])

    assert count(20, "veel") == count(2, "weinig")


def test_a_parent_who_begins_to_work_for_the_provider_does_not_join_the_case_of_the_own_child(told: Told) -> None:
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    father = told.site.who("vader", told.reference)
    with told.site.database.write() as tx:
        add_membership(tx, father, "vincent-van-gogh", "provider", told.site.on)

    tick(told.site)

    assert [relation for relation, *_ in held(told, father)] == ["parent"]
