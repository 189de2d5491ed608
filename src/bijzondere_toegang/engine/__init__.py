"""The pure engine: a process as data, moved through without database, web or clock."""

from bijzondere_toegang.engine.calendar import (
    HOLIDAYS,
    add_working_days,
    holiday,
    is_working_day,
    shift_past_free_days,
    skipped,
)
from bijzondere_toegang.engine.check import Context, Problem, check, sentence_keys
from bijzondere_toegang.engine.definition import (
    ROLES,
    Length,
    Recipient,
    Reminder,
    Role,
    SecureTerm,
    Stage,
    Step,
    Term,
    Unit,
    Unsound,
    Workflow,
    load,
)
from bijzondere_toegang.engine.diagram import document, mermaid
from bijzondere_toegang.engine.library import Library, NoSuchWorkflow, workflow_files
from bijzondere_toegang.engine.machine import Impossible, Move, machine_of, move, steps_from
from bijzondere_toegang.engine.terms import Due, Secure, UnknownDay, due, later, reminders

__all__ = [
    "HOLIDAYS",
    "ROLES",
    "Context",
    "Due",
    "Impossible",
    "Length",
    "Library",
    "Move",
    "NoSuchWorkflow",
    "Problem",
    "Recipient",
    "Reminder",
    "Role",
    "Secure",
    "SecureTerm",
    "Stage",
    "Step",
    "Term",
    "Unit",
    "UnknownDay",
    "Unsound",
    "Workflow",
    "add_working_days",
    "check",
    "document",
    "due",
    "holiday",
    "is_working_day",
    "later",
    "load",
    "machine_of",
    "mermaid",
    "move",
    "reminders",
    "sentence_keys",
    "shift_past_free_days",
    "skipped",
    "steps_from",
    "workflow_files",
]
