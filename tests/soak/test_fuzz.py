"""Whatever is sent, by whom and how often: never an answer of 5xx."""

from __future__ import annotations

import os

import pytest
from anyio.from_thread import start_blocking_portal

from tests.databases import Databases, Kind
from tests.soak.fuzzing import Fuzzer
from tests.support import make_site
from tests.test_routes import Walk

SOAK = bool(os.environ.get("BT_SOAK"))
EACH = int(os.environ.get("BT_FUZZ", "2900" if SOAK else "130"))
"""Requests in one part; a part has a case in one stage and dice of its own."""
PARTS: tuple[tuple[Kind, str], ...] = (
    ("sqlite", "registered"), ("postgresql", "conference_open"),
) + SOAK * (
    ("sqlite", "draft"), ("sqlite", "conference_planned"), ("sqlite", "placing"), ("sqlite", "planning"), ("sqlite", "in_care"),
    ("sqlite", "evaluating"), ("sqlite", "closed"), ("postgresql", "draft"), ("postgresql", "registered"),
    ("postgresql", "referrer_decision"), ("postgresql", "placing"), ("postgresql", "in_care"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "stage"), PARTS)
def test_whatever_is_sent_by_whom_it_is_never_our_failure(
    databases: Databases, caplog: pytest.LogCaptureFixture, kind: Kind, stage: str
) -> None:
    with databases.fresh(kind) as database, start_blocking_portal() as portal:
        fuzzer = Fuzzer(Walk(make_site(database), stage, portal), seed=PARTS.index((kind, stage)))
        fuzzer.run(EACH)

    asked = fuzzer.statuses.total()
    print(f"{kind}, {stage}: {asked} requests, {len(fuzzer.failed)} × 5xx, {dict(sorted(fuzzer.statuses.items()))}")
    assert not fuzzer.failed, "\n".join([*fuzzer.failed, *caplog.messages])
