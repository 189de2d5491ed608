"""What the steps of a conference change beside the stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from bijzondere_toegang.cases import acts_handover
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.clock import utc_of
from bijzondere_toegang.conferences import invitations
from bijzondere_toegang.conferences.attendance import record_attendance, seats_go_together
from bijzondere_toegang.conferences.codes import LADDER
from bijzondere_toegang.conferences.forms import Conclude, Ladder, MoveConference, PlanConference
from bijzondere_toegang.conferences.models import Conference
from bijzondere_toegang.conferences.places import minutes_tell_no_address, tells_no_address
from bijzondere_toegang.conferences.queries import (
    conferences,
    content_of,
    dissents,
    keep,
    latest_conference,
    seats,
    seats_of,
)
from bijzondere_toegang.conferences.seating import reseat, seat_referrer, seat_table, weigh_again
from bijzondere_toegang.conferences.stating import record_position_for, state_position
from bijzondere_toegang.conferences.writing import adopt_minutes, put_up_minutes, react_to_minutes, write_minutes
from bijzondere_toegang.db import Secret
from bijzondere_toegang.engine import holiday, is_working_day
from bijzondere_toegang.errors import N_, Fault, NotNow, Sentence
from bijzondere_toegang.referrals import actions as referral

USUAL_LENGTH = 60
"""minutes"""
SATURDAY = N_("Dit is een zaterdag. Kies een andere dag, of zet hier een vinkje.")
SUNDAY = N_("Dit is een zondag. Kies een andere dag, of zet hier een vinkje.")
_SATURDAY = 5


def plan_conference(act: Act) -> None:
    answers: PlanConference = act.answers
    conference = Conference(
        case_id=act.case.id,
        number=len(conferences(act.scene)) + 1,
        state="planned",
        starts_at=utc_of(answers.day, answers.begins.hour, answers.begins.minute),
        minutes=answers.length or USUAL_LENGTH,
        round=0,
        content=Secret.json({"plaats": answers.place}),
    )
    act.tx.add(conference)
    act.tx.flush()
    seat_table(act, conference, answers.guests, answers.day)
    act.case.conference_on = answers.day
    invitations.send(act, conference, seats_of(act.scene, conference))


def day_is_to_come(act: Act) -> Iterator[Fault]:
    if act.answers.day < act.on:
        yield Fault("/datum", N_("Deze dag is al voorbij. Kies vandaag of later."))


def day_is_meant(act: Act) -> Iterator[Fault]:
    """A table may be on a free day, and nearly never is: whoever types one is asked."""
    day: date = act.answers.day
    if is_working_day(day) or act.answers.free_day or day < act.on:
        return
    if key := holiday(day):
        told = N_("Dit is een vrije dag: {feestdag}. Kies een andere dag, of zet hier een vinkje.")
        yield Fault("/vrijeDag", told, {"feestdag": Sentence(f"holiday.{key}")})
    else:
        yield Fault("/vrijeDag", SATURDAY if day.weekday() == _SATURDAY else SUNDAY)


def current(act: Act) -> Conference:
    """The conference of now; raises NotNow when there is none."""
    conference = latest_conference(act.scene)
    if conference is None:
        raise NotNow(N_("Er is nog geen overleg gepland."))
    act.tx.add(conference)
    return conference


def move_conference(act: Act) -> None:
    answers: MoveConference = act.answers
    conference = current(act)
    conference.starts_at = utc_of(answers.day, answers.begins.hour, answers.begins.minute)
    conference.minutes = answers.length or conference.minutes
    conference.sequence += 1
    keep(conference, plaats=answers.place, verzet=answers.reason)
    table = reseat(act, conference, answers.day)
    act.case.conference_on = answers.day
    invitations.send(act, conference, table)


def cancel_conference(act: Act) -> None:
    conference = current(act)
    conference.sequence += 1
    _end(act, conference, "cancelled")
    keep(conference, reden=act.answers.reason)
    act.case.conference_on = None
    invitations.send(act, conference, seats(act.scene), "CANCEL")


def withdraw(act: Act) -> None:
    """A planned conference leaves every calendar, also of who loses sight of the case by this act."""
    conference = latest_conference(act.scene)
    if conference is not None and conference.state == "planned":
        act.tx.add(conference)
        conference.sequence += 1
        _end(act, conference, "cancelled")
        act.case.conference_on = None
        invitations.send(act, conference, seats(act.scene), "CANCEL")
    referral.withdraw(act)


def _end(act: Act, conference: Conference, state: str) -> None:
    conference.state, conference.ended_at = state, act.at


def open_conference(act: Act) -> None:
    conference = current(act)
    conference.state, conference.opened_at = "open", act.at
    weigh_again(act, conference)


def take_over(act: Act) -> None:
    """Who has the referrer's part has the referrer's seat; attendance and ties of that seat are asked anew."""
    former = acts_handover.take_over(act)
    conference = latest_conference(act.scene)
    if conference is None or conference.state not in ("planned", "open"):
        return
    seat_referrer(act, seats(act.scene))
    if conference.state == "planned":
        invitations.send_to(act, conference, former, "CANCEL")
        invitations.send_to(act, conference, [act.by.account_id])


def adjourn(act: Act) -> None:
    conference = current(act)
    _end(act, conference, "adjourned")
    keep(conference, reden=act.answers.reason, gereed=act.answers.ready)
    act.case.conference_on = None


def ask_round(act: Act) -> None:
    conference = current(act)
    conference.round += 1
    asked = {"ronde": conference.round, "voorstel": act.answers.help, "resultaat": act.answers.result}
    keep(conference, rondes=[*content_of(conference).get("rondes", []), asked])


def conclude_consensus(act: Act) -> None:
    conference = current(act)
    _end(act, conference, "consensus")
    keep(conference, **_proposal(act.answers))


def conclude_no_consensus(act: Act) -> None:
    conference = current(act)
    _end(act, conference, "no_consensus")
    against = [_dissent(one.seat.id, one.seat.kind, one.seat.consortium, one.words) for one in dissents(act.scene)]
    keep(conference, **_proposal(act.answers), samenvatting=act.answers.summary, afwijkend=against)


def _proposal(answers: Conclude) -> dict[str, object]:
    return {
        "hulp": answers.help,
        "resultaat": answers.result,
        "ladder": _rungs(answers.ladder),
        "samenwerkingsverband": answers.consortium,
        "waarom": answers.why,
        "waarheen": answers.where_to,
    }


def _rungs(ladder: Ladder) -> list[dict[str, object]]:
    """From light to heavy: {trede, uitkomst, waarom}."""
    given = ladder.as_json()
    return [{"trede": code, **given[name]} for name, code in LADDER.items()]


def _dissent(seat: UUID, kind: str, consortium: str, words: str) -> dict[str, str]:
    return {"zetel": str(seat), "soort": kind, "samenwerkingsverband": consortium, "woorden": words}


CHECKS = {
    "plan_conference": (day_is_to_come, day_is_meant, tells_no_address),
    "move_conference": (day_is_to_come, day_is_meant, tells_no_address),
    "cancel_conference": (tells_no_address,),
    "adjourn": (tells_no_address,),
    "ask_round": (tells_no_address,),
    "conclude_consensus": (tells_no_address,),
    "conclude_no_consensus": (tells_no_address,),
    "put_up_minutes": (minutes_tell_no_address,),
    "record_attendance": (seats_go_together,),
}
EFFECTS = {
    "plan_conference": plan_conference,
    "move_conference": move_conference,
    "cancel_conference": cancel_conference,
    "withdraw": withdraw,
    "record_attendance": record_attendance,
    "open_conference": open_conference,
    "take_over": take_over,
    "adjourn": adjourn,
    "ask_round": ask_round,
    "state_position": state_position,
    "record_position_for": record_position_for,
    "conclude_consensus": conclude_consensus,
    "conclude_no_consensus": conclude_no_consensus,
    "write_minutes": write_minutes,
    "put_up_minutes": put_up_minutes,
    "react_to_minutes": react_to_minutes,
    "adopt_minutes": adopt_minutes,
}
