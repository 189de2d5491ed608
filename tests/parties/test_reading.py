"""From 16 a youth says which parents read along: both ways, at once, and never from 18."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, Party, ReadingConsent
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from bijzondere_toegang.timeline.record import entries_of
from tests.cases.acting import mailed, put
from tests.conferences.walk import planned, prepared
from tests.statements import statements
from tests.support import Site, register_sample, take

SIXTEEN = 4
"""A sample with a youth of 17 and two parents with authority."""


def id_of(site: Site, reference: str, word: str) -> str:
    with site.database.read() as tx:
        known = select(Party.id).join(Case, Case.id == Party.case_id)  # type: ignore[arg-type]
        return str(tx.exec(known.where(Case.reference == reference, Party.word == word)).one())


def let(site: Site, reference: str, who: str = "jeugdige", step: str = "let_parents_read", **more: Any) -> Case:
    rows = [
        {"ouder": id_of(site, reference, word), "leestMee": more.pop(word)}
        for word in ("moeder", "vader")
        if word in more
    ]
    return take(site, who, reference, step, ouders=rows, **more)


def sees(site: Site, reference: str, who: str) -> int:
    return site.as_(who, reference).get(f"/mijn-plan/{reference}").status_code


def test_a_parent_sees_nothing_until_the_youth_says_so(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    mother = site.as_("moeder", reference)
    before = mother.get(f"/mijn-plan/{reference}").status_code

    let(site, reference, moeder=True, vader=False, woorden="Mama wel.")

    assert (before, mother.get(f"/mijn-plan/{reference}").status_code) == (404, 200)
    assert sees(site, reference, "vader") == 404
    assert mailed(site, "news")[-1] == site.who("moeder", reference)
    with site.database.read() as tx:
        assert entries_of(tx, site.case(reference).id, newest=1)[0].step == "let_parents_read"


def test_a_parent_is_invited_in_writing_from_the_day_the_youth_agreed(site: Site) -> None:
    reference = prepared(site, SIXTEEN)
    mother, father = site.who("moeder", reference), site.who("vader", reference)

    let(site, reference, moeder=True, woorden="Mama wel.")
    planned(site, reference)

    invited = mailed(site, "invitation")
    assert mother in invited
    assert father not in invited


def test_what_was_given_can_be_taken_back_and_stays_on_record(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    let(site, reference, moeder=True, woorden="Mama wel.")
    mother = site.as_("moeder", reference)
    site.move(days=2)

    let(site, reference, moeder=False, woorden="Toch niet.")

    assert mother.get(f"/mijn-plan/{reference}").status_code == 404
    with site.database.read() as tx:
        rows = tx.exec(select(ReadingConsent)).all()
        unseal_rows(tx, rows)
        assert [(row.withdrawn_at, row.content and row.content.data()) for row in rows] == [
            (site.at, {"words": "Mama wel.", "withdrawn": {"words": "Toch niet."}})
        ]


def test_a_parent_gets_no_mail_about_what_it_may_not_see(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    take(site, "chair", reference, "declare_independence", band=False)
    let(site, reference, moeder=True)
    before = len(mailed(site))

    take(site, "chair", reference, "take_up")

    told = set(mailed(site)[before:])
    assert site.who("moeder", reference) in told and site.who("jeugdige", reference) in told
    assert site.who("vader", reference) not in told


def test_from_18_a_parent_sees_nothing_whatever_was_given(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    let(site, reference, moeder=True)
    put(site, reference, turns_18_on=site.on)

    assert sees(site, reference, "moeder") == 404
    with pytest.raises(NotNow):
        let(site, reference, vader=True)


def test_the_referrer_records_it_on_the_word_of_the_youth_who_is_told(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    said = {"hoe": "telefoon", "gezegdOp": site.on.isoformat(), "woorden": "Mama mag het lezen."}

    let(site, reference, "referrer", "record_parents_reading", moeder=True, **said)

    assert sees(site, reference, "moeder") == 200
    assert site.who("jeugdige", reference) in mailed(site, "news")
    own, chairs = (
        site.as_(who, reference).get(f"/zaken/{reference}/betrokkenen").text for who in ("referrer", "chair")
    )
    assert "Mama mag het lezen." in own and "Mama mag het lezen." not in chairs


@pytest.mark.parametrize("who", ["moeder", "chair"])
def test_nobody_else_decides_who_reads_along(site: Site, who: str) -> None:
    reference = register_sample(site, SIXTEEN)
    let(site, reference, moeder=True)

    with pytest.raises(NotAllowed):
        let(site, reference, who, vader=True)

    assert sees(site, reference, "vader") == 404


def test_a_youth_under_16_has_no_such_choice(site: Site) -> None:
    reference = register_sample(site, 1)

    with pytest.raises(NotAllowed):
        let(site, reference, moeder=True)
    with pytest.raises(NotNow):
        let(site, reference, "referrer", "record_parents_reading", moeder=True)


def test_one_parent_gets_one_answer(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    mother = id_of(site, reference, "moeder")

    with pytest.raises(Incomplete) as refused:
        rows = [{"ouder": mother, "leestMee": True}, {"ouder": mother, "leestMee": False}]
        take(site, "jeugdige", reference, "let_parents_read", ouders=rows)

    assert [fault.pointer for fault in refused.value.faults] == ["/ouders/1/ouder"]


def test_the_youth_reads_plainly_who_reads_along_and_changes_it_on_the_page(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    youth = site.as_("jeugdige", reference)
    mother = id_of(site, reference, "moeder")

    asked = youth.get(f"/mijn-plan/{reference}/stappen/let_parents_read").text
    form = {"_stap": "let_parents_read", "ouders.0.ouder": mother, "ouders.0.leestMee": "ja"}
    done = youth.post(f"/mijn-plan/{reference}/stappen", data=form)
    home = youth.get(done.headers["location"]).text

    assert "Wat je in vertrouwen zei, ziet je ouder niet." in asked
    assert done.status_code == 303
    assert "Zoë Yılmaz leest mee." in home and "Bram Yılmaz leest niet mee." in home


def test_not_there_and_not_yours_ask_the_database_the_same(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)
    mother = site.as_("moeder", reference)
    mother.get("/mijn-plan/BT-9999")

    with statements(site) as ghost:
        mother.get("/mijn-plan/BT-9999")
    with statements(site) as kept:
        mother.get(f"/mijn-plan/{reference}")

    assert kept == ghost
