"""What the macros of `web/fields.html` draw: each field with its label, help, value, fault and rows."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic.fields import FieldInfo

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.web.answers import (
    LINE_LENGTH,
    TEXT_LENGTH,
    Answers,
    Choices,
    FieldMeta,
    fields_of,
    is_list,
    model_below,
    scalar,
)
from bijzondere_toegang.web.checking import SENTENCES, pointer_of
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.labels import add_label, help_of, label_of, option_label, row_label
from bijzondere_toegang.web.reading import MOST_ROWS

Place = tuple[str | int, ...]

DAY_FIRST = N_("Dag, maand en jaar, zoals 14-4-2012.")
NO_DAY = N_("Vul een datum in die bestaat, zoals 14-4-2026.")
"""For who types; a machine is told how to send it."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """An option of a select, radios or checks."""

    id: str
    value: str
    label: str
    hint: str
    checked: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a list: its place (from 0), its heading, its fields."""

    index: int
    title: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field ready to draw. `name` and `id` are those of HTML, `pointer` that of faults."""

    name: str
    id: str
    pointer: str
    widget: str
    label: str
    help: str
    required: bool
    value: str
    fault: str
    options: tuple[OptionView, ...] = ()
    rows: tuple[RowView, ...] = ()
    add: str = ""
    condition: str = ""
    show_name: str = ""
    show_values: str = ""
    autocomplete: str = ""
    max_length: int = LINE_LENGTH
    shown: bool = True
    """a field on demand is not, before somebody was asked for it"""

    @property
    def first_id(self) -> str:
        """Where a link from the error summary goes."""
        return self.options[0].id if self.options and self.widget != "select" else self.id

    def without(self, values: Sequence[str]) -> FieldView:
        """The field with fewer options; one that was chosen stays."""
        return replace(self, options=tuple(one for one in self.options if one.checked or one.value not in values))

    @property
    def described_by(self) -> str:
        parts = {"hulp": self.help, "wanneer": self.condition, "fout": self.fault}
        return " ".join(f"{self.id}-{part}" for part, said in parts.items() if said)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of the error summary: which field, what is wrong, where to go."""

    label: str
    message: str
    href: str


@dataclass(frozen=True, slots=True)
class _Asking:
    """What stays the same while the fields of one form are described."""

    translator: Translator
    step: str
    choices: Choices
    faults: Mapping[str, str]


def describe(
    model: type[Answers],
    translator: Translator,
    step: str = "",
    data: Mapping[str, Any] | None = None,
    faults: Iterable[Fault] = (),
    choices: Choices | None = None,
) -> list[FieldView]:
    """The fields of a form in order, with what was typed (`read_form`) and what is wrong (`validate`)."""
    said = {fault.pointer: _said(fault, translator) for fault in faults}
    return _fields(model, _Asking(translator, step, choices or {}, said), data or {}, ())


def summary(views: Sequence[FieldView], faults: Iterable[Fault], translator: Translator) -> list[SummaryLine]:
    """The error summary: every fault, linked to the field it is about, in the order of the form."""
    places = {view.pointer: view for view in _all(_named(views))}
    order = {pointer: at for at, pointer in enumerate(places)}
    told = [(_nearest(places, fault.pointer), _said(fault, translator)) for fault in faults]
    told.sort(key=lambda one: order[one[0].pointer] if one[0] else len(order))
    return [_line(view, said) for view, said in told]


def _said(fault: Fault, translator: Translator) -> str:
    return translator.gettext(NO_DAY) if fault.text == SENTENCES["day"] else translator.sentence(fault)


def _fields(model: type[Answers], asking: _Asking, data: Any, at: Place) -> list[FieldView]:
    values = data if isinstance(data, Mapping) else {}
    views = [_field(meta, info, asking, values.get(meta.name), at) for meta, info in fields_of(model)]
    metas = [meta for meta, _ in fields_of(model)]
    asked = [_conditional(view, meta, asking, views, at) for view, meta in zip(views, metas, strict=True)]
    return [view for view in asked if view is not None]


