"""The chain of log-ins by a name that nobody has: whoever stands at the door adds to it, before they are anybody."""

from alembic import op

revision = "0016"
down_revision = "0015"

NOBODY = "'00000000-0000-0000-0000-000000000001'"
COMMANDS = {
    "timeline_head": {"SELECT": "USING", "INSERT": "WITH CHECK", "UPDATE": "USING"},
    "timeline_entry": {"SELECT": "USING", "INSERT": "WITH CHECK"},
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, commands in COMMANDS.items():
        for command, clause in commands.items():
            name = f"nobody_{command.lower()}"
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} {clause} (chain = {NOBODY})")
