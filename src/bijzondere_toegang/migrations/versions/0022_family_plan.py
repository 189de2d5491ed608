"""Why there is no family group plan is read by who helps: who reads the referral at home reads it no longer.

The reason may be a threat by a parent. What an old item says is sealed and a migration has no keys, so each of them
closes, also where a plan was offered. Until yesterday the right stood; that stays on record.
"""

import sqlalchemy as sa
from alembic import op

from bijzondere_toegang.migrations.wall import change_rows, every_row

revision = "0022"
down_revision = "0021"

HELPERS = ("voorzitter", "samenwerkingsverbanden", "gi")
ITEM = sa.table("item", sa.column("id"), sa.column("kind"))
READER = sa.table("item_reader", sa.column("item_id"), sa.column("recipient"), sa.column("until"))


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    yesterday = sa.text("date('now', '-1 day')" if sqlite else "(now() at time zone 'Europe/Amsterdam')::date - 1")
    plans = sa.select(ITEM.c.id).where(ITEM.c.kind == "familiegroepsplan")
    at_home = READER.c.item_id.in_(plans) & READER.c.recipient.not_in(HELPERS)
    counts = READER.c.until.is_(None) | (READER.c.until > yesterday)
    with every_row("item"):
        change_rows(sa.update(READER).where(at_home, counts).values(until=yesterday))