def _field(meta: FieldMeta, info: FieldInfo, asking: _Asking, value: Any, at: Place) -> FieldView:
    place = (*at, meta.name)
    view = _plain_field(meta, info, asking, value, place)
    below = model_below(info.annotation)
    if below is None:
        return view
    if is_list(info.annotation):
        return _with_rows(view, meta, below, asking, value, place)
    return replace(view, widget="group", rows=(RowView(0, "", tuple(_fields(below, asking, value, place))),))


def _plain_field(meta: FieldMeta, info: FieldInfo, asking: _Asking, value: Any, place: Place) -> FieldView:
    pointer, html_id, path = pointer_of(*place), "v-" + "-".join(map(str, place)), _words_of(place)
    widget = "birthday" if meta.widget == "date" and not _can_be_picked(value) else meta.widget
    fault = asking.faults.get(pointer) or _fault_of_items(asking, pointer, info)
    return FieldView(
        name=".".join(map(str, place)),
        id=html_id,
        pointer=pointer,
        widget=widget,
        label=label_of(asking.translator, asking.step, path),
        help=_helped(asking, meta, path),
        required=info.is_required() or meta.required_then or meta.needed_later,
        value=_day_first(_shown(value)) if widget == "birthday" else _shown(value),
        fault=fault,
        options=tuple(_options(meta, info, asking, value, html_id)),
        autocomplete=meta.autocomplete or "",
        max_length=TEXT_LENGTH if meta.widget == "text" else LINE_LENGTH,
        shown=not meta.on_demand or bool(fault) or value is not None,
    )


def _can_be_picked(value: Any) -> bool:
    """A picker shows days alone; what is no day has to stay in sight."""
    return not (text := _shown(value)) or _day_first(text) != text


def _helped(asking: _Asking, meta: FieldMeta, path: tuple[str, ...]) -> str:
    said = help_of(asking.translator, asking.step, path)
    return f"{said} {asking.translator.gettext(DAY_FIRST)}".strip() if meta.widget == "birthday" else said


