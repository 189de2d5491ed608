"""Versions of data keys, a key for look-ups, and what keeping the record asks: erasing, inspection, searching."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0001"

LOOKUP = UUID(int=0)


def upgrade() -> None:
    _keys()


def _keys() -> None:
    op.add_column("data_key", sa.Column("made_at", UTCDateTime(), nullable=True))
    op.add_column("data_key", sa.Column("retired_at", UTCDateTime(), nullable=True))
    op.create_index("uq_data_key_owner_holder_version", "data_key", ["owner_id", "holder", "version"], unique=True)
    _ask_for_lookup_key()


def _ask_for_lookup_key() -> None:
    """Where accounts are found by a master key, `migrate` gives look-ups a key of their own; this row asks for it."""
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT count(*) FROM account")).scalar():
        key = sa.table(
            "data_key",
            sa.column("id", sa.Uuid()),
            sa.column("owner_id", sa.Uuid()),
            sa.column("holder", sa.String()),
            sa.column("version", sa.Integer()),
        )
        op.bulk_insert(key, [{"id": LOOKUP, "owner_id": LOOKUP, "holder": "lookup", "version": 1}])
