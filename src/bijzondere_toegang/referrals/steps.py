"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.referrals import actions, forms, guards, queries

ROOM = Room(
    forms={
        "register": forms.Register,
        "ask_supplement": forms.AskSupplement,
        "supplement": forms.Supplement,
        "take_up": forms.TakeUp,
        "withdraw": forms.Withdraw,
    },
    effects={
        "register": actions.register_draft,
        "ask_supplement": actions.ask_supplement,
        "supplement": actions.supplement,
    },
    guards={"intake_complete": guards.intake_complete},
    views={"supplement": queries.asked_supplement},
)
