"""docs/asvs.md and docs/threat-model.md name what exists, and the table of ASVS lacks no requirement."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "bijzondere_toegang"
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| (test|document|not here|runs it|open) \| (.+) \|")
TEST = re.compile(r"`([a-z_0-9/]+\.py)(?:::(\w+))?`")
LINK = re.compile(r"\]\(([^)#:]+)\)")

LEVELS = """
1.1:22 1.2:111112222- 1.3:11222222222- 1.4:222 1.5:12-
2.1:122 2.2:112 2.3:1222- 2.4:2-
3.1:- 3.2:11- 3.3:1222- 3.4:112222-- 3.5:11122--- 3.6:- 3.7:22---
4.1:122-- 4.2:2---- 4.3:22 4.4:1222
5.1:2 5.2:112--- 5.3:11- 5.4:222
6.1:122 6.2:111111112222 6.3:1122---- 6.4:1122-- 6.5:22222--- 6.6:222- 6.7:-- 6.8:2222
7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:22- 7.6:22
8.1:12-- 8.2:112- 8.3:1-- 8.4:2-
9.1:111 9.2:1222
10.1:22 10.2:22- 10.3:2222- 10.4:11111222222----- 10.5:22222 10.6:22 10.7:222
11.1:22-- 11.2:222-- 11.3:112-- 11.4:1222 11.5:2- 11.6:2- 11.7:--
12.1:122-- 12.2:11 12.3:2222-
13.1:2--- 13.2:22222- 13.3:22-- 13.4:12222--
14.1:22 14.2:1222---- 14.3:122
15.1:122-- 15.2:122-- 15.3:1222222 15.4:----
16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:222-
17.1:2- 17.2:2222---- 17.3:22
"""
"""The level of each requirement of ASVS 5.0.0 by section; `-` is level 3."""


def asked() -> dict[str, str]:
    sections = (part.split(":") for part in LEVELS.split())
    return {
        f"{section}.{number}": level
        for section, levels in sections
        for number, level in enumerate(levels, 1)
        if level != "-"
    }


def rows() -> list[tuple[str, str, str, str, str]]:
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    return [match.groups() for line in text.splitlines() if (match := ROW.fullmatch(line))]  # type: ignore[misc]


@cache
def defined(file: str) -> frozenset[str]:
    path = ROOT / "tests" / file
    return (
        frozenset(re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M))
        if path.is_file()
        else frozenset()
    )


def unknown(text: str) -> list[str]:
    """The tests named in a text that do not exist."""
    named = TEST.findall(text)
    return [f"{file}::{name}" for file, name in named if not defined(file) or (name and name not in defined(file))]


def test_every_requirement_of_level_one_and_two_has_one_row() -> None:
    found = [(number, level) for number, level, *_ in rows()]

    assert len(found) == len(set(found)) == 253
    assert dict(found) == asked()


@pytest.mark.parametrize("how", ["test", "document"])
def test_what_is_said_to_be_shown_names_what_exists(how: str) -> None:
    mine = [row for row in rows() if row[3] == how]

    nothing = [row[0] for row in mine if not (TEST if how == "test" else LINK).search(row[4])]
    lacking = [name for row in mine for name in unknown(row[4])]
    assert (nothing, lacking) == ([], [])


@pytest.mark.parametrize("name", ["asvs.md", "threat-model.md", "dpia.md"])
def test_the_links_of_the_page_lead_somewhere(name: str) -> None:
    text = (ROOT / "docs" / name).read_text("utf-8")

    assert [link for link in LINK.findall(text) if not (ROOT / "docs" / link).exists()] == []


def test_the_threat_model_names_tests_and_places_that_exist() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    abuses = [line.split(" | ") for line in text.splitlines() if re.match(r"\| \d+ \|", line)]

    places = {place for row in abuses for place in re.findall(r"`([^`]+)`", row[3])}
    nowhere = [one for one in places if not any((root / one).exists() for root in (ROOT, SOURCE))]
    assert [int(row[0].strip("| ")) for row in abuses] == list(range(1, 21))
    assert [name for row in abuses for name in unknown(row[4])] == []
    assert all("::test_" in row[4] for row in abuses) and nowhere == []
