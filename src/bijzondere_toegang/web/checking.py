"""All faults of an answer at once: the first per JSON pointer, in Dutch, never quoting what came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError, create_model
from pydantic_core import ErrorDetails

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.answers import Answers, Choices, FieldMeta, Unsound, fields_of, is_list, model_below
from bijzondere_toegang.web.reading import EmptyRow

A = TypeVar("A", bound=Answers)

SENTENCES: Mapping[str, str] = {
    "blank": N_("Vul dit in."),
    "bool_type": N_("Kies ja of nee."),
    "clock_time": N_("Vul een tijd in, zoals 09:30."),
    "control": N_("Hier staan tekens in die niet kunnen. Typ de tekst opnieuw."),
    "day": N_("Vul een datum in die bestaat, zoals 2026-04-14."),
    "email": N_("Vul een e-mailadres in, zoals naam@voorbeeld.nl."),
    "extra_forbidden": N_("Dit onderdeel kennen we niet. Haal het weg."),
    "greater_than_equal": N_("Vul een getal in van {ge} of hoger."),
    "int_type": N_("Vul een heel getal in."),
    "less_than_equal": N_("Vul een getal in van {le} of lager."),
    "list_type": N_("Dit moet een lijst zijn."),
    "literal_error": N_("Kies een van de mogelijkheden."),
    "missing": N_("Vul dit in."),
    "model_type": N_("Dit moet een groep antwoorden zijn."),
    "phone": N_("Vul een telefoonnummer in, zoals 0475 123 456."),
    "postcode": N_("Schrijf de postcode als vier cijfers en twee hoofdletters, zoals 5911 AB."),
    "string_too_long": N_("Maak dit korter: hooguit {max_length} tekens."),
    "string_too_short": N_("Vul dit in."),
    "string_type": N_("Vul hier tekst in."),
    "string_unicode": N_("Hier staan tekens in die niet kunnen. Typ de tekst opnieuw."),
    "too_long": N_("Dit zijn er te veel: hooguit {max_length}."),
    "too_short": N_("Dit zijn er te weinig: minstens {min_length}."),
    "year": N_("Dit jaar kan niet kloppen. Kijk de datum na."),
    "tuple_type": N_("Dit moet een lijst zijn."),
}
UNSOUND = N_("Dit klopt niet. Kijk het na.")
EMPTY = N_("Vul dit in.")
UNKNOWN_CHOICE = N_("Kies een van de mogelijkheden.")
TICK = N_("Zet hier een vinkje.")
CHOOSE = N_("Maak een keuze.")
_NUMBERS = ("ge", "le", "min_length", "max_length")
_CHOOSING = frozenset({"select", "radio", "score"})


def validate(
    model: type[A],
    data: Any,
    choices: Choices | None = None,
    checks: Iterable[Callable[[A], Iterable[Fault]]] = (),
) -> tuple[A | None, list[Fault]]:
    """
    The answers, or all faults at once, in the order of the form: those of shape and choices, and of what is sound by
    itself those of the rules of the model and of `checks`, which look at what only the caller knows.
    Pointers count rows as they were shown, including the empty ones.
    """
    shown: dict[str, list[int]] = {}
    dense = _without_empty_rows(data, "", shown)
    answers, found = _shaped(model, dense)
    found += _across(model, dense, choices or {}, "")
    judged = answers if not found else _sound_part(model, dense, found)
    if judged is not None:
        found += [fault for check in (*model.rules(), *checks) for fault in _told(check, judged)]
    ordered = sorted(_first_per_pointer(found), key=lambda fault: _place(model, fault.pointer))
    return (answers if not found else None), [_as_shown(fault, shown) for fault in ordered]


def _sound_part(model: type[A], data: Any, faults: Iterable[Fault]) -> A | None:
    """The answers of which nothing is wrong; reading another raises Unsound. None when there is nothing to read."""
    wrong = {fault.pointer.split("/")[1] for fault in faults if fault.pointer}
    if not isinstance(data, Mapping):
        return None
    sound = {name: value for name, value in data.items() if pointer_of(name)[1:] not in wrong}
    try:
        part: A = _nothing_required(model).model_validate_json(json.dumps(sound), strict=True)
    except ValidationError:
        return None
    for name, info in model.model_fields.items():
        if pointer_of(str(info.alias))[1:] in wrong:
            del part.__dict__[name]
    return part


@cache
def _nothing_required(model: type[A]) -> type[A]:
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        fields[name] = info.annotation, (optional := copy(info))
        optional.default = None if info.is_required() else info.default
    made: type[A] = create_model(model.__name__, __base__=model, **fields)
    return made


def _told(check: Callable[[A], Iterable[Fault]], answers: A) -> list[Fault]:
    try:
        return list(check(answers))
    except Unsound:
        return []


def _place(model: type[Answers], pointer: str) -> tuple[int, ...]:
    """Where in the form a pointer points; what it does not know comes first."""
    place: list[int] = []
    current: type[Answers] | None = model
    for part in pointer.split("/")[1:]:
        if part.isdecimal() and len(part) < 10:
            place.append(int(part))
            continue
        fields = list(current.model_fields.values()) if current else []
        at = next((at for at, info in enumerate(fields) if info.alias == part), -1)
        place.append(at)
        current = model_below(fields[at].annotation) if at >= 0 else None
    return tuple(place)


def pointer_of(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def texts_of(answers: Answers, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text in these answers with its pointer, also in rows and groups; what is wrong or absent is passed by."""
    for name, info in type(answers).model_fields.items():
        yield from _texts_in(answers.__dict__.get(name), at + pointer_of(str(info.alias)))


