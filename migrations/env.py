"""Runs migrations on the connection that the house hands over; nothing to configure."""

from alembic import context

from workspace.foundation.migrate import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
    compare_server_default=False,
    user_module_prefix="workspace.foundation.db.",
)
with context.begin_transaction():
    context.run_migrations()
