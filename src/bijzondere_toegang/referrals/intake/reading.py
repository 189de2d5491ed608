"""From the bytes of an intake to its document; what is not sound JSON is refused before any rule is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from bijzondere_toegang.errors import N_, Fault, Incomplete

MOST_BYTES = 25 * 1024 * 1024
MOST_DEPTH = 20
MOST_FAULTS = 1000

TOO_LARGE = N_("Het bestand is te groot: hooguit 25 MB. Stuur grote documenten los na.")
NOT_UTF8 = N_("Het bestand is geen UTF-8. Sla het op als UTF-8 en stuur het opnieuw.")
NOT_JSON = N_("Het bestand is geen geldige JSON. Kijk regel {regel} na en stuur het opnieuw.")
NO_NUMBER = N_("NaN en Infinity bestaan niet in JSON. Haal ze weg en stuur het bestand opnieuw.")
TOO_DEEP = N_("Het bestand heeft te veel lagen in elkaar. Volg het schema van de aanmelding.")
NO_OBJECT = N_("Een aanmelding is één JSON-object, tussen accolades. Stuur elke aanmelding apart.")
TWICE = N_("Dit veld staat er twee keer. Haal er een weg.")


class _NoNumber(ValueError):
    """NaN, Infinity or -Infinity."""


class _Doubled(dict[str, Any]):
    """A JSON object in which names were there twice (RFC 8259 leaves their meaning undefined)."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.names = _doubled(pairs)


def decode(raw: bytes) -> dict[str, Any]:
    """The document as sent. Raises Incomplete when it is no JSON object, or a name is in it twice."""
    document, doubled = decode_with_doubles(raw)
    if doubled:
        raise Incomplete(doubled)
    return document


def decode_with_doubles(raw: bytes) -> tuple[dict[str, Any], list[Fault]]:
    """The document (of a doubled name the last value), a fault per doubled name. Incomplete when no JSON."""
    if len(raw) > MOST_BYTES:
        _refuse(TOO_LARGE)
    document = _loaded(_text(raw))
    if _too_deep(document):
        _refuse(TOO_DEEP)
    if not isinstance(document, dict):
        _refuse(NO_OBJECT)
    doubles = islice(_doubles(document, ""), MOST_FAULTS)
    return document, [Fault(pointer, TWICE) for pointer in doubles]


def pointer_of(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901). Half a surrogate pair, which no answer can carry, becomes U+FFFD."""
    text = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refuse(text: str, **params: object) -> NoReturn:
    raise Incomplete([Fault("", text, params)]) from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(NOT_UTF8)


def _loaded(text: str) -> Any:
    try:
        # No field is a number: reading them as float keeps endless digits from costing time.
        return json.loads(text, object_pairs_hook=_object, parse_int=float, parse_constant=_no_number)
    except _NoNumber:
        _refuse(NO_NUMBER)
    except json.JSONDecodeError as error:
        _refuse(NOT_JSON, regel=error.lineno)
    except RecursionError:
        _refuse(TOO_DEEP)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else _Doubled(pairs)


def _no_number(_: str) -> NoReturn:
    raise _NoNumber


def _doubled(pairs: list[tuple[str, Any]]) -> tuple[str, ...]:
    seen: set[str] = set()
    doubled: dict[str, None] = {}
    for name, _ in pairs:
        if name in seen:
            doubled[name] = None
        seen.add(name)
    return tuple(doubled)


def _too_deep(document: Any) -> bool:
    layer = [document]
    for _ in range(MOST_DEPTH):
        layer = [child for value in layer for child in _children(value)]
    return bool(layer)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _doubles(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, _Doubled):
        yield from (at + pointer_of(name) for name in value.names)
    if isinstance(value, dict):
        for name, child in value.items():
            if isinstance(child, dict | list):
                yield from _doubles(child, at + pointer_of(name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            if child and isinstance(child, dict | list):
                yield from _doubles(child, f"{at}/{index}")
