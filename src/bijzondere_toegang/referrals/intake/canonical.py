"""The values of an intake by place, so that a resend can be compared without keeping what was sent."""

from __future__ import annotations

import json
from typing import Any

from bijzondere_toegang.referrals.intake.schema import cleaned, contract, leaves


def fields(document: dict[str, Any]) -> dict[str, str]:
    """
    JSON pointer to canonical value (JSON, `"ja"` or `true`), for every value that says something. The order of
    names does not matter; absent, null, empty optional text and the contract's default are the same.
    """
    schema = contract()
    return {
        leaf.pointer: json.dumps(leaf.value, ensure_ascii=False)
        for leaf in leaves(cleaned(document, schema), schema)
        if leaf.value is not None and leaf.value != leaf.schema.get("default")
    }


def differing(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The pointers at which two sets of (hashed) values differ, sorted."""
    return sorted(pointer for pointer in before.keys() | now.keys() if before.get(pointer) != now.get(pointer))
