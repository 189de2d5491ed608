"""Fills the demonstration: people, the eight samples, and what happened to each, in the order of time."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import accounts_in_role
from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.process import Process, Scene
from bijzondere_toegang.cases.visibility import find_case
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Database
from bijzondere_toegang.demo.beats import Beat
from bijzondere_toegang.demo.people import account_of, mark_family, mark_invited, settle_in
from bijzondere_toegang.demo.samples import document
from bijzondere_toegang.demo.timekeeper import TimeKeeper
from bijzondere_toegang.errors import NotThere, Refused
from bijzondere_toegang.people.actors import load_actor
from bijzondere_toegang.referrals.intake import parse
from bijzondere_toegang.referrals.models import Reception
from bijzondere_toegang.referrals.reception import receive

log = logging.getLogger("bijzondere_toegang.demo")


class Stage:
    """Where the stories are played: the database, the process and the clock."""

    def __init__(self, process: Process, keeper: TimeKeeper) -> None:
        self.process = process
        self.keeper = keeper
        self.database: Database = keeper.post.database
        self._stopped: set[int] = set()

    def play(self, beats: Iterable[Beat], until: datetime) -> None:
        """Everything in the order of time; a story stops at the first step that is refused. Ends at `until`."""
        ordered = sorted(beats, key=lambda beat: beat.at)
        self.keeper.start_at(ordered[0].at)
        with self.database.write() as tx:
            settle_in(tx, self.keeper.clock())
        for beat in ordered:
            self.keeper.run_until(beat.at)
            if beat.number not in self._stopped:
                self._play(beat)
        self.keeper.run_until(until)
        self.keeper.start_at(until)

    def _play(self, beat: Beat) -> None:
        try:
            if beat.step:
                self.take(beat)
            else:
                self._register(beat)
        except Refused as refused:
            if beat.optional:
                return
            self._stopped.add(beat.number)
            faults = [f"{fault.pointer} {fault.text}" for fault in getattr(refused, "faults", ())]
            log.warning("story %s: %s by %s refused: %s %s", beat.number, beat.step, beat.who, refused, faults)

    def _register(self, beat: Beat) -> None:
        at = self.keeper.clock()
        body = json.dumps(document(beat.number, local_day(at))).encode()
        intake = parse(body, region=self.process.region, on=local_day(at))
        with self.database.write() as tx:
            received = receive(tx, self.process, intake, sender=None, channel="import", at=at)
            mark_family(tx, received.case, beat.number)

    def take(self, beat: Beat) -> None:
        """One step by the front door's own function, so that all its rules hold."""
        at = self.keeper.clock()
        with self.database.write() as tx:
            case = case_of(tx, beat.number)
            actor = load_actor(tx, self._who(tx, case, beat.who, at), local_day(at))
            if actor is None or beat.step not in self.process.forms:
                raise NotThere
            sight = find_case(tx, replace(actor, proven=True), case.reference, self.process.region, at)
            scene = Scene(self.process, tx, sight, at, local_day(at))
            answers = beat.answers(scene) if callable(beat.answers) else beat.answers
            advance(scene, beat.step, data=answers, revision=case.revision)
            if scene.handed:
                mark_invited(tx, case, beat.number)

    def _who(self, tx: Session, case: Case, who: str, at: datetime) -> UUID:
        found = account_of(tx, who)
        if found is None:
            found = next(iter(accounts_in_role(tx, case, who, at)), None)
        if found is None:
            raise NotThere
        return found


def case_of(tx: Session, number: int) -> Case:
    """The case that sample `number` became."""
    query = select(Case).join(Reception, col(Reception.case_id) == col(Case.id))
    found = tx.exec(query.where(Reception.source_reference == f"DEMO-{number:04}")).first()
    if found is None:
        raise NotThere
    return found
