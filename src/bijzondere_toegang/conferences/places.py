"""Where a table meets and what many read of it, while somebody of the family must not be found."""

from __future__ import annotations

from collections.abc import Iterator

from bijzondere_toegang.cases.process import Act, Scene
from bijzondere_toegang.cases.traces import holds, secret_traces, without
from bijzondere_toegang.conferences.minutes import draft
from bijzondere_toegang.conferences.models import Conference
from bijzondere_toegang.conferences.queries import content_of, parties_of
from bijzondere_toegang.errors import N_, Fault, Sentence
from bijzondere_toegang.web.forms import texts_of

TELLS_ADDRESS = N_("Dit verraadt een geheim adres. Kies of schrijf iets anders.")
"""Also for a telephone or a school of somebody who must not be found; it repeats nothing of what was typed."""


def tells_no_address(act: Act) -> Iterator[Fault]:
    """
    For steps whose words reach the consortia, a planner, or the other parent. A page of the family leaves such words
    out as it is read; others have no such filter, so what is typed now is refused now.
    """
    traces = secret_traces(parties_of(act.scene).values())
    for pointer, text in texts_of(act.answers):
        if holds(traces, text):
            yield Fault(pointer, TELLS_ADDRESS)


def minutes_tell_no_address(act: Act) -> Iterator[Fault]:
    """Notes are saved while they are typed; they are looked at when others get to read them."""
    traces = secret_traces(parties_of(act.scene).values())
    for topic, text in draft(act.scene).texts.items():
        if holds(traces, text):
            yield Fault(
                f"/{topic}",
                N_("Onder “{onderwerp}” staat iets dat een geheim adres verraadt. Haal dat eerst uit het verslag."),
                {"onderwerp": Sentence(f"topic.{topic}")},
            )


def place_of(scene: Scene, conference: Conference) -> str:
    """Where the table meets; nothing when it was written down before an address became secret and gives that away."""
    return without(secret_traces(parties_of(scene).values()), content_of(conference).get("plaats"))
