"""Why there is no family group plan may be about a parent: sharing the referral with parents does not open it."""

from __future__ import annotations

import html
from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.items import readable_items
from bijzondere_toegang.cases.models import CaseAccess
from tests.databases import Database
from tests.support import Site, make_site, register, sample, scene, take

NAME = "Waarom er geen familiegroepsplan is"
THREAT = "concrete bedreiging"


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def shared_with_everybody(plan: dict[str, Any]) -> dict[str, Any]:
    document = sample(1)
    document["familiegroepsplan"] = plan
    [of_referral] = [row for row in document["gegevensdeling"] if row["onderdeel"] == "aanmelding"]
    of_referral["ontvangers"] = ["voorzitter", "samenwerkingsverbanden", "gi", "jeugdige", "moeder", "vader", "ouders"]
    return document


def kinds(site: Site, who: str, reference: str) -> set[str]:
    with site.database.read() as tx:
        return {item.kind for item in readable_items(scene(site, tx, who, reference))}


def file_of(site: Site, who: str, reference: str) -> str:
    with site.database.read() as tx:
        query = select(CaseAccess.party_id).where(CaseAccess.account_id == site.family(reference)[who])
        party = tx.exec(query).first()
    return html.unescape(site.as_("verwijzer1").get(f"/zaken/{reference}/inzage/{party}").text)


@pytest.mark.parametrize("who", ["moeder", "vader", "jeugdige"])
def test_a_threat_is_not_told_to_who_reads_the_referral_at_home(site: Site, who: str) -> None:
    reason = {"aangeboden": False, "redenNiet": "concrete-bedreiging", "duidelijkOp": "2026-11-01"}
    reference = register(site, shared_with_everybody(reason))
    take(site, "chair", reference, "declare_independence", band=False)

    told, file = kinds(site, who, reference), file_of(site, who, reference)

    assert "aanmelding" in told and not any("familiegroepsplan" in kind for kind in told)
    assert "Waarom deze aanmelding" in file and THREAT not in file and "amiliegroepsplan" not in file
    assert "geen-familiegroepsplan" in kinds(site, "chair", reference)


def test_a_plan_that_was_offered_is_read_with_the_referral(site: Site) -> None:
    reference = register(site, shared_with_everybody({"aangeboden": True}))

    assert "familiegroepsplan" in kinds(site, "moeder", reference)


def test_it_stands_under_its_own_name_where_it_says_who_reads_what(site: Site) -> None:
    reason = {"aangeboden": False, "redenNiet": "concrete-bedreiging"}
    reference = register(site, shared_with_everybody(reason))
    take(site, "chair", reference, "declare_independence", band=False)

    page = html.unescape(site.as_("chair", reference).get(f"/zaken/{reference}/wie-ziet-dit").text)

    assert NAME in page
    row = page[page.rindex(NAME) :]
    assert "Moeder" not in row.split("</li>")[0]


def test_the_form_says_that_sharing_the_referral_does_not_share_this(site: Site) -> None:
    started = site.as_("verwijzer1").post("/aanmeldingen")
    home = started.headers["location"]

    pages = [site.as_("verwijzer1").get(f"{home}/{part}").text for part in ("delen", "controleren")]

    assert all(NAME in html.unescape(page) for page in pages)
