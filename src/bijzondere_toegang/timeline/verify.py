"""`audit verify`: read-only and offline, also on a copy. Names the first entry that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlmodel import Session, select

from bijzondere_toegang.timeline.chain import Broken, verify_chain
from bijzondere_toegang.timeline.models import TimelineEntry, TimelineHead


def verify_all(tx: Session) -> Iterator[Broken | int]:
    """Every broken chain as Broken; last the number of entries that were read."""
    heads = {head.chain: (head.seq, head.hash) for head in tx.exec(select(TimelineHead)).all()}
    seen = set()
    count = 0
    for chain, group in groupby(_in_order(tx), key=lambda entry: entry.chain):
        entries = list(group)
        seen.add(chain)
        count += len(entries)
        if (broken := verify_chain(chain, entries, heads.get(chain))) is not None:
            yield broken
    for chain in sorted(heads.keys() - seen, key=str):
        yield Broken(chain, 1, "cut_off")
    yield count


def _in_order(tx: Session) -> Iterator[TimelineEntry]:
    query = select(TimelineEntry).order_by(TimelineEntry.chain, TimelineEntry.seq)  # type: ignore[arg-type]
    for entry in tx.exec(query.execution_options(yield_per=1000)):
        tx.expunge(entry)
        yield entry
