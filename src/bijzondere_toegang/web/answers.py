"""The base of every step's answers: strict types, Dutch interface names, and how each field is asked."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, PydanticUndefined

from bijzondere_toegang.errors import Fault

Widget = Literal[
    "line",
    "text",
    "date",
    "birthday",
    "time",
    "number",
    "select",
    "radio",
    "checks",
    "check",
    "score",
    "rows",
    "hidden",
    "file",
]

LINE_LENGTH = 200
TEXT_LENGTH = 8000
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+{_LABEL}")
_PHONE = re.compile(r"\+?[\d ()/.-]+", re.ASCII)
_POSTCODE = re.compile(r"\s*([1-9]\d{3})\s?([A-Za-z]{2})\s*", re.ASCII)
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Choice:
    """
    One entry of a dynamic list: what is sent, what is read, perhaps a hint below it, in one part or several. Texts are
    msgids or names.
    """

    value: str
    label: str
    hint: str | tuple[str, ...] = ""


Choices = Mapping[str, typing.Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class FieldMeta:
    """How a field is asked; see `field`."""

    name: str
    widget: Widget
    choices: str | None = None
    options: Mapping[str, str] = attribute(default_factory=dict)
    show_when: tuple[str, tuple[str | bool, ...]] | None = None
    required_then: bool = False
    needed_later: bool = False
    min_rows: int = 0
    max_rows: int = 50
    fixed_rows: bool = False
    row_title: str | None = None
    autocomplete: str | None = None
    on_demand: bool = False

    def __call__(self, schema: dict[str, Any]) -> None:
        """Pydantic lets a field carry this as `json_schema_extra`; alone it adds nothing to the schema."""


def field(
    name: str,
    *,
    widget: Widget = "line",
    default: Any = PydanticUndefined,
    choices: str | None = None,
    options: Mapping[str, str] | None = None,
    show_when: tuple[str, Any] | None = None,
    required_then: bool = False,
    needed_later: bool = False,
    min_rows: int = 0,
    max_rows: int = 50,
    fixed_rows: bool = False,
    row_title: str | None = None,
    autocomplete: str | None = None,
    on_demand: bool = False,
) -> Any:
    """
    A field by its Dutch name, the name in JSON and HTML.

    `choices`: the name of a dynamic list, given to `validate`, `describe` and `json_schema`.
    `widget`: "date" is a day to pick; "birthday" a day that people know and type, day first.
    `options`: value → msgid of its label, for Literals and booleans.
    `show_when`: (Dutch name of a neighbour, value or tuple of values); with `required_then` the field, optional
    by type, must be answered when the neighbour has such a value.
    `needed_later`: may be left empty while somebody still works on it; `still_needed` names what then lacks.
    `min_rows`, `max_rows`: for lists. `fixed_rows`: the rows are given with the page (one per participant),
    can't be added, and count even when nothing is filled in. `row_title`: the field inside a row (usually
    hidden, with `choices`) whose label heads it.
    `on_demand`: optional, and on a page only once a check asks for it by its pointer.
    """
    meta = FieldMeta(
        name=name,
        widget=widget,
        choices=choices,
        options=options or {},
        show_when=(show_when[0], _as_tuple(show_when[1])) if show_when else None,
        required_then=required_then,
        needed_later=needed_later,
        min_rows=min_rows,
        max_rows=max_rows,
        fixed_rows=fixed_rows,
        row_title=row_title,
        autocomplete=autocomplete,
        on_demand=on_demand,
    )
    lengths: dict[str, Any] = {}
    if widget in ("rows", "checks"):
        lengths = {"min_length": min_rows or None, "max_length": max_rows}
        if default is PydanticUndefined and not min_rows:
            default = ()
    return Field(default, alias=name, json_schema_extra=meta, **lengths)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)


class Unsound(Exception):
    """Raised by reading an answer that is missing or wrong: whatever needs it has nothing to say."""


def rule(check: Callable[[Any], Iterable[Fault]]) -> Callable[[Any], Iterable[Fault]]:
    """Marks a method of Answers that gives faults across fields, with JSON pointers from this model."""
    check.__dict__["is_rule"] = True
    return check


class Answers(BaseModel):
    """
    The answers to one step: frozen, strict, nothing unknown. English attribute names, Dutch aliases. Each `rule` looks
    across fields. It is asked too when some answers are wrong, and keeps still when it reads one of those.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, validate_default=False, hide_input_in_errors=True
    )

    @classmethod
    def rules(cls) -> list[Callable[[Any], Iterable[Fault]]]:
        """The rules of this model and those it extends."""
        ours = [base for base in reversed(cls.__mro__) if issubclass(base, Answers)]
        named = {name: member for base in ours for name, member in vars(base).items()}
        return [member for member in named.values() if hasattr(member, "is_rule")]

    if not TYPE_CHECKING:  # it would let pass every name

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise Unsound(name)
            raise AttributeError(name)

    def as_json(self) -> dict[str, Any]:
        """Dutch names, dates as YYYY-MM-DD, times as HH:MM, absent answers left out."""
        if self.__dict__.keys() < type(self).model_fields.keys():
            raise Unsound
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def meta_of(info: FieldInfo) -> FieldMeta:
    """What `field` said about a field."""
    if not isinstance(info.json_schema_extra, FieldMeta):
        raise TypeError("a field of Answers is made with field()")
    return info.json_schema_extra


