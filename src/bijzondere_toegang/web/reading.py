"""From the flat pairs of an HTML form to the nested data of a model, with everything typed kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from babel.dates import get_month_names
from pydantic.fields import FieldInfo

from bijzondere_toegang.web.answers import (
    Answers,
    FieldMeta,
    fields_of,
    is_list,
    meta_of,
    model_below,
    scalar,
)
from bijzondere_toegang.web.i18n import LANGUAGES

MORE = "_meer"
LESS = "_minder"
MOST_ROWS = 200
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4})", re.ASCII)
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\.? ?[- ]?([^\W\d_]{3,9})\.? ?[- ]?(\d{4})")
_INDEX = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_TRUE = frozenset({"on", "ja", "true"})
_FALSE = frozenset({"nee", "false"})


class EmptyRow(dict[str, Any]):
    """A row that was shown and left empty: keeps its place, is no answer."""


def asks_for_rows(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether a button of the form asks for a row more or less, instead of sending the answers."""
    return any(name in (MORE, LESS) for name, _ in pairs)


def read_form(model: type[Answers], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """
    The data that `validate` and `describe` take. `doelen.0.tekst` is the text of the first goal; blank is
    absent; "on" and "ja" are True; digits of a number field become an int; a day written as 14-4-2026 becomes
    2026-04-14; the rest stays as typed. A row
    left empty becomes an EmptyRow, so that faults point at what was shown. Names that begin with `_` belong
    to the page.
    """
    tree: dict[str, Any] = {}
    more, less = [], []
    for name, value in pairs:
        if name == MORE:
            more.append(value)
        elif name == LESS:
            less.append(value)
        elif not name.startswith("_"):
            _plant(tree, name.split("."), value)
    data = _model(model, tree)
    for place in less:
        _drop_row(data, place)
    for place in more:
        _add_row(data, model, place)
    return data


def _plant(tree: dict[str, Any], path: list[str], value: str) -> None:
    if len(path) > 8:
        return
    for part in path[:-1]:
        branch = tree.setdefault(part, {})
        if not isinstance(branch, dict):
            return
        tree = branch
    leaf = tree.setdefault(path[-1], [])
    if isinstance(leaf, list):
        leaf.append(value)


def _model(model: type[Answers], tree: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    known = {meta.name: info for meta, info in fields_of(model)}
    for name, found in tree.items():
        value = _value(known[name], found) if name in known else _unknown(found)
        if value is not None:
            data[name] = value
    return data


def _value(info: FieldInfo, found: Any) -> Any:
    below = model_below(info.annotation)
    if isinstance(found, dict):
        return _nested(info, below, found) if below else found
    if below:
        return _unknown(found) or None
    kind = scalar(info.annotation)
    values = [value for value in (_typed(kind, meta_of(info), text) for text in found) if value is not None]
    if is_list(info.annotation):
        return values or None
    return values[-1] if values else None


def _nested(info: FieldInfo, below: type[Answers], found: Mapping[str, Any]) -> Any:
    return _rows(below, meta_of(info), found) if is_list(info.annotation) else _model(below, found) or None


def _unknown(found: Any) -> Any:
    return found if isinstance(found, dict) else found[-1]


def _typed(kind: Any, meta: FieldMeta, text: str) -> Any:
    if not text.strip():
        return None
    if kind is bool or meta.widget == "check":
        return True if text in _TRUE else False if text in _FALSE else text
    if kind is int and _NUMBER.fullmatch(text.strip()):
        return int(text)
    if kind is date:
        return day_as_sent(text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if meta.widget == "text" else text


def day_as_sent(text: str) -> str:
    """A day that exists, written day first, as YYYY-MM-DD; anything else as it was typed."""
    found = _DAY_FIRST.fullmatch(text.strip()) or _DAY_AND_MONTH.fullmatch(text.strip())
    if found is None:
        return text
    day, month, year = found.groups()
    try:
        return date(int(year), int(month) if month.isdecimal() else _months()[month.casefold()], int(day)).isoformat()
    except (KeyError, ValueError):
        return text


@cache
def _months() -> Mapping[str, int]:
    """The months as people write them, in full and short, in every language there is here."""
    names = [get_month_names(width, locale=lang) for lang in LANGUAGES for width in ("wide", "abbreviated")]
    return {name.casefold().rstrip("."): number for months in names for number, name in months.items()}


def _rows(model: type[Answers], meta: FieldMeta, found: Mapping[str, Any]) -> Any:
    shown = {int(k): v for k, v in found.items() if _INDEX.fullmatch(k) and isinstance(v, dict) and int(k) < MOST_ROWS}
    if len(shown) != len(found):
        return dict(found)
    rows = [_row(model, meta, shown.get(i, {})) for i in range(max(shown, default=-1) + 1)]
    return rows or None


def _row(model: type[Answers], meta: FieldMeta, found: Mapping[str, Any]) -> dict[str, Any]:
    data = _model(model, found)
    hidden = {inner.name for inner, _ in fields_of(model) if inner.widget == "hidden"}
    return EmptyRow(data) if not meta.fixed_rows and data.keys() <= hidden else data


def _add_row(data: dict[str, Any], model: type[Answers], place: str) -> None:
    at = _rows_at(data, model, place.split("."))
    if at is not None and len(at) < MOST_ROWS:
        at.append(EmptyRow())


def _rows_at(data: dict[str, Any], model: type[Answers], path: list[str]) -> list[Any] | None:
    """The list of rows that a name like `doelen` or `doelen.0.acties` means; made when not there yet."""
    info = next((info for meta, info in fields_of(model) if meta.name == path[0]), None)
    rows = model_below(info.annotation) if info and is_list(info.annotation) else None
    if rows is None:
        return None
    if len(path) == 1:
        found = data.setdefault(path[0], [EmptyRow()])
        return found if isinstance(found, list) else None
    row = _step_into(data.get(path[0]), path[1])
    return _rows_at(row, rows, path[2:]) if isinstance(row, dict) and len(path) > 2 else None


def _drop_row(data: Any, place: str) -> None:
    *path, last = place.split(".")
    for part in path:
        data = _step_into(data, part)
    if isinstance(data, list) and _INDEX.fullmatch(last) and int(last) < len(data):
        del data[int(last)]


def _step_into(data: Any, part: str) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and _INDEX.fullmatch(part) and int(part) < len(data):
        return data[int(part)]
    return None
