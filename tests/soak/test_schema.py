"""The interface asked by its own description: whatever fits the OpenAPI document, and whatever just doesn't."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from tests import databases
from tests.support import make_site, register_sample

EACH = 500 if os.environ.get("BT_SOAK") else 8
"""Requests to each operation, in each of the two ways."""
LARGE = "/api/v1/aanmeldingen"
"""Its contract is large: a second for each example, so fewer of them."""
KNOWN = ("BT-1001", "BT-9999")


def test_whatever_fits_its_description_or_just_does_not_the_interface_does_not_fail(
    database: databases.Database,
) -> None:
    site = make_site(database)
    register_sample(site, 1)
    client = site.api("verwijzer1")
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", site.app)
    statuses: Counter[int] = Counter()
    failed: list[str] = []

    operations: list[Any] = list(described.get_all_operations())
    for found in operations:
        each = min(EACH, 50) if found.ok().path == LARGE else EACH
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @seed(1)
            @settings(max_examples=each, deadline=None, database=None, phases=[Phase.generate],
                      suppress_health_check=list(HealthCheck))  # fmt: skip
            @given(case=found.ok().as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                if "kenmerk" in case.path_parameters:
                    case.path_parameters["kenmerk"] = KNOWN[statuses.total() % 10 == 0]
                answer = case.call(session=client)
                statuses[answer.status_code] += 1
                if answer.status_code >= 500:
                    failed.append(f"{answer.status_code} {case.as_curl_command()}")

            ask()

    print(
        f"{database.kind}: {statuses.total()} requests by description, {len(failed)} × 5xx, {dict(sorted(statuses.items()))}"
    )
    assert not failed, "\n".join(failed)