def fields_of(model: type[Answers]) -> list[tuple[FieldMeta, FieldInfo]]:
    """The fields in the order in which they are asked."""
    return [(meta_of(info), info) for info in model.model_fields.values()]


def model_below(annotation: Any) -> type[Answers] | None:
    """The model of the rows, or of the group, that a field holds; None for a plain answer."""
    part = _without_none(annotation)[0]
    inner = bare(typing.get_args(part)[0]) if typing.get_origin(part) in (list, tuple) else part
    return inner if isinstance(inner, type) and issubclass(inner, Answers) else None


def is_list(annotation: Any) -> bool:
    return any(typing.get_origin(part) in (list, tuple) for part in _without_none(annotation))


def scalar(annotation: Any) -> Any:
    """The plain type beneath Annotated, Optional and lists: str, int, bool, date, time or a Literal."""
    part = _without_none(annotation)[0]
    if typing.get_origin(part) in (list, tuple):
        return scalar(typing.get_args(part)[0])
    return part


def bare(annotation: Any) -> Any:
    while typing.get_origin(annotation) is Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation


def _without_none(annotation: Any) -> list[Any]:
    annotation = bare(annotation)
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [bare(a) for a in typing.get_args(annotation) if a is not type(None)]
    return [annotation]


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise PydanticCustomError("day", "not a day")
    if not EARLIEST <= day <= LATEST:
        raise PydanticCustomError("year", "no day of anybody here")
    return day


def _clock_time(value: object) -> time:
    if isinstance(value, str) and _CLOCK_TIME.fullmatch(value):
        return time.fromisoformat(value)
    raise PydanticCustomError("clock_time", "not a time")


def _line(value: object) -> object:
    if isinstance(value, str) and _CONTROL.search(value.strip()):
        raise PydanticCustomError("control", "control characters")
    return _filled(value)


def _text(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL_IN_TEXT.search(text):
        raise PydanticCustomError("control", "control characters")
    return _filled(text)


def _filled(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("blank", "nothing but blanks")
    return value


def is_address(text: str) -> bool:
    """Whether mail can be sent to exactly this one address."""
    return _EMAIL.fullmatch(text) is not None


def _address(text: str) -> str:
    if not is_address(text):
        raise PydanticCustomError("email", "not one address")
    return text


def is_phone(text: str) -> bool:
    """Whether somebody can ring it: five to fifteen digits (14 077, E.164), with the signs people put between them."""
    return _PHONE.fullmatch(text) is not None and 5 <= sum(letter.isdigit() for letter in text) <= 15


def _phone(text: str) -> str:
    if not is_phone(text):
        raise PydanticCustomError("phone", "nobody can be rung there")
    return text


def postcode_in(text: str) -> str | None:
    """A postcode as it is written, 5911 AB, however it was spaced; None when it is none."""
    found = _POSTCODE.fullmatch(text)
    return f"{found[1]} {found[2].upper()}" if found else None


def _postcode(text: str) -> str:
    postcode = postcode_in(text)
    if postcode is None:
        raise PydanticCustomError("postcode", "not a postcode")
    return postcode


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _ticked(value: object) -> object:
    if value is not True:
        raise PydanticCustomError("literal_error", "not ticked")
    return value


def _text_schema(longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest, "pattern": r"\S"})


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day, YYYY-MM-DD, from 1900 up to and including 2199, so that every term counted from it has an end."""
ClockTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]
"""A time on the wall clock of the Netherlands, HH:MM."""
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LINE_LENGTH),
    BeforeValidator(_line),
    _text_schema(LINE_LENGTH),
]
"""One line of 1 to 200 characters, stripped, without control characters."""
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH),
    BeforeValidator(_text),
    _text_schema(TEXT_LENGTH),
]
"""Free text of 1 to 8000 characters; newlines and tabs stay."""
Chosen = Line
"""The value of an entry of a dynamic list."""
Score = Annotated[int, Field(ge=1, le=10)]
"""A mark from 1 to 10."""
Confirmed = Annotated[Literal[True], BeforeValidator(_ticked)]
"""A box that has to be ticked."""
Email = Annotated[
    Line, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "email", "maxLength": LINE_LENGTH})
]
"""Where mail can be sent: one address."""
Postcode = Annotated[
    Line, AfterValidator(_postcode), WithJsonSchema({"type": "string", "pattern": r"^\s*[1-9]\d{3}\s?[A-Za-z]{2}\s*$"})
]
"""Of a Dutch address: 5911 AB."""
Phone = Annotated[
    Line,
    AfterValidator(_phone),
    WithJsonSchema({"type": "string", "pattern": r"^\+?([ ()/.-]*\d){5,15}[ ()/.-]*$", "maxLength": LINE_LENGTH}),
]
"""A telephone number as people write it."""
OptionalDay = Annotated[Day | None, BeforeValidator(_blank_is_absent)]
OptionalClockTime = Annotated[ClockTime | None, BeforeValidator(_blank_is_absent)]
OptionalLine = Annotated[Line | None, BeforeValidator(_blank_is_absent)]
OptionalEmail = Annotated[Email | None, BeforeValidator(_blank_is_absent)]
OptionalPhone = Annotated[Phone | None, BeforeValidator(_blank_is_absent)]
OptionalPostcode = Annotated[Postcode | None, BeforeValidator(_blank_is_absent)]
OptionalText = Annotated[Text | None, BeforeValidator(_blank_is_absent)]
OptionalChosen = OptionalLine
OptionalScore = Annotated[Score | None, BeforeValidator(_blank_is_absent)]
