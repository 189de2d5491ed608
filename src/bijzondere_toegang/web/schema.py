"""The JSON Schema (2020-12) of a step's answers, for a client that knows nothing else."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from bijzondere_toegang.web.answers import Answers, Choices, FieldMeta, fields_of, model_below
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.labels import help_of, label_of, option_label

LABELS = "x-labels"
NEEDED_LATER = "x-needed-later"

Schema = dict[str, Any]


def json_schema(
    model: type[Answers], choices: Choices | None = None, translator: Translator | None = None, step: str = ""
) -> Schema:
    """
    Dutch property names, nested models in place, `enum` from the dynamic lists, `x-labels` (value → label),
    `if`/`then` for what is required only then, `x-needed-later` for what a later step needs. With a translator
    also titles and descriptions.
    """
    schema = copy.deepcopy(_plain(model))
    _dress(schema, model, choices or {})
    if translator is not None:
        _title(schema, model, translator, step, ())
    return schema


@cache
def _plain(model: type[Answers]) -> Schema:
    """Pydantic's schema without references, titles, nulls and defaults; with conditions."""
    schema = model.model_json_schema(by_alias=True)
    plain: Schema = _simplified(schema, schema.get("$defs", {}))
    _add_conditions(plain, model)
    return plain


def _simplified(node: Any, defs: Schema) -> Any:
    if isinstance(node, list):
        return [_simplified(item, defs) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _simplified(defs[node["$ref"].rpartition("/")[2]], defs)
    found = {key: _simplified(value, defs) for key, value in node.items() if key not in ("$defs", "anyOf")}
    for noise in ("title", "default", "description"):
        if isinstance(found.get(noise), str) or noise == "default":
            found.pop(noise, None)
    kept = [branch for branch in node.get("anyOf", ()) if branch.get("type") != "null"]
    return found | (_simplified(kept[0], defs) if kept else {})


def _add_conditions(schema: Schema, model: type[Answers]) -> None:
    rules = [_condition(meta) for meta, _ in fields_of(model) if meta.required_then and meta.show_when]
    if rules:
        schema["allOf"] = rules
    for meta, info in fields_of(model):
        below = model_below(info.annotation)
        if below:
            _add_conditions(_object_in(schema["properties"][meta.name]), below)


def _condition(meta: FieldMeta) -> Schema:
    name, values = meta.show_when or ("", ())
    given = {"properties": {name: {"enum": list(values)}}, "required": [name]}
    return {"if": given, "then": {"required": [meta.name]}}


def _object_in(schema: Schema) -> Schema:
    """The object itself, or the object that the rows of a list are."""
    return _object_in(schema["items"]) if "items" in schema else schema


def _dress(schema: Schema, model: type[Answers], choices: Choices) -> None:
    for meta, info in fields_of(model):
        here = schema["properties"][meta.name]
        below = model_below(info.annotation)
        if meta.needed_later:
            here[NEEDED_LATER] = True
        if below:
            _dress(_object_in(here), below, choices)
        if meta.choices is not None:
            listed = {choice.value: choice.label for choice in choices.get(meta.choices, ())}
            _object_in(here).update({"enum": list(listed), LABELS: listed})


def _title(schema: Schema, model: type[Answers], translator: Translator, step: str, at: tuple[str, ...]) -> None:
    for meta, info in fields_of(model):
        here, path = schema["properties"][meta.name], (*at, meta.name)
        if meta.widget != "hidden":
            here["title"] = label_of(translator, step, path)
        helped = help_of(translator, step, path)
        if helped:
            here["description"] = helped
        _label_options(_object_in(here), meta, translator, step)
        below = model_below(info.annotation)
        if below:
            _title(_object_in(here), below, translator, step, path)


def _label_options(here: Schema, meta: FieldMeta, translator: Translator, step: str) -> None:
    if LABELS in here:
        here[LABELS] = {value: translator.gettext(label) for value, label in here[LABELS].items()}
    elif "enum" in here:
        here[LABELS] = {str(value): option_label(translator, meta, step, str(value)) for value in here["enum"]}
