"""A client that knows nothing of the process: it reads `mogelijkeStappen` and fills what their schemas ask.

It starts with the first value that fits. What `fouten` points at gets another value: the next of a list, a day further
from today, a row more. Nothing here names a step, a field or a stage.
"""

from __future__ import annotations

import base64
import random
import re
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
FITTING = ("0475 123 456", "5911 AB")
"""What fits a pattern that words do not."""
MANY = 50
TRIES = 16


@dataclass
class Filling:
    """One attempt after another at one form; `faults` tells it what to change."""

    schema: Schema
    today: date
    again: int = 0
    """how often this form was filled before: then it is about the next of a list"""
    changed: Counter[str] = field(default_factory=Counter)
    """how often was complained about a pointer"""

    def attempt(self) -> Any:
        return self._value(self.schema, "", self.again)

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
        asked |= {name for name, part in properties.items() if part.get("x-needed-later")}
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
        least = max(least, 1) if schema.get("x-needed-later") else least
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
    if schema.get("format") == "email":
        return ["iemand@example.org"]
    if schema.get("contentEncoding") == "base64":
        return [base64.b64encode(WORDS.encode()).decode()]
    words = [WORDS[: schema.get("maxLength", 100)], *FITTING]
    return [one for one in words if re.search(schema.get("pattern", ""), one)]


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

    def walk(self, most: int = 600) -> str | None:
        """The stage in which the case ended; None when it did not within so many attempts."""
        idle = 0
        while self.final is None and len(self.trail) < most:
            new = any([self._turn(who, idle > 0) for who in self._order()])
            idle = 0 if new else idle + 1
            if idle % 3 == 2:
                self.tomorrow()
        return self.final

    def _order(self) -> list[str]:
        return self.rng.sample(sorted(self.people), len(self.people))

    def _turn(self, who: str, idle: bool) -> bool:
        """One person does what is new; when nobody found anything new, one thing that was done before. Was it new?"""
        new, view = False, self._look(who)
        while view is not None and self.final is None and (fresh := self._fresh(who, view)):
            after = self._take(who, view, self.rng.choice(fresh))
            new, view = new or after is not None, after or self._look(who)
        if view is not None and self.final is None and idle and not new and (known := self._wanted(view)):
            self._take(who, view, min(known, key=lambda step: (self._often(who, step), step["soort"] == "overgang")))
        return new

    def _look(self, who: str) -> View | None:
        answer = self.people[who].get(f"/api/v1/zaken/{self.reference}")
        self.statuses["look", answer.status_code] += 1
        return self._seen(answer.json()) if answer.status_code == 200 else None

    def _seen(self, view: View) -> View:
        if view["aanZet"] is None:
            self.final = view["fase"]
        return view

    def _wanted(self, view: View) -> list[Step]:
        return [step for step in view.get("mogelijkeStappen", ()) if step["stap"] not in self.avoid]

    def _fresh(self, who: str, view: View) -> list[Step]:
        """Transitions that nobody took yet, or else acts that this person never did."""
        fresh = [step for step in self._wanted(view) if not self._often(who, step)]
        return [step for step in fresh if step["soort"] == "overgang"] or fresh

    def _often(self, who: str, step: Step) -> int:
        """An act is everybody's own; a transition is the case's."""
        return self.tried[_key(who, step)]

    def _take(self, who: str, view: View, step: Step) -> View | None:
        """The case after the step; None when it was not accepted."""
        act = step["soort"] == "handeling"
        filling = Filling(step["schema"], self.today(), self._often(who, step) if act else 0)
        self.tried[_key(who, step)] += 1
        for _ in range(TRIES):
            body = {"stap": step["stap"], "revisie": view["revisie"], "gegevens": filling.attempt()}
            answer = self.people[who].post(f"/api/v1/zaken/{self.reference}/stappen", json=body)
            self.statuses["step", answer.status_code] += 1
            self.trail.append((who, step["stap"], answer.status_code))
            if answer.status_code == 200:
                self.taken[step["stap"]] += 1
                return self._seen(answer.json())
            if answer.status_code != 422:
                return None
            filling.faults(fault["pointer"] for fault in answer.json()["fouten"])
        return None


def _key(who: str, step: Step) -> str:
    return step["stap"] + (f":{who}" if step["soort"] == "handeling" else "")
