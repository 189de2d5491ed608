"""What gives a secret address away in words that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.db import Secret


def traces_of(hidden: Iterable[Party]) -> tuple[str, ...]:
    """What gives away where these people are, however it is written."""
    return tuple({_bare(trace) for party in hidden for trace in _traces_of(party)} - {""})


def secret_traces(family: Iterable[Party]) -> tuple[str, ...]:
    """The same of everybody of this family with a secret address: for whom none of it is meant."""
    return traces_of(party for party in family if party.secret_address)


def without(traces: Iterable[str], text: str | None) -> str:
    """The text, or nothing when it holds one of these traces."""
    return "" if holds(traces, text) else text or ""


def holds(traces: Iterable[str], *texts: str | None) -> bool:
    """Whether one of these texts holds one of the traces."""
    return any(trace in bare for text in texts if (bare := _bare(text or "")) for trace in traces)


def _traces_of(party: Party) -> Iterator[str]:
    """Street with number, postcode, telephone, mail and school of somebody who must not be found."""
    street, _, town = _text(party.address).partition("\n")
    yield street
    yield town[:7]
    yield from (_text(party.phone), _text(party.email), _text(party.school))


def _text(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""


def _bare(text: str) -> str:
    """Without case, blanks and hyphens, so that writing it differently hides nothing."""
    return "".join(letter for letter in text.casefold() if letter.isalnum() or letter in "@.")
