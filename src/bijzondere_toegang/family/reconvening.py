"""What became of the question for a new talk: waiting for an answer, or a no with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bijzondere_toegang.cases.deadlines import answer_due
from bijzondere_toegang.cases.reconvening import answer_to_me
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice


@dataclass(frozen=True, slots=True)
class Asked:
    """`reason` in the words of who answered; empty while the answer is still to come."""

    words: Markup
    reason: str = ""
    rest: Markup | None = None


def answer_of(reader: Reader, seen: Shown, say: Voice) -> Asked | None:
    """For who asked alone. A no is not hard news: help goes on as it was. Behind hard news that waits it waits too."""
    found, scene = answer_to_me(reader.scene), reader.scene
    if found is None or seen.waiting is not None or scene.workflow.stages[seen.stage].final:
        return None
    if found.answered_at is not None:
        day = local_day(found.answered_at)
        return Asked(say("family.asked.no", dag=day), reader.safe(found.reason), say("family.asked.no.next"))
    due = answer_due(scene.case)
    if due is None:
        return None
    return Asked(say("family.asked.wait" if scene.on <= due else "family.asked.late", dag=due))
