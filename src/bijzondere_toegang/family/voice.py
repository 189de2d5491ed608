"""The family's own sentences: *u* for parents and guardians, *je* for the young person."""

from __future__ import annotations

from datetime import date, datetime

from markupsafe import Markup

from bijzondere_toegang.web.i18n import Translator


class Voice:
    """
    Catalogue keys in the words for this reader. `family.x` may have a twin `family.x.youth` with *je*, and one
    `family.x.foster` for foster parents.
    """

    def __init__(self, translator: Translator, youth: bool, today: date, *, foster: bool = False) -> None:
        self.youth = youth
        self._twin = "youth" if youth else "foster" if foster else ""
        self._translator = translator
        self._today = today

    def __call__(self, key: str, **params: object) -> Markup:
        """The sentence of a key; values are escaped, days and moments put in words."""
        return self._first(self._keys(key), params)

    def maybe(self, key: str, **params: object) -> Markup | None:
        """The same, None when the catalogue has no such sentence."""
        known = any(self._translator.has(one) for one in self._keys(key))
        return self(key, **params) if known else None

    def stage(self, stage: str) -> tuple[Markup, Markup]:
        """What happens in a stage: its first sentence and the rest."""
        keys = [f"stage.{stage}.youth"] if self.youth else []
        head, dot, rest = self._first([*keys, f"stage.{stage}.family"], {}).partition(". ")
        return head + dot.strip(), rest

    def next(self, stage: str) -> Markup:
        keys = [f"stage.{stage}.youth_next"] if self.youth else []
        return self._first([*keys, f"stage.{stage}.next"], {})

    def step(self, step: str) -> Markup:
        """What it means for the family that a step was taken."""
        keys = [f"step.{step}.youth"] if self.youth else []
        return self._first([*keys, f"step.{step}.family"], {})

    def day(self, day: date) -> str:
        return self._translator.day(day, self._today)

    def time(self, at: datetime) -> str:
        return self._translator.time(at)

    def _keys(self, key: str) -> list[str]:
        return [f"{key}.{self._twin}", key] if self._twin else [key]

    def _first(self, keys: list[str], params: dict[str, object]) -> Markup:
        text = Markup(self._translator.first(*keys) or keys[-1])
        return text.format(**{name: self._word(value) for name, value in params.items()}) if params else text

    def _word(self, value: object) -> object:
        return self.day(value) if isinstance(value, date) and not isinstance(value, datetime) else value
