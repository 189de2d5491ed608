"""What this room adds to the process: forms, effects and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.acts_people import not_ahead
from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.decisions import actions, choices, forms, views

ROOM = Room(
    forms={
        "advise_elsewhere": forms.AdviseElsewhere,
        "confirm_outcome": forms.ConfirmOutcome,
        "reject_outcome": forms.RejectOutcome,
        "decide": forms.Decide,
        "record_remedy": forms.RecordRemedy,
    },
    checks={
        "confirm_outcome": (actions.is_made_known_soon,),
        "decide": (
            actions.is_made_known_soon,
            actions.answers_every_dissent,
            *(actions.repeats_nobody(name, pointer) for name, pointer in forms.READ_BY_ALL),
            actions.repeats_nobody_else,
        ),
        "record_remedy": (not_ahead("ruled_on", "/datum"),),
    },
    effects={
        "advise_elsewhere": actions.advise_elsewhere,
        "confirm_outcome": actions.confirm_outcome,
        "reject_outcome": actions.reject_outcome,
        "decide": actions.decide,
        "record_remedy": actions.record_remedy,
    },
    choices={
        "outcome_targets": choices.outcome_targets,
        "decision_targets": choices.decision_targets,
        "agreed_consortium": choices.agreed_consortium,
        "decided_consortium": choices.decided_consortium,
        "agreed_ladder": choices.agreed_ladder,
        "ladder_steps": choices.ladder_steps,
        "remedies": choices.remedies,
        "signatures": choices.signatures,
        "dissents": choices.dissent_choices,
    },
    prefills={"confirm_outcome": views.outcome_prefill, "decide": views.decide_prefill},
    views={"confirm_outcome": views.outcome_facts, "decide": views.decide_facts},
    looks={"confirm_outcome": views.outcome_look, "decide": views.decide_look},
)
