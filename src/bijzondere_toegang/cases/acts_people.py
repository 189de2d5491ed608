"""Who acts in the case: ties declared, the case handed over, work delegated for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import col, or_, select

from bijzondere_toegang.cases.access import accounts_in_role, end, grant
from bijzondere_toegang.cases.models import CaseAccess, Handover, Independence
from bijzondere_toegang.cases.process import Act, Check, Scene
from bijzondere_toegang.cases.rota import assign_chair, tied
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import utc_of
from bijzondere_toegang.db import Secret, change_rows
from bijzondere_toegang.errors import N_, Fault, Sentence
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.web.forms import Choice

LONGEST_DELEGATION = timedelta(weeks=6)
PARTS_A_TIE_ENDS = ("chair.assigned", "secretary.assigned", "rep.invited", "rep.proposed", "rep.accepted")


def declare_independence(act: Act) -> None:
    """Write down what somebody declared. A tie ends the part of that person in the same transaction."""
    latest = _declared(act)
    if latest is not None and latest.tie == act.answers.tie:
        return
    act.tx.add(
        Independence(
            case_id=act.case.id,
            account_id=act.by.account_id,
            declared_at=act.at,
            tie=act.answers.tie,
            explanation=Secret.of(act.answers.explanation) if act.answers.tie else None,
        )
    )
    act.tx.flush()
    if act.answers.tie:
        _recuse(act)


def _declared(act: Act) -> Independence | None:
    mine = (Independence.case_id == act.case.id, Independence.account_id == act.by.account_id)
    return act.tx.exec(select(Independence).where(*mine).order_by(col(Independence.declared_at).desc())).first()


def _recuse(act: Act) -> None:
    """A chair is followed up by the next of the rota; of another the chair is told. Left over: the referrer is told."""
    leads = any(row.relation == "chair.assigned" for row in act.scene.sight.access)
    end(act.tx, act.case, PARTS_A_TIE_ENDS, act.at, account_id=act.by.account_id)
    if not leads:
        post(act.tx, accounts_in_role(act.tx, act.case, "chair", act.at), "news", act.at)
    elif assign_chair(act.tx, act.case, act.at, avoid={act.by.account_id}) is None:
        post(act.tx, accounts_in_role(act.tx, act.case, "referrer", act.at), "urgent", act.at)


def hand_over_chair(act: Act) -> None:
    """The successor has the case from this moment on; the former chair no longer."""
    end(act.tx, act.case, ("chair.assigned",), act.at)
    grant(act.tx, act.case, UUID(act.answers.successor), "chair.assigned", act.at)


def delegate(act: Act) -> None:
    """A colleague works for the referrer up to and including a day, six weeks ahead at most."""
    answers, successor = act.answers, UUID(act.answers.to)
    end_delegations(act, successor)
    grant(
        act.tx,
        act.case,
        successor,
        "referrer.delegate",
        act.at,
        organisation=act.case.referrer_organisation,
        until=utc_of(answers.until + timedelta(days=1)),
    )
    post(act.tx, [successor], "news", act.at)


def delegation_fits(act: Act) -> Iterator[Fault]:
    latest = act.on + LONGEST_DELEGATION
    if not act.on <= act.answers.until <= latest:
        yield Fault("/totEnMet", N_("Kies een dag van vandaag tot en met {day}."), {"day": latest})


def end_delegation(act: Act) -> None:
    """The stand-in sees nothing from the next request on (Awb 10:8: a mandate can be withdrawn at any time).

    Raises NothingChanged when it ended meanwhile, or was ended by another.
    """
    its = col(CaseAccess.account_id) == UUID(act.answers.who)
    running = select(CaseAccess.id).where(*_standing_in(act.scene), its)
    ids = act.tx.exec(running).all()
    ended = update(CaseAccess).where(col(CaseAccess.id).in_(ids), open_at(act.at)).values(until=act.at)
    change_rows(act.tx, ended, max(len(ids), 1))


def end_delegations(act: Act, account_id: UUID | None = None) -> None:
    """End the delegations that still run; they have an end of their own, so `access.end` does not find them."""
    running = [
        col(CaseAccess.case_id) == act.case.id,
        col(CaseAccess.relation) == "referrer.delegate",
        or_(col(CaseAccess.until).is_(None), col(CaseAccess.until) > act.at),
    ]
    if account_id is not None:
        running.append(col(CaseAccess.account_id) == account_id)
    act.tx.connection().execute(update(CaseAccess).where(*running).values(until=act.at))


def not_ahead(name: str, pointer: str) -> Check:
    """The day in the answer of this name, when there is one, is today or was before."""

    def check(act: Act) -> Iterator[Fault]:
        day: date | None = getattr(act.answers, name)
        if day is not None and day > act.on:
            yield Fault(pointer, N_("Deze dag moet nog komen. Kies vandaag of een dag ervoor."))

    return check


def other_chairs(scene: Scene) -> list[Choice]:
    """The chairs who don't lead this case and have no tie with the family."""
    left_out = {*accounts_in_role(scene.tx, scene.case, "chair", scene.at), *tied(scene.tx, scene.case)}
    return choices(scene, set(accounts_with_role(scene.tx, "chair", None, scene.on)) - left_out)


def another_chair(scene: Scene) -> Sentence | None:
    """Somebody is there to hand the case to."""
    if scene.once("choices:andere_voorzitters", lambda: other_chairs(scene)):
        return None
    return Sentence(N_("Er is nu geen andere voorzitter zonder band met dit gezin. Bel de beheerder."))


def stand_ins(scene: Scene) -> list[Choice]:
    """Who works for the referrer now."""
    return choices(scene, set(scene.tx.exec(select(CaseAccess.account_id).where(*_standing_in(scene))).all()))


def _standing_in(scene: Scene) -> tuple[ColumnElement[bool], ...]:
    """The delegations that run; the look that came with an offer of the case ends with the offer."""
    looks = select(Handover.look_id).where(Handover.case_id == scene.case.id)
    return (
        col(CaseAccess.case_id) == scene.case.id,
        col(CaseAccess.relation) == "referrer.delegate",
        open_at(scene.at),
        col(CaseAccess.id).not_in(looks),
    )


def stand_in_works(scene: Scene) -> Sentence | None:
    if scene.once("choices:vervangers", lambda: stand_ins(scene)):
        return None
    return Sentence(N_("Er werkt nu niemand als vervanger in deze zaak."))


GUARDS = {"another_chair": another_chair, "stand_in_works": stand_in_works}


def fellow_referrers(scene: Scene) -> list[Choice]:
    """The referrers of the referrer's organisation today, without the one who has the case and who has a tie."""
    organisations = (scene.case.referrer_organisation,)
    own = select(CaseAccess.account_id).where(
        CaseAccess.case_id == scene.case.id,
        CaseAccess.relation == "referrer.own",
        col(CaseAccess.until).is_(None),
    )
    colleagues = accounts_with_role(scene.tx, "referrer", organisations, scene.on)
    left_out = {*scene.tx.exec(own).all(), *tied(scene.tx, scene.case), scene.by.account_id}
    return choices(scene, set(colleagues) - left_out)


def choices(scene: Scene, accounts: set[UUID]) -> list[Choice]:
    """These accounts by name."""
    named = names_of(scene.tx, accounts)
    return [Choice(str(account), name) for account, name in sorted(named.items(), key=lambda pair: pair[1])]
