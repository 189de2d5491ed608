"""What the demonstration adds to the application, in one object on `app.state.demo`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bijzondere_toegang.demo.mailbox import Mailbox
from bijzondere_toegang.demo.timekeeper import TimeKeeper


@dataclass(frozen=True, slots=True)
class Demo:
    """The clock, the mailbox and the folder in which everything is kept."""

    keeper: TimeKeeper
    mailbox: Mailbox
    folder: Path
