"""The intake contract (JSON Schema 2020-12): loaded once, and walked along with a document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bijzondere_toegang.referrals.intake.reading import pointer_of
from bijzondere_toegang.resources import folder

Schema = Mapping[str, Any]

MOST_ITEMS = 100
"""For a list that the contract leaves unbounded."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of a document that the contract knows, with its place and what the contract says of it."""

    pointer: str
    name: str
    value: Any
    schema: Schema
    required: bool = False

    @property
    def is_date(self) -> bool:
        return self.schema.get("format") == "date"

    @property
    def is_encoded(self) -> bool:
        """Base64, no text."""
        return "contentEncoding" in self.schema


@cache
def contract() -> dict[str, Any]:
    """The contract as data."""
    found: dict[str, Any] = json.loads((folder("workflows") / "aanmelding.schema.json").read_text("utf-8"))
    return found


def cleaned(value: Any, schema: Schema) -> Any:
    """
    A copy in which empty optional text is absent, a line break is one newline, and an overlong list is cut off
    just past its limit (so that judging it stays cheap). Indices of what stays don't change.
    """
    if isinstance(value, dict):
        known = schema.get("properties", {})
        kept = (name for name in value if not _is_absent(name, value[name], schema))
        return {name: cleaned(value[name], known.get(name, {})) for name in kept}
    if isinstance(value, list):
        items = schema.get("items", {})
        return [cleaned(item, items) for item in value[: most_items(schema) + 1]]
    if isinstance(value, str) and "contentEncoding" not in schema:
        return value.replace("\r\n", "\n")
    return value


def most_items(schema: Schema) -> int:
    return int(schema.get("maxItems", MOST_ITEMS))


def _is_absent(name: str, value: Any, schema: Schema) -> bool:
    if name not in schema.get("properties", {}) or name in schema.get("required", ()):
        return False
    return isinstance(value, str) and not value.strip(" \t\r\n\u00a0")


def leaves(value: Any, schema: Schema, at: str = "", name: str = "", required: bool = True) -> Iterator[Leaf]:
    """Every single value of a document that the contract knows. An item of a list bears the list's name."""
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for key in (key for key in known if key in value):
            needed = key in schema.get("required", ())
            yield from leaves(value[key], known[key], at + pointer_of(key), key, needed)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, schema.get("items", {}), f"{at}/{index}", name)
    else:
        yield Leaf(at, name, value, schema, required)


@cache
def ranks() -> dict[str, int]:
    """The place of each name in the contract, to put faults in the order of reading."""
    found: dict[str, int] = {}
    _rank(contract(), found)
    return found


def _rank(schema: Schema, found: dict[str, int]) -> None:
    for name, below in schema.get("properties", {}).items():
        found.setdefault(name, len(found))
        _rank(below, found)
        _rank(below.get("items", {}), found)


def reading_order(pointer: str) -> tuple[tuple[int, str], ...]:
    """A sort key: the order of the contract, unknown names last."""
    known = ranks()
    return tuple(
        (int(part), "") if part.isdecimal() and len(part) < 6 else (known.get(part, len(known)), part)
        for part in pointer.split("/")[1:]
    )
