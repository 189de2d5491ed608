"""Row-level security on PostgreSQL, for migrations: the wall around a table, and a way past it for changing data.

The functions `bt_…` come with revision 0009. Nothing here does anything on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

SYSTEM = "bt_system()"
ME = "bt_account()"
AT = "bt_at()"


def wall(table: str, column: str = "case_id", *, read: str = "", write: str = "") -> None:
    """Show the rows of a table to whom the case in `column` is open, and take none from anybody else.

    `read` and `write` are conditions that let somebody see, or add and change, a row all the same.
    """
    if not _postgresql():
        return
    may_see = _either(read, seen(table, column, looking=True))
    may_write = _either(write, seen(table, column, looking=False))
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY wall_read ON {table} FOR SELECT USING ({may_see})")
    op.execute(f"CREATE POLICY wall_add ON {table} FOR INSERT WITH CHECK ({may_write})")
    op.execute(f"CREATE POLICY wall_change ON {table} FOR UPDATE USING ({may_write}) WITH CHECK ({may_write})")


def office(table: str, condition: str) -> None:
    """Show the rows of a table to whom the condition names, and to nobody else for having a case."""
    if not _postgresql():
        return
    whole = f"{SYSTEM} or {condition}"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY wall_read ON {table} FOR SELECT USING ({whole})")
    op.execute(f"CREATE POLICY wall_add ON {table} FOR INSERT WITH CHECK ({whole})")
    op.execute(f"CREATE POLICY wall_change ON {table} FOR UPDATE USING ({whole}) WITH CHECK ({whole})")


def seen(table: str, column: str, *, looking: bool) -> str:
    """Whether the case in this column is open to the account; `looking` counts a moment of `db.beside` too."""
    return f"{SYSTEM} or bt_sees({table}.{column}, {ME}, {AT}, {str(looking).lower()})"


def held(case: str) -> str:
    """Whether the account has a relation to this case that counts at this moment."""
    return f"exists (select from case_access a where a.case_id = {case} and a.account_id = {ME} and {open_at('a', AT)})"


def open_at(access: str, at: str) -> str:
    """An access row that counts: one that ends at this very moment does, so that an act which ends it can finish."""
    return (
        f"{access}.relation not in ('rep.lost', 'confidant.ended') and {access}.since <= {at} "
        f"and ({access}.until is null or {access}.until >= {at})"
    )


def _either(*conditions: str) -> str:
    return " or ".join(condition for condition in conditions if condition)


@contextmanager
def every_row(*tables: str) -> Iterator[None]:
    """Let the owner change data in these tables: under FORCE it sees no row, and an UPDATE changes none, silently.

    The wall stands again before the migration commits. Say how many rows you expect: `change_rows`.
    """
    for table in tables if _postgresql() else ():
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables if _postgresql() else ():
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def change_rows(statement: sa.Update) -> int:
    """Change data in one table, of every case: raises RuntimeError unless each row that was meant was changed.

    The rows are counted past the wall, so a statement that sees none of them stops the migration.
    """
    bind, table = op.get_bind(), statement.table
    assert isinstance(table, sa.TableClause)
    counted = sa.select(sa.func.count()).select_from(table)
    if statement.whereclause is not None:
        counted = counted.where(statement.whereclause)
    with every_row(table.name):
        expected = bind.execute(counted).scalar_one()
        changed = bind.execute(statement).rowcount
    if changed != expected:
        raise RuntimeError(f"{table.name}: {changed} rows changed, {expected} expected")
    return int(changed)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
