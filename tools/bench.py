"""How fast it is: `make bench`. Statements and milliseconds of what people do most, on a fresh SQLite file.

Times depend on the machine, so every line also says how it relates to the first: one entry on the timeline.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))

from bijzondere_toegang import migrations
from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.referrals.intake import parse
from bijzondere_toegang.timeline.record import Event, append
from tests import databases
from tests.statements import statements
from tests.support import Site, make_site, register_sample, sample, take

TIMES = 30
LISTED = 50

Bench = tuple[str, Callable[[], object]]


@contextmanager
def fresh_site() -> Iterator[Site]:
    """The application with the cast of the tests, on a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrations.upgrade(address, None)
        yield make_site(databases.Database(address, address, address, "sqlite"))


def benches(site: Site) -> list[Bench]:
    """What is measured, the cheapest first."""
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "take_up")
    _fill_list(site, reference)
    chair = site.as_("chair", reference)
    document = json.dumps(sample(2)).encode()
    return [
        ("an entry on the timeline", lambda: _append(site, reference)),
        ("an intake checked", lambda: parse(document, region=site.process.region, on=site.on)),
        ("a step taken", lambda: take(site, "chair", reference, "add_statement", tekst="Gebeld met school.")),
        ("a case page", lambda: _seen(chair.get(f"/zaken/{reference}").status_code)),
        (f"a worklist of {LISTED}", lambda: _seen(chair.get("/werkvoorraad").status_code)),
    ]


def _fill_list(site: Site, reference: str) -> None:
    like = site.case(reference).model_dump(exclude={"id", "reference"})
    chair = site.who("chair", reference)
    with site.database.write() as tx:
        for number in range(LISTED - 1):
            case = Case(**like, id=uuid4(), reference=f"BT-{5000 + number}")
            tx.add(case)
            tx.flush()
            grant(tx, case, chair, "chair.assigned", site.at)


def _append(site: Site, reference: str) -> None:
    case = site.case(reference)
    with site.database.write() as tx:
        append(tx, case.id, Event("bench", "E"), site.at)


def _seen(status: int) -> None:
    assert status == 200, status


def measure(site: Site, run: Callable[[], object]) -> tuple[int, float]:
    """The statements of one run, and the median of its milliseconds."""
    run()
    with statements(site) as asked:
        run()
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        took.append((time.perf_counter() - begun) * 1000)
    return len(asked), statistics.median(took)


def main() -> None:
    with fresh_site() as site:
        print(f"{'':28}{'statements':>12}{'ms':>9}{'times':>8}")
        first = 0.0
        for name, run in benches(site):
            count, took = measure(site, run)
            first = first or took
            print(f"{name:28}{count:>12}{took:>9.1f}{took / first:>8.1f}")


if __name__ == "__main__":
    main()
