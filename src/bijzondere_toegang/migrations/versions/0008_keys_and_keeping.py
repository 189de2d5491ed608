"""Versions of data keys, a key for look-ups, and what keeping the record asks: erasing, inspection, searching."""

from uuid import UUID

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0007"

LOOKUP = UUID(int=0)
NEW = ("erasure", "inspection")
VERSION_BYTES = 2
"""before every sealed value: the version of its key"""
NEVER_CHANGED = {
    "party_change": ("content", "party_change_no_delete", ("id", "case_id", "holder", "party_id", "changed_by", "at")),
    "log_finding_step": ("note", "log_finding_step_append_only", ("id", "finding_id", "state", "at", "account_id")),
}
"""Tables of rows that never change: the sealed column, the trigger on PostgreSQL, all other columns."""


def upgrade() -> None:
    _keys()
    _erasing()
    _inspection()
    _sealing_anew()
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


def _sealing_anew() -> None:
    """A row that never changes may still get its sealed value under a newer version of its key."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (sealed, guard, others) in NEVER_CHANGED.items():
        differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
        refused = [f"NEW.{column} {differs} OLD.{column}" for column in others]
        refused += [f"NEW.{sealed} IS NULL", f"OLD.{sealed} IS NULL"]
        refused.append(f"substr(NEW.{sealed}, 1, {VERSION_BYTES}) <= substr(OLD.{sealed}, 1, {VERSION_BYTES})")
        when = " OR ".join(refused)
        if sqlite:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            continue
        op.execute(f"DROP TRIGGER {guard} ON {table}")
        op.execute(
            f"CREATE TRIGGER {guard} BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change()"
        )


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in NEW:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
