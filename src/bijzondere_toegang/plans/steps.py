"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.plans import actions, choices, forms, guards, moves

ROOM = Room(
    forms={
        "write_plan": forms.WritePlan,
        "confirm_plan": forms.ConfirmPlan,
        "consent": forms.GiveConsent,
        "withdraw_consent": forms.WithdrawConsent,
        "agree_plan": forms.AgreePlan,
        "start_help": forms.StartHelp,
        "record_stay": forms.RecordStay,
        "record_move": forms.RecordMove,
    },
    effects={
        "write_plan": actions.write_plan,
        "confirm_plan": actions.confirm_plan,
        "consent": actions.consent,
        "withdraw_consent": actions.withdraw_consent,
        "agree_plan": actions.agree_plan,
        "start_help": actions.start_help,
        "record_stay": moves.record_stay,
        "record_move": moves.record_move,
    },
    guards={
        "plan_complete": guards.plan_complete,
        "plan_confirmed": guards.plan_confirmed,
        "consents_in": guards.consents_in,
        "help_has_date": guards.help_has_date,
        "consent_asked": guards.consent_asked,
        "consent_given": guards.consent_given,
    },
    choices={"planversie": choices.plan_version, "zonder_inlog": choices.without_login, "doelen": choices.plan_goals},
    prefills={
        "write_plan": choices.last_version,
        "confirm_plan": choices.this_version,
        "consent": choices.this_version,
        "agree_plan": choices.paper_rows,
    },
)
