"""Passkeys, codes of an app and of a list, how a session began, and tokens that may sign for a while."""

import sqlalchemy as sa
from alembic import context, op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0012"
down_revision = "0010"

NEW = ("passkey", "code_app", "recovery_code", "challenge")


def upgrade() -> None:
    _sessions()
    op.add_column("access_token", sa.Column("name", sa.LargeBinary(), nullable=True))
    op.add_column("access_token", sa.Column("signs_until", UTCDateTime(), nullable=True))
    _passkeys()
    _codes()
    op.create_table(
        "challenge",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_challenge")),
    )
    op.create_index(op.f("ix_challenge_expires_at"), "challenge", ["expires_at"], unique=False)
    _grants()


def _sessions() -> None:
    """Nobody knows what was proved in a session of before: everybody logs in once more."""
    column = sa.Column("entered_by", sa.String(length=10), nullable=False, server_default="password")
    op.add_column("login_session", column)
    op.add_column("login_session", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("login_session", sa.Column("proved_at", UTCDateTime(), nullable=True))
    op.add_column("login_session", sa.Column("browser", sa.String(length=40), nullable=False, server_default=""))
    op.execute("UPDATE login_session SET ended_at = seen_at WHERE ended_at IS NULL")


def _passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_digest", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_digest", name=op.f("uq_passkey_credential_digest")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"], unique=False)


def _codes() -> None:
    op.create_table(
        "code_app",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_code_app_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_app")),
    )
    op.create_index(op.f("ix_code_app_account_id"), "code_app", ["account_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False)


def _grants() -> None:
    role = context.config.attributes.get("app_role")
    if op.get_bind().dialect.name == "sqlite" or role is None:
        return
    quoted = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in NEW:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
    op.execute(f"GRANT DELETE ON challenge TO {quoted}")
