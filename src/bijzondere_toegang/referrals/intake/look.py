"""What a rule may look at: only values whose own shape is right, so that one mistake gives one fault."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from bijzondere_toegang.errors import Fault
from bijzondere_toegang.referrals.intake.shape import day_of
from bijzondere_toegang.region import Region


@dataclass(frozen=True, slots=True)
class Look:
    """
    A cleaned document, the pointers that are already faulty, the region, and the day of judgement. Places are
    given as the pointer of a group and the name of a field in it; a field that is absent or faulty reads as None.
    """

    document: dict[str, Any]
    faulty: Collection[str]
    region: Region
    on: date

    def text(self, at: str, name: str) -> str | None:
        value = self.value(at, name)
        return value if isinstance(value, str) else None

    def day(self, at: str, name: str) -> date | None:
        text = self.text(at, name)
        return None if text is None else day_of(text)

    def value(self, at: str, name: str) -> Any:
        group = self._group(at)
        return group.get(name) if isinstance(group, dict) and not self.is_faulty(at, name) else None

    def rows(self, name: str, at: str = "") -> list[str]:
        """The pointers of the rows of a list."""
        group = self._group(at)
        found = group.get(name) if isinstance(group, dict) else None
        return [f"{at}/{name}/{index}" for index in range(len(found))] if isinstance(found, list) else []

    def is_faulty(self, at: str, name: str) -> bool:
        return f"{at}/{name}" in self.faulty

    def fault(self, text: str, at: str, name: str, **params: object) -> Fault:
        return Fault(f"{at}/{name}", text, params)

    def _group(self, at: str) -> Any:
        found: Any = self.document
        for part in at.split("/")[1:]:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list):
                found = found[int(part)]
        return found
