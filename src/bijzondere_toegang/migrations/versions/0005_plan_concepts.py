"""A plan is put up from a concept; a consent says given, refused or not reached."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _plans()
    _consents()


def _plans() -> None:
    """Every version so far was read by all from the moment it was saved."""
    op.add_column("plan", sa.Column("put_up_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE plan SET put_up_at = written_at")
    op.execute("UPDATE plan SET state = 'up' WHERE state = 'draft'")


def _consents() -> None:
    """Column by column, so that SQLite keeps the table, and any trigger on it, as it is."""
    op.add_column("consent", sa.Column("answer", sa.String(length=12), nullable=False, server_default="refused"))
    op.execute(sa.text("UPDATE consent SET answer = 'given' WHERE given = :yes").bindparams(yes=True))
    op.drop_column("consent", "given")
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("consent", "answer", server_default=None)
