"""What the process should do, written by hand from the description of the process: no workflow file is read here.

`Model` knows one case and predicts what happens when somebody takes a transition: the new stage, or the refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Answer = Literal["ok", "404", "403", "409", "422"]

AFTER_PLACING = ("planning", "in_care")
FINAL = frozenset({"closed", "referred_back", "withdrawn"})
OPEN = frozenset({
    "draft", "registered", "supplementing", "preparing", "conference_planned", "conference_open", "formalising",
    "referrer_decision", "placing", "placement_returned", "planning", "in_care", "evaluating", "closing",
})  # fmt: skip
OUTCOMES = frozenset({"placing", "planning", "in_care", "referred_back"})

TRANSITIONS: dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {
    name: (frozenset(sources), frozenset(targets), frozenset(roles))
    for name, (sources, targets, roles) in {
        "register": ({"draft"}, {"registered"}, {"referrer"}),
        "ask_supplement": ({"registered"}, {"supplementing"}, {"chair"}),
        "supplement": ({"supplementing"}, {"registered"}, {"referrer"}),
        "take_up": ({"registered"}, {"preparing"}, {"chair"}),
        "advise_elsewhere": ({"registered", "supplementing"}, {"formalising"}, {"chair"}),
        "plan_conference": ({"preparing"}, {"conference_planned"}, {"chair", "planner"}),
        "cancel_conference": ({"conference_planned"}, {"preparing"}, {"chair", "planner"}),
        "open_conference": ({"conference_planned"}, {"conference_open"}, {"chair"}),
        "adjourn": ({"conference_open"}, {"preparing"}, {"chair"}),
        "conclude_consensus": ({"conference_open"}, {"formalising"}, {"chair"}),
        "conclude_no_consensus": ({"conference_open"}, {"referrer_decision"}, {"chair"}),
        "confirm_outcome": ({"formalising"}, OUTCOMES, {"referrer"}),
        "reject_outcome": ({"formalising"}, {"preparing"}, {"referrer"}),
        "decide": ({"referrer_decision"}, OUTCOMES, {"referrer"}),
        "accept_placement": ({"placing"}, {"planning"}, {"rep"}),
        "return_placement": ({"placing", *AFTER_PLACING}, {"placement_returned"}, {"rep"}),
        "lapse_placement": ({"placing"}, {"placement_returned"}, {"chair"}),
        "propose_again": ({"placement_returned"}, {"formalising"}, {"chair"}),
        "reconvene": ({"placement_returned", *AFTER_PLACING, "evaluating"}, {"preparing"}, {"chair", "referrer"}),
        "agree_plan": ({"planning"}, {"in_care"}, {"provider"}),
        "start_evaluation": ({"in_care"}, {"evaluating"}, {"provider", "referrer", "chair"}),
        "continue_care": ({"evaluating"}, {"in_care"}, {"provider"}),
        "revise_plan": ({"evaluating"}, {"planning"}, {"provider"}),
        "end_care": (set(AFTER_PLACING), {"closing"}, {"provider", "referrer"}),
        "propose_closing": ({"evaluating"}, {"closing"}, {"provider"}),
        "close": ({"closing"}, {"closed"}, {"referrer"}),
        "record_remedy": ({"placing", *AFTER_PLACING, "referred_back"}, {"referrer_decision"}, {"referrer"}),
        "withdraw": (OPEN, {"withdrawn"}, {"referrer", "family"}),
    }.items()
}
"""Transition → stages it leaves, stages it may lead to, roles that may take it."""

VVG, MUTS = "sv-vincent-van-gogh", "sv-mutsaersstichting"
FAMILY = ("jeugdige", "moeder", "vader")
REPS = {"vvg1": VVG, "muts1": MUTS}
PROVIDERS = {"zorg_vvg1": VVG, "zorg_muts1": MUTS}
ONLOOKERS = ("teamleider", "fg")
"""They see that the case is there, and have no part in it."""
STRANGERS = ("collega", "verwijzer2", "analist", "beheerder", "zorg_vvg2")
PEOPLE = ("chair", "referrer", *FAMILY, *REPS, *PROVIDERS, "planner", *ONLOOKERS, *STRANGERS)
HOLDERS = frozenset({*FAMILY, "referrer", VVG, MUTS})


@dataclass
class Model:
    """The facts of one case of a young person of thirteen, voluntary framework, two parents with authority."""

    day: int = 0
    stage: str = "registered"
    entered: int = 0
    revision: int = 1
    declared: bool = False
    seats: dict[str, frozenset[str]] = field(default_factory=lambda: {VVG: frozenset(), MUTS: frozenset()})
    """consortium → invited, proposed, accepted"""
    named: frozenset[str] = frozenset()
    """providers that help in this case"""
    conference_day: int = 0
    attended: bool = False
    asked: bool = False
    positions: dict[str, bool] = field(default_factory=dict)
    """holder → opposed"""
    ready: str = ""
    """what the referrer confirms: table, elsewhere, amended"""
    proposed: str = ""
    accepted: str = ""
    refused: frozenset[str] = frozenset()
    """consortia that gave the placement back since the table or the referrer decided"""
    accepted_in: int = 0
    decisions: int = 0
    """decisions of the table or the referrer, amended ones not counted"""
    returns: int = 0
    concept: bool = False
    draft: bool = False
    """a plan is up"""
    confirmed: bool = False
    consents: frozenset[str] = frozenset()
    plan: bool = False
    """a plan was agreed that is still the plan"""
    help_started: bool = False
    help_runs: bool = False
    evaluated_plan: bool = False
    scored: bool = False
    voiced: bool = False
    """somebody of the family scored too"""

    # ── Who is who ──

    def role(self, who: str) -> str:
        if who in FAMILY:
            return "family"
        if who in REPS:
            return "rep" if self.seats[REPS[who]] else ""
        if who in PROVIDERS:
            return "provider" if who in self.named else ""
        return who if who in ("chair", "referrer", "planner") else ""

    def sees(self, who: str) -> bool:
        return bool(self.role(who)) or who in ONLOOKERS

    # ── What is predicted ──

    def predict(self, who: str, step: str, *, stale: bool = False, wrong: bool = False) -> Answer:
        sources, _, roles = TRANSITIONS[step]
        if not self.sees(who):
            return "404"
        if self.role(who) not in roles:
            return "403"
        if self.stage not in sources:
            return "409"
        if not self.may(who, step):
            return "403"
        if stale or not self.ready_for(who, step):
            return "409"
        return "422" if wrong else "ok"

    def may(self, who: str, step: str) -> bool:
        """Beyond role and stage: whose placement it is, independence, whether help runs."""
        if step in ("take_up", "ask_supplement", "advise_elsewhere", "open_conference"):
            return self.declared
        if step in ("accept_placement", "return_placement"):
            own = REPS[who]
            held = self.seats[own] & ({"proposed"} if step == "accept_placement" else {"proposed", "accepted"})
            return bool(held) and own == (self.proposed or self.accepted)
        if step == "lapse_placement":
            return self.day - self.entered > 10
        return not (step == "withdraw" and who in FAMILY and self.help_runs)

    def ready_for(self, who: str, step: str) -> bool:
        """What has to be so before a transition."""
        everybody = self.asked and self.positions.keys() >= HOLDERS
        opposed = any(self.positions.values())
        facts = {
            "open_conference": self.attended and self.day >= self.conference_day,
            "advise_elsewhere": self.stage == "registered" or self.day - self.entered > 21,
            "conclude_consensus": everybody and not opposed,
            "conclude_no_consensus": everybody and opposed,
            "propose_again": not {VVG, MUTS} <= self.refused,
            "agree_plan": self.draft and self.confirmed and set(FAMILY) <= self.consents,
            "continue_care": self.scored or not self.evaluated_plan,
            "revise_plan": self.scored or not self.evaluated_plan,
            "withdraw": not self.help_runs,
        }
        return facts.get(step, True)

    def unsure(self, step: str) -> bool:
        """Days on which the calendar of working days decides; the model says nothing about them."""
        waited = self.day - self.entered
        if step == "lapse_placement" and self.stage == "placing":
            return 3 <= waited <= 10
        return step == "advise_elsewhere" and self.stage == "supplementing" and 10 <= waited <= 21

    def targets(self, step: str) -> list[str]:
        """Where a decision can lead."""
        if step == "confirm_outcome" and self.ready != "table":
            return ["referred_back"] if self.ready == "elsewhere" else ["placing"]
        if not self.accepted:
            further = ["placing"]
        elif self.help_runs:
            further = ["in_care", "planning", "placing"]
        else:
            further = ["planning", "placing"]
        return [*further, "referred_back"] if step == "decide" and not self.help_runs else further

    # ── What a transition changes ──

    def apply(self, who: str, step: str, target: str, consortium: str = "") -> None:
        """`target` is the stage it leads to, `consortium` the one that was chosen in the answers."""
        change = getattr(self, f"_{step}", None)
        self.revision += 1
        if change is not None:
            change(target, consortium)
        self.stage, self.entered = target, self.day
        if target == "planning":
            self.concept, self.draft, self.confirmed, self.consents = False, False, False, frozenset()

    def _advise_elsewhere(self, target: str, consortium: str) -> None:
        self.ready = "elsewhere"

    def _plan_conference(self, target: str, consortium: str) -> None:
        self.seats = {code: held or frozenset({"invited"}) for code, held in self.seats.items()}
        self.conference_day, self.attended, self.asked, self.positions = self.day, False, False, {}

    def _conclude_consensus(self, target: str, consortium: str) -> None:
        self.ready = "table"

    def _confirm_outcome(self, target: str, consortium: str) -> None:
        if self.ready != "amended":
            self._decided_anew()
        self._follow(target, consortium)

    def _decide(self, target: str, consortium: str) -> None:
        self._decided_anew()
        self._follow(target, consortium)

    def _decided_anew(self) -> None:
        self.refused, self.decisions = frozenset(), self.decisions + 1

    def _follow(self, target: str, consortium: str) -> None:
        if target == "placing":
            if not self.help_runs:
                self._release()
            self.seats = {code: self._seat(code, consortium) for code in self.seats}
            self.proposed = consortium
        elif target == "referred_back":
            self._release()
            self.seats, self.proposed = dict.fromkeys(self.seats, frozenset()), ""
        else:
            self._keep()

    def _seat(self, code: str, chosen: str) -> frozenset[str]:
        held = {"accepted"} if code == self.accepted else set()
        held |= {"proposed"} if code == chosen else set()
        return frozenset(held or {"invited"})

    def _release(self) -> None:
        self.accepted, self.named = "", frozenset()

    def _keep(self) -> None:
        self.proposed = ""
        self.seats = {c: frozenset({"accepted"}) if c == self.accepted else frozenset() for c in self.seats}

    def _accept_placement(self, target: str, consortium: str) -> None:
        self.accepted, self.accepted_in = self.proposed, self.decisions
        self._keep()
        self.named = frozenset(who for who, code in PROVIDERS.items() if code == self.accepted)

    def _return_placement(self, target: str, consortium: str) -> None:
        if self.proposed:
            self.refused |= {self.proposed}
        elif self.accepted_in == self.decisions:
            self.refused |= {self.accepted}
        self._ask_again()

    def _lapse_placement(self, target: str, consortium: str) -> None:
        self.refused |= {self.proposed}
        self._ask_again()

    def _ask_again(self) -> None:
        self.returns, self.proposed = self.returns + 1, ""
        if not self.help_runs:
            self._release()
        self.seats = {code: self._seat(code, "") for code in self.seats}

    def _propose_again(self, target: str, consortium: str) -> None:
        self.ready = "amended"

    def _agree_plan(self, target: str, consortium: str) -> None:
        self.plan = True
        if not self.help_started:
            self.help_started = self.help_runs = True

    def _start_evaluation(self, target: str, consortium: str) -> None:
        self.evaluated_plan, self.scored, self.voiced = self.plan, False, False

    def _end_care(self, target: str, consortium: str) -> None:
        self.plan = self.help_runs = False

    def _close(self, target: str, consortium: str) -> None:
        self.plan = self.help_runs = False

    def _record_remedy(self, target: str, consortium: str) -> None:
        if self.proposed:
            self.seats[self.proposed] = frozenset({"accepted" if self.proposed == self.accepted else "invited"})
            self.proposed = ""

    def _withdraw(self, target: str, consortium: str) -> None:
        """Nobody helps, so nobody but referrer, chair and family keeps sight of it."""
        self.seats, self.named = dict.fromkeys(self.seats, frozenset()), frozenset()
