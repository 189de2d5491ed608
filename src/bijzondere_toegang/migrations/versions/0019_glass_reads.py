"""Who sees a case by a broken glass alone reads it and writes nothing; why it was asked is kept with the case; and
somebody leaves by the hand of who manages them.

No row changes here: a migration has no keys. What was asked before is moved to its case by the first tick of the clock
(`move_reasons`).
"""

import sqlalchemy as sa
from alembic import context, op

from bijzondere_toegang.migrations.wall import AT, ME, SYSTEM, office, open_at, seen, wall

revision = "0019"
down_revision = "0017"

GLASS = "administrator.break_glass"
PLANNER = "(select bt_holds('planner'))"
PRIVACY = "(select bt_holds('privacy_officer'))"
ADMINISTRATOR = "(select bt_holds('administrator'))"
COORDINATED = "{organisation} = any ((select bt_organisations('coordinator'))::varchar[])"


def upgrade() -> None:
    _reasons()
    if op.get_bind().dialect.name != "postgresql":
        return
    _writing_needs_more()
    _case_file()
    _keys()
    _looks_are_written_down()
    _end_alone()
    _departures()


def _reasons() -> None:
    op.create_table(
        "glass_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("glass_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("why_silent", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_glass_reason_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass_reason")),
        sa.UniqueConstraint("glass_id", name=op.f("uq_glass_reason_glass_id")),
    )
    op.create_index(op.f("ix_glass_reason_case_id"), "glass_reason", ["case_id"], unique=False)
    wall("glass_reason", read=f"{PRIVACY} or glass_reason.asked_by = {ME}")
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "postgresql" and role is not None:
        quoted = op.get_bind().dialect.identifier_preparer.quote(role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON glass_reason TO {quoted}")


def _mine(case: str, relation: str) -> str:
    return (
        f"exists (select from case_access a where a.case_id = {case} and a.account_id = {ME} "
        f"and a.relation {relation} and {open_at('a', AT)})"
    )


def _writing_needs_more() -> None:
    """`bt_sees` as in 0009, but for who writes (`looking` is false) a broken glass does not count."""
    standing = (
        "exists (select from membership m where m.account_id = me and m.valid_from <= today "
        "and (m.valid_until is null or m.valid_until >= today) and {which})"
    )
    coordinator = standing.format(which="m.role = 'coordinator' and m.organisation = c.referrer_organisation")
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION bt_sees(wanted uuid, me uuid, at timestamptz, looking boolean) RETURNS boolean
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          today date := (at at time zone 'Europe/Amsterdam')::date;
          account text := coalesce(current_setting('app.account', true), '');
          system text := coalesce(current_setting('app.system', true), '');
          answer boolean;
          said text;
        BEGIN
          IF me IS NULL OR at IS NULL THEN RETURN false; END IF;
          said := set_config('app.account', '', true);
          said := set_config('app.system', 'wall', true);
          answer := exists (
            select from case_access a where a.case_id = wanted and a.account_id = me and {open_at("a", "at")}
              and (looking or a.relation <> '{GLASS}')
          );
          IF NOT answer THEN
            answer := {standing.format(which="m.role = 'planner'")} or exists (
              select from case_file c where c.id = wanted and (
                (c.created_by = me and c.created_at = at)
                or {coordinator}
                or (looking and (
                  c.id = any (nullif(current_setting('app.beside', true), '')::uuid[])
                  or c.bsn_key = nullif(current_setting('app.youth', true), '')
                ))
              )
            );
          END IF;
          said := set_config('app.system', system, true);
          said := set_config('app.account', account, true);
          RETURN answer;
        END $$
        """
    )


def _case_file() -> None:
    """The row may still be held (`FOR UPDATE`, which asks no check), so that a step is refused and not "not there"."""
    otherwise = _mine("case_file.id", f"<> '{GLASS}'")
    may_write = (
        f"{SYSTEM} or {PLANNER} or {PRIVACY} or {COORDINATED.format(organisation='case_file.referrer_organisation')} "
        f"or (case_file.created_by = {ME} and case_file.created_at = {AT}) "
        f"or {otherwise} or ({ADMINISTRATOR} and bt_destroys(case_file.id))"
    )
    op.execute(f"ALTER POLICY wall_change ON case_file WITH CHECK ({may_write})")


def _keys() -> None:
    """Who writes something else holds the keys it reads; to change one, or make one, takes a part in the case."""
    of_house = f"data_key.holder in ('account', 'lookup') or (data_key.holder = 'log' and {PRIVACY})"
    emptied = f"({ADMINISTRATOR} and bt_destroys(data_key.owner_id))"
    may_write = f"{of_house} or {emptied} or {seen('data_key', 'owner_id', looking=False)}"
    op.execute(f"ALTER POLICY wall_change ON data_key WITH CHECK ({may_write})")
    op.execute(f"ALTER POLICY wall_add ON data_key WITH CHECK ({may_write})")


def _looks_are_written_down() -> None:
    """In the chain of the case, as of everybody who looks."""
    for table, command in (("timeline_head", "INSERT"), ("timeline_head", "UPDATE"), ("timeline_entry", "INSERT")):
        by_glass = _mine(f"{table}.chain", f"= '{GLASS}'")
        using = f"USING ({by_glass}) " if command == "UPDATE" else ""
        op.execute(f"CREATE POLICY glass_{command.lower()} ON {table} FOR {command} {using}WITH CHECK ({by_glass})")


def _end_alone() -> None:
    """Who looks ends it, and does not lengthen it; the privacy officer gives it and ends it."""
    its = f"case_access.relation = '{GLASS}'"
    ended = f"(case_access.account_id = {ME} and case_access.until <= {AT})"
    op.execute(f"ALTER POLICY glass_change ON case_access WITH CHECK ({its} and ({PRIVACY} or {ended}))")


def _departures() -> None:
    """A departure opens the leaver's cases to who wrote it (0014), so only who manages her writes one."""
    theirs = (
        "exists (select from membership m where m.account_id = departure.account_id "
        f"and {COORDINATED.format(organisation='m.organisation')})"
    )
    office("departure", f"(departure.by_account = {ME} and ({ADMINISTRATOR} or {theirs}))")
