"""Versions of data keys, a key for look-ups, and what keeping the record asks: erasing, inspection, searching."""

from uuid import UUID

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0007"

LOOKUP = UUID(int=0)
NEW = ("erasure", "inspection")


def upgrade() -> None:
    _keys()
    _erasing()
    _inspection()
    _grants()


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


def _erasing() -> None:
    op.add_column("case_file", sa.Column("referrer_destroyed_on", sa.Date(), nullable=True))
    op.add_column("case_file", sa.Column("provider_destroyed_on", sa.Date(), nullable=True))
    moments = ("asked", "advised", "decided", "confirmed", "executed")
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        *(sa.Column(f"{moment}_by", sa.Uuid(), nullable=True) for moment in moments),
        *(sa.Column(f"{moment}_at", UTCDateTime(), nullable=moment != "asked") for moment in moments),
        sa.Column("advice", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_erasure_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_case_id"), "erasure", ["case_id"], unique=False)
    op.create_index(op.f("ix_erasure_state"), "erasure", ["state"], unique=False)


def _inspection() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", UTCDateTime(), nullable=True),
        sa.Column("held", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_inspection_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_inspection_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_case_id"), "inspection", ["case_id"], unique=False)
    op.create_index(op.f("ix_inspection_party_id"), "inspection", ["party_id"], unique=False)


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in NEW:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
