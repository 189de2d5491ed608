"""Which cases are on somebody's list, in which order: due day first, keyset pages, codes only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, false, func, literal, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_scalars
from sqlmodel.sql.expression import SelectOfScalar

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.acts_handover import open_at as offer_open_at
from bijzondere_toegang.cases.models import Case, CaseAccess, Handover, Independence
from bijzondere_toegang.cases.visibility import mine, open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.engine import Library, Stage
from bijzondere_toegang.people.actors import Actor

PAGE = 25
NEVER = date(9999, 12, 31)
"""Where a case without a due day stands in the order."""
FIRST = date(1, 1, 1)
"""Where a case stands that a colleague offers to this person, or in which a call waits: above everything else."""

TODO, WAITING, DONE = 0, 1, 2
WATCHES = frozenset({("supplementing", "chair")})
"""Beside the owner, but with nothing to do until the term has passed."""
ROLES = tuple(dict.fromkeys(ROLE_OF.values()))


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows: everything open, one phase, what is late, what waits for others, what is done."""

    name: str = ""

    def holds(self, rows: Subquery, phases: Iterable[str]) -> ColumnElement[bool]:
        if self.name == "laat":
            return and_(rows.c.rank == TODO, rows.c.late == 1)
        if self.name == "wacht":
            return rows.c.rank == WAITING
        if self.name == "klaar":
            return rows.c.rank == DONE
        if self.name in phases:
            return and_(rows.c.rank == TODO, rows.c.phase == self.name)
        return rows.c.rank != DONE


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page; the next page begins after it."""

    rank: int
    due_on: date
    case_id: UUID

    def __str__(self) -> str:
        return f"{self.rank}.{self.due_on.isoformat()}.{self.case_id}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for anything that is not a cursor of ours."""
        try:
            rank, day, case_id = text.split(".")
            return cls(int(rank) % 10, date.fromisoformat(day), UUID(case_id))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases there are of one phase and rank."""

    phase: str
    rank: int
    late: bool
    cases: int


def rows_of(actor: Actor, library: Library, at: datetime, calls: Collection[UUID] = ()) -> Subquery:
    """Every case of this person as (id, phase, rank, due, late); what waits for her ranks first. `calls`: the cases in
    which a call that she promised waits, also when the case itself does not."""
    on = local_day(at)
    recused = exists().where(
        col(Independence.case_id) == col(Case.id),
        col(Independence.account_id) == actor.account_id,
        col(Independence.tie).is_(True),
    )
    ended = _in_stages(library, lambda stage: stage.final)
    offered = exists().where(
        col(Handover.case_id) == col(Case.id), col(Handover.offered_to) == actor.account_id, offer_open_at(at)
    )
    waits = or_(offered, _for(actor, library, at))
    called = col(Case.id).in_(calls)
    rank = case((called, literal(TODO)), (ended, literal(DONE)), (waits, literal(TODO)), else_=literal(WAITING))
    first = or_(called, and_(offered, ~ended))
    late = case((and_(col(Case.due_on) < on, ~ended), literal(1)), else_=literal(0))
    return (
        select(
            col(Case.id),
            _phase(library).label("phase"),
            rank.label("rank"),
            late.label("late"),
            case((first, literal(FIRST)), else_=func.coalesce(col(Case.due_on), literal(NEVER))).label("due"),
        )
        .where(mine(actor, at), ~recused)
        .subquery()
    )


def _for(actor: Actor, library: Library, at: datetime) -> ColumnElement[bool]:
    """Whether the case waits for this person: whose turn it is, and who has a task beside the owner."""
    asked = func.coalesce(func.nullif(col(Case.accepted_consortium), ""), col(Case.proposed_consortium))
    parts: list[ColumnElement[bool]] = []
    for role in ROLES:
        relations = col(CaseAccess.relation).in_([relation for relation, plays in ROLE_OF.items() if plays == role])
        turn = _in_stages(library, partial(_has_turn, role))
        if role == "consortium_rep":
            turn = and_(turn, col(CaseAccess.consortium) == asked)
        parts.append(and_(relations, or_(turn, _beside(library, role))))
    held = exists().where(
        col(CaseAccess.account_id) == actor.account_id,
        col(CaseAccess.case_id) == col(Case.id),
        open_at(at),
        or_(*parts),
    )
    return or_(held, _beside(library, "planner")) if "planner" in actor.roles else held


def _beside(library: Library, role: str) -> ColumnElement[bool]:
    return _in_stages(library, lambda stage: role in stage.also and (stage.name, role) not in WATCHES)


def _in_stages(library: Library, fits: Callable[[Stage], bool]) -> ColumnElement[bool]:
    found = [
        and_(
            col(Case.workflow) == workflow.name,
            col(Case.workflow_version) == workflow.version,
            col(Case.stage).in_([stage.name for stage in workflow.stages.values() if fits(stage)]),
        )
        for workflow in library
    ]
    return or_(false(), *found)


def _phase(library: Library) -> ColumnElement[str]:
    phases = phases_of(library)
    whens = [(_in_stages(library, partial(_is_in_phase, name)), literal(name)) for name in phases]
    return case(*whens, else_=literal("")) if whens else literal("")


def _has_turn(role: str, stage: Stage) -> bool:
    return stage.turn == role


def _is_in_phase(phase: str, stage: Stage) -> bool:
    return stage.phase == phase


def phases_of(library: Library) -> list[str]:
    """The phases of every process, in order."""
    return list(dict.fromkeys(phase for workflow in library for phase in workflow.phases))


def counts_of(tx: Session, rows: Subquery) -> list[Count]:
    """How many there are of each kind, in one statement."""
    query = select(rows.c.phase, rows.c.rank, rows.c.late, func.count()).group_by(
        rows.c.phase, rows.c.rank, rows.c.late
    )
    return [Count(phase, rank, late == 1, cases) for phase, rank, late, cases in tx.connection().execute(query)]


def page_query(rows: Subquery, chosen: ColumnElement[bool], after: Cursor | None) -> SelectOfScalar[UUID]:
    """The ids of one page and one more, in the order of the list."""
    query = select_scalars(rows.c.id).where(chosen).order_by(rows.c.rank, rows.c.due, rows.c.id).limit(PAGE + 1)
    return query if after is None else query.where(_behind(rows, after))


def _behind(rows: Subquery, last: Cursor) -> ColumnElement[bool]:
    same_rank = rows.c.rank == last.rank
    same_day = and_(same_rank, rows.c.due == last.due_on)
    return or_(
        rows.c.rank > last.rank,
        and_(same_rank, rows.c.due > last.due_on),
        and_(same_day, rows.c.id > last.case_id),
    )
