"""Asking for destruction, advising, deciding, and executing with two persons (Jeugdwet 7.3.8, 7.3.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.process import Act, Room, Scene
from bijzondere_toegang.clock import local_day, utc_of
from bijzondere_toegang.db import DataKey, Secret
from bijzondere_toegang.errors import N_, Fault, Incomplete, NotAllowed, NotNow, NotThere, Sentence
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.people.facts import Facts
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.records.destroying import destroy
from bijzondere_toegang.records.forms import HOLDERS, AskErasure, DecideErasure
from bijzondere_toegang.records.models import Erasure
from bijzondere_toegang.region import Region
from bijzondere_toegang.timeline.record import Event, append

FINAL = ("closed", "referred_back", "withdrawn")
OPEN = ("asked", "advised", "granted")
ALREADY = N_("Over dit deel loopt al een vraag om het te vernietigen.")
NO_SUCH_PART = N_("Dit deel is er in deze zaak niet.")
NOTHING_TO_DECIDE = N_("Niemand heeft gevraagd om uw deel van het dossier te vernietigen.")
ADVICE_FIRST = N_("Eerst geeft de functionaris gegevensbescherming advies.")
TWICE_THE_SAME = N_("Een ander moet dit bevestigen. U deed al de eerste helft.")
GONE = N_("Dit is al gedaan of ingetrokken.")


def ask(act: Act) -> None:
    holder = HOLDERS[act.answers.part]
    if not _is_there(act.scene, holder):
        raise Incomplete([Fault("/deel", NO_SUCH_PART)])
    if any(row.holder == holder for row in _open_of(act.scene)):
        raise Incomplete([Fault("/deel", ALREADY)])
    act.tx.add(
        Erasure(
            case_id=act.case.id,
            holder=holder,
            ground="request",
            state="asked",
            asked_by=act.by.account_id,
            asked_at=act.at,
            reason=Secret(act.answers.reason),
        )
    )


def _is_there(scene: Scene, holder: str) -> bool:
    query = select(DataKey.id).where(DataKey.owner_id == scene.case.id, DataKey.holder == holder)
    return scene.tx.exec(query.limit(1)).first() is not None


def _open_of(scene: Scene) -> Sequence[Erasure]:
    query = select(Erasure).where(Erasure.case_id == scene.case.id, col(Erasure.state).in_(OPEN))
    return scene.tx.exec(query).all()


def _mine(scene: Scene) -> Erasure | None:
    """The open request about the part that this person's organisation holds."""
    holders = {"provider.named": "provider", "referrer.own": "referrer", "referrer.delegate": "referrer"}
    held = {holders[row.relation] for row in scene.sight.access if row.relation in holders}
    return next((row for row in _open_of(scene) if row.holder in held and row.state != "granted"), None)


def erasure_asked(scene: Scene) -> Sentence | None:
    """Guard: there is a request about the own part, and the privacy officer advised."""
    mine = _mine(scene)
    if mine is None:
        return Sentence(NOTHING_TO_DECIDE)
    return Sentence(ADVICE_FIRST) if mine.state == "asked" else None


def decide(act: Act) -> None:
    row = _mine(act.scene)
    assert row is not None
    row.state = "granted" if act.answers.granted else "refused"
    row.decided_by, row.decided_at = act.by.account_id, act.at
    row.answer = Secret(act.answers.reason)
    act.tx.add(row)


ROOM = Room(
    forms={"ask_erasure": AskErasure, "decide_erasure": DecideErasure},
    effects={"ask_erasure": ask, "decide_erasure": decide},
    guards={"erasure_asked": erasure_asked},
)


