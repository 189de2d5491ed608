"""Acts that belong to no phase: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room

ROOM = Room()
