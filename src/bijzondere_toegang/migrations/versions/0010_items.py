"""What is kept from whom, item by item, and what a young person answered to *Wie mag dit lezen?*"""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

from bijzondere_toegang.migrations.wall import wall

revision = "0010"
down_revision = "0009"

NEW = ("item_hold", "reading_answer")


def upgrade() -> None:
    op.add_column("case_file", sa.Column("hold_review_on", sa.Date(), nullable=True))
    _item_hold()
    _reading_answer()
    for table in NEW:
        op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"], unique=False)
        op.create_index(op.f(f"ix_{table}_item_id"), table, ["item_id"], unique=False)
        _never_deleted(table)
        wall(table)
    _grants()


def _item_hold() -> None:
    op.create_table(
        "item_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("kept_from", sa.String(length=40), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("lift_asked_at", UTCDateTime(), nullable=True),
        sa.Column("lift_asked_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("why_lifted", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_item_hold_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_hold_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_hold")),
    )


def _reading_answer() -> None:
    op.create_table(
        "reading_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", UTCDateTime(), nullable=True),
        sa.Column("helpers", sa.Boolean(), nullable=False),
        sa.Column("parents", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_reading_answer_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_reading_answer_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_answer")),
    )
    counts = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_reading_answer_counts",
        "reading_answer",
        ["item_id"],
        unique=True,
        sqlite_where=counts,
        postgresql_where=counts,
    )


def _never_deleted(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is never deleted'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in NEW:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
