"""Links that ask for something the person knows, and requests for a new link."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"

NEW = ("link_request", "link_throttle")


def upgrade() -> None:
    op.add_column("login_link", sa.Column("proof", sa.String(), nullable=True))
    op.add_column("login_link", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    _end_links_without_proof()
    op.create_table(
        "link_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login_key", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("network_address", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
    )
    op.create_index("ix_link_request_settled_asked", "link_request", ["settled_at", "asked_at"], unique=False)
    op.create_table(
        "link_throttle",
        sa.Column("network_key", sa.String(length=64), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("network_key", name=op.f("pk_link_throttle")),
    )
    _grants()


def _end_links_without_proof() -> None:
    """A link that was given to a family before asks nothing but itself: it ends, and a new one can be asked for."""
    op.execute(
        "UPDATE login_link SET expires_at = created_at WHERE used_at IS NULL "
        "AND account_id IN (SELECT account_id FROM case_access WHERE party_id IS NOT NULL)"
    )


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in NEW:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
