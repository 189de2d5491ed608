"""Alembic's way in; the connection comes from `migrations.upgrade`."""

from alembic import context

from bijzondere_toegang.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
