"""Which relation the representatives of each consortium have, as a decision or a placement changes it."""

from __future__ import annotations

from uuid import UUID

from bijzondere_toegang.cases.access import end, grant
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.people.actors import accounts_with_role

SEATED = ("rep.invited", "rep.proposed", "rep.accepted")


def seat(act: Act, consortium: str, *relations: str) -> None:
    """From now on the representatives of this consortium have just these relations."""
    end(act.tx, act.case, (*SEATED, "rep.lost"), act.at, consortium=consortium)
    for account in _representatives(act, consortium):
        for relation in relations:
            grant(act.tx, act.case, account, relation, act.at, consortium=consortium)


def lose(act: Act, consortium: str) -> None:
    """The representatives of this consortium lose sight of the case at once."""
    held = end(act.tx, act.case, SEATED, act.at, consortium=consortium)
    for account in sorted(set(held), key=str):
        grant(act.tx, act.case, account, "rep.lost", act.at, consortium=consortium)


def consortia(act: Act) -> list[str]:
    """The codes of the consortia of the day, and of those this case still knows."""
    known = {consortium.code for consortium in act.scene.region.consortia_on(act.on)}
    return sorted(known | ({act.case.proposed_consortium, act.case.accepted_consortium} - {""}))


def _representatives(act: Act, code: str) -> list[UUID]:
    consortium = act.scene.region.consortium(code)
    members = consortium.partners_on(act.on) if consortium else ()
    return accounts_with_role(act.tx, "consortium_rep", tuple(member.organisation for member in members), act.on)


def propose(act: Act, chosen: str) -> None:
    """One consortium is asked to help; help that runs keeps its own people until another took over."""
    case = act.case
    if not case.help_runs:
        release(act)
    for code in consortia(act):
        running = ("rep.accepted",) if code == case.accepted_consortium else ()
        asked = ("rep.proposed",) if code == chosen else ()
        seat(act, code, *((*asked, *running) or ("rep.invited",)))
    case.proposed_consortium = chosen


def keep(act: Act) -> None:
    """The consortium that helps goes on; the others leave the table."""
    case = act.case
    case.proposed_consortium = ""
    for code in consortia(act):
        if code == case.accepted_consortium:
            seat(act, code, "rep.accepted")
        else:
            lose(act, code)


def clear(act: Act) -> None:
    """No consortium helps: all of them leave."""
    for code in consortia(act):
        lose(act, code)
    release(act)
    act.case.proposed_consortium = ""


def release(act: Act) -> None:
    """The consortium that had the placement has it no longer, nor have the providers it named."""
    act.case.accepted_consortium = ""
    end(act.tx, act.case, ("provider.named",), act.at)
