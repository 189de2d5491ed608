"""Random people do random things to a case; a model written by hand says what must come of it.

Six machines, each from another point of the road on, of four examples of at most a hundred steps: over two thousand steps
per run, with BT_SOAK five times that.
"""

from __future__ import annotations

import os
import pickle
import random
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import select

from bijzondere_toegang.cases.advance import advance, choices_of
from bijzondere_toegang.errors import Incomplete, NotThere, Refused
from bijzondere_toegang.timeline.chain import GENESIS, hash_of
from bijzondere_toegang.timeline.models import TimelineEntry, TimelineHead
from bijzondere_toegang.web.forms import json_schema
from tests import databases
from tests.process.model import FAMILY, FINAL, HOLDERS, MUTS, PEOPLE, PROVIDERS, REPS, TRANSITIONS, VVG, Model
from tests.story import answers
from tests.support import make_site, register_sample, scene

STEPS = tuple(sorted(set(TRANSITIONS) - {"register"}))
HELPER = {VVG: "vincent-van-gogh", MUTS: "mutsaersstichting"}
EXAMPLES = 20 if os.environ.get("BT_SOAK") else 4
MANNERS = ("good", "good", "good", "good", "stale", "wrong")
SELDOM = frozenset({"withdraw", "ask_supplement", "advise_elsewhere", "cancel_conference", "adjourn", "end_care"})
"""What would end a case early, or lead round in a circle."""
ROAD: dict[str, str] = {
    "registered": "take_up",
    "preparing": "plan_conference",
    "conference_planned": "open_conference",
    "conference_open": "conclude_consensus",
    "formalising": "confirm_outcome",
    "placing": "accept_placement",
    "planning": "agree_plan",
    "in_care": "start_evaluation",
    "evaluating": "propose_closing",
}
"""The straight road, by the stage it leaves: chance alone seldom gets as far as the help."""
STARTS = ("registered", "placing", "planning", "in_care", "evaluating", "closing")

Act = tuple[str, str, dict[str, Any]]


