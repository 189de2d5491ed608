"""What the wall costs: a list and a case page on PostgreSQL with 50,000 cases, without row-level security and with it.

Both are measured in one run on the same rows; the ratio is what counts, for times depend on the machine.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from bijzondere_toegang.db import enter
from tests import databases
from tests.support import Site, make_site, register_sample, take

CASES = 50_000
OWN = 200
"""The open cases of the chair who looks; the others are spread over the rest of the cast."""
TIMES = 40
WARM = 25
"""Runs before the measure: a connection prepares a statement at its sixth, PostgreSQL settles on a plan five later."""

COPIES = """
    insert into case_file (id, reference, due_on, {columns})
    select gen_random_uuid(), 'BT-' || (100000 + n), current_date + n % 300, {columns}
    from case_file, generate_series(1, :cases) n where reference = :like
"""
ACCESS = """
    insert into case_access (id, account_id, case_id, relation, organisation, consortium, since)
    select gen_random_uuid(), case when n <= :own then cast(:chair as uuid) else ids[1 + n % cardinality(ids)] end,
           id, 'chair.assigned', '', '', entered_at
    from (
      select id, entered_at, row_number() over (order by reference) n from case_file where reference <> :like
    ) cases, (
      select array(select id from account where id <> cast(:chair as uuid) order by id) ids
    ) others
"""


@contextmanager
def many_cases() -> Iterator[tuple[Site, sa.Connection, str]]:
    """A site with 50,000 cases on a server of its own, a connection as superuser, and a case of the chair."""
    run = Path(tempfile.mkdtemp(prefix="bt-bench-"))
    run.chmod(0o755)
    made = databases.Databases(run)
    try:
        with made.fresh("postgresql") as database:
            site = make_site(database)
            address = database.owner_url.replace("bt_owner@", "postgres@")
            with sa.create_engine(address, isolation_level="AUTOCOMMIT").connect() as admin:
                yield site, admin, _fill(site, admin)
    finally:
        databases._handle(run / "pg").stop()
        shutil.rmtree(run, ignore_errors=True)


def _fill(site: Site, admin: sa.Connection) -> str:
    like = register_sample(site, 1)
    take(site, "chair", like, "declare_independence", band=False)
    take(site, "chair", like, "take_up")
    columns = [column["name"] for column in sa.inspect(admin).get_columns("case_file")]
    listed = ", ".join(name for name in columns if name not in ("id", "reference", "due_on"))
    admin.execute(sa.text(COPIES.format(columns=listed)), {"cases": CASES, "like": like})
    admin.execute(sa.text(ACCESS), {"own": OWN, "chair": site.who("chair", like), "like": like})
    admin.execute(sa.text("analyze"))
    return like


def benches(site: Site, reference: str) -> list[tuple[str, Callable[[], int]]]:
    chair, stranger = site.as_("chair", reference), site.as_("verwijzer2")
    return [
        ("a worklist", lambda: chair.get("/werkvoorraad").status_code),
        ("a case page", lambda: chair.get(f"/zaken/{reference}").status_code),
        ("a case of others", lambda: stranger.get(f"/zaken/{reference}").status_code),
    ]


def fastest(run: Callable[[], int]) -> float:
    """Milliseconds of the fastest of many: what else the machine does only ever adds."""
    took = []
    for number in range(WARM + TIMES):
        begun = time.perf_counter()
        run()
        if number >= WARM:
            took.append((time.perf_counter() - begun) * 1000)
    return min(took)


def wall(admin: sa.Connection, tables: list[str], stands: str) -> None:
    for table in tables:
        admin.execute(sa.text(f"ALTER TABLE {table} {stands} ROW LEVEL SECURITY"))


def sequential_scans(site: Site, reference: str) -> int:
    """How often the statements of a worklist read all of `case_file`, by what the planner says as the chair."""
    chair = site.who("chair", reference)
    client, asked = site.client(chair), []

    def note(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        asked.append((statement, values))

    engine = site.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    client.get("/werkvoorraad")
    sa.event.remove(engine, "before_cursor_execute", note)
    with site.app.state.database.read() as tx:
        enter(tx, chair, site.at)
        about = [each for each in asked if each[0].startswith("SELECT") and "FROM case_file" in each[0]]
        plans = [
            "\n".join(tx.connection().exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
            for statement, values in about
        ]
    assert plans
    return sum(plan.count("Seq Scan on case_file") for plan in plans)


def main() -> None:
    with many_cases() as (site, admin, reference):
        tables = list(admin.scalars(sa.text("select relname from pg_class where relrowsecurity")))
        print(f"{'':28}{'without':>12}{'with':>9}{'times':>8}")
        for name, run in benches(site, reference):
            wall(admin, tables, "DISABLE")
            without = fastest(run)
            wall(admin, tables, "ENABLE")
            behind = fastest(run)
            print(f"{name:28}{without:>12.1f}{behind:>9.1f}{behind / without:>8.2f}")
        print(f"a worklist reads all cases {sequential_scans(site, reference)} times")


if __name__ == "__main__":
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    main()
