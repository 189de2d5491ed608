"""YAML text as plain data, with the line of every key and item, so that a fault can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from bijzondere_toegang.resources import SAFE_YAML

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class LineFault:
    """A fault of the file itself: `line` counts from 1, `place` is the way to it from the root."""

    line: int
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data (None when the text is no YAML), the line of each place, and what was wrong on reading."""

    data: Any
    lines: dict[Place, int]
    faults: tuple[LineFault, ...]

    def line_of(self, place: Place) -> int:
        """The line of the place, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_source(text: str) -> Source:
    """Read with the safe loader only: no tag of the text can build anything but plain data."""
    loader = SAFE_YAML(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        return Source(None, {}, (_unreadable(error),))
    finally:
        loader.dispose()
    lines: dict[Place, int] = {}
    doubles: list[LineFault] = []
    if node is not None:
        _walk(node, (), lines, doubles)
    return Source(data, lines, tuple(doubles))


def _unreadable(error: yaml.YAMLError) -> LineFault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "onbekende fout"
    return LineFault(mark.line + 1 if mark else 1, (), f"geen leesbare YAML: {problem}")


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int], doubles: list[LineFault]) -> None:
    here: set[Place] = set()
    for inner, marked, value in _parts(node, place):
        line = marked.start_mark.line + 1
        if inner in here:
            doubles.append(LineFault(line, inner, f"staat al op regel {lines[inner]}: elke naam mag één keer"))
        here.add(inner)
        lines[inner] = line
        _walk(value, inner, lines, doubles)


def _parts(node: yaml.Node, place: Place) -> Iterator[tuple[Place, yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from (((*place, str(key.value)), key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from (((*place, index), item, item) for index, item in enumerate(node.value))
