"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.evaluations import actions, choices, forms, guards

ROOM = Room(
    forms={
        "start_evaluation": forms.StartEvaluation,
        "score": forms.GiveScores,
        "continue_care": forms.ContinueCare,
        "revise_plan": forms.RevisePlan,
        "end_care": forms.EndCare,
        "propose_closing": forms.ProposeClosing,
        "close": forms.Close,
    },
    checks={
        "continue_care": (actions.is_no_step_up, actions.family_has_a_voice, actions.next_is_in_time),
        "revise_plan": (actions.family_has_a_voice,),
        "propose_closing": (actions.every_goal_has_a_result,),
        "close": (actions.what_was_planned_has_a_result,),
    },
    effects={
        "start_evaluation": actions.start_evaluation,
        "score": actions.score,
        "continue_care": actions.continue_care,
        "revise_plan": actions.revise_plan,
        "end_care": actions.end_care,
        "propose_closing": actions.propose_closing,
        "close": actions.close,
    },
    guards={"scores_in": guards.scores_in},
    prefills={
        "score": choices.own_scores,
        "continue_care": choices.same_level,
        "propose_closing": choices.result_rows,
        "close": choices.proposed,
    },
)
