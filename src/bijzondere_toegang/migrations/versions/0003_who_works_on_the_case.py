"""Who works on the case: a handover is offered first, an involved GI has a ground, newcomers join running cases."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Plain ADD COLUMN: a batch would make the table anew on SQLite and lose its triggers.
    op.add_column("case_access", sa.Column("ground", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("membership", sa.Column("joined_at", UTCDateTime(), nullable=True))
    _handover()
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "postgresql" and role is not None:
        quoted = op.get_bind().dialect.identifier_preparer.quote(role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON handover TO {quoted}")


def _handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_to", sa.Uuid(), nullable=False),
        sa.Column("look_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("answer_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_handover_case_id")),
        sa.ForeignKeyConstraint(["look_id"], ["case_access.id"], name=op.f("fk_handover_look_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["account.id"], name=op.f("fk_handover_offered_by")),
        sa.ForeignKeyConstraint(["offered_to"], ["account.id"], name=op.f("fk_handover_offered_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_case_id"), "handover", ["case_id"], unique=False)
    op.create_index(op.f("ix_handover_offered_to"), "handover", ["offered_to"], unique=False)
