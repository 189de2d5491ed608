"""What a document says, sealed, to be searched for a secret address.

A migration has no keys: what came in before is read by the ticks of the clock that follow (`read_documents`).
"""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

from bijzondere_toegang.migrations.wall import every_row, wall

revision = "0021"
down_revision = "0020"

UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "item_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_item_words_case_id")),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_item_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_words")),
    )
    op.create_index(op.f("ix_item_words_case_id"), "item_words", ["case_id"], unique=False)
    op.create_index(
        "ix_item_words_unread", "item_words", ["id"], unique=False, sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    with every_row("item_content"):
        op.execute("INSERT INTO item_words (id, case_id, holder) SELECT id, case_id, holder FROM item_content")
    wall("item_words")
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "postgresql" and role is not None:
        quoted = op.get_bind().dialect.identifier_preparer.quote(role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON item_words TO {quoted}")
