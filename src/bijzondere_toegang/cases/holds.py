"""Holding back for safety that somebody looked: who reads over whose shoulder may not learn who works on the case."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.access import ROLE_OF
from bijzondere_toegang.cases.models import CaseAccess, LookHold
from bijzondere_toegang.cases.process import Act, Room, Scene
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.web.forms import Answers, Choice, Chosen, Text, field

EVERYBODY = "iedereen"
_NOT_HELD = frozenset({"family", "foster_parent", "guest", "confidant"})


class HoldLook(Answers):
    who: Chosen = field("wie", widget="radio", choices="wie_kijken_mee")
    reason: Text = field("reden", widget="text")


class LiftLookHold(Answers):
    hold: Chosen = field("afscherming", widget="radio", choices="open_afschermingen")
    reason: Text = field("reden", widget="text")


def open_holds(scene: Scene) -> Sequence[LookHold]:
    """The holds of this case that stand, oldest first; sealed."""
    return scene.once("look_holds", lambda: _open_holds(scene))


def _open_holds(scene: Scene) -> Sequence[LookHold]:
    query = select(LookHold).where(LookHold.case_id == scene.case.id, col(LookHold.lifted_at).is_(None))
    return scene.tx.exec(query.order_by(col(LookHold.set_at), col(LookHold.id))).all()


def held_back(scene: Scene) -> frozenset[UUID | None]:
    """The accounts whose looks the family does not read; None among them: nobody's."""
    return frozenset(hold.account_id for hold in open_holds(scene))


def hold_look(act: Act) -> None:
    answers: HoldLook = act.answers
    act.tx.add(
        LookHold(
            case_id=act.case.id,
            account_id=None if answers.who == EVERYBODY else UUID(answers.who),
            set_at=act.at,
            set_by=act.by.account_id,
            reason=Secret(answers.reason),
        )
    )


def lift_look_hold(act: Act) -> None:
    answers: LiftLookHold = act.answers
    hold = next(one for one in open_holds(act.scene) if str(one.id) == answers.hold)
    hold.lifted_at, hold.lifted_by, hold.why_lifted = act.at, act.by.account_id, Secret(answers.reason)
    act.tx.add(hold)


def a_look_is_held(scene: Scene) -> Sentence | None:
    return None if open_holds(scene) else Sentence(N_("Er is nu niets afgeschermd in Wie keek mee."))


def who_may_look(scene: Scene) -> list[Choice]:
    """Everybody at once, or one of the professionals who have or had a part in the case."""
    professional = [relation for relation, role in ROLE_OF.items() if role not in _NOT_HELD]
    query = select(CaseAccess.account_id).where(
        CaseAccess.case_id == scene.case.id, col(CaseAccess.relation).in_((*professional, "rep.lost"))
    )
    names = names_of(scene.tx, scene.tx.exec(query.distinct()).all())
    people = sorted(((name, str(account)) for account, name in names.items()), key=lambda one: one[0].casefold())
    everybody = Choice(EVERYBODY, N_("Alle professionals in deze zaak"))
    return [everybody, *(Choice(account, name) for name, account in people)]


def standing_holds(scene: Scene) -> list[Choice]:
    names = names_of(scene.tx, [hold.account_id for hold in open_holds(scene)])
    return [
        Choice(
            str(hold.id), names.get(hold.account_id, "") if hold.account_id else N_("Alle professionals in deze zaak")
        )
        for hold in open_holds(scene)
    ]


ROOM = Room(
    forms={"hold_look": HoldLook, "lift_look_hold": LiftLookHold},
    effects={"hold_look": hold_look, "lift_look_hold": lift_look_hold},
    guards={"a_look_is_held": a_look_is_held},
    choices={"wie_kijken_mee": who_may_look, "open_afschermingen": standing_holds},
)
