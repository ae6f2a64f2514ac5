"""Runs migrations on the connection that the house hands over; nothing to configure."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from workspace.foundation.db import UtcDateTime
from workspace.foundation.migrate import is_ours, metadata


def render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names, as the models do."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "workspace.foundation.db.UtcDateTime()"
    if kind == "type" and isinstance(thing, JSON):
        return "workspace.foundation.db.Json"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    render_item=render,
    compare_type=True,
    include_object=is_ours,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
