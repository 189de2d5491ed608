"""What must be so before an evaluation can be concluded."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.evaluations.queries import open_evaluation


def scores_in(scene: Scene) -> Sentence | None:
    """The provider scored every goal. The family's voice, or why it is not there, belongs to the answers."""
    view = open_evaluation(scene)
    if view is None or all(scored.provider is not None for scored in view.goals):
        return None
    return Sentence(N_("De aanbieder geeft eerst elk doel een cijfer."))