def _texts_in(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Answers):
        yield from texts_of(value, at)
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _texts_in(one, at + pointer_of(index))


def _without_empty_rows(data: Any, at: str, shown: dict[str, list[int]]) -> Any:
    if isinstance(data, Mapping):
        return {k: _without_empty_rows(v, at + pointer_of(k), shown) for k, v in data.items()}
    if not isinstance(data, list | tuple):
        return data
    kept = [i for i, row in enumerate(data) if not isinstance(row, EmptyRow)]
    shown[at] = kept
    return [_without_empty_rows(data[i], at + pointer_of(new), shown) for new, i in enumerate(kept)]


def _as_shown(fault: Fault, shown: Mapping[str, list[int]]) -> Fault:
    dense, pointer = "", ""
    for part in fault.pointer.split("/")[1:]:
        rows = shown.get(dense, [])
        index = int(part) if rows and part.isdecimal() else len(rows)
        pointer += f"/{rows[index]}" if index < len(rows) else f"/{part}"
        dense += f"/{part}"
    return Fault(pointer, fault.text, fault.params)


def _shaped(model: type[A], data: Any) -> tuple[A | None, list[Fault]]:
    unreadable = [Fault(pointer, SENTENCES["string_unicode"]) for pointer in _unreadable(data, "")]
    if unreadable:
        return None, unreadable
    try:
        return model.model_validate_json(json.dumps(data), strict=True), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, [_fault(model, detail) for detail in details if not _enough_rows(detail, data)]


def _enough_rows(detail: ErrorDetails, data: Any) -> bool:
    """Pydantic counts sound rows alone; enough rows of which one is unsound are not too few."""
    if detail["type"] != "too_short":
        return False
    for part in detail["loc"]:
        data = data[part]
    return len(data) >= int(detail["ctx"]["min_length"])


