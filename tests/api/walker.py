"""A client that knows nothing of the process: it reads `mogelijkeStappen` and fills what their schemas ask.

It starts with the first value that fits. What `fouten` points at gets another value: the next of a list, a day further
from today, a row more. Nothing here names a step, a field or a stage.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

Schema = dict[str, Any]
View = dict[str, Any]
Step = dict[str, Any]

OUTWARD = tuple(days for far in (*range(8), 10, 14, 21, 30, 45, 60, 75, 90, 120) for days in sorted({far, -far})[::-1])
"""Days from today: today, tomorrow, yesterday, and ever further."""
TIMES = ("10:00", "14:30", "08:00", "16:00", "19:30")
WORDS = "Zo is het besproken en zo doen we het."
MANY = 50
TRIES = 16


@dataclass
class Filling:
    """One attempt after another at one form; `faults` tells it what to change."""

    schema: Schema
    today: date
    changed: Counter[str] = field(default_factory=Counter)
    """how often was complained about a pointer"""

    def attempt(self) -> Any:
        return self._value(self.schema, "")

    def faults(self, pointers: Iterable[str]) -> None:
        self.changed.update(pointers)

    def _value(self, schema: Schema, at: str, row: int = 0) -> Any:
        if schema.get("type", "object") == "object" and "enum" not in schema and "const" not in schema:
            return self._object(schema, at, row)
        if schema.get("type") == "array":
            return self._array(schema, at)
        values = _values(schema, self.today)
        return values[(self.changed[at] + row) % len(values)]

    def _object(self, schema: Schema, at: str, row: int) -> dict[str, Any]:
        """What is required, every choice there is, what a condition requires, and what was complained about."""
        properties: Mapping[str, Schema] = schema.get("properties", {})
        asked = set(schema.get("required", ())) | _choices(schema)
        asked |= {name for name in properties if any(one.startswith(f"{at}/{name}") for one in self.changed)}
        named = _told_apart_by(schema)
        rows = {name: row if name == named else 0 for name in properties}
        found = {
            name: self._value(part, f"{at}/{name}", rows[name]) for name, part in properties.items() if name in asked
        }
        for name in _conditional(schema, found):
            found.setdefault(name, self._value(properties[name], f"{at}/{name}", rows[name]))
        return found

    def _array(self, schema: Schema, at: str) -> list[Any]:
        items = schema.get("items", {})
        different = _different(items)
        least = different if "properties" in items and different < MANY else schema.get("minItems", 0)
        length = min(least + self.changed[at], schema.get("maxItems", MANY), different)
        return [self._value(items, f"{at}/{row}", row) for row in range(length)]


def _values(schema: Schema, today: date) -> list[Any]:
    """What may be tried for one answer, in this order."""
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return list(schema["enum"]) or [None]
    kind = schema.get("type")
    if kind == "boolean":
        return [False, True]
    if kind in ("integer", "number"):
        low = int(schema.get("minimum", 1))
        return list(range(low, min(int(schema.get("maximum", low + 9)), low + 9) + 1))
    if schema.get("format") == "date":
        return [(today + timedelta(days=days)).isoformat() for days in OUTWARD]
    if schema.get("format") == "time" or ":" in schema.get("pattern", ""):
        return list(TIMES)
    return [WORDS[: schema.get("maxLength", 100)]]


def _conditional(schema: Schema, found: Mapping[str, Any]) -> list[str]:
    """What `if`/`then` requires beside these answers."""
    rules = [rule for rule in schema.get("allOf", ()) if Draft202012Validator(rule["if"]).is_valid(found)]
    return [name for rule in rules for name in rule.get("then", {}).get("required", ())]


def _choices(schema: Schema) -> set[str]:
    """The questions with a list to choose from, but those that are asked on a condition only."""
    conditional = {name for rule in schema.get("allOf", ()) for name in rule.get("then", {}).get("required", ())}
    return {name for name, part in schema.get("properties", {}).items() if part.get("enum")} - conditional


def _told_apart_by(schema: Schema) -> str | None:
    """The field by which rows differ: the first with a list."""
    return next((name for name, part in schema.get("properties", {}).items() if "enum" in part), None)


def _different(items: Schema) -> int:
    """How many rows can differ."""
    if "enum" in items:
        return len(items["enum"])
    name = _told_apart_by(items)
    return len(items["properties"][name]["enum"]) if name else MANY


@dataclass
class Walker:
    """Walks one case with the tokens of several people until it has ended."""

    people: dict[str, TestClient]
    reference: str
    rng: random.Random
    today: Callable[[], date]
    tomorrow: Callable[[], None]
    """lets a day go by"""
    avoid: frozenset[str] = frozenset()
    """steps its users do not want"""
    taken: Counter[str] = field(default_factory=Counter)
    """accepted, by name"""
    tried: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    trail: list[tuple[str, str, int]] = field(default_factory=list)
    final: str | None = None
    moves: int = 0

    def walk(self, most: int = 400) -> str | None:
        """The stage in which the case ended; None when it did not within so many steps."""
        idle = 0
        while self.final is None and len(self.trail) < most:
            moved = any([self._turn(who, idle) for who in self._order()])
            idle = 0 if moved else idle + 1
            if idle > 1:
                self.tomorrow()
            assert idle < 20, f"stuck: {self.trail[-5:]}"
        return self.final

    def _order(self) -> list[str]:
        return self.rng.sample(sorted(self.people), len(self.people))

    def _turn(self, who: str, idle: int) -> bool:
        """One person does what there is to do; when all were idle, also what was done before."""
        moved, view = False, self._look(who)
        while view is not None and self.final is None:
            step = self._choose(who, view, idle)
            if step is None:
                break
            after = self._take(who, view, step)
            moved = moved or after is not None
            idle = 0 if moved else idle
            view = after or self._look(who)
        return moved

    def _look(self, who: str) -> View | None:
        answer = self.people[who].get(f"/api/v1/zaken/{self.reference}")
        self.statuses["look", answer.status_code] += 1
        return self._seen(answer.json()) if answer.status_code == 200 else None

    def _seen(self, view: View) -> View:
        if view["aanZet"] is None:
            self.final = view["fase"]
        return view

    def _choose(self, who: str, view: View, idle: int) -> Step | None:
        """A transition nobody took yet; an act this person never did; when idle an act not done since the last
        transition, and then the transition that was taken least."""
        offered = [step for step in view.get("mogelijkeStappen", ()) if step["stap"] not in self.avoid]
        onward = [step for step in offered if step["soort"] == "overgang"]
        acts = [step for step in offered if step["soort"] == "handeling"]
        again = [step for step in acts if not self.tried[f"{who}:{step['stap']}:{self.moves}"]]
        tiers = [
            [step for step in onward if not self.tried[step["stap"]]],
            [step for step in acts if not self.tried[f"{who}:{step['stap']}"]],
            self._rarest(again) if idle else [],
            self._rarest(onward) if idle > 1 else [],
        ]
        return next((self.rng.choice(tier) for tier in tiers if tier), None)

    def _rarest(self, steps: list[Step]) -> list[Step]:
        """The step that anybody tried least; what was done often is hardly what a case waits for."""
        return sorted(steps, key=lambda step: self.tried[step["stap"]])[:1]

    def _take(self, who: str, view: View, step: Step) -> View | None:
        """The case after the step; None when it was not accepted."""
        filling = Filling(step["schema"], self.today())
        self.tried.update((step["stap"], f"{who}:{step['stap']}", f"{who}:{step['stap']}:{self.moves}"))
        for _ in range(TRIES):
            body = {"stap": step["stap"], "revisie": view["revisie"], "gegevens": filling.attempt()}
            answer = self.people[who].post(f"/api/v1/zaken/{self.reference}/stappen", json=body)
            self.statuses["step", answer.status_code] += 1
            self.trail.append((who, step["stap"], answer.status_code))
            if answer.status_code == 200:
                self.taken[step["stap"]] += 1
                self.moves += step["soort"] == "overgang"
                return self._seen(answer.json())
            if answer.status_code != 422:
                return None
            filling.faults(fault["pointer"] for fault in answer.json()["fouten"])
        return None
