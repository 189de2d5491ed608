"""From a plan that is agreed to an evaluation with scores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.plans.walk import PROVIDER, agree, put_in_planning
from tests.support import Site, once, take


@once
def in_evaluation(site: Site, **changes: Any) -> str:
    """A case in care whose evaluation just started; `changes` are answers of its plan."""
    reference = put_in_planning(site)
    agree(site, reference, **changes)
    site.move(days=50)
    take(site, PROVIDER, reference, "start_evaluation")
    site.move(minutes=1)
    return reference


def give(site: Site, who: str, reference: str, *marks: int) -> None:
    rows = [{"doel": str(number), "cijfer": mark, "woorden": "Zo voelt het."} for number, mark in enumerate(marks, 1)]
    take(site, who, reference, "score", scores=rows)
    site.move(minutes=1)


def going_on(site: Site, **changes: Any) -> dict[str, Any]:
    """Sound answers to `continue_care`."""
    agreement = {"wat": "Een keer per week samen koken", "wie": "Roos", "wanneer": site.on.isoformat()}
    sound = {
        "afspraken": [agreement],
        "ladder": "behandeling-thuis",
        "volgendeEvaluatie": (site.on + timedelta(days=80)).isoformat(),
    }
    return sound | changes


def closing_words(site: Site, **changes: Any) -> dict[str, Any]:
    """Sound answers to `propose_closing`."""
    sound = {
        "resultaten": [{"doel": "1", "uitkomst": "gehaald"}],
        "nazorg": "De huisarts kijkt mee.",
        "contact": "Zoran Vincent, 077 000 00 01",
        "laatsteDag": site.on.isoformat(),
    }
    return sound | changes
