"""Faults of shape: what the contract itself refuses, one fault per place, each in a sentence of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from bijzondere_toegang.errors import Fault
from bijzondere_toegang.referrals.intake.reading import MOST_FAULTS, pointer_of
from bijzondere_toegang.referrals.intake.schema import MOST_ITEMS, Schema, contract
from bijzondere_toegang.referrals.intake.sentences import BY_TYPE, sentence
from bijzondere_toegang.web.answers import is_address

_KEYWORDS = (
    "type", "additionalProperties", "required", "enum", "const",
    "minLength", "minItems", "maxLength", "maxItems", "pattern", "format", "contains", "anyOf",
)  # fmt: skip
"""The most basic first: of two faults in one place the earlier is told."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def shape_faults(document: dict[str, Any]) -> list[Fault]:
    """The faults of a cleaned document against the contract, at most one per pointer."""
    errors = islice(_validator().iter_errors(document), MOST_FAULTS)
    found: dict[str, tuple[int, Fault]] = {}
    for rank, fault in (told for error in errors for told in _told(error)):
        if fault.pointer not in found or rank < found[fault.pointer][0]:
            found[fault.pointer] = (rank, fault)
    faults = {pointer: fault for pointer, (_, fault) in found.items()}
    return [fault for fault in faults.values() if not _may_be_settled(fault, document, faults)]


@cache
def _validator() -> Validator:
    keywords = {"items": _bounded_items, "pattern": _whole_pattern}
    kind = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
    validator: Validator = kind(contract(), format_checker=_formats())
    return validator


def _whole_pattern(_: Validator, pattern: str, instance: Any, __: Schema) -> Iterator[ValidationError]:
    """`$` accepts a final newline in Python; the contract means the whole string."""
    if isinstance(instance, str) and not re.fullmatch(pattern.removesuffix("$"), instance):
        yield ValidationError("")


def _bounded_items(validator: Validator, items: Any, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    yield from Draft202012Validator.VALIDATORS["items"](validator, items, instance, schema)
    if isinstance(instance, list) and "maxItems" not in schema and len(instance) > MOST_ITEMS:
        yield ValidationError("", validator="maxItems", validator_value=MOST_ITEMS)


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checkers = {"date": (_is_day, ()), "email": (_is_email, ())}
    return checker


def _is_day(value: object) -> bool:
    return not isinstance(value, str) or day_of(value) is not None


def day_of(text: str) -> date | None:
    """A real day written as YYYY-MM-DD, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_email(value: object) -> bool:
    return not isinstance(value, str) or is_address(value)


def _told(error: ValidationError) -> Iterator[tuple[int, Fault]]:
    """The faults behind one error, each with the rank of its keyword."""
    keyword = str(error.validator)
    rank = _KEYWORDS.index(keyword)
    at = pointer_of(*error.absolute_path)
    for name in islice(_names(error), MOST_FAULTS):
        yield rank, Fault(at + pointer_of(name), sentence(keyword, name))
    if keyword not in ("additionalProperties", "anyOf", "required"):
        yield rank, Fault(at, _text(error), _params(error))


def _names(error: ValidationError) -> Iterator[str]:
    """The fields of an object that the error is about, when it is not about the object itself."""
    instance: Any = error.instance
    value: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        yield from (name for name in value if name not in instance)
    elif error.validator == "additionalProperties":
        yield from (name for name in instance if name not in schema["properties"])
    elif error.validator == "anyOf":
        yield "bsn"


def _text(error: ValidationError) -> str:
    keyword = str(error.validator)
    value: Any = error.validator_value
    if keyword == "type":
        return BY_TYPE[value if isinstance(value, str) else value[0]]
    if keyword == "format":
        return sentence(keyword, str(value))
    return sentence(keyword, _field(error))


def _field(error: ValidationError) -> str:
    return next((part for part in reversed(error.absolute_path) if isinstance(part, str)), "")


def _params(error: ValidationError) -> dict[str, object]:
    value: Any = error.validator_value
    if error.validator == "enum":
        return {"waarden": ", ".join(value)}
    if error.validator in ("maxItems", "maxLength", "minItems", "minLength"):
        return {"aantal": value}
    return {}


def _may_be_settled(fault: Fault, document: dict[str, Any], faults: dict[str, Fault]) -> bool:
    """
    "Share with the chair" is no fault of its own while an entry that may say so is itself faulty.
    """
    if fault.text != sentence("contains", "gegevensdeling"):
        return False
    rows = enumerate(document["gegevensdeling"])
    return any(_may_tell_the_chair(row, f"/gegevensdeling/{index}", faults) for index, row in rows)


def _may_tell_the_chair(row: Any, at: str, faults: dict[str, Fault]) -> bool:
    if not isinstance(row, dict):
        return True
    part_unclear = f"{at}/onderdeel" in faults
    readers_unclear = any(p == f"{at}/ontvangers" or p.startswith(f"{at}/ontvangers/") for p in faults)
    part = part_unclear or row.get("onderdeel") == "aanmelding"
    readers = readers_unclear or "voorzitter" in row.get("ontvangers", ())
    return (part_unclear or readers_unclear) and part and readers
