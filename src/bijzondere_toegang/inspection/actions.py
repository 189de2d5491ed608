"""Holding back, taking that back, and issuing the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.inspection.forms import HoldBack
from bijzondere_toegang.inspection.models import Inspection
from bijzondere_toegang.inspection.record import Held, as_data, held_in, minus, newest
from bijzondere_toegang.inspection.sections import Section
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.timeline.record import Event, append

NOT_THERE = N_("Deze woorden staan niet in dit onderdeel. Neem ze letterlijk over.")
IN_THE_PAST = N_("Kies een dag na vandaag.")


def passage_is_there(answers: HoldBack, section: Section) -> Iterator[Fault]:
    if answers.how_much == "passage" and (answers.passage or "") not in section.text:
        yield Fault("/passage", NOT_THERE)


def review_is_to_come(answers: HoldBack, on: date) -> Iterator[Fault]:
    if answers.review_on is not None and answers.review_on <= on:
        yield Fault("/opnieuwBekijkenOp", IN_THE_PAST)


def hold_back(scene: Scene, party_id: UUID, section: Section, answers: HoldBack) -> None:
    """Keep a section or a passage out of the file."""
    passage = answers.passage or ""
    review = answers.review_on.isoformat() if answers.review_on else ""
    held = Held(answers.how_much, passage, answers.ground, answers.reason, answers.second or "", review)
    row = _draft(scene, party_id)
    row.held = Secret.json(as_data({**held_in(row), section.key: held}))
    scene.tx.add(row)
    _write_down(scene, "hold_back", "U")


def give_back(scene: Scene, party_id: UUID, key: str) -> None:
    row = _draft(scene, party_id)
    row.held = Secret.json(as_data({one: held for one, held in held_in(row).items() if one != key}))
    scene.tx.add(row)
    _write_down(scene, "give_back", "U")


def issue(scene: Scene, party_id: UUID, sections: list[Section]) -> None:
    """Fix what the person gets, word for word; later changes of the case need a new file."""
    row = _draft(scene, party_id)
    kept = minus(sections, held_in(row))
    row.content = Secret.json([{"titel": one.title, "bij": one.note, "tekst": one.text} for one in kept])
    row.issued_by, row.issued_at = scene.by.account_id, scene.at
    scene.tx.add(row)
    _write_down(scene, "issue_inspection", "E")


def _draft(scene: Scene, party_id: UUID) -> Inspection:
    """The file that is being made; a new one begins with what was held back from the one before."""
    row = newest(scene, party_id, issued=False)
    if row is None:
        before = held_in(newest(scene, party_id, issued=True))
        row = Inspection(
            case_id=scene.case.id,
            party_id=party_id,
            begun_by=scene.by.account_id,
            begun_at=scene.at,
            held=Secret.json(as_data(before)),
        )
        scene.tx.add(row)
    return row


def _write_down(scene: Scene, what: str, action: str) -> None:
    event = Event(
        what, action, scene.by.account_id, role="referrer", object_kind="inspection",
        object_pseudonym=str(scene.case.id), permission=str(Permission.INSPECTION_PREPARE),
    )  # fmt: skip
    append(scene.tx, scene.case.id, event, scene.at)
