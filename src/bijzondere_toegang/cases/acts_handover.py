"""Handing over the referrer's part: offered to a colleague, who looks first and then takes it over or gives it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col, select

from bijzondere_toegang.cases.access import accounts_in_role, end, grant
from bijzondere_toegang.cases.acts_people import end_delegations
from bijzondere_toegang.cases.models import CaseAccess, Handover
from bijzondere_toegang.cases.process import Act, Scene
from bijzondere_toegang.clock import local_day, utc_of
from bijzondere_toegang.db import Secret
from bijzondere_toegang.engine import add_working_days
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.reminders.plan import post

ANSWER_WITHIN = 5
"""Working days in which the colleague answers; then the offer has lapsed (CFG)."""
OWN = "referrer.own"


def hand_over_referrer(act: Act) -> None:
    """Offer the case to a colleague, who may look into it as a stand-in until the offer ends."""
    until = utc_of(add_working_days(act.on, ANSWER_WITHIN) + timedelta(days=1))
    look = CaseAccess(
        id=uuid4(),
        account_id=UUID(act.answers.successor),
        case_id=act.case.id,
        relation="referrer.delegate",
        organisation=act.case.referrer_organisation,
        since=act.at,
        until=until,
    )
    act.tx.add(look)
    act.tx.flush()
    act.tx.add(
        Handover(
            case_id=act.case.id,
            offered_by=act.by.account_id,
            offered_to=look.account_id,
            look_id=look.id,
            offered_at=act.at,
            until=until,
            reason=Secret(act.answers.reason),
        )
    )


def take_over(act: Act) -> list[UUID]:
    """The colleague has the case. Who had it and whoever stood in lose sight at once; returns who had it."""
    _answer(act, "taken")
    former = end(act.tx, act.case, (OWN,), act.at)
    end_delegations(act)
    grant(act.tx, act.case, act.by.account_id, OWN, act.at, organisation=act.case.referrer_organisation)
    return former


def decline_handover(act: Act) -> None:
    """The colleague gives the case back and sees it no more; who offered it is told."""
    offer = _answer(act, "declined", act.answers.reason)
    _end_look(act, offer)
    if offer.offered_by not in accounts_in_role(act.tx, act.case, "referrer", act.at):
        post(act.tx, [offer.offered_by], "news", act.at)


def recall_handover(act: Act) -> None:
    """Who may offer may also take the offer back; the colleague's look ends with it."""
    _end_look(act, _answer(act, "recalled"))


def _answer(act: Act, answer: str, reason: str | None = None) -> Handover:
    """The guards saw that it stands open; the case is claimed since."""
    offer = open_offer(act.scene)
    assert offer is not None
    offer.answered_at, offer.answer, offer.answer_reason = act.at, answer, Secret.of(reason)
    act.tx.add(offer)
    act.tx.flush()
    return offer


def _end_look(act: Act, offer: Handover) -> None:
    look = and_(col(CaseAccess.id) == offer.look_id, col(CaseAccess.until) > act.at)
    act.tx.connection().execute(update(CaseAccess).where(look).values(until=act.at))


def latest_offer(scene: Scene) -> Handover | None:
    """The offer that stands open, else the one that was not answered last, else the last of all."""
    return scene.once("handover", lambda: _latest(scene))


def _latest(scene: Scene) -> Handover | None:
    query = select(Handover).where(Handover.case_id == scene.case.id)
    newest = query.order_by(col(Handover.answered_at).is_not(None), col(Handover.offered_at).desc())
    return scene.tx.exec(newest.limit(1)).first()


def open_offer(scene: Scene) -> Handover | None:
    """The offer that waits for an answer now."""
    offer = latest_offer(scene)
    return offer if offer and offer.answered_at is None and scene.at < offer.until else None


def open_at(at: datetime) -> ColumnElement[bool]:
    """An offer that waits for an answer at this moment."""
    return and_(col(Handover.answered_at).is_(None), col(Handover.until) > at)


def offers_to(tx: Session, account_id: UUID, cases: Iterable[UUID], at: datetime) -> dict[UUID, date]:
    """Of these cases those that are offered to this person now, with the last day to answer."""
    mine = (Handover.offered_to == account_id, col(Handover.case_id).in_(tuple(cases)), open_at(at))
    rows = tx.exec(select(Handover.case_id, Handover.until).where(*mine)).all()
    return {case_id: last_day(until) for case_id, until in rows}


def last_day(until: datetime) -> date:
    """The day up to and including which an offer that ends at this moment stands."""
    return local_day(until - timedelta(seconds=1))


def not_offered(scene: Scene) -> Sentence | None:
    """A case is offered to one colleague at a time."""
    offer = open_offer(scene)
    if offer is None:
        return None
    return Sentence(
        N_("De zaak is al aangeboden, tot en met {day}. Wacht op het antwoord, of trek het aanbod eerst in."),
        {"day": last_day(offer.until)},
    )


def offered_to_me(scene: Scene) -> Sentence | None:
    offer = latest_offer(scene)
    if offer is None or offer.offered_to != scene.by.account_id or offer.answered_at is not None:
        return Sentence(N_("Deze zaak is u niet aangeboden."))
    if open_offer(scene) is None:
        return Sentence(
            N_("Het aanbod liep tot en met {day}. Vraag uw collega om een nieuw aanbod."),
            {"day": last_day(offer.until)},
        )
    return None


def offer_stands(scene: Scene) -> Sentence | None:
    """There is something to recall."""
    offer = latest_offer(scene)
    if offer is None or offer.answered_at is not None:
        return Sentence(N_("De zaak is nu aan niemand aangeboden."))
    if open_offer(scene) is None:
        return Sentence(
            N_("Het aanbod liep tot en met {day} en is vanzelf vervallen. U kunt de zaak opnieuw aanbieden."),
            {"day": last_day(offer.until)},
        )
    return None


GUARDS = {guard.__name__: guard for guard in (not_offered, offered_to_me, offer_stands)}
