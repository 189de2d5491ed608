"""Guests and confidants: an invitation with what was ticked, and the code that the link of its account asks."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

from bijzondere_toegang.migrations.wall import wall

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("account", sa.Column("handed_code", sa.String(length=64), nullable=True))
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", UTCDateTime(), nullable=False),
        sa.Column("with_plan", sa.Boolean(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=True),
        sa.Column("items", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_invitation_case_id")),
        sa.ForeignKeyConstraint(["access_id"], ["case_access.id"], name=op.f("fk_invitation_access_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name=op.f("fk_invitation_invited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_case_id"), "invitation", ["case_id"], unique=False)
    op.create_index(op.f("ix_invitation_account_id"), "invitation", ["account_id"], unique=False)
    _never_deleted()
    wall("invitation")
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "postgresql" and role is not None:
        quoted = op.get_bind().dialect.identifier_preparer.quote(role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON invitation TO {quoted}")


def _never_deleted() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER invitation_no_delete BEFORE DELETE ON invitation "
            "BEGIN SELECT RAISE(ABORT, 'invitation is never deleted'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER invitation_no_delete BEFORE DELETE OR TRUNCATE ON invitation "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
