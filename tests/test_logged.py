"""What can't be logged does not happen: every look is an entry before the answer leaves, or there is no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import func, select

from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.databases import Databases
from tests.inspection.test_inspection import party_of
from tests.routes.people import add_document, join
from tests.routes.stages import reach
from tests.routes.table import CELLS, LIST, ROUTES, STEP
from tests.support import Site, make_site

PARAMETER = re.compile(r"{(\w+)}")
PEOPLE = "/beheer"
"""Shows people and never a case; that looking there is logged, tests/administration says."""
TELLING = [
    key
    for key, act in ROUTES.items()
    if key[0] == "GET" and (act in CELLS or act in (LIST, STEP)) and not key[1].startswith(PEOPLE)
]
"""Every address that may show something of a case."""
DRAFTS = "/aanmeldingen"
READERS = ("verwijzer1", "moeder", "zorg_vvg1", "fg")
STEPS = {"zaken": "add_statement", "mijn-plan": "add_statement"}


def entries(site: Site) -> int:
    with site.database.read() as tx:
        return tx.exec(select(func.count()).select_from(TimelineEntry)).one()


def addresses(template: str, reference: str, document: str, party: str, steps: list[str]) -> Iterator[str]:
    """The address, once for every step when it is about one."""
    known = {"reference": reference, "kenmerk": reference, "item_id": document, "party_id": party}
    known["section_name"] = "hulpvraag"
    for step in steps if "{step_name}" in template else [""]:
        yield PARAMETER.sub(lambda found: (known | {"step_name": step}).get(found[1], "onbekend"), template)  # noqa: B023


@pytest.mark.parametrize("stage", ["draft", "conference_open", "planning", "in_care"])
def test_no_page_shows_anything_of_a_case_without_an_entry(databases: Databases, stage: str) -> None:
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        reference = reach(site, stage)
        document = str(add_document(site, reference, ("moeder", "samenwerkingsverbanden", "voorzitter")))
        party = str(party_of(site, reference, "moeder")) if stage != "draft" else document
        steps = [step.name for step in site.process.library.newest("bijzondere-toegang").steps.values()]
        silent, shown = [], set[str]()
        readers = (*READERS, join(site, reference, "confidant.invited")) if stage != "draft" else ("verwijzer1",)
        for who in readers:
            page, machine = site.as_(who, reference), site.api(who, reference)
            for _, template in TELLING:
                for path in addresses(template, reference, document, party, steps):
                    before = entries(site)
                    answer = (machine if path.startswith("/api/") else page).get(path)
                    if answer.status_code == 200:
                        shown.add(template)
                        silent += [f"{who} {path}"] if entries(site) == before else []

    assert silent == []
    expected = {path for _, path in TELLING if path.startswith(DRAFTS) == (stage == "draft")}
    if stage in ("draft", "in_care"):
        assert {path for path in expected - shown if "besluit" not in path and path not in ELSEWHERE} == set()


ELSEWHERE = frozenset(
    {
        "/aanmeldingen/{reference}/controleren",
        "/mijn-plan",
        "/mijn-plan/{reference}/verslag",
        "/logboek/{finding_id}",
        "/zaken/{reference}/inzage/{party_id}/achterhouden/{key}",
        "/mijn-plan/{reference}/inzage/dossier.json",
        "/mijn-plan/{reference}/inzage/dossier.pdf",
    }
)
"""A redirect to the one plan; minutes, and an own file, that nobody put up; a referral that is not whole."""


@contextmanager
def unwritable(database: databases.Database) -> Iterator[None]:
    """The log takes no entry."""
    engine = create_engine(database.keeper_url)
    if database.kind == "sqlite":
        shut = "CREATE TRIGGER shut BEFORE INSERT ON timeline_entry BEGIN SELECT RAISE(ABORT, 'shut'); END"
        reopened = "DROP TRIGGER shut"
    else:
        shut, reopened = "REVOKE INSERT ON timeline_entry FROM bt_app", "GRANT INSERT ON timeline_entry TO bt_app"
    with engine.begin() as connection:
        connection.execute(text(shut))
    yield
    with engine.begin() as connection:
        connection.execute(text(reopened))
    engine.dispose()


def test_when_the_log_takes_no_entry_nobody_reads_and_nothing_happens(database: databases.Database) -> None:
    site = make_site(database)
    reference = reach(site, "registered")
    page, machine, mother = site.as_("verwijzer1"), site.api("verwijzer1"), site.as_("moeder", reference)
    paths = [f"/zaken/{reference}", "/werkvoorraad", f"/api/v1/zaken/{reference}", "/api/v1/zaken"]
    fine = page.get(f"/zaken/{reference}").text
    before, case = entries(site), site.case(reference)

    with unwritable(database):
        looks = [(machine if path.startswith("/api/") else page).get(path) for path in paths]
        looks += [mother.get(f"/mijn-plan/{reference}"), mother.get(f"/mijn-plan/{reference}/wie-keek-mee")]
        said = {"_stap": "add_statement", "tekst": "Dit mag niet blijven."}
        acts = [
            page.post(f"/zaken/{reference}/stappen", data=said),
            mother.post(f"/mijn-plan/{reference}/stappen", data=said),
            machine.post(
                f"/api/v1/zaken/{reference}/stappen",
                json={"stap": "add_statement", "revisie": case.revision, "gegevens": {"tekst": "Dit mag niet."}},
            ),
        ]
        stranger = site.as_("verwijzer2").get(f"/zaken/{reference}")

    assert [answer.status_code for answer in (*looks, *acts, stranger)] == [503] * (len(looks) + len(acts) + 1)
    name = re.findall(r"<h1[^>]*>([^<]+)", fine)[0].strip()
    assert name in fine and [answer for answer in looks if name in answer.text] == []
    assert entries(site) == before
    after = site.case(reference)
    assert (after.revision, after.changed_at) == (case.revision, case.changed_at)
    assert page.get(f"/zaken/{reference}").status_code == 200
