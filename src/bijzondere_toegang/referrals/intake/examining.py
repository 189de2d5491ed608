"""The documents of an intake, examined one by one: what is wrong with a file gets the pointer of its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from bijzondere_toegang.documents.checking import Checked, sentence_for
from bijzondere_toegang.documents.limits import Unfit
from bijzondere_toegang.errors import Fault
from bijzondere_toegang.referrals.intake.documents import decoded
from bijzondere_toegang.referrals.intake.model import Document, Intake

Examine = Callable[[bytes], Checked]
"""What is kept of a file; raises Unfit."""

Examined = dict[int, Checked]


def examined(document: dict[str, Any], faults: Iterable[Fault], examine: Examine) -> tuple[Examined, list[Fault]]:
    """The files in which no fault was found yet, by their number, and the faults of those that may not come in."""
    kept: Examined = {}
    unfit: list[Fault] = []
    for number, content in _sound(document, {fault.pointer for fault in faults}):
        try:
            kept[number] = examine(content)
        except Unfit as refused:
            sentence = sentence_for(refused)
            unfit.append(Fault(f"/documenten/{number}/inhoud", sentence.text, sentence.params))
    return kept, unfit


def _sound(document: dict[str, Any], faulty: set[str]) -> Iterator[tuple[int, bytes]]:
    rows = document.get("documenten")
    if "/documenten" in faulty or not isinstance(rows, list):
        return
    for number, row in enumerate(rows):
        at = f"/documenten/{number}"
        if any(pointer == at or pointer.startswith(at + "/") for pointer in faulty) or not isinstance(row, dict):
            continue
        content = decoded(row["inhoud"])
        if content is not None:
            yield number, content


def with_examined(intake: Intake, kept: Examined) -> Intake:
    """The intake with what is kept of its files."""
    documents = (_kept(one, kept[n]) if n in kept else one for n, one in enumerate(intake.documents))
    return replace(intake, documents=tuple(documents))


def _kept(document: Document, file: Checked) -> Document:
    return replace(document, content=file.content, media_type=file.media_type, words=file.words)