def _unreadable(data: Any, at: str) -> Iterator[str]:
    """Where a string can't be written as UTF-8 (half a surrogate pair)."""
    if isinstance(data, str):
        if any("\ud800" <= letter <= "\udfff" for letter in data):
            yield at
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from [at] if any(_unreadable(key, at)) else _unreadable(value, at + pointer_of(key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _unreadable(value, at + pointer_of(index))


def _fault(model: type[Answers], detail: ErrorDetails) -> Fault:
    context = detail.get("ctx", {})
    text = _sentence(detail["type"], _meta_at(model, detail["loc"]), context)
    params = {name: context[name] for name in _NUMBERS if name in context}
    return Fault(pointer_of(*detail["loc"]), text, params)


def _sentence(kind: str, meta: FieldMeta | None, context: Mapping[str, Any]) -> str:
    if meta and meta.widget == "check" and kind in ("missing", "literal_error", "bool_type"):
        return TICK
    if meta and kind in ("missing", "blank") and meta.widget in _CHOOSING:
        return CHOOSE
    if meta and kind == "missing" and meta.widget in ("date", "birthday"):
        return SENTENCES["day"]
    return SENTENCES.get(kind, UNSOUND)


def _meta_at(model: type[Answers], loc: tuple[int | str, ...]) -> FieldMeta | None:
    meta: FieldMeta | None = None
    current: type[Answers] | None = model
    for part in loc:
        if isinstance(part, int):
            continue
        found = next((f for f in (fields_of(current) if current else ()) if f[0].name == part), None)
        meta = found[0] if found else None
        current = model_below(found[1].annotation) if found else None
    return meta


def _first_per_pointer(faults: list[Fault]) -> list[Fault]:
    found: dict[str, Fault] = {}
    for fault in faults:
        found.setdefault(fault.pointer, fault)
    return list(found.values())


def _across(model: type[Answers], data: Any, choices: Choices, at: str) -> Iterator[Fault]:
    """Membership of dynamic lists, and what is required only when a neighbour says so."""
    if not isinstance(data, Mapping):
        return
    for meta, info in fields_of(model):
        here = at + pointer_of(meta.name)
        value = data.get(meta.name)
        if meta.required_then and applies(meta, data) and not _answered(value):
            yield Fault(here, _sentence("missing", meta, {}))
        if meta.choices is not None:
            yield from _membership(meta, value, choices, here, is_list(info.annotation))
        yield from _below(info.annotation, value, choices, here)


def _below(annotation: Any, value: Any, choices: Choices, at: str) -> Iterator[Fault]:
    below = model_below(annotation)
    if below is None:
        return
    if not is_list(annotation):
        yield from _across(below, value, choices, at)
    elif isinstance(value, list):
        for index, row in enumerate(value):
            yield from _across(below, row, choices, at + pointer_of(index))


def applies(meta: FieldMeta, data: Mapping[str, Any]) -> bool:
    """Whether the neighbour has a value for which this field is asked."""
    if meta.show_when is None:
        return True
    name, values = meta.show_when
    given = data.get(name)
    return any(given == value and isinstance(given, bool) == isinstance(value, bool) for value in values)


def still_needed(model: type[Answers], data: Mapping[str, Any], at: str = "") -> list[Fault]:
    """What was left empty that is needed later, in the order of the form. Pointers count empty rows too."""
    found: list[Fault] = []
    for meta, info in fields_of(model):
        here, value, below = at + pointer_of(meta.name), data.get(meta.name), model_below(info.annotation)
        rows = _filled_rows(value) if below else []
        if meta.needed_later and applies(meta, data) and not (rows if below else _answered(value)):
            found.append(Fault(here, _sentence("missing", meta, {})))
        if below:
            found += [fault for index, row in rows for fault in still_needed(below, row, here + pointer_of(index))]
    return found


def _filled_rows(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    rows = enumerate(value if isinstance(value, list | tuple) else ())
    return [(index, row) for index, row in rows if isinstance(row, Mapping) and not isinstance(row, EmptyRow)]


def _answered(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None and value != []


def _membership(meta: FieldMeta, value: Any, choices: Choices, at: str, many: bool) -> Iterator[Fault]:
    allowed = {choice.value for choice in choices[meta.choices or ""]}
    if many and isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, str) and one not in allowed:
                yield Fault(at + pointer_of(index), UNKNOWN_CHOICE)
    elif isinstance(value, str) and value.strip() and value.strip() not in allowed:
        yield Fault(at, UNKNOWN_CHOICE)
