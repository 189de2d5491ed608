"""A client that knows nothing of the process: it reads `mogelijkeStappen` and fills what their schemas ask."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

Schema = dict[str, Any]

ENDED = None
SOME_DAYS = (0, 7, 21, 60, -1, 1, 30, 80, 120, 180)


def fill(schema: Schema, rng: random.Random, today: date) -> Any:
    """A value that fits the schema; what is not required is left out mostly, and what is not asked for is not claimed."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type", "object")
    if kind == "object":
        return _object(schema, rng, today)
    if kind == "array":
        return _array(schema, rng, today)
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        return rng.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 3)))
    return _string(schema, rng, today)


def _object(schema: Schema, rng: random.Random, today: date) -> dict[str, Any]:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    found = {
        name: fill(part, rng, today) for name, part in properties.items() if name in required or rng.random() < 0.3
    }
    for rule in schema.get("allOf", []):
        if "if" in rule and Draft202012Validator(rule["if"]).is_valid(found):
            needed = rule.get("then", {}).get("required", [])
            found |= {name: fill(properties[name], rng, today) for name in needed if name not in found}
    return found


def _array(schema: Schema, rng: random.Random, today: date) -> list[Any]:
    items, least = schema.get("items", {}), schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 1), least + 1)
    if "enum" in items:
        return rng.sample(items["enum"], min(rng.randint(least, max(least, most)), len(items["enum"])))
    return [fill(items, rng, today) for _ in range(rng.randint(least, max(least, most)))]


def _string(schema: Schema, rng: random.Random, today: date) -> str:
    if schema.get("format") == "date":
        return (today + timedelta(days=rng.choice(SOME_DAYS))).isoformat()
    if schema.get("format") == "time" or ":" in schema.get("pattern", ""):
        return rng.choice(("09:30", "13:00"))
    return "Zo is het besproken en zo doen we het."[: schema.get("maxLength", 60)]


@dataclass
class Walker:
    """Walks one case with the tokens of several people until it has ended."""

    people: dict[str, TestClient]
    reference: str
    rng: random.Random
    today: date
    avoid: frozenset[str] = frozenset({"withdraw", "hand_over_chair", "hand_over_referrer"})
    """steps its user does not want"""
    taken: Counter[str] = field(default_factory=Counter)
    trail: list[tuple[str, str, int, Any]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    by: set[str] = field(default_factory=set)

    def look(self, who: str) -> dict[str, Any] | None:
        answer = self.people[who].get(f"/api/v1/zaken/{self.reference}")
        self.statuses[answer.status_code] += 1
        return answer.json() if answer.status_code == 200 else None

    def options(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Every (person, case, step) that is possible now; what was taken least comes first, transitions before acts."""
        found = [
            (who, case, step)
            for who in self.people
            if (case := self.look(who))
            for step in case["mogelijkeStappen"]
            if step["stap"] not in self.avoid
        ]
        self.rng.shuffle(found)
        yield from sorted(found, key=self._wish)

    def _wish(self, option: tuple[str, dict[str, Any], dict[str, Any]]) -> tuple[int, bool]:
        """What was not done yet first, acts before transitions; the same act again only when nothing else is left."""
        often, transition = self.taken[self._key(option)], option[2]["soort"] == "overgang"
        return (often if transition else often * 100, transition)

    def _key(self, option: tuple[str, dict[str, Any], dict[str, Any]]) -> str:
        """An act is everybody's own in a stage; a transition is the case's."""
        who, case, step = option
        return step["stap"] + (f":{who}:{case['fase']}" if step["soort"] == "handeling" else "")

    def step(self) -> bool:
        """Take one step that is accepted, one that was not taken here before if there is any; False when none was."""
        for option in self.options():
            who, case, step = option
            self.taken[self._key(option)] += 1
            if self._try(who, case, step):
                return True
        return False

    def _try(self, who: str, case: dict[str, Any], step: dict[str, Any]) -> bool:
        for _ in range(12):
            gegevens = fill(step["schema"], self.rng, self.today)
            body = {"stap": step["stap"], "revisie": case["revisie"], "gegevens": gegevens}
            answer = self.people[who].post(f"/api/v1/zaken/{self.reference}/stappen", json=body)
            self.statuses[answer.status_code] += 1
            assert answer.status_code in (200, 409, 422), (answer.status_code, step["stap"], answer.json())
            self.trail.append((who, step["stap"], answer.status_code, answer.json().get("fouten")))
            if answer.status_code == 200:
                self.by.add(who)
                return True
            if answer.status_code == 409:
                return False
        return False

    def ended(self) -> bool:
        return any((case := self.look(who)) is not None and case["aanZet"] is ENDED for who in self.people)
