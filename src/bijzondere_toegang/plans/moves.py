"""The night register: where the young person stays, and each move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from bijzondere_toegang.cases.models import CaseAccess
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import utc_of
from bijzondere_toegang.db import Secret, change_rows
from bijzondere_toegang.errors import N_, Fault, Incomplete
from bijzondere_toegang.plans.forms import RecordMove, RecordStay
from bijzondere_toegang.plans.models import Stay

PLACES = {
    "pleeggezin": "foster_family",
    "gezinshuis": "family_home",
    "groep": "group",
    "deeltijd": "part_time",
    "crisis": "crisis",
    "gesloten": "secure",
    "netwerk": "network",
    "thuis": "home",
}
FOSTER = "pleeggezin"
FOSTER_PARENT = "foster_parent"
MOVE_REASONS = {
    "afschalen": "step_down",
    "opschalen": "step_up",
    "beter-passend": "better_fit",
    "breuk": "breakdown",
    "dichterbij": "closer",
    "broer-zus": "siblings",
    "anders": "other",
}


def record_stay(act: Act) -> None:
    answers: RecordStay = act.answers
    if answers.until_on is None and open_stays(act):
        raise Incomplete(
            [Fault("/tot", N_("Er loopt al een verblijf. Vul een laatste dag in of leg een verhuizing vast."))]
        )
    lives_there = any(stay.place == PLACES[FOSTER] for stay in open_stays(act))
    if answers.place == FOSTER and answers.until_on is not None and not lives_there:
        end_fostering(act, answers.until_on)
    act.tx.add(
        Stay(
            case_id=act.case.id,
            kind="stay",
            place=PLACES[answers.place],
            from_on=answers.from_on,
            until_on=answers.until_on,
            nights=_nights(answers),
            nights_per_week=answers.nights_per_week,
            planned=answers.planned,
            recorded_by=act.by.account_id,
            recorded_at=act.at,
            content=Secret.json({"where": answers.where, "words": ""}),
        )
    )


def _nights(answers: RecordStay) -> int:
    """A night counts on the day of waking; an open stay has none yet, its pattern says what is planned."""
    if answers.until_on is None:
        return 0
    days = (answers.until_on - answers.from_on).days
    return answers.nights if answers.nights is not None else round(days * answers.nights_per_week / 7)


def record_move(act: Act) -> None:
    """The running stay ends that day and goes on at the next place, with the same weekly pattern."""
    answers: RecordMove = act.answers
    running = open_stays(act)
    end_stays(act, answers.on)
    act.tx.add(_move(act, answers, running[0].nights_per_week if running else 0))


def moves_after_arriving(act: Act) -> Iterator[Fault]:
    if any(stay.from_on > act.answers.on for stay in open_stays(act)):
        yield Fault("/datum", N_("Deze dag ligt voor het begin van het verblijf dat loopt."))


def _move(act: Act, answers: RecordMove, pattern: int) -> Stay:
    home = answers.place == "thuis"
    return Stay(
        case_id=act.case.id,
        kind="move",
        place=PLACES[answers.place],
        reason=MOVE_REASONS[answers.reason],
        from_on=answers.on,
        until_on=answers.on if home else None,
        nights_per_week=0 if home else pattern,
        planned=answers.planned,
        recorded_by=act.by.account_id,
        recorded_at=act.at,
        content=Secret.json({"where": answers.where, "words": answers.words or ""}),
    )


def end_fostering(act: Act, last_day: date) -> None:
    """
    With the stay in a foster family the part of who was foster parent by then ends: at once, or after a last day to
    come. The parents of a next family are added by name, so that nobody stays in by mistake.
    """
    after = utc_of(last_day + timedelta(days=1))
    chosen = (
        col(CaseAccess.case_id) == act.case.id,
        col(CaseAccess.relation) == FOSTER_PARENT,
        col(CaseAccess.since) < after,
        open_at(act.at),
    )
    held = act.tx.exec(select(CaseAccess.id).where(*chosen)).all()
    until = act.at if last_day <= act.on else after
    change_rows(act.tx, update(CaseAccess).where(*chosen).values(until=until), len(held))


def open_stays(act: Act) -> Sequence[Stay]:
    """Stays without a last day, newest first."""
    query = select(Stay).where(Stay.case_id == act.case.id, col(Stay.until_on).is_(None))
    return act.tx.exec(query.order_by(col(Stay.from_on).desc())).all()


def end_stays(act: Act, last_day: date) -> None:
    """End what still runs; the nights follow from the weekly pattern."""
    running = open_stays(act)
    if any(stay.place == PLACES[FOSTER] for stay in running):
        end_fostering(act, last_day)
    for stay in running:
        stay.until_on = max(last_day, stay.from_on)
        stay.nights = round((stay.until_on - stay.from_on).days * stay.nights_per_week / 7)
    act.tx.add_all(running)
