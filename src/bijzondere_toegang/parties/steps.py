"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.acts_people import not_ahead
from bijzondere_toegang.cases.process import Room, Scene
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.parties import actions, forms, reading
from bijzondere_toegang.web.forms import Choice


def people(scene: Scene) -> list[Choice]:
    """Everybody of the case, the young person last: most corrections are about the others."""
    known = sorted(parties_of(scene), key=lambda one: (one.kind == "youth", one.position))
    return [Choice(str(one.id), one.full_name) for one in known]


ROOM = Room(
    forms={
        "correct_party": forms.CorrectParty,
        "add_party": forms.AddParty,
        "let_parents_read": forms.LetParentsRead,
        "record_parents_reading": forms.RecordParentsReading,
    },
    checks={
        "correct_party": (
            actions.something_changes,
            actions.has_no_authority,
            actions.authority_has_a_source,
            not_ahead("authority_on", "/gezagOp"),
            actions.has_no_birthday,
            actions.birthday_is_likely,
            actions.has_no_school,
        ),
        "record_parents_reading": (not_ahead("said_on", "/gezegdOp"),),
        "add_party": (not_ahead("authority_on", "/gezagOp"),),
    },
    effects={
        "correct_party": actions.correct_party,
        "add_party": actions.add_party,
        "let_parents_read": reading.let_parents_read,
        "record_parents_reading": reading.record_parents_reading,
    },
    guards={
        "youth_is_16_or_17": reading.youth_is_16_or_17,
        "parent_is_there": reading.parent_is_there,
    },
    choices={"betrokkenen": people, "meelezers": reading.parents_to_choose},
    prefills={
        "let_parents_read": reading.as_it_is,
        "record_parents_reading": lambda scene: {**reading.as_it_is(scene), "gezegdOp": scene.on.isoformat()},
    },
)