class CaseMachine(RuleBasedStateMachine):
    """One case on a fresh SQLite database beside its model, from the stage `start` on."""

    start = "registered"

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.count = 0
        self.begin()

    def begin(self) -> None:
        maker = databases.Databases(Path(os.environ[databases.RUN]))
        self.site = make_site(self.opened.enter_context(maker.fresh("sqlite")))
        come = self.site.once(f"a machine that starts in {self.start}", self.come_so_far)
        self.reference, self.case_id, self.model, self.length, self.head = pickle.loads(bytes.fromhex(come))

    def come_so_far(self) -> str:
        self.reference = register_sample(self.site, 1)
        self.case_id = self.site.case(self.reference).id
        self.model = Model(revision=self.site.case(self.reference).revision)
        self.length, self.head = self._chain(None)
        self.set_off()
        return pickle.dumps((self.reference, self.case_id, self.model, self.length, self.head)).hex()

    def set_off(self) -> None:
        """Straight to where this machine starts; everybody agrees and nobody errs."""
        rng = random.Random(self.start)
        while self.model.stage != self.start:
            while acts := self._acts(rng, opposition=0):
                self.act(*acts[0])
            step = ROAD[self.model.stage]
            who = next(who for who in PEOPLE if self.model.predict(who, step) == "ok")
            self.transit(who, step, "good", rng)

    def teardown(self) -> None:
        self.opened.close()

    # ── What happens next ──

    @rule(seed=st.integers(0, 2**32))
    def something(self, seed: int) -> None:
        """One rule, so that every run has all of it: mostly on, often something that can't be, now and then a wait."""
        self.count += 1
        rng = random.Random(f"{seed} {self.count}")
        chance = rng.random()
        if chance < 0.25:
            self.transit(rng.choice(PEOPLE), rng.choice(STEPS), rng.choice(MANNERS), rng)
        elif chance < 0.35:
            self.wait(rng.choice((1, 1, 2, 12, 23)))
        else:
            self.go_on(rng)

    def go_on(self, rng: random.Random) -> None:
        """An act that a transition waits for, or a transition that the model thinks possible."""
        acts = self._acts(rng)
        able = [(who, step) for step in STEPS for who in PEOPLE if self.model.predict(who, step) == "ok"]
        if rng.random() > 0.15:
            able = [one for one in able if one[1] not in SELDOM]
        if acts and rng.random() < (0.8 if able else 1):
            self.act(*rng.choice(acts))
        elif self.model.stage in FINAL and rng.random() < 0.5:
            self.begin_again()
        elif able:
            steps = sorted({step for _, step in able})
            step = rng.choice(steps)
            self.transit(rng.choice([who for who, it in able if it == step]), step, rng.choice(MANNERS), rng)

    def act(self, who: str, step: str, said: dict[str, Any]) -> None:
        assert self._take(who, step, said) == "ok", (who, step, self.model)
        self._done(who, step, said)

    def wait(self, days: int) -> None:
        self.site.move(days=days)
        self.model.day += days

    def begin_again(self) -> None:
        self.opened.close()
        self.begin()

    # ── Taking a step and comparing ──

    def transit(self, who: str, step: str, manner: str, rng: random.Random) -> None:
        if self.model.unsure(step):
            return
        stale, wrong = manner == "stale", manner == "wrong"
        expected = self.model.predict(who, step, stale=stale, wrong=wrong)
        chosen = self._chosen(step, rng)
        found = self._take(who, step, {"iets": "anders"} if wrong else chosen, stale=stale, wrong=wrong)
        assert found == expected, (who, step, manner, self.model)
        if found == "ok":
            self.model.apply(who, step, self._target(step, chosen), self.consortium)

    def _chosen(self, step: str, rng: random.Random) -> dict[str, Any]:
        """What is chosen where a transition can lead to several stages; one of them is right at least."""
        if step == "plan_conference":
            return {"datum": self.site.on.isoformat(), "vrijeDag": True}
        if step == "accept_placement":
            return {"aanbieder": HELPER.get(self.model.proposed, "koraal")}
        if step in ("continue_care", "revise_plan") and self.model.evaluated_plan and not self.model.voiced:
            return {"redenZonderStem": "Twee keer gebeld, niemand nam op."}
        if step not in ("confirm_outcome", "decide"):
            return {}
        target = rng.choice(self.model.targets(step))
        further = {"trede": "3"} if target != "referred_back" else {"waarheen": "Het wijkteam."}
        if target == "placing" and step == "decide":
            further |= {"samenwerkingsverband": rng.choice((VVG, MUTS)), "waaromDitVerband": "Zij hebben plek."}
        return {"vervolg": target} | further

    def _target(self, step: str, chosen: dict[str, Any]) -> str:
        return str(chosen["vervolg"]) if "vervolg" in chosen else next(iter(TRANSITIONS[step][1]))

    def _take(self, who: str, step: str, said: dict[str, Any], *, stale: bool = False, wrong: bool = False) -> str:
        """The class of the answer; what was refused changed nothing, what was done is one entry more."""
        self.site.move(seconds=1)
        self.consortium = ""
        try:
            self._advance(who, step, said, stale=stale, wrong=wrong)
        except Incomplete as error:
            assert wrong, (step, error.faults, self.model)
            found = "422"
        except Refused as error:
            found = str(error.status)
        else:
            found = "ok"
        self._compare_chain(found == "ok")
        return found

    def _advance(self, who: str, step: str, said: dict[str, Any], *, stale: bool, wrong: bool) -> None:
        with self.site.database.write() as tx:
            seen = scene(self.site, tx, who, self.reference)
            revision = seen.case.revision - 1 if stale else seen.case.revision
            advance(seen, step, data=said if wrong else self._answers(seen, step, said), revision=revision)

    def _answers(self, seen: Any, step: str, said: dict[str, Any]) -> dict[str, Any]:
        form = self.site.process.forms[seen.workflow.steps[step].form]
        schema = json_schema(form, choices_of(seen, form))
        given = answers(step, schema, self.site.on, **said)
        if given.get("vervolg") == "placing" and step == "confirm_outcome":
            given["samenwerkingsverband"] = schema["properties"]["samenwerkingsverband"]["enum"][0]
        if said.get("vervolg") == "referred_back":
            given = {name: value for name, value in given.items() if name not in ("trede", "samenwerkingsverband")}
        self.consortium = given.get("samenwerkingsverband", "")
        return {name: value for name, value in given.items() if name in schema["properties"]}

    # ── Acts ──

    def _acts(self, rng: random.Random, opposition: float = 0.1) -> list[Act]:
        model, stage = self.model, self.model.stage
        acts: list[Act] = []
        if stage == "registered" and not model.declared:
            acts.append(("chair", "declare_independence", {}))
        if stage == "conference_planned" and not model.attended:
            acts.append(("chair", "record_attendance", {}))
        if stage == "conference_open" and not model.asked:
            acts.append(("chair", "ask_round", {}))
        if stage == "conference_open" and model.asked:
            acts += [
                self._position(holder, rng.random() < opposition) for holder in sorted(HOLDERS - model.positions.keys())
            ]
        if stage == "planning" and model.named:
            acts += self._planning(sorted(model.named)[0])
        if stage == "evaluating" and model.named and model.evaluated_plan:
            acts += [] if model.scored else [(sorted(model.named)[0], "score", {})]
            acts += [] if model.voiced else [(rng.choice(sorted(FAMILY)), "score", {})]
        return acts

    def _position(self, holder: str, opposed: bool) -> Act:
        who = next((rep for rep, code in REPS.items() if code == holder), holder)
        return who, "state_position", {"standpunt": "oneens", "woorden": "Zo niet."} if opposed else {}

    def _planning(self, helper: str) -> list[Act]:
        model = self.model
        if not model.draft:
            return [(helper, "put_up_plan" if model.concept else "write_plan", {})]
        acts: list[Act] = [] if model.confirmed else [("referrer", "confirm_plan", {})]
        acts += [(who, "consent", {}) for who in FAMILY if who not in model.consents]
        return acts + ([] if model.help_started else [(helper, "start_help", {})])

    def _done(self, who: str, step: str, said: dict[str, Any]) -> None:
        model = self.model
        together = step in ("declare_independence", "state_position", "consent", "score")
        model.revision += 0 if together else 1
        if step == "state_position":
            model.positions[REPS.get(who, who)] = said.get("standpunt") == "oneens"
        elif step == "consent":
            model.consents |= {who}
        elif step == "write_plan":
            model.concept = True
        elif step == "put_up_plan":
            model.draft, model.confirmed, model.consents = True, False, frozenset()
        elif step == "start_help":
            model.help_started = model.help_runs = True
        else:
            names = {"declare_independence": "declared", "record_attendance": "attended", "ask_round": "asked"}
            names |= {"confirm_plan": "confirmed", "score": "voiced" if who in FAMILY else "scored"}
            setattr(model, names[step], True)

    # ── After every rule ──

    @invariant()
    def the_case_stands_where_the_model_says(self) -> None:
        case, model = self.site.case(self.reference), self.model

        assert (case.stage, case.revision) == (model.stage, model.revision)
        assert (case.proposed_consortium, case.accepted_consortium) == (model.proposed, model.accepted)
        assert (case.help_runs, case.returns) == (model.help_runs, model.returns)

    @invariant()
    def people_see_the_case_as_the_model_says(self) -> None:
        for who in (*REPS, *PROVIDERS):
            assert self._sees(who) == self.model.sees(who), who

    def _sees(self, who: str) -> bool:
        with self.site.database.read() as tx:
            try:
                scene(self.site, tx, who, self.reference)
            except NotThere:
                return False
        return True

    def _compare_chain(self, done: bool) -> None:
        length, head = self._chain(self.head if done else None)
        assert length == self.length + done
        assert done or head == self.head
        self.length, self.head = length, head

    def _chain(self, before: str | None) -> tuple[int, str]:
        """Length and hash of the chain of the case; the last entry follows on `before`, if that is given."""
        with self.site.database.read() as tx:
            head = tx.exec(select(TimelineHead).where(TimelineHead.chain == self.case_id)).one()
            last = TimelineEntry.chain == self.case_id, TimelineEntry.seq == head.seq
            entry = tx.exec(select(TimelineEntry).where(*last)).one()
            assert entry.hash == head.hash == hash_of(entry)
            assert before is None or entry.previous_hash == before != GENESIS
            return head.seq, head.hash


@pytest.mark.parametrize("start", STARTS)
def test_the_case_does_what_the_model_says(start: str) -> None:
    plan = settings(
        max_examples=EXAMPLES,
        stateful_step_count=100,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    machine = type("CaseMachine", (CaseMachine,), {"start": start})
    run_state_machine_as_test(machine, settings=plan)
