"""Invented intakes to build on: the eight samples, and small changes by JSON pointer."""

from __future__ import annotations

import base64
import copy
import json
from datetime import date
from functools import cache
from typing import Any

from bijzondere_toegang.region import Region, load_region
from bijzondere_toegang.resources import folder

ON = date(2026, 11, 22)
NUMBERS = range(1, 9)
GONE = object()
"""As a value of `changed`: take the field out."""

PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
JPEG = b"\xff\xd8\xff\xe0" + bytes(8)


@cache
def region() -> Region:
    return load_region(folder("workflows") / "regio-noord-midden-limburg.yaml")


def raw_sample(number: int) -> bytes:
    """The bytes of sample 1 to 8: 2 and 6 are in mandate, 3 and 7 by a GI, 4 has a document, 5 no BSN."""
    return (folder("workflows") / "voorbeelden" / f"{number:02}.json").read_bytes()


def sample(number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(raw_sample(number))
    return found


def raw(document: Any) -> bytes:
    return json.dumps(document).encode()


def changed(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with values put at pointers; missing groups are made, `GONE` removes, `-` adds to a list."""
    made = copy.deepcopy(document)
    for pointer, value in changes.items():
        _put(made, pointer.split("/")[1:], value)
    return made


def _put(group: Any, path: list[str], value: Any) -> None:
    for part in path[:-1]:
        group = group[int(part)] if isinstance(group, list) else group.setdefault(part, {})
    if isinstance(group, list):
        _put_in_list(group, path[-1], value)
    elif value is GONE:
        del group[path[-1]]
    else:
        group[path[-1]] = value


def _put_in_list(group: list[Any], index: str, value: Any) -> None:
    if index == "-":
        group.append(value)
    else:
        group[int(index)] = value


def document(name: str = "verslag.pdf", kind: str = "application/pdf", content: bytes = PDF) -> dict[str, str]:
    """An entry of `documenten`."""
    return {"naam": name, "mediatype": kind, "inhoud": base64.b64encode(content).decode()}
