"""Calls that a family was promised: before hard news is shown, and about a place that stays away from their page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar
from uuid import UUID

from sqlmodel import Session, col, or_, select

from bijzondere_toegang.cases.items import Call, call_of
from bijzondere_toegang.cases.models import Case, CaseAccess, Item, Party, StepRecord
from bijzondere_toegang.cases.process import Process, Scene, Sight
from bijzondere_toegang.cases.traces import hidden_from
from bijzondere_toegang.cases.visibility import family_of, open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.engine import Workflow, add_working_days
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.web.i18n import Translator

HARD = frozenset(
    {
        "conclude_no_consensus", "decide", "end_care", "lapse_placement", "reject_outcome", "return_placement",
        "withdraw",
    }
)  # fmt: skip
REFUSES = "confirm_outcome"
ELSEWHERE = "referred_back"
"""Confirming an outcome is hard news too when it leads here."""
REOPENS = "record_remedy"
"""The step that leads on from there."""
ATTEMPTS = 2
PATIENCE = 1
"""Working days after the second attempt (PAGES 2; CFG)."""
CALL_WITHIN = 2
"""Working days in which a call is made, after which the family is told to call itself (CFG)."""
PLANNED, PLANS = "conference_planned", ("plan_conference", "move_conference")
_CALLS = frozenset({Relation.REFERRER_OWN.value, Relation.REFERRER_DELEGATE.value})
"""Who the family reads that will call, and who stands in."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A transition of the case: `stage` is the one it left, `to` the one it led to."""

    step: str
    stage: str
    to: str
    at: datetime
    by: UUID | None


@dataclass(frozen=True, slots=True)
class CallDue:
    """Who is still to be called, and by which day."""

    about: Literal["news", "place"]
    who: tuple[Party, ...]
    before: date


T = TypeVar("T")
_Made = tuple[datetime, Call]
"""A call with the moment it was written down."""


# ── Hard news ──


def moments_of(workflow: Workflow, stage: str, rows: Iterable[tuple[str, str, datetime, UUID | None]]) -> list[Moment]:
    """The transitions among what was done in a case that is at `stage` now, oldest first."""
    moves = [row for row in rows if workflow.steps[row[0]].kind == "transition"]
    reached = [*(left for _, left, _, _ in moves[1:]), stage]
    return [Moment(step, left, to, at, by) for (step, left, at, by), to in zip(moves, reached, strict=False)]


def is_hard(moment: Moment, reader: UUID) -> bool:
    """What this person did is no news to this person."""
    refused = moment.step == REFUSES and moment.to == ELSEWHERE
    return (moment.step in HARD or refused) and moment.by != reader


def was_told(calls: Sequence[Call], on: date) -> bool:
    """Whether these calls open the news: one that reached somebody, or two attempts and a working day."""
    if any(call.reached for call in calls):
        return True
    days = sorted(call.on for call in calls)
    return len(days) >= ATTEMPTS and add_working_days(days[ATTEMPTS - 1], PATIENCE) <= on


def calls_to(party: Party, family: Iterable[Party], made: Iterable[_Made]) -> list[_Made]:
    """The calls to this person by the role word of the family; one to *ouder* is to this parent when there is no
    other."""
    parents = [one for one in family if one.kind == "parent" and one.authority == "yes"]
    general = "ouder" if len(parents) == 1 and party.kind != "youth" else party.word
    return [(at, call) for at, call in made if call.with_whom in (party.word, general)]


def calls_made(items: Iterable[Item]) -> list[_Made]:
    """Unsealed items of kind `call`, in their order."""
    return [(item.created_at, call_of(item)) for item in items]


# ── Who is still to be called ──


def calls_of(scene: Scene) -> Sequence[CallDue]:
    """What the person of this scene has to call about; empty for who calls nobody."""
    if not any(row.relation in _CALLS for row in scene.sight.access):
        return ()
    return calls_due(scene.tx, scene.process, [scene.case], scene.at).get(scene.case.id, ())


def promised_by(tx: Session, process: Process, actor: Actor, at: datetime) -> Mapping[UUID, Sequence[CallDue]]:
    """The calls this person has to make, by case; in a fixed number of statements, and none for who refers nobody."""
    if "referrer" not in actor.roles:
        return {}
    hers = select(CaseAccess.case_id).where(
        CaseAccess.account_id == actor.account_id, col(CaseAccess.relation).in_(_CALLS), open_at(at)
    )
    told = select(StepRecord.case_id).where(col(StepRecord.step).in_([*HARD, REOPENS]))
    may_be = or_(col(Case.stage).in_((PLANNED, ELSEWHERE)), col(Case.id).in_(told))
    cases = tx.exec(select(Case).where(col(Case.id).in_(hers), may_be)).all()
    return calls_due(tx, process, cases, at) if cases else {}


def place_told(scene: Scene, made: Iterable[_Made]) -> bool:
    """Whether one of these calls reached its person since the day of the talk was chosen."""
    query = select(StepRecord.at).where(StepRecord.case_id == scene.case.id, col(StepRecord.step).in_(PLANS))
    planned = scene.tx.exec(query.order_by(col(StepRecord.at).desc()).limit(1)).first()
    return planned is not None and any(call.reached for at, call in made if at >= planned)


