"""Every relation of the permission table at the door of *Beheer*: what the rows people.manage and people.look say."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlmodel import select

from bijzondere_toegang.administration.models import AccessReview
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.databases import Database
from tests.routes.people import CAST, join
from tests.routes.table import CELLS
from tests.support import Site, make_site, register_sample

MANAGING = (
    ("GET", "/beheer"),
    ("POST", "/beheer"),
    ("GET", "/beheer/uitnodigen"),
    ("POST", "/beheer/uitnodigen"),
    *(("GET", f"/beheer/personen/{{who}}{part}") for part in ("", "/vertrek", "/overdracht", "/rol", "/adres")),
    *(("POST", f"/beheer/personen/{{who}}/{part}") for part in ("rol", "adres")),
    ("POST", "/beheer/controle/{review}"),
)
ELSEWHERE = "gi.involved"
"""Played by a coordinator of another organisation, who manages the people there and none of this one."""
LOOKING = (("GET", "/beheer/controle"), ("GET", "/beheer/controle/{review}"))


@pytest.fixture
def site(database: Database) -> Iterator[Site]:
    yield make_site(database)


def test_who_manages_people_opens_these_pages_and_for_others_they_are_not_there(site: Site) -> None:
    reference = register_sample(site, 1)
    people = {relation: site.client(join(site, reference, relation)) for relation in CAST}
    with site.database.write() as tx:
        review = AccessReview(
            organisation="toegang-venlo", begins_on=site.on, due_on=site.on, ends_on=site.on, state="open"
        )
        tx.add(review)
    known = {"who": site.who("collega"), "review": review.id}
    wrong = []

    for relation, browser in people.items():
        for act, doors in (("people.manage", MANAGING), ("people.look", LOOKING)):
            for method, template in doors:
                opens = CELLS[act][relation] != "no" or (relation == ELSEWHERE and "{" not in template)
                status = browser.request(method, template.format(**known)).status_code
                if (status == 404) == opens or status >= 500:
                    wrong.append(f"{relation} {method} {template}: {status}")

    assert not wrong, "\n".join(wrong)
    strangers = [site.anonymous().get(template.format(**known)).status_code for _, template in LOOKING]
    assert strangers == [303, 303]


def test_every_look_at_people_is_an_entry_in_the_log_of_who_looks(site: Site) -> None:
    administrator, account = site.as_("beheerder"), site.who("beheerder")
    with site.database.write() as tx:
        review = AccessReview(
            organisation="toegang-venlo", begins_on=site.on, due_on=site.on, ends_on=site.on, state="open"
        )
        tx.add(review)
    known, silent = {"who": site.who("collega"), "review": review.id}, []

    for method, template in (*MANAGING, *LOOKING):
        before = entries(site, account)
        if method == "GET" and administrator.get(template.format(**known)).status_code == 200:
            silent += [template] if entries(site, account) == before else []

    assert silent == []
    assert entries(site, account) > len(LOOKING)


def entries(site: Site, chain: UUID) -> int:
    with site.database.read() as tx:
        return len(tx.exec(select(TimelineEntry.seq).where(TimelineEntry.chain == chain)).all())
