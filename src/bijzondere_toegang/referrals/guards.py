"""What has to be so before a step of this room may be taken."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.referrals.drafts import draft_of

NOT_COMPLETE = N_("De aanmelding is nog niet compleet. Bij ‘Controleer uw antwoorden’ ziet u wat er mist.")


def intake_complete(scene: Scene) -> Sentence | None:
    """Every section of the draft is answered and none has a fault."""
    return None if draft_of(scene).complete else Sentence(NOT_COMPLETE)
