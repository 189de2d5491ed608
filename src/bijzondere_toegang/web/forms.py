"""Forms in one import: define answers, read them from HTML, check them, describe them."""

from bijzondere_toegang.web.answers import (
    Answers,
    Choice,
    Choices,
    Chosen,
    ClockTime,
    Confirmed,
    Day,
    Line,
    OptionalChosen,
    OptionalClockTime,
    OptionalDay,
    OptionalLine,
    OptionalScore,
    OptionalText,
    Score,
    Text,
    field,
    fields_of,
)
from bijzondere_toegang.web.checking import pointer_of, still_needed, validate
from bijzondere_toegang.web.labels import label_of, missing_labels, option_label
from bijzondere_toegang.web.reading import EmptyRow, asks_for_rows, day_as_sent, read_form
from bijzondere_toegang.web.schema import json_schema
from bijzondere_toegang.web.views import FieldView, describe, summary

__all__ = [
    "Answers",
    "Choice",
    "Choices",
    "Chosen",
    "ClockTime",
    "Confirmed",
    "Day",
    "EmptyRow",
    "FieldView",
    "Line",
    "OptionalChosen",
    "OptionalClockTime",
    "OptionalDay",
    "OptionalLine",
    "OptionalScore",
    "OptionalText",
    "Score",
    "Text",
    "asks_for_rows",
    "day_as_sent",
    "describe",
    "field",
    "fields_of",
    "json_schema",
    "label_of",
    "missing_labels",
    "option_label",
    "pointer_of",
    "read_form",
    "still_needed",
    "summary",
    "validate",
]
