"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.plans import actions, choices, forms, guards, moves, views

ROOM = Room(
    forms={
        "write_plan": forms.WritePlan,
        "put_up_plan": forms.PutUpPlan,
        "confirm_plan": forms.ConfirmPlan,
        "consent": forms.GiveConsent,
        "record_consent": forms.RecordConsent,
        "withdraw_consent": forms.WithdrawConsent,
        "agree_plan": forms.AgreePlan,
        "start_help": forms.StartHelp,
        "record_stay": forms.RecordStay,
        "record_move": forms.RecordMove,
    },
    checks={
        "write_plan": (actions.is_as_light_as_decided, actions.is_reviewed_in_time),
        "record_consent": (actions.youth_answers, actions.said_while_it_was_up, actions.tried_while_it_was_up),
        "record_move": (moves.moves_after_arriving,),
    },
    effects={
        "write_plan": actions.write_plan,
        "put_up_plan": actions.put_up_plan,
        "confirm_plan": actions.confirm_plan,
        "consent": actions.consent,
        "record_consent": actions.record_consent,
        "withdraw_consent": actions.withdraw_consent,
        "agree_plan": actions.agree_plan,
        "start_help": actions.start_help,
        "record_stay": moves.record_stay,
        "record_move": moves.record_move,
    },
    guards={
        "concept_there": guards.concept_there,
        "concept_complete": guards.concept_complete,
        "concept_changed": guards.concept_changed,
        "plan_is_up": guards.plan_is_up,
        "plan_confirmed": guards.plan_confirmed,
        "consents_in": guards.consents_in,
        "somebody_unheard": guards.somebody_unheard,
        "help_has_date": guards.help_has_date,
        "consent_asked": guards.consent_asked,
        "consent_given": guards.consent_given,
    },
    choices={
        "planversie": choices.plan_version,
        "zonder_antwoord": choices.without_answer,
        "doelen": choices.plan_goals,
    },
    prefills={
        "write_plan": choices.last_text,
        "confirm_plan": choices.this_version,
        "consent": choices.this_version,
        "record_consent": choices.two_attempts,
    },
    views={"write_plan": views.concept_page, "put_up_plan": views.last_look, "record_consent": views.attempts_so_far},
)
