"""Which catalogue keys name a field: `form.<step>.<name>`, else `field.<name>`; with `.help` for the help.

`step` may end in an audience, `consent_family`, `consent_youth` or `consent_foster`: what those lack comes from
`consent`.
"""

from __future__ import annotations

from collections.abc import Iterator

from bijzondere_toegang.web.answers import Answers, FieldMeta, fields_of, model_below
from bijzondere_toegang.web.i18n import Translator

AUDIENCES = ("_youth", "_foster", "_family")


def _steps(step: str) -> list[str]:
    """The step as named, then without its audience; who has no words of their own reads the family's."""
    for suffix in AUDIENCES:
        if step.endswith(suffix):
            plain = step.removesuffix(suffix)
            return list(dict.fromkeys([step, f"{plain}_family", plain]))
    return [step] if step else []


def label_keys(step: str, path: tuple[str, ...]) -> list[str]:
    """
    From the most to the least particular: form.<step>.doelen.tekst, form.<step>.tekst, field.doelen.tekst,
    field.tekst.
    """
    whole, last = ".".join(path), path[-1]
    keys = [f"form.{one}.{name}" for one in _steps(step) for name in (whole, last)]
    return list(dict.fromkeys([*keys, f"field.{whole}", f"field.{last}"]))


def label_of(translator: Translator, step: str, path: tuple[str, ...]) -> str:
    keys = label_keys(step, path)
    return translator.first(*keys) or keys[0]


def help_of(translator: Translator, step: str, path: tuple[str, ...]) -> str:
    return translator.first(*(f"{key}.help" for key in label_keys(step, path))) or ""


def add_label(translator: Translator, step: str, path: tuple[str, ...]) -> str | None:
    """The words of the button that adds a row, when the catalogue has its own (`….add`)."""
    return translator.first(*(f"{key}.add" for key in label_keys(step, path)))


def row_label(translator: Translator, step: str, path: tuple[str, ...]) -> str | None:
    """What one row of a list is called, when the catalogue has a word of its own (`….row`): a goal among goals."""
    return translator.first(*(f"{key}.row" for key in label_keys(step, path)))


def option_label(translator: Translator, meta: FieldMeta, step: str, value: str) -> str:
    """What `options` says, else option.<step>.<name>.<value>, option.<name>.<value>, option.<value>."""
    if value in meta.options:
        return translator.gettext(meta.options[value])
    keys = [f"option.{one}.{meta.name}.{value}" for one in _steps(step)]
    keys += [f"option.{meta.name}.{value}", f"option.{value}"]
    return translator.first(*keys) or value


def missing_labels(model: type[Answers], translator: Translator, step: str = "") -> list[str]:
    """The keys of labels that no catalogue of this language has, for the check of a workflow."""
    return [label_keys(step, path)[0] for path in paths_of(model) if not translator.first(*label_keys(step, path))]


def paths_of(model: type[Answers], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where each field of a form is that somebody sees."""
    for meta, info in fields_of(model):
        path = (*at, meta.name)
        if meta.widget != "hidden":
            yield path
        below = model_below(info.annotation)
        if below:
            yield from paths_of(below, path)
