"""People in the hands of others: leaving, moving cases on, and the yearly question who still needs access."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

from bijzondere_toegang.migrations.wall import AT, ME, SYSTEM, held, open_at

revision = "0014"
down_revision = "0013"

NEW = {"departure": "SELECT, INSERT", "access_review": "SELECT, INSERT, UPDATE", "access_answer": "SELECT, INSERT"}
MOVING = "((select bt_departing()) and bt_hands_over({case}))"
"""Somebody leaves at this very moment, and has a part in this case until this moment."""
NAMED = "case_access.account_id = any ((select nullif(current_setting('app.people', true), '')::uuid[])::uuid[])"
"""The relations of the people named by `db.beside`."""
OFFICE = "(select bt_holds('privacy_officer'))"


def upgrade() -> None:
    _tables()
    op.add_column("outbox", sa.Column("address", sa.LargeBinary(), nullable=True))
    _only_grows()
    _grants()
    if op.get_bind().dialect.name == "postgresql":
        _moving()
        _office_looks()
        _no_keys()


def _tables() -> None:
    op.create_table(
        "departure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_departure_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index(op.f("ix_departure_account_id"), "departure", ["account_id"], unique=False)
    op.create_index("ix_departure_by_at", "departure", ["by_account", "at"], unique=False)
    op.create_table(
        "access_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=60), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
    )
    still_open = sa.column("closed_at").is_(None)
    op.create_index(
        "uq_access_review_open",
        "access_review",
        ["organisation"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "access_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["access_review.id"], name=op.f("fk_access_answer_review_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_access_answer_membership_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_access_answer_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_answer")),
    )
    op.create_index(op.f("ix_access_answer_review_id"), "access_answer", ["review_id"], unique=False)


def _only_grows() -> None:
    """What was done to people and what was answered of them is not changed afterwards, by whomever."""
    for table in ("departure", "access_answer"):
        if op.get_bind().dialect.name == "sqlite":
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table, rights in NEW.items():
        op.execute(f"GRANT {rights} ON {table} TO {quoted}")


def _moving() -> None:
    """Policies of their own beside those of the wall: one that lets through is enough."""
    op.execute(
        f"CREATE FUNCTION bt_departing() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$ "
        f"select exists (select from departure d where d.by_account = {ME} and d.at = {AT}) $$"
    )
    op.execute(
        f"""
        CREATE FUNCTION bt_hands_over(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
        DECLARE
          me uuid := bt_account();
          moment timestamptz := bt_at();
          everywhere boolean := bt_holds('administrator');
          own varchar[] := bt_organisations('coordinator');
          account text := coalesce(current_setting('app.account', true), '');
          system text := coalesce(current_setting('app.system', true), '');
          answer boolean;
          said text;
        BEGIN
          IF me IS NULL OR moment IS NULL THEN RETURN false; END IF;
          said := set_config('app.account', '', true);
          said := set_config('app.system', 'wall', true);
          answer := exists (
            select from departure d join case_access a on a.account_id = d.account_id
            where d.by_account = me and d.at = moment and a.case_id = wanted and a.party_id is null
              and {open_at("a", "moment")}
              and (everywhere or a.organisation = any (own) or exists (
                select from case_file c where c.id = wanted and c.referrer_organisation = any (own)
              ))
          );
          said := set_config('app.system', system, true);
          said := set_config('app.account', account, true);
          RETURN answer;
        END $$
        """
    )
    for table, column, commands in (
        ("case_access", "case_id", ("SELECT", "INSERT", "UPDATE")),
        ("case_file", "id", ("SELECT", "UPDATE")),
        ("handover", "case_id", ("SELECT", "UPDATE")),
        ("timeline_head", "chain", ("SELECT", "INSERT", "UPDATE")),
        ("timeline_entry", "chain", ("INSERT",)),
    ):
        for command in commands:
            _policy(f"moving_{command.lower()}", table, command, MOVING.format(case=f"{table}.{column}"))
    _policy("named_people", "case_access", "SELECT", NAMED)


def _office_looks() -> None:
    """The privacy officer reads the row of a case; changing it takes a part in the case, like for anybody."""
    changing = f"{SYSTEM} or not {OFFICE} or {held('case_file.id')} or {MOVING.format(case='case_file.id')}"
    others = "(select bt_holds('planner')) or bt_destroys(case_file.id)"
    coordinated = "case_file.referrer_organisation = any ((select bt_organisations('coordinator'))::varchar[])"
    made = f"(case_file.created_by = {ME} and case_file.created_at = {AT})"
    op.execute(
        "CREATE POLICY office_looks ON case_file AS RESTRICTIVE FOR UPDATE "
        f"USING ({changing} or {coordinated} or {made} or {others})"
    )


def _no_keys() -> None:
    """Who destroys reads the keys of the cases whose relations she sees (0009); relations that are seen to let
    somebody leave bring no key along."""
    about_people = "coalesce(current_setting('app.people', true), '') not in ('', '{}')"
    own = f"data_key.holder in ('account', 'lookup', 'log') or bt_sees(data_key.owner_id, {ME}, {AT}, true)"
    op.execute(
        "CREATE POLICY people_bring_no_key ON data_key AS RESTRICTIVE FOR SELECT "
        f"USING ((select {SYSTEM} or not (bt_departing() or {about_people})) or {own})"
    )


def _policy(name: str, table: str, command: str, condition: str) -> None:
    using = f" USING ({condition})" if command != "INSERT" else ""
    check = f" WITH CHECK ({condition})" if command != "SELECT" else ""
    op.execute(f"CREATE POLICY {name} ON {table} FOR {command}{using}{check}")
