"""The region is read whole and sound, or the start stops with a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bijzondere_toegang.region import RegionError, load_region
from tests.referrals.samples import region

SMALL = """
peildatum: '2023-01-01'
gemeenten:
  - {code: '0983', naam: Venlo, regio: noord}
organisaties:
  - {code: toegang-venlo, naam: Toegang Venlo, soort: gemeentelijke-toegang, gemeenten: ['0983']}
  - {code: huis, naam: Huis, soort: aanbieder, geldigTot: '2024-12-31'}
samenwerkingsverbanden:
  - code: sv
    naam: SV
    geldigVan: '2023-01-01'
    leden:
      - {organisatie: huis, rol: penvoerder, geldigTot: '2024-06-30'}
contract: {begin: '2023-01-01', looptijdJaren: 3, budgetplafondPerJaarEuro: 1, beheerder: huis}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "regio.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_region_has_fourteen_municipalities_and_two_consortia() -> None:
    found = region()

    assert len(found.municipalities) == 14
    assert {c.lead_on(date(2026, 11, 22)) for c in found.consortia} == {"vincent-van-gogh", "mutsaersstichting"}
    assert sum(len(o.municipalities) for o in found.organisations) == 14


def test_who_may_refer_for_whom() -> None:
    venlo, gi, provider = (region().organisation(c) for c in ("toegang-venlo", "bjz-limburg", "koraal"))

    assert venlo and gi and provider
    assert venlo.authority == "college" and venlo.acts_for("0983") and not venlo.acts_for("0984")
    assert gi.authority == "gi" and gi.acts_for("0984")
    assert provider.authority is None and not provider.acts_for("0983")


def test_members_come_and_go_by_date(tmp_path: Path) -> None:
    found = load_region(written(tmp_path, SMALL))

    assert [c.code for c in found.consortia_of("huis", date(2024, 6, 30))] == ["sv"]
    assert found.consortia_of("huis", date(2024, 7, 1)) == ()
    assert found.consortia_of("huis", date(2022, 12, 31)) == ()


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ("gemeenten: ['0983']", "gemeenten: ['0984']", "no municipality 0984"),
        ("organisatie: huis", "organisatie: hius", "no organisation hius"),
        ("beheerder: huis", "beheerder: mgr", "no organisation mgr"),
        ("code: huis", "code: toegang-venlo", "toegang-venlo is there twice"),
        ("code: '0983'", "code: 983", "gemeenten.0.code"),
        ("looptijdJaren: 3", "looptijd: 3", "contract.looptijdJaren"),
        ("peildatum", ": [", "regio.yaml"),
    ],
)
def test_an_unsound_region_is_refused_by_place(tmp_path: Path, was: str, is_now: str, told: str) -> None:
    with pytest.raises(RegionError) as refusal:
        load_region(written(tmp_path, SMALL.replace(was, is_now)))

    assert told in str(refusal.value)
    assert "regio.yaml" in str(refusal.value)


def test_a_region_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegionError):
        load_region(tmp_path / "regio.yaml")
