"""The worklist as a page: greeting, filters with their numbers, groups of lines, and the way to the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bijzondere_toegang.cases.acts_handover import offers_to
from bijzondere_toegang.cases.calling import promised_by
from bijzondere_toegang.cases.process import Process, Sight
from bijzondere_toegang.cases.shell import WORKLIST
from bijzondere_toegang.cases.visibility import find_cases
from bijzondere_toegang.clock import local_time
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.worklist.queries import (
    DONE,
    FIRST,
    NEVER,
    PAGE,
    TODO,
    WAITING,
    Count,
    Cursor,
    Filter,
    counts_of,
    page_query,
    phases_of,
    rows_of,
)
from bijzondere_toegang.worklist.rows import (
    FINISHED,
    GROUPS,
    WAITS,
    Group,
    Reader,
    Row,
    first_names,
    group_of,
    is_offered,
    rank_of,
    row_of,
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter to choose."""

    href: str
    label: str
    count: int
    current: bool


def worklist(
    visit: Visit, process: Process, t: Translator, chosen: Filter, after: Cursor | None, drafts: bool
) -> dict[str, Any]:
    """What `worklist/worklist.html` shows. The number of statements doesn't grow with the list."""
    actor, library = visit.person, process.library
    calls = promised_by(visit.tx, process, actor, visit.at)
    rows, phases = rows_of(actor, library, visit.at, tuple(calls)), phases_of(library)
    counts = counts_of(visit.tx, rows)
    query = page_query(rows, chosen.holds(rows, phases), after)
    found = find_cases(visit.tx, actor, process.region, visit.at, query)
    sights = [sight for sight in list(found.values())[:PAGE] if sight is not None]
    names = first_names(visit.tx, sights)
    offers = offers_to(visit.tx, actor.account_id, [sight.case.id for sight in sights], visit.at)
    reader = Reader(process, t, visit.on, drafts, offers, calls)
    lines = [row_of(reader, sight, names.get(sight.case.id)) for sight in sights]
    return {
        "greeting": t.gettext(_greeting(visit), naam=actor.name.split(" ")[0]),
        "waiting_for_you": sum(count.cases for count in counts if count.rank == TODO),
        "chips": _chips(counts, phases, chosen, t),
        "groups": _groups(lines, t),
        "continues": t.gettext(GROUPS[group_of(after.rank, after.due_on, visit.on)]) if after is not None else "",
        "shown_now": len(lines),
        "chosen": chosen.name,
        "next_page": _next(chosen, sights, reader) if len(found) > PAGE and sights else None,
        "first_page": _address(chosen.name) if after is not None else None,
    }


def _greeting(visit: Visit) -> str:
    hour = local_time(visit.at).hour
    if hour < 12:
        return N_("Goedemorgen {naam}")
    return N_("Goedemiddag {naam}") if hour < 18 else N_("Goedenavond {naam}")


def _chips(counts: Sequence[Count], phases: Sequence[str], chosen: Filter, t: Translator) -> list[Chip]:
    open_ones = sum(count.cases for count in counts if count.rank != DONE)
    named = [("", t.gettext(N_("Alles")), open_ones)]
    named.append(("laat", t.gettext(N_("Te laat")), sum(c.cases for c in counts if c.rank == TODO and c.late)))
    for phase in phases:
        held = sum(count.cases for count in counts if count.rank == TODO and count.phase == phase)
        named.append((phase, t.gettext(f"phase.{phase}"), held))
    named.append(("wacht", t.gettext(WAITS), sum(c.cases for c in counts if c.rank == WAITING)))
    named.append(("klaar", t.gettext(FINISHED), sum(c.cases for c in counts if c.rank == DONE)))
    return [
        Chip(_address(name), label, held, name == chosen.name)
        for name, label, held in named
        if held or name in ("", chosen.name)
    ]


def _address(name: str, after: str = "") -> str:
    asked = {key: value for key, value in (("toon", name), ("na", after)) if value}
    return f"{WORKLIST}?{urlencode(asked)}" if asked else WORKLIST


def _groups(lines: Sequence[Row], t: Translator) -> list[tuple[str, list[Row], bool]]:
    """Heading, lines, and whether they wait for this reader."""
    groups: dict[Group, list[Row]] = {name: [] for name in GROUPS}
    for line in lines:
        groups[line.group].append(line)
    others: tuple[Group, ...] = ("waiting", "done")
    return [(t.gettext(GROUPS[name]), found, name not in others) for name, found in groups.items() if found]


def _next(chosen: Filter, sights: Sequence[Sight], reader: Reader) -> str:
    last = sights[-1]
    due_on = FIRST if is_offered(reader, last) or last.case.id in reader.calls else last.case.due_on or NEVER
    cursor = Cursor(rank_of(reader, last), due_on, last.case.id)
    return _address(chosen.name, str(cursor))
