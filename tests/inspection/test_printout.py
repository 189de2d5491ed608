"""Uitdraai: a case on paper for who needs it there, after a fresh proof, with a mark, and in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bijzondere_toegang.inspection import printing
from bijzondere_toegang.people.models import LoginSession
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.support import Site, make_site, register, sample


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def a_case(site: Site) -> str:
    document = sample(1)
    document["jeugdige"] |= {"voornaam": "Kindvoor", "achternaam": "Kindachter"}
    return register(site, document)


def exported(site: Site) -> list[tuple[str, str, str]]:
    with site.database.read() as tx:
        rows = tx.scalars(select(TimelineEntry).where(TimelineEntry.event_type == "exported")).all()
        return [(row.action, row.object_kind, row.permission) for row in rows]


def test_the_referrer_takes_a_printout_along(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = a_case(site)
    set_on_paper: list[str] = []

    def noted(title: str, lines: object, parts: object, foot: str, *rest: object, mark: str) -> bytes:
        set_on_paper.append(f"{lines} {parts} {foot} {mark}")
        return b"%PDF-"

    monkeypatch.setattr(printing, "set_pdf", noted)
    referrer = site.as_("verwijzer1")

    page = referrer.get(f"/zaken/{reference}/uitdraai")
    answer = referrer.post(f"/zaken/{reference}/uitdraai")

    assert page.status_code == 200
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="uitdraai.pdf"'
    assert "Kindvoor" in set_on_paper[0] and "Vera Venlo" in set_on_paper[0]
    assert "@example.org" not in set_on_paper[0] and sample(1)["jeugdige"]["bsn"] not in set_on_paper[0]
    assert exported(site) == [("E", "printout", "export C9")]


def test_a_printout_is_a_pdf(site: Site) -> None:
    reference = a_case(site)

    answer = site.as_("verwijzer1").post(f"/zaken/{reference}/uitdraai")

    assert answer.content.startswith(b"%PDF-") and answer.headers["content-type"] == "application/pdf"


def test_an_old_proof_makes_no_printout(site: Site) -> None:
    reference = a_case(site)
    referrer = site.as_("verwijzer1")
    with site.database.write() as tx:
        for session in tx.scalars(select(LoginSession)).all():
            session.proved_at = site.at - timedelta(days=10**5)

    answer = referrer.post(f"/zaken/{reference}/uitdraai")

    assert answer.headers.get("content-type") != "application/pdf"
    assert exported(site) == []


def test_who_may_not_take_one_or_has_not_declared_independence_gets_none(site: Site) -> None:
    reference = a_case(site)

    for who in ("chair", "collega", "vvg1", "fg", "beheerder"):
        assert site.as_(who, reference).post(f"/zaken/{reference}/uitdraai").status_code in (403, 404)
    assert site.as_("moeder", reference).post(f"/zaken/{reference}/uitdraai").status_code == 303
    assert exported(site) == []
