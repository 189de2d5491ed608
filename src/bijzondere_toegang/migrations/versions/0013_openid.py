"""Getting in by an OpenID provider: who is known to it by what, who is on the way, and how a session came in."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0013"
down_revision = "0012"

GRANTS = {"login_identity": "SELECT, INSERT, UPDATE", "login_attempt": "SELECT, INSERT, UPDATE, DELETE"}
"""Who never came back is forgotten, or anybody could fill the table."""


def upgrade() -> None:
    for name, length in (("provider", 40), ("provider_session", 64), ("acting", 22)):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("login_session", column)
    op.create_index(op.f("ix_login_session_provider_session"), "login_session", ["provider_session"], unique=False)
    _identity()
    _attempt()
    _grants()


def _identity() -> None:
    op.create_table(
        "login_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_identity_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_identity")),
    )
    live = sa.text("ended_at IS NULL")
    for name, columns in (("subject", ["subject_key"]), ("account_provider", ["account_id", "provider"])):
        op.create_index(
            f"uq_login_identity_{name}",
            "login_identity",
            columns,
            unique=True,
            sqlite_where=live,
            postgresql_where=live,
        )


def _attempt() -> None:
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_login_attempt_token_digest")),
    )
    op.create_index(op.f("ix_login_attempt_created_at"), "login_attempt", ["created_at"], unique=False)


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table, rights in GRANTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {quoted}")