def calls_due(tx: Session, process: Process, cases: Collection[Case], at: datetime) -> dict[UUID, tuple[CallDue, ...]]:
    """The calls that were promised in these cases and not made yet; in a fixed number of statements."""
    families = _families(tx, process, cases, at)
    secret = [one for one in families if any(party.secret_address for party in one.parties)]
    unseal_rows(tx, [party for family in secret for party in family.parties], ("address",))
    found: dict[UUID, tuple[CallDue, ...]] = {}
    for family in families:
        workflow = process.library.get(family.case.workflow, family.case.workflow_version)
        if due := tuple(filter(None, (_about_news(family, workflow), _about_place(family)))):
            found[family.case.id] = due
    unseal_rows(tx, [party for due in found.values() for one in due for party in one.who], ("first_name",))
    return found


@dataclass(frozen=True, slots=True)
class _Family:
    """What is known of one case, when somebody is to be called."""

    case: Case
    on: date
    done: Sequence[tuple[str, str, datetime, UUID | None]]
    parties: Sequence[Party]
    readers: Sequence[Sight]
    made: Sequence[_Made]

    def people(self) -> Iterable[tuple[Party, UUID]]:
        """Who reads the own page today, with the account."""
        accounts = {party: sight.actor.account_id for sight in self.readers for party in sight.parties}
        parents_first = sorted(self.parties, key=lambda party: party.kind == "youth")
        return [(party, accounts[party.id]) for party in parents_first if party.id in accounts]

    def is_asked(self, party: Party, since: datetime) -> bool:
        """Whether somebody still has to try: not spoken, and not tried twice, since then."""
        calls = [call for at, call in calls_to(party, self.parties, self.made) if at >= since]
        return len(calls) < ATTEMPTS and not any(call.reached for call in calls)


def _families(tx: Session, process: Process, cases: Collection[Case], at: datetime) -> list[_Family]:
    ids = [case.id for case in cases]
    done = tx.exec(
        select(StepRecord)
        .where(col(StepRecord.case_id).in_(ids))
        .order_by(col(StepRecord.at), col(StepRecord.revision))
    ).all()
    parties = tx.exec(select(Party).where(col(Party.case_id).in_(ids)).order_by(col(Party.position))).all()
    items = tx.exec(
        select(Item).where(col(Item.case_id).in_(ids), Item.kind == "call").order_by(col(Item.created_at))
    ).all()
    unseal_rows(tx, items)
    steps_in = _by_case((row.case_id, (row.step, row.stage, row.at, row.account_id)) for row in done)
    parties_in = _by_case((row.case_id, row) for row in parties)
    readers_in = _by_case((sight.case.id, sight) for sight in family_of(tx, ids, process.region, at))
    made_in = _by_case((item.case_id, one) for item, one in zip(items, calls_made(items), strict=True))
    return [
        _Family(case, local_day(at), steps_in[case.id], parties_in[case.id], readers_in[case.id], made_in[case.id])
        for case in cases
    ]


def _about_news(family: _Family, workflow: Workflow) -> CallDue | None:
    moments = moments_of(workflow, family.case.stage, family.done)
    waits: list[tuple[Party, datetime]] = []
    for party, account in family.people():
        hard = (one.at for one in moments if is_hard(one, account))
        waits += [(party, at) for at in hard if family.is_asked(party, at)][:1]
    if not waits:
        return None
    before = add_working_days(local_day(min(at for _, at in waits)), CALL_WITHIN)
    return CallDue("news", tuple(party for party, _ in waits), before)


def _about_place(family: _Family) -> CallDue | None:
    """Who reads no place on the page, because it would tell where another must not be found."""
    if not any(party.secret_address for party in family.parties):
        return None
    day = family.case.conference_on
    planned = max((at for step, _, at, _ in family.done if step in PLANS), default=None)
    if family.case.stage != PLANNED or day is None or day < family.on or planned is None:
        return None
    apart = [party for party, _ in family.people() if list(hidden_from(family.parties, party))]
    who = tuple(party for party in apart if family.is_asked(party, planned))
    before = min(day, add_working_days(local_day(planned), CALL_WITHIN))
    return CallDue("place", who, before) if who else None


def _by_case(rows: Iterable[tuple[UUID, T]]) -> defaultdict[UUID, list[T]]:
    found = defaultdict[UUID, list[T]](list)
    for case_id, row in rows:
        found[case_id].append(row)
    return found


# ── In words ──


def first_call(due: CallDue, t: Translator, on: date) -> str:
    """What to do, whom, and by when."""
    who = ", ".join(_named(party, t) for party in due.who)
    late = due.before < on
    if due.about == "news":
        words = N_("Bel eerst: {wie}. Dit had {dag} klaar moeten zijn.") if late else N_("Bel eerst: {wie}, voor {dag}")
    else:
        words = (
            N_("Bel over de plek van het gesprek: {wie}. Dit had {dag} klaar moeten zijn.")
            if late
            else N_("Bel over de plek van het gesprek: {wie}, voor {dag}")
        )
    return t.gettext(words, wie=who, dag=t.day(due.before, on))


def why_call(due: CallDue, t: Translator) -> str:
    """What the family reads until then."""
    if due.about == "news":
        return t.gettext(
            N_("Zij lezen het nieuws pas als u hen gesproken heeft, of een werkdag na twee keer bellen zonder gehoor.")
        )
    return t.gettext(N_("Zij lezen de plek niet op hun bladzijde: daar staat dat u belt."))


def _named(party: Party, t: Translator) -> str:
    return (party.called if party.kind == "youth" else "") or t.gettext(f"party.{party.word}").lower()
