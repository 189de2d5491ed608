"""What gives a secret address away in words that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.db import Secret
from bijzondere_toegang.documents.words import bare


def traces_of(hidden: Iterable[Party]) -> tuple[str, ...]:
    """What gives away where these people are, however it is written."""
    return tuple({bare(trace) for party in hidden for trace in _traces_of(party)} - {""})


def hidden_from(family: Iterable[Party], reader: Party | None) -> Iterator[Party]:
    """Those of this family with a secret address that is not this reader's own address; None: a stranger's."""
    mine = _text(reader.address) if reader is not None else ""
    for party in family:
        own = reader is not None and party.id == reader.id
        if party.secret_address and not own and not (mine and _text(party.address) == mine):
            yield party


def secret_traces(family: Iterable[Party]) -> tuple[str, ...]:
    """The same of everybody of this family with a secret address: for whom none of it is meant."""
    return traces_of(hidden_from(family, None))


def without(traces: Iterable[str], text: str | None) -> str:
    """The text, or nothing when it holds one of these traces."""
    return "" if holds(traces, text) else text or ""


def holds(traces: Iterable[str], *texts: str | None) -> bool:
    """Whether one of these texts holds one of the traces."""
    return any(trace in said for text in texts if (said := bare(text or "")) for trace in traces)


def _traces_of(party: Party) -> Iterator[str]:
    """Street with number, postcode, telephone, mail and school of somebody who must not be found."""
    street, _, town = _text(party.address).partition("\n")
    yield street
    yield town[:7]
    yield from (_text(party.phone), _text(party.email), _text(party.school))


def _text(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""
