"""`audit review`: odd reading for the privacy officer. Names are compared here and go nowhere: a finding holds none.

Surnames and streets are sealed, so they are opened in batches, by case, compared, and let go. Where somebody who works
here lives is known as a keyed hash alone (`people street`), so the street of a party is hashed with the same key.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import lookup, unseal_rows
from bijzondere_toegang.engine import Workflow
from bijzondere_toegang.oversight.models import AccountStreet, LogFinding
from bijzondere_toegang.oversight.reading import Looked, read_between
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.timeline.models import TimelineEntry

Row = TypeVar("Row")
Key = TypeVar("Key")
BATCH = 200
"""Cases whose parties are opened at once."""
_BETWEEN = frozenset({"de", "den", "der", "het", "la", "te", "ten", "ter", "van", "von", "el", "al"})
REASONS = ("name", "street", "glass", "lost", "no_task", "many", "tries")


@dataclass(frozen=True, slots=True)
class Odd:
    """Something to look at."""

    reason: str
    at: datetime
    day: date
    account_id: UUID
    role: str
    case_id: UUID | None
    times: int


def odd_reading(tx: Session, process: Process, since: datetime, until: datetime) -> tuple[int, list[Odd]]:
    """How many entries of [since, until) were read, and what is odd in them. It only reads."""
    reading = read_between(tx, since, until)
    looks = list(reading.looks.values())
    found = [odd for batch in _by_cases(looks) for odd in _odd(tx, process, batch)]
    found += [
        Odd("tries" if one.refused else "many", one.at, local_day(one.at), one.account_id, one.role, None, one.cases)
        for one in reading.bursts.values()
    ]
    return reading.entries, found


def _by_cases(looks: Sequence[Looked]) -> Iterator[list[Looked]]:
    cases = sorted({look.case_id for look in looks}, key=str)
    by_case: defaultdict[UUID, list[Looked]] = defaultdict(list)
    for look in looks:
        by_case[look.case_id].append(look)
    for begin in range(0, len(cases), BATCH):
        yield [look for case in cases[begin : begin + BATCH] for look in by_case[case]]


def _odd(tx: Session, process: Process, looks: list[Looked]) -> Iterator[Odd]:
    known = _Known(tx, process, {look.case_id for look in looks}, {look.account_id for look in looks})
    for look in looks:
        if known.is_professional(look):
            for reason in known.reasons(look):
                role = look.role or known.works_as(look)
                yield Odd(reason, look.first, look.day, look.account_id, role, look.case_id, look.times)


class _Known:
    """What has to be known of a batch of cases and of who looked at them, in nine statements."""

    def __init__(self, tx: Session, process: Process, cases: set[UUID], accounts: set[UUID]) -> None:
        self._process = process
        self._cases = {row.id: row for row in tx.exec(select(Case).where(col(Case.id).in_(cases))).all()}
        self._access = _grouped(
            tx.exec(select(CaseAccess).where(col(CaseAccess.case_id).in_(cases))).all(),
            lambda row: (row.account_id, row.case_id),
        )
        self._members = _grouped(
            tx.exec(select(Membership).where(col(Membership.account_id).in_(accounts))).all(),
            lambda row: row.account_id,
        )
        moves = select(TimelineEntry).where(
            col(TimelineEntry.chain).in_(cases),
            TimelineEntry.outcome == "ok",
            TimelineEntry.to_stage != "",
            TimelineEntry.from_stage != TimelineEntry.to_stage,
        )
        self._moves = _grouped(
            tx.exec(moves.order_by(col(TimelineEntry.chain), col(TimelineEntry.seq))).all(), lambda row: row.chain
        )
        self._surnames, self._streets = _of_parties(tx, cases)
        names = tx.exec(select(Account).where(col(Account.id).in_(accounts))).all()
        unseal_rows(tx, names, ("name",))
        self._names = {row.id: surname(row.name.reveal()) if row.name else "" for row in names}
        lives = tx.exec(select(AccountStreet).where(col(AccountStreet.account_id).in_(accounts))).all()
        self._lives = {row.account_id: row.street_key for row in lives}

    def is_professional(self, look: Looked) -> bool:
        """Family and who it invited read what is theirs; chains of accounts are no cases."""
        if look.case_id not in self._cases:
            return False
        own = self._access.get((look.account_id, look.case_id), ())
        return bool(self._members.get(look.account_id)) and not any(row.party_id for row in own)

    def works_as(self, look: Looked) -> str:
        """What who played no part in the case was here that day; empty when nothing any more."""
        return min((row.role for row in self._members.get(look.account_id, ()) if _valid(row, look.day)), default="")

    def reasons(self, look: Looked) -> Iterator[str]:
        if look.glass:
            yield "glass"
        if self._names.get(look.account_id) and self._names[look.account_id] in self._surnames.get(look.case_id, ()):
            yield "name"
        if self._lives.get(look.account_id) in self._streets.get(look.case_id, ()):
            yield "street"
        access = self._access.get((look.account_id, look.case_id), ())
        if access and not any(_open_at(row, look.last) for row in access):
            yield "lost"
        elif not look.glass and not self._has_task(look, access):
            yield "no_task"

    def _has_task(self, look: Looked, access: Iterable[CaseAccess]) -> bool:
        """A membership on that day, and in that stage a turn or a step that is not open in every stage."""
        roles = {row.role for row in self._members.get(look.account_id, ()) if _valid(row, look.day)}
        if not roles:
            return False
        if look.relation == Relation.COORDINATOR_SAME_ORG:
            return True  # to oversee the cases of the own organisation, in outline, is the task
        playing = {ROLE_OF.get(row.relation, "") for row in access if _open_at(row, look.first)}
        playing |= {look.role, ROLE_OF.get(look.relation, look.relation)} - {""}
        case = self._cases[look.case_id]
        workflow = self._process.library.get(case.workflow, case.workflow_version)
        stages = {self._stage(look, look.first), self._stage(look, look.last)}
        return any(playing & _busy(workflow, stage) for stage in stages)

    def _stage(self, look: Looked, at: datetime) -> str:
        """The stage the case was in at that moment."""
        moves = self._moves.get(look.case_id, ())
        before = [row.to_stage for row in moves if row.at <= at]
        if before:
            return before[-1]
        return moves[0].from_stage or moves[0].to_stage if moves else self._cases[look.case_id].stage


def _busy(workflow: Workflow, stage: str) -> set[str]:
    """The roles for whom there is something to do in this stage in particular.

    A step from all stages in which a case runs, or from all in which it has ended, is open anywhere.
    """
    finals = {name for name, one in workflow.stages.items() if one.final}
    anywhere = (finals, workflow.stages.keys() - finals)
    here = [(step, set(workflow.sources_of(step))) for step in workflow.steps.values()]
    roles = {
        role
        for step, sources in here
        if stage in sources and not any(sources >= each for each in anywhere)
        for role in step.by
    }
    turn = workflow.stages[stage].turn if stage in workflow.stages else None
    return roles | ({turn} if turn else set())


def _grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> Mapping[Key, list[Row]]:
    found: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _valid(row: Membership, on: date) -> bool:
    return row.valid_from <= on and (row.valid_until is None or on <= row.valid_until)


def _open_at(row: CaseAccess, at: datetime) -> bool:
    return row.relation != "rep.lost" and row.since <= at and (row.until is None or row.until > at)


def _of_parties(tx: Session, cases: set[UUID]) -> tuple[Mapping[UUID, set[str]], Mapping[UUID, set[str]]]:
    """Surnames, and keyed streets, by case."""
    parties = tx.exec(select(Party).where(col(Party.case_id).in_(cases))).all()
    unseal_rows(tx, parties, ("last_name", "address"))
    surnames: defaultdict[UUID, set[str]] = defaultdict(set)
    streets: defaultdict[UUID, set[str]] = defaultdict(set)
    for party in parties:
        if party.last_name and (name := surname(party.last_name.reveal())):
            surnames[party.case_id].add(name)
        if party.address and (key := street_key(tx, party.address.reveal())):
            streets[party.case_id].add(key)
    tx.expunge_all()
    return surnames, streets


def surname(name: str) -> str:
    """The last word, without accents: *van der Velde* and *V.d. Velde* are alike."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = [word for word in re.split(r"[^a-z]+", plain) if word and word not in _BETWEEN]
    return words[-1] if words else ""


