"""From a registered case to a plan that is agreed and evaluated, without the steps of earlier phases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.placements.models import Placement
from tests.support import Site, once, register, register_sample, take

PROVIDER = "zorg_vvg1"
ORGANISATION = "vincent-van-gogh"
CONSORTIUM = "sv-vincent-van-gogh"
GOAL = {
    "tekst": "Elke dag drie keer samen eten",
    "eigenWoorden": "Ik wil gewoon weer met iedereen aan tafel.",
    "wieDoetWat": "Moeder kookt, de behandelaar eet twee keer per week mee.",
    "voor": "2027-03-01",
}


@once
def put_in_planning(site: Site, number: int | Mapping[str, Any] = 1, **columns: Any) -> str:
    """A registered sample, or another document, whose placement was accepted by the first consortium."""
    reference = register_sample(site, number) if isinstance(number, int) else register(site, number)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        case.stage, case.entered_at, case.accepted_consortium = "planning", site.at, CONSORTIUM
        for name, value in columns.items():
            setattr(case, name, value)
        tx.add(case)
        tx.add(Placement(case_id=case.id, consortium=CONSORTIUM, state="accepted", proposed_at=site.at))
        account = site.cast[PROVIDER]
        grant(tx, case, account, "provider.named", site.at, organisation=ORGANISATION, consortium=CONSORTIUM)
    return reference


def plan(site: Site, **changes: Any) -> dict[str, Any]:
    """The answers of a sound plan without a stay that starts today."""
    sound = {
        "doelen": [GOAL],
        "hulp": "Elke week twee keer behandeling thuis.",
        "hulpDoor": "Vincent van Gogh",
        "resultaat": "Het gewicht is weer gezond.",
        "ladder": "behandeling-thuis",
        "waaromNietLichter": "Het eigen netwerk alleen was niet genoeg.",
        "hulpThuis": False,
        "medischeBehandeling": False,
        "start": site.on.isoformat(),
        "eind": (site.on + timedelta(days=180)).isoformat(),
        "evaluatiedatum": (site.on + timedelta(days=60)).isoformat(),
        "contact": "Zoran Vincent, 077 000 00 01",
    }
    return sound | changes


def put_up(site: Site, reference: str, **changes: Any) -> None:
    """Write the whole plan and put it up."""
    take(site, PROVIDER, reference, "write_plan", **plan(site, **changes))
    take(site, PROVIDER, reference, "put_up_plan")
    site.move(minutes=1)


def say(site: Site, who: str, reference: str, answer: str = "ja", version: str = "1") -> None:
    take(site, who, reference, "consent", versie=version, antwoord=answer)
    site.move(minutes=1)


def everybody_agrees(site: Site, reference: str, version: str = "1") -> None:
    for who in ("jeugdige", "moeder", "vader"):
        say(site, who, reference, version=version)
    take(site, "referrer", reference, "confirm_plan", versie=version)
    site.move(minutes=1)


def agree(site: Site, reference: str, version: str = "1", **changes: Any) -> None:
    """Put up, consent, confirm, agree."""
    put_up(site, reference, **changes)
    everybody_agrees(site, reference, version)
    take(site, PROVIDER, reference, "agree_plan")
    site.move(minutes=1)