def _day_first(text: str) -> str:
    """2026-04-14 as 14-4-2026; what is no day as it was typed."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day}-{day.month}-{day.year:04}"


def _words_of(place: Place) -> tuple[str, ...]:
    return tuple(part for part in place if isinstance(part, str))


def _fault_of_items(asking: _Asking, pointer: str, info: FieldInfo) -> str:
    """A fault in one of several ticked values shows at the group."""
    if not is_list(info.annotation) or model_below(info.annotation):
        return ""
    return next((said for at, said in asking.faults.items() if at.startswith(pointer + "/")), "")


def _shown(value: Any) -> str:
    if value is None or isinstance(value, Mapping | list | tuple):
        return ""
    return {True: "ja", False: "nee"}[value] if isinstance(value, bool) else str(value)


def _options(meta: FieldMeta, info: FieldInfo, asking: _Asking, value: Any, html_id: str) -> Iterable[OptionView]:
    given = {_shown(one) for one in value} if isinstance(value, list | tuple) else {_shown(value)}
    for index, (sent, label, hint) in enumerate(_offered(meta, info, asking)):
        yield OptionView(f"{html_id}-{index}", sent, label, hint, sent in given)


def _hinted(say: Callable[[str], str], hint: str | tuple[str, ...]) -> str:
    return say(hint) if isinstance(hint, str) else " · ".join(say(part) for part in hint)


def _offered(meta: FieldMeta, info: FieldInfo, asking: _Asking) -> list[tuple[str, str, str]]:
    if meta.choices is not None:
        say = asking.translator.gettext
        listed = asking.choices.get(meta.choices, ())
        return [(choice.value, say(choice.label), _hinted(say, choice.hint)) for choice in listed]
    if meta.widget == "score":
        return [(str(mark), str(mark), "") for mark in range(1, 11)]
    values = [] if meta.widget in ("check", "hidden", "rows") else _fixed_values(meta, info)
    return [(value, option_label(asking.translator, meta, asking.step, value), "") for value in values]


def _fixed_values(meta: FieldMeta, info: FieldInfo) -> list[str]:
    kind = scalar(info.annotation)
    if typing.get_origin(kind) is typing.Literal:
        return [str(value) for value in typing.get_args(kind)]
    return list(meta.options) or (["ja", "nee"] if kind is bool else [])


def _with_rows(
    view: FieldView, meta: FieldMeta, below: type[Answers], asking: _Asking, value: Any, place: Place
) -> FieldView:
    given = list(value) if isinstance(value, list | tuple) else []
    shown = given + [{}] * (0 if meta.fixed_rows else max(meta.min_rows, 1) - len(given))
    words = _words_of(place)
    called = row_label(asking.translator, asking.step, words) or view.label
    rows = tuple(_row(meta, below, asking, row, (*place, i), called) for i, row in enumerate(shown))
    adds = not meta.fixed_rows and len(rows) < min(meta.max_rows, MOST_ROWS)
    add = add_label(asking.translator, asking.step, words) or asking.translator.gettext(N_("Nog een toevoegen"))
    return replace(view, widget="rows", rows=rows, add=add if adds else "")


def _row(meta: FieldMeta, below: type[Answers], asking: _Asking, data: Any, place: Place, label: str) -> RowView:
    fields = tuple(_fields(below, asking, data, place))
    heads = (field for field in fields if meta.row_title and field.name.endswith("." + meta.row_title))
    named = next((option.label for field in heads for option in field.options if option.checked), "")
    return RowView(int(place[-1]), named or f"{label} {int(place[-1]) + 1}", fields)


def _conditional(
    view: FieldView, meta: FieldMeta, asking: _Asking, views: Sequence[FieldView], at: Place
) -> FieldView | None:
    """With the words of its condition; None when no answer that can be chosen asks for it, and nothing stands in it."""
    if meta.show_when is None:
        return view
    name = ".".join(map(str, (*at, meta.show_when[0])))
    asked = next((other for other in views if other.name == name), None)
    values = [_shown(value) for value in meta.show_when[1]]
    if asked and asked.options and not (view.value or view.fault or {one.value for one in asked.options} & {*values}):
        return None
    said = _condition(asked, values, asking.translator) if asked else ""
    return replace(view, condition=said, show_name=name, show_values="|".join(values))


def _condition(asked: FieldView, values: Sequence[str], translator: Translator) -> str:
    if asked.widget == "check":
        return translator.gettext(N_("Alleen als u dit aankruist: {vraag}"), vraag=asked.label)
    labels = [option.label for option in asked.options if option.value in values]
    chosen = translator.gettext(N_(" of ")).join(labels)
    return translator.gettext(N_("Alleen bij het antwoord: {keuze}"), keuze=chosen)


def _named(views: Iterable[FieldView], row: str = "") -> Iterable[FieldView]:
    """The fields of a row under its name too: a summary reads away from the rows."""
    for view in views:
        rows = tuple(replace(one, fields=tuple(_named(one.fields, one.title or row))) for one in view.rows)
        yield replace(view, rows=rows, label=f"{row}: {view.label}" if row else view.label)


def _all(views: Iterable[FieldView]) -> Iterable[FieldView]:
    for view in views:
        yield view
        for row in view.rows:
            yield from _all(row.fields)


def _nearest(places: Mapping[str, FieldView], pointer: str) -> FieldView | None:
    while pointer:
        if pointer in places:
            return places[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


def _line(view: FieldView | None, message: str) -> SummaryLine:
    return SummaryLine(view.label, message, "#" + view.first_id) if view else SummaryLine("", message, "")
