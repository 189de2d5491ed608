"""One part of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the file; `key` stays the same while the case does not change."""

    key: str
    title: str
    note: str
    text: str
    counted: str = ""
    """an older key of the same text: what was held back by it stays back"""
    own: bool = False
    """the person's own data: an address is on no page but its owner's, so the referrer sees only that it is there"""
    words: Mapping[str, str] = field(default_factory=dict)
    """lines as they were typed, and what stands in their place in the file"""
