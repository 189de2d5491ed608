"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.conferences import forms
from bijzondere_toegang.conferences.actions import CHECKS, EFFECTS
from bijzondere_toegang.conferences.choices import CHOICES, PREFILLS, VIEWS
from bijzondere_toegang.conferences.guards import GUARDS
from bijzondere_toegang.web.forms import Answers

FORMS: dict[str, type[Answers]] = {
    "plan_conference": forms.PlanConference,
    "move_conference": forms.MoveConference,
    "cancel_conference": forms.CancelConference,
    "record_attendance": forms.RecordAttendance,
    "open_conference": forms.OpenConference,
    "adjourn": forms.Adjourn,
    "ask_round": forms.AskRound,
    "state_position": forms.StatePosition,
    "record_position_for": forms.RecordPositionFor,
    "conclude_consensus": forms.Conclude,
    "conclude_no_consensus": forms.ConcludeNoConsensus,
    "write_minutes": forms.WriteMinutes,
    "put_up_minutes": forms.PutUpMinutes,
    "react_to_minutes": forms.ReactToMinutes,
    "adopt_minutes": forms.AdoptMinutes,
}

ROOM = Room(forms=FORMS, checks=CHECKS, effects=EFFECTS, guards=GUARDS, choices=CHOICES, prefills=PREFILLS, views=VIEWS)
