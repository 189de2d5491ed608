"""Writing the minutes, putting a version up *ter reactie*, reacting to it and adopting it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlmodel import col, select

from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.conferences.forms import ReactToMinutes, WriteMinutes
from bijzondere_toegang.conferences.minutes import (
    Draft,
    draft_now,
    minutes_in_round,
    seats_at,
    versions_of,
)
from bijzondere_toegang.conferences.models import Block, Conference, Minutes, Reaction, Seat
from bijzondere_toegang.conferences.queries import held_conference, speaks_for
from bijzondere_toegang.db import Secret, vault_of
from bijzondere_toegang.engine import add_working_days
from bijzondere_toegang.errors import N_, Fault, Incomplete, NotNow
from bijzondere_toegang.timeline.codes import WITNESSED

REACTION_DAYS = 5
"""working days (CFG)"""

SAVED_MEANWHILE = N_("Iemand anders bewaarde hier intussen een andere tekst. Uw tekst is nog niet bewaard.")
VERSION_PASSED = N_("Iemand anders bewaarde intussen iets in het verslag. Kijk eerst wat er nu staat.")
NEWER_UP = N_("Er ligt intussen een nieuwere versie van het verslag. Lees die eerst.")
NOTHING_UP = N_("Er ligt nu geen verslag om op te reageren.")
HEARD = N_("Deze reactie is al binnen.")


def write_minutes(act: Act) -> None:
    """Save what differs from what stands there now; refused when somebody saved after this person read it."""
    answers: WriteMinutes = act.answers
    conference = _held(act)
    _demand_not_adopted(act, conference)
    now = draft_now(act.scene)
    changed = {topic: text for topic, text in answers.sent.items() if text != now.texts.get(topic, "")}
    if faults := _overtaken(answers.version, now, changed):
        raise Incomplete(faults)
    act.tx.add_all(_block(act, conference, topic, text, now.version + 1) for topic, text in changed.items())


def _held(act: Act) -> Conference:
    conference = held_conference(act.scene)
    if conference is None:
        raise NotNow(N_("Er is nog geen overleg geweest."))
    return conference


def _demand_not_adopted(act: Act, conference: Conference) -> None:
    """Asked again after the case was claimed: the guard looked before."""
    query = select(Minutes.id).where(Minutes.conference_id == conference.id, col(Minutes.adopted_at).is_not(None))
    if act.tx.exec(query).first() is not None:
        raise NotNow(N_("Het verslag is al vastgesteld. Wat nieuw is, kan erbij als eigen verklaring."))


def _overtaken(version: int | None, now: Draft, changed: Mapping[str, str]) -> list[Fault]:
    """Who sends no version may only fill topics that are still empty."""
    if version == now.version or not changed:
        return []
    if version is None:
        return [Fault(f"/{topic}", SAVED_MEANWHILE) for topic in changed if now.texts.get(topic)]
    met = [topic for topic in changed if now.versions.get(topic, 0) > version]
    return [Fault(f"/{topic}", SAVED_MEANWHILE) for topic in met] or [Fault("/versie", VERSION_PASSED)]


def _block(act: Act, conference: Conference, topic: str, text: str, version: int) -> Block:
    return Block(
        conference_id=conference.id,
        case_id=act.case.id,
        topic=topic,
        version=version,
        saved_by=act.by.account_id,
        saved_at=act.at,
        text=Secret(text),
    )


def put_up_minutes(act: Act) -> None:
    conference = _held(act)
    texts = Secret.json({topic: text for topic, text in draft_now(act.scene).texts.items() if text})
    act.tx.add(
        Minutes(
            conference_id=conference.id,
            case_id=act.case.id,
            version=len(versions_of(act.scene, conference)) + 1,
            react_until=add_working_days(act.on, REACTION_DAYS),
            put_up_at=act.at,
            digest=vault_of(act.tx).commitment(act.tx, (act.case.id, conference.holder), texts.reveal()),
            text=texts,
        )
    )


def react_to_minutes(act: Act) -> None:
    """One reaction per seat, of who has no seat one per account."""
    answers: ReactToMinutes = act.answers
    minutes = minutes_in_round(act.scene)
    if minutes is None:
        raise NotNow(NOTHING_UP)
    if answers.version is not None and answers.version != minutes.version:
        raise NotNow(NEWER_UP)
    seat = _own_seat(act, seats_at(act.scene, minutes.conference_id))
    if _reacted(act, minutes, seat):
        raise NotNow(HEARD)
    act.tx.add(
        Reaction(
            minutes_id=minutes.id,
            case_id=act.case.id,
            account_id=act.by.account_id,
            seat_id=seat.id if seat else None,
            value="right" if answers.reaction == "klopt" else "wrong",
            at=act.at,
            text=Secret.of(answers.why),
        )
    )


def _own_seat(act: Act, table: Iterable[Seat]) -> Seat | None:
    return next((seat for seat in table if speaks_for(act.scene, seat)), None)


def _reacted(act: Act, minutes: Minutes, seat: Seat | None) -> bool:
    mine = Reaction.seat_id == seat.id if seat else Reaction.account_id == act.by.account_id
    query = select(Reaction.id).where(Reaction.minutes_id == minutes.id, mine)
    return act.tx.exec(query).first() is not None


def adopt_minutes(act: Act) -> None:
    minutes = minutes_in_round(act.scene)
    if minutes is None:
        raise NotNow(N_("Er ligt nu geen verslag om vast te stellen."))
    minutes.adopted_at = act.at
    act.witnessed[WITNESSED] = minutes.text.reveal() if minutes.text else ""
    act.tx.add(minutes)
