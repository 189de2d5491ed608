"""Cases as a family meets them: with a talk planned, no agreement, help that runs."""

from __future__ import annotations

from tests.conferences import walk as table
from tests.decisions.walk import accepting, formal
from tests.plans import walk as plans
from tests.support import Site, take

HELPER = "zorg_vvg1"


def called(site: Site, reference: str, *words: str, reached: bool = True) -> None:
    """The referrer calls these members of the family, now."""
    for word in words:
        said = {"wat": "Verteld wat er is besloten."} if reached else {}
        day = site.on.isoformat()
        take(site, "referrer", reference, "record_call", metWie=word, wanneer=day, gelukt=reached, **said)
    site.move(minutes=1)


def divided(site: Site, number: int = 1) -> str:
    """The table did not agree, and nobody was told yet."""
    reference = table.divided(site, table.prepared(site, number))
    site.move(minutes=1)
    return reference


def reported(site: Site, reference: str, **texts: str) -> str:
    """The minutes of the talk, put up for reaction."""
    take(site, "chair", reference, "write_minutes", **texts)
    site.move(minutes=1)
    take(site, "chair", reference, "put_up_minutes")
    site.move(minutes=1)
    return reference


def accepted(site: Site, number: int = 1) -> str:
    """Consensus, decided and accepted: a plan is to be made."""
    reference = table.agreed(site, table.prepared(site, number))
    site.move(minutes=1)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))
    site.move(minutes=1)
    take(site, "vvg1", reference, "accept_placement", **accepting(site))
    site.move(minutes=1)
    return reference


def in_care(site: Site, number: int = 1) -> str:
    """The plan is agreed and help runs."""
    reference = accepted(site, number)
    plans.agree(site, reference)
    take(site, HELPER, reference, "start_help", datum=site.on.isoformat())
    site.move(minutes=1)
    return reference
