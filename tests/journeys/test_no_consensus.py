"""One case from an imported file to its closing by the path without consensus, entirely through the pages."""

from __future__ import annotations

import pytest

from bijzondere_toegang.referrals.importing import import_files
from tests.journeys.walking import Browsers, Journey, Live
from tests.support import sample_path

FAMILY = ("jeugdige", "moeder", "vader")


def imported(live: Live, number: int) -> str:
    """Register a sample as `bijzondere-toegang import` does; returns its reference."""
    lines: list[str] = []
    failed = import_files(
        live.site.database, live.site.process, [sample_path(number)], at=live.site.at, say=lines.append
    )
    assert not failed, lines
    return lines[0].split()[2]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_referral_without_consensus_goes_from_import_to_closed(live: Live, browsers: Browsers, scripts: bool) -> None:
    journey = Journey(browsers, imported(live, 1), scripts=scripts)

    journey.story.to_placing_without_consensus(*FAMILY, opposed="vader")
    journey.call("referrer", *FAMILY)
    journey.take("vvg1", "accept_placement")
    journey.story.plan_to_care(*FAMILY)
    journey.story.evaluation(*FAMILY)
    journey.take("provider", "propose_closing")
    journey.take("referrer", "close")

    assert journey.stage == "closed"
    assert len(journey.accounts) >= 8
    told = journey.person("referrer").timeline
    expected = [live.words(f"step.{step}.done") for step in ("register", *journey.acts)]
    assert [line for line, said in zip(told, expected, strict=True) if not line.startswith(said)] == []
