"""Whether a young person is recorded as unable to weigh up their own interests, and when that is looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

COLUMNS = ("incapacitated_on", "incapacity_review_on")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("case_file", sa.Column(name, sa.Date(), nullable=True))
