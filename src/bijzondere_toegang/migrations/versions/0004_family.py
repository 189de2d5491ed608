"""What was known of a person before a correction, and which parents a youth of 16 lets read along."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"

NEVER_DELETED = ("party_change", "reading_consent")
NEVER_CHANGED = ("party_change",)


def upgrade() -> None:
    _party_change()
    _reading_consent()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()
        _grants()


def _party_change() -> None:
    op.create_table(
        "party_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_party_change_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_change_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_change")),
    )
    op.create_index(op.f("ix_party_change_case_id"), "party_change", ["case_id"], unique=False)
    op.create_index(op.f("ix_party_change_party_id"), "party_change", ["party_id"], unique=False)


def _reading_consent() -> None:
    op.create_table(
        "reading_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_for", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_reading_consent_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_reading_consent_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_consent")),
    )
    op.create_index(op.f("ix_reading_consent_case_id"), "reading_consent", ["case_id"], unique=False)
    still_open = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_reading_consent_open",
        "reading_consent",
        ["party_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _sqlite_triggers() -> None:
    for table in NEVER_DELETED:
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is never deleted'); END"
        )
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql_triggers() -> None:
    """`refuse_change` came with the first schema."""
    for table in NEVER_DELETED:
        verbs = "UPDATE OR DELETE OR TRUNCATE" if table in NEVER_CHANGED else "DELETE OR TRUNCATE"
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE {verbs} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f"GRANT SELECT, INSERT ON party_change TO {quoted}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON reading_consent TO {quoted}")
