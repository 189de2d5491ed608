"""Receiving an intake document: once per sender and source reference, however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bijzondere_toegang.cases.access import accounts_in_role
from bijzondere_toegang.cases.advance import commitments
from bijzondere_toegang.cases.deadlines import replan_case
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.numbers import next_number
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.db import beside, vault_of
from bijzondere_toegang.engine import Workflow, move
from bijzondere_toegang.errors import N_, Fault, Incomplete, NotAllowed
from bijzondere_toegang.people.actors import Actor
from bijzondere_toegang.referrals.filing import file_intake
from bijzondere_toegang.referrals.intake import Intake, differing, fields
from bijzondere_toegang.referrals.joining import alert_chair, join_chair, join_family, join_referrer, link_same_youth
from bijzondere_toegang.referrals.models import Reception
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event, append

WORKFLOW = "bijzondere-toegang"
STEP = "register"
FIRST_CASE = 1001
OTHER_ORGANISATION = N_("U meldt aan voor een andere organisatie dan die van u. Dat kan niet.")
OTHER_VALUE = N_("Dit is anders dan bij de eerste keer. Een aanmelding verandert u niet door haar opnieuw te sturen.")


class Differs(Incomplete):
    """The same sender and source reference came before with other values; the faults name them."""

    status = 409
    title = N_("Deze aanmelding is er al, met andere gegevens")


@dataclass(frozen=True, slots=True)
class Received:
    """The case, and whether this document made it."""

    case: Case
    created: bool


def receive(
    tx: Session, process: Process, intake: Intake, *, sender: Actor | None, channel: str, at: datetime
) -> Received:
    """
    Register a referral, or find the case it made before. `sender` None is the importing command.

    Raises NotAllowed (for another organisation than the sender's own) and Differs.
    """
    check_sender(sender, intake.referrer.organisation)
    known = _received(tx, intake)
    if known is None:
        try:
            with tx.begin_nested():
                return Received(_registered(tx, process, intake, sender, channel, at), True)
        except IntegrityError:
            known = _received(tx, intake)
            if known is None:
                raise
    return _again(tx, known, intake)


def check_sender(sender: Actor | None, organisation: str) -> None:
    if sender is not None and organisation not in sender.organisations("referrer"):
        raise NotAllowed(OTHER_ORGANISATION)


def _received(tx: Session, intake: Intake) -> Reception | None:
    return tx.exec(
        select(Reception).where(
            Reception.organisation == intake.referrer.organisation,
            Reception.source_reference == intake.reference,
        )
    ).first()


def _again(tx: Session, known: Reception, intake: Intake) -> Received:
    """What was sent before, perhaps by a colleague whose case the sender may not open; no more than its reference."""
    with beside(tx, cases=[known.case_id]):
        if pointers := differing(known.digests, digests_of(tx, known.case_id, intake.source)):
            raise Differs([Fault(pointer, OTHER_VALUE) for pointer in pointers])
        return Received(tx.exec(select(Case).where(Case.id == known.case_id)).one(), False)


def digests_of(tx: Session, case_id: UUID, document: dict[str, Any]) -> dict[str, str]:
    """JSON pointer to keyed hash of every value: enough to name what differs, not to read it.

    Under the key of the case: equal values in two cases look different, and with the key they lose their meaning.
    """
    vault, owner = vault_of(tx), (case_id, "referrer")
    return {at: vault.commitment(tx, owner, at + value) for at, value in fields(document).items()}


def _registered(
    tx: Session, process: Process, intake: Intake, sender: Actor | None, channel: str, at: datetime
) -> Case:
    workflow = process.library.newest(WORKFLOW)
    by = sender.account_id if sender else None
    moved = move(workflow, workflow.start, STEP)
    case = new_case(tx, workflow, moved.to_stage, at, by)
    note_reception(tx, case, intake, channel, at)
    register(tx, workflow, case, intake, at, by)
    replan_case(tx, workflow, case, at)
    _write_down(tx, case, intake, workflow.start, at, by)
    _tell(tx, workflow, case, at, by)
    return case


def new_case(tx: Session, workflow: Workflow, stage: str, at: datetime, by: UUID | None) -> Case:
    """An empty case with the next reference."""
    case = Case(
        reference=f"BT-{next_number(tx, 'reference', first=FIRST_CASE)}",
        workflow=workflow.name,
        workflow_version=workflow.version,
        stage=stage,
        entered_at=at,
        changed_at=at,
        changed_by=by,
        created_at=at,
        created_by=by,
    )
    tx.add(case)
    tx.flush()
    return case


def note_reception(tx: Session, case: Case, intake: Intake, channel: str, at: datetime) -> None:
    """Remember sender, source reference and what was sent; a second one with these finds this case."""
    tx.add(
        Reception(
            case_id=case.id,
            organisation=intake.referrer.organisation,
            source_reference=intake.reference,
            channel=channel,
            received_at=at,
            digests=digests_of(tx, case.id, intake.source),
        )
    )
    tx.flush()


def register(
    tx: Session,
    workflow: Workflow,
    case: Case,
    intake: Intake,
    at: datetime,
    by: UUID | None,
    *,
    joined: bool = False,
) -> None:
    """
    Everything that makes a case of an intake, except its stage, its term and its entry in the timeline.
    `joined`: the case has its referrer already, who typed it here.
    """
    referrer = None if joined else join_referrer(tx, case, intake, at)
    parties = file_intake(tx, case, intake, at, by or referrer)
    join_chair(tx, case, at)
    join_family(tx, case, parties, intake, at)
    link_same_youth(tx, workflow, case, at)
    alert_chair(tx, case, intake, at)
    tx.add(case)
    tx.flush()


def _write_down(tx: Session, case: Case, intake: Intake, start: str, at: datetime, by: UUID | None) -> None:
    values: Mapping[str, str] = fields(intake.source)
    append(
        tx,
        case.id,
        Event(
            event_type=STEP,
            action="C",
            account_id=by,
            role="referrer" if by else "",
            object_pseudonym=str(case.id),
            object_version=case.revision,
            permission="referral.register",
            step=STEP,
            from_stage=start,
            to_stage=case.stage,
            commitments=commitments(tx, case.id, "referrer", values),
        ),
        at,
    )


def _tell(tx: Session, workflow: Workflow, case: Case, at: datetime, by: UUID | None) -> None:
    roles = [workflow.stages[case.stage].turn if name == "turn" else name for name in workflow.steps[STEP].tells]
    told = {account for role in roles if role for account in accounts_in_role(tx, case, role, at)}
    post(tx, sorted(told - {by}, key=str), "news", at)
