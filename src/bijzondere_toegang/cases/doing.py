"""What somebody can do in a case now: the one step that comes first, the others, and what has to happen before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.advance import Possible, possible_steps
from bijzondere_toegang.cases.process import Scene, Sight
from bijzondere_toegang.engine import Stage, Step, Workflow
from bijzondere_toegang.errors import Sentence
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import decide

FORWARD = (
    "register", "supplement", "take_up", "plan_conference", "open_conference", "conclude_consensus",
    "conclude_no_consensus", "confirm_outcome", "decide", "accept_placement", "propose_again", "agree_plan",
    "continue_care", "close", "ask_round", "state_position", "put_up_plan", "record_consent", "write_plan",
    "confirm_plan", "score", "start_evaluation",
)  # fmt: skip
"""Steps that bring a case nearer to help, those that end a stage first."""

CLEARS: Mapping[str, str] = {
    "independence_declared": "declare_independence",
    "quorum_present": "record_attendance",
    "round_asked": "ask_round",
    "all_positions_in": "record_position_for",
    "concept_there": "write_plan",
    "concept_complete": "write_plan",
    "plan_is_up": "put_up_plan",
    "consents_in": "record_consent",
    "plan_confirmed": "confirm_plan",
    "help_has_date": "start_help",
    "scores_in": "score",
    "not_suspended": "resume",
    "not_offered": "recall_handover",
    "shared_with_gi": "add_statement",
}
"""Which step takes away what stands in the way, by the guard that says it."""

ONLY_TIME = frozenset({"conference_day"})
"""Guards that only the calendar takes away; until then nothing else needs to be cleared."""

BESIDE = ("move_conference",)
"""Acts with a button of their own for whose turn it is: what can be done while a day is awaited."""

GROUPS: Mapping[str, str] = {
    "conference": "overleg", "minutes": "overleg", "position": "overleg", "outcome": "besluit", "decision": "besluit",
    "placement": "hulp", "plan": "hulp", "help": "hulp", "stay": "hulp", "evaluation": "hulp",
    "term": "termijn", "statement": "bericht", "document": "bericht", "reminder": "bericht", "delegation": "mensen",
    "gi": "mensen", "incapacity": "mensen", "parties": "mensen", "parents": "mensen",
}  # fmt: skip
"""Under which heading an act stands, by the first word of its permission."""
REST = "zaak"
CALL = "record_call"

PLACES: Mapping[str, str] = {"correct_party": "betrokkenen"}
"""Steps that are taken from a page of their own, for who sees the whole case; its form shows what is known."""


@dataclass(frozen=True, slots=True)
class Option:
    """A step with its address, what has to happen first, and the step that does that (or empty)."""

    step: str
    href: str
    obstacles: tuple[Sentence, ...] = ()
    first: Option | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """`primary` comes first; `more` holds (group, options) for `action.group.<group>`; `later` can't be done yet."""

    my_turn: bool
    primary: Option | None
    others: tuple[Option, ...]
    blocked: tuple[Option, ...]
    more: tuple[tuple[str, tuple[Option, ...]], ...]
    later: tuple[Option, ...]


def turn_role(stage: Stage, sight: Sight) -> str | None:
    """The role with which this person is the one the case waits for, or None."""
    plays = {ROLE_OF[row.relation]: row for row in sight.access if row.relation in ROLE_OF}
    if stage.turn is None or stage.turn not in plays:
        return None
    if stage.turn != "consortium_rep":
        return stage.turn
    asked = sight.case.accepted_consortium or sight.case.proposed_consortium
    return stage.turn if asked and sight.consortium == asked else None


def doing_of(scene: Scene) -> Doing:
    possible = {one.step.name: one for one in possible_steps(scene)}
    my_turn = turn_role(scene.workflow.stages[scene.case.stage], scene.sight) is not None
    options = {name: _option(scene, one, possible) for name, one in possible.items()}
    primary = _tie_question(scene, options) or _primary(options)
    rest = [name for name in possible if primary is None or name != primary.step]
    blocked = [name for name in rest if _waits(possible[name])]
    shown = [name for name in rest if my_turn and _beside(scene.workflow, possible[name])]
    hidden = [name for name in rest if name not in blocked and name not in shown]
    return Doing(
        my_turn,
        primary,
        tuple(options[name] for name in shown),
        tuple(options[name] for name in blocked),
        _grouped([possible[name].step for name in hidden if not possible[name].obstacles], options),
        tuple(options[name] for name in hidden if possible[name].obstacles),
    )


def call_first(doing: Doing) -> Doing:
    """A call that was promised comes before what would come first; nothing changes for who may record no call."""
    found = next((option for _, options in doing.more for option in options if option.step == CALL), None)
    if found is None:
        return doing
    more = ((group, tuple(one for one in options if one.step != CALL)) for group, options in doing.more)
    others = (doing.primary, *doing.others) if doing.primary is not None else doing.others
    return replace(doing, primary=found, others=others, more=tuple((group, rest) for group, rest in more if rest))


def _option(scene: Scene, one: Possible, possible: Mapping[str, Possible]) -> Option:
    clearing = next((c for c in _clearing(scene, one.step) if c in possible and not possible[c].obstacles), None)
    first = Option(clearing, _href(scene, clearing)) if clearing and one.obstacles else None
    return Option(one.step.name, _href(scene, one.step.name), one.obstacles, first)


def _clearing(scene: Scene, step: Step) -> Iterable[str]:
    """The steps that take away the guards that don't hold now, in the order of the guards."""
    names = step.guards_at(scene.case.stage)
    held = [name for name in names if _guard(scene, name) is not None]
    if not ONLY_TIME & set(held):
        yield from (CLEARS[name] for name in held if name in CLEARS)


def _guard(scene: Scene, name: str) -> Sentence | None:
    return scene.once(f"guard:{name}", lambda: scene.process.guards[name](scene))


def _href(scene: Scene, step: str) -> str:
    whole = decide(Permission.CASE_SEE, scene.sight.facts).scope == "full"
    place = PLACES.get(step) if whole else None
    return f"/zaken/{scene.case.reference}/{place or f'stappen/{step}'}"


def _tie_question(scene: Scene, options: Mapping[str, Option]) -> Option | None:
    """Who leads or joins the table says first whether there is a tie; before that little else opens."""
    return None if scene.sight.facts.independence_declared else options.get("declare_independence")


def _primary(options: Mapping[str, Option]) -> Option | None:
    forward = [options[name] for name in FORWARD if name in options]
    free = next((option for option in forward if not option.obstacles), None)
    return free or next((option.first for option in forward if option.first), None)


def _waits(one: Possible) -> bool:
    """A way on that can't be taken yet. An act that can't be taken is no way on: it is done, or not asked now."""
    return one.step.name in FORWARD and one.step.kind == "transition" and bool(one.obstacles)


def _beside(workflow: Workflow, one: Possible) -> bool:
    """A button of its own: another way on that stands open and doesn't only end the case."""
    if one.step.name in BESIDE:
        return not one.obstacles
    targets = one.step.targets
    ends = bool(targets) and all(workflow.stages[name].final for name in targets)
    return one.step.kind == "transition" and not one.obstacles and not ends


def _grouped(steps: Iterable[Step], options: Mapping[str, Option]) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    groups: dict[str, list[Option]] = {}
    for step in steps:
        group = GROUPS.get(step.permission.split(".")[0], REST)
        groups.setdefault(group, []).append(options[step.name])
    return tuple((group, tuple(found)) for group, found in groups.items())
