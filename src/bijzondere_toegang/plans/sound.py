"""Whether a plan can be put up: what it still lacks, and what does not go with the day or the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.engine import later
from bijzondere_toegang.errors import N_, Fault, Sentence
from bijzondere_toegang.plans.forms import WritePlan
from bijzondere_toegang.plans.ladder import LADDER
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.plans.queries import content_of, highest_step
from bijzondere_toegang.web.forms import still_needed

STEP_UP = N_("Zwaardere hulp kan hier niet. Roep daarvoor de tafel opnieuw bijeen.")


def lacking(plan: Plan) -> list[Sentence]:
    """The labels of what a concept still lacks, in the order of the form."""
    return [_label(fault.pointer) for fault in still_needed(WritePlan, content_of(plan))]


def _label(pointer: str) -> Sentence:
    names = [part for part in pointer.split("/") if part and not part.isdecimal()]
    label = Sentence(".".join(["form", "write_plan", *names]))
    row = next((part for part in pointer.split("/") if part.isdecimal()), None)
    if row is None:
        return label
    return Sentence(N_("doel {nummer}: {wat}"), {"nummer": int(row) + 1, "wat": label})


def listed(words: Sequence[Sentence]) -> Sentence:
    """One sentence part for several things: het resultaat, de hulp, het contact."""
    if len(words) == 1:
        return words[0]
    return Sentence(N_("{eerste}, {volgende}"), {"eerste": words[0], "volgende": listed(words[1:])})


def unsound(scene: Scene, plan: Plan) -> Sentence | None:
    """The first thing that was sound when it was saved and no longer is."""
    found = (*step_up(scene, code_in(plan)), *late_review(scene, plan.starts_on, plan.review_on))
    fault = next(iter(found), None)
    return Sentence(fault.text, fault.params) if fault else None


def code_in(plan: Plan) -> str | None:
    found: str | None = content_of(plan).get("ladder")
    return found


def step_up(scene: Scene, ladder: str | None) -> Iterator[Fault]:
    """Heavier help than was decided takes a new table."""
    highest = highest_step(scene)
    if ladder is not None and highest is not None and LADDER[ladder] > highest:
        yield Fault("/ladder", STEP_UP)


def late_review(scene: Scene, starts_on: date | None, review_on: date | None) -> Iterator[Fault]:
    """The first evaluation: three months at most, four weeks in secure care (Jeugdwet 6.2.9)."""
    if review_on is None:
        return
    begin = max(starts_on or scene.on, scene.on)
    last = later(begin, 4, "weeks") if scene.case.secure else later(begin, 3, "months")
    if review_on < scene.on:
        yield Fault("/evaluatiedatum", N_("De dag van de eerste evaluatie is al voorbij. Kies een latere dag."))
    elif review_on > last:
        yield Fault("/evaluatiedatum", N_("Kies voor de eerste evaluatie een dag niet later dan {dag}."), {"dag": last})