def street_key(tx: Session, address: str) -> str:
    """A keyed hash of street and town: `Kerkstraat 12` above `5911 AB Venlo`; empty when there is no street."""
    street, _, town = address.partition("\n")
    plain = [re.sub(r"[^a-z]+", "", part.casefold()) for part in (re.split(r"\d", street)[0], _town(town))]
    return lookup(tx, "street", "|".join(plain)) if plain[0] else ""


def _town(line: str) -> str:
    return re.sub(r"^\s*\d{4}\s*[A-Za-z]{2}\b", "", line)


def mark_of(tx: Session, odd: Odd | LogFinding) -> str:
    """By which the same finding is known again."""
    return lookup(tx, "finding", f"{odd.reason}|{odd.account_id}|{odd.case_id}|{odd.day}")


def store(tx: Session, found: Iterable[Odd], at: datetime) -> list[LogFinding]:
    """Keep what was not known yet; the same period may be reviewed again."""
    by_mark = {mark_of(tx, odd): odd for odd in found}
    marks, known = sorted(by_mark), set[str]()
    for begin in range(0, len(marks), 500):
        query = select(LogFinding.mark).where(col(LogFinding.mark).in_(marks[begin : begin + 500]))
        known.update(tx.exec(query).all())
    rows = [
        LogFinding(
            mark=mark, reason=odd.reason, at=odd.at, day=odd.day, account_id=odd.account_id, role=odd.role,
            case_id=odd.case_id, times=odd.times, found_at=at,
        )
        for mark, odd in by_mark.items()
        if mark not in known
    ]  # fmt: skip
    tx.add_all(rows)
    tx.flush()
    return rows
