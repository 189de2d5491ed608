"""Break-glass: a request, and the relation that the privacy officer may give and end, and no other."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0017"
down_revision = "0016"

BROKEN = "(case_access.relation = 'administrator.break_glass' and {who})"
OFFICE = "(select bt_holds('privacy_officer'))"
MINE = "(case_access.account_id = bt_account() or (select bt_holds('privacy_officer')))"


def upgrade() -> None:
    op.create_table(
        "broken_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("why_silent", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_broken_glass_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    op.create_index(op.f("ix_broken_glass_asked_by"), "broken_glass", ["asked_by"], unique=False)
    _never_deleted()
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(f"CREATE POLICY glass_add ON case_access FOR INSERT WITH CHECK {BROKEN.format(who=OFFICE)}")
    op.execute(
        f"CREATE POLICY glass_change ON case_access FOR UPDATE USING {BROKEN.format(who=MINE)} "
        f"WITH CHECK {BROKEN.format(who=MINE)}"
    )
    role = context.config.attributes.get("app_role")
    if role is not None:
        quoted = op.get_bind().dialect.identifier_preparer.quote(role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON broken_glass TO {quoted}")


def _never_deleted() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER broken_glass_no_delete BEFORE DELETE ON broken_glass "
            "BEGIN SELECT RAISE(ABORT, 'broken_glass is never deleted'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER broken_glass_no_delete BEFORE DELETE OR TRUNCATE ON broken_glass "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