# ── Without a case: advising and executing ──


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the list: no name, no content; the number says which one is meant."""

    id: UUID
    number: str
    holder: str
    ground: str
    state: str
    since: date
    advice: str
    confirmed: bool
    may_advise: bool
    may_execute: bool


def may_look(actor: Actor) -> bool:
    return bool({"privacy_officer", "administrator"} & actor.roles)


def waiting(tx: Session, actor: Actor, at: datetime) -> list[Waiting]:
    """What waits for advice or for execution, the oldest first."""
    rows = tx.exec(select(Erasure).where(col(Erasure.state).in_(OPEN)).order_by(col(Erasure.asked_at))).all()
    return [
        Waiting(
            row.id, str(row.id)[:8], row.holder, row.ground, row.state, local_day(row.asked_at), row.advice,
            row.confirmed_by is not None,
            row.state == "asked" and allows(Permission.ERASE_ADVISE, _facts(actor, at)),
            row.state == "granted" and "administrator" in actor.roles and row.confirmed_by != actor.account_id,
        )
        for row in rows
    ]  # fmt: skip


def _facts(actor: Actor, at: datetime, *, second: bool = False) -> Facts:
    standing = {"privacy_officer": Relation.PRIVACY_OFFICER, "administrator": Relation.ADMINISTRATOR}
    relations = frozenset(relation for role, relation in standing.items() if role in actor.roles)
    return Facts(relations=relations, on=local_day(at), second_person=second)


def _found(tx: Session, erasure_id: UUID, state: str) -> Erasure:
    row = tx.exec(select(Erasure).where(Erasure.id == erasure_id).with_for_update()).first()
    if row is None:
        raise NotThere
    if row.state != state:
        raise NotNow(GONE)
    return row


def advise(tx: Session, actor: Actor, erasure_id: UUID, advice: str, at: datetime) -> None:
    """What the privacy officer thinks of it: for or against. The record holder decides."""
    if not allows(Permission.ERASE_ADVISE, _facts(actor, at)):
        raise NotThere
    row = _found(tx, erasure_id, "asked")
    row.advice, row.state = advice, "advised"
    row.advised_by, row.advised_at = actor.account_id, at
    tx.add(row)
    _write_down(tx, row, actor.account_id, "advise_erasure", "U", Permission.ERASE_ADVISE, at)


def execute(tx: Session, actor: Actor, erasure_id: UUID, at: datetime, journal: Path) -> bool:
    """The first administrator confirms, a second one destroys; True when it is destroyed."""
    if "administrator" not in actor.roles:
        raise NotThere
    row = _found(tx, erasure_id, "granted")
    if row.confirmed_by is None:
        row.confirmed_by, row.confirmed_at = actor.account_id, at
        tx.add(row)
        _write_down(tx, row, actor.account_id, "confirm_erasure", "U", Permission.ERASE_EXECUTE, at)
        return False
    if not allows(Permission.ERASE_EXECUTE, _facts(actor, at, second=row.confirmed_by != actor.account_id)):
        raise NotAllowed(TWICE_THE_SAME)
    row.state, row.executed_by, row.executed_at = "executed", actor.account_id, at
    tx.add(row)
    _write_down(tx, row, actor.account_id, "erased", "D", Permission.ERASE_EXECUTE, at)
    tx.flush()
    destroy(tx, row.case_id, row.holder, at, journal)
    return True


def _write_down(
    tx: Session, row: Erasure, by: UUID, what: str, action: str, permission: Permission, at: datetime
) -> None:
    """An entry in the chain of the case; of a destroyed part it is the tombstone."""
    role = "privacy_officer" if permission is Permission.ERASE_ADVISE else "administrator"
    event = Event(
        what, action, by, role=role, object_kind=f"part_{row.holder}", object_pseudonym=str(row.case_id),
        permission=str(permission), purpose=row.ground,
    )  # fmt: skip
    append(tx, row.case_id, event, at)


# ── The legal term ──


def due(tx: Session, region: Region, on: date) -> list[tuple[Case, str]]:
    """The parts whose term has passed since the last change of the case (Jeugdwet 7.3.8, selectielijst 8.1.2)."""
    found: list[tuple[Case, str]] = []
    for holder, years in (("referrer", region.retention.referrer), ("provider", region.retention.provider)):
        last = _years_before(on, years)
        opens = select(DataKey.owner_id).where(DataKey.holder == holder, col(DataKey.wrapped).is_not(None))
        query = select(Case).where(
            col(Case.stage).in_(FINAL), col(Case.help_runs).is_(False), col(Case.id).in_(opens)
        ).order_by(col(Case.changed_at))  # fmt: skip
        rows = tx.exec(query.where(col(Case.changed_at) < utc_of(last))).all()
        found += [(case, holder) for case in rows]
    return found


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return date(on.year - years, 2, 28)


def propose(tx: Session, actor: Actor, case: Case, holder: str, at: datetime) -> None:
    """The law decided; a first administrator confirms."""
    row = Erasure(
        case_id=case.id, holder=holder, ground="term", state="granted", asked_by=actor.account_id, asked_at=at,
        decided_at=at, confirmed_by=actor.account_id, confirmed_at=at,
    )  # fmt: skip
    tx.add(row)
    _write_down(tx, row, actor.account_id, "confirm_erasure", "U", Permission.ERASE_EXECUTE, at)


def proposed(tx: Session) -> dict[tuple[UUID, str], Erasure]:
    """What was confirmed once and waits for a second person, by case and part."""
    confirmed = col(Erasure.confirmed_by).is_not(None)
    rows = tx.exec(select(Erasure).where(Erasure.state == "granted", confirmed)).all()
    return {(row.case_id, row.holder): row for row in rows}
