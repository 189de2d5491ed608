"""The log is witnessed: what the database remembers of checkpoints, and an index to read the log by time."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0005"

APPEND_ONLY = ("timeline_checkpoint", "log_finding_step")
NEVER_DELETED = ("look_hold", "log_finding", "log_check", "account_street")


def upgrade() -> None:
    op.create_index("ix_timeline_entry_at", "timeline_entry", ["at"], unique=False)
    op.create_table(
        "timeline_checkpoint",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_timeline_checkpoint")),
    )
    op.create_table(
        "look_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("why_lifted", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_look_hold_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_look_hold_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_hold")),
    )
    op.create_index("ix_look_hold_case_id", "look_hold", ["case_id"], unique=False)
    _oversight()
    _triggers()
    _grants()


def _oversight() -> None:
    op.create_table(
        "log_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_finding")),
        sa.UniqueConstraint("mark", name=op.f("uq_log_finding_mark")),
    )
    op.create_index("ix_log_finding_state_at", "log_finding", ["state", "at", "id"], unique=False)
    op.create_table(
        "log_finding_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["log_finding.id"], name=op.f("fk_log_finding_step_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_finding_step")),
    )
    op.create_index("ix_log_finding_step_finding_id", "log_finding_step", ["finding_id"], unique=False)
    op.create_table(
        "log_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("first_chain", sa.Uuid(), nullable=True),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("first_why", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_check")),
        sa.UniqueConstraint("slot", name=op.f("uq_log_check_slot")),
    )
    op.create_index("ix_log_check_kind", "log_check", ["kind"], unique=False)
    op.create_table(
        "account_street",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("street_key", sa.String(length=64), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_street_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_street")),
    )


def _triggers() -> None:
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
    for table in NEVER_DELETED:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is never deleted'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {quoted}")
    for table in NEVER_DELETED:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
