"""Waking on PostgreSQL.

Revision: 0012
Follows: 0011

The tables of Huey, which wakes workers there: made here, since a role that serves makes no tables
and two workers that start at once would make them twice. Rows in them are calls, never work.
"""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

TABLES = (
    "CREATE TABLE IF NOT EXISTS huey_kv (queue text NOT NULL, key text NOT NULL, "
    "value bytea NOT NULL, PRIMARY KEY (queue, key))",
    "CREATE TABLE IF NOT EXISTS huey_schedule (id bigserial PRIMARY KEY, queue text NOT NULL, "
    "data bytea NOT NULL, timestamp double precision NOT NULL)",
    "CREATE INDEX IF NOT EXISTS huey_schedule_queue_timestamp "
    "ON huey_schedule (queue, timestamp)",
    "CREATE TABLE IF NOT EXISTS huey_task (id bigserial PRIMARY KEY, queue text NOT NULL, "
    "data bytea NOT NULL, priority double precision NOT NULL DEFAULT 0.0)",
    "CREATE INDEX IF NOT EXISTS huey_task_queue_priority_id "
    "ON huey_task (queue, priority DESC, id)",
    "CREATE TABLE IF NOT EXISTS huey_counter (queue text NOT NULL, key text NOT NULL, "
    "value bigint NOT NULL DEFAULT 0, PRIMARY KEY (queue, key))",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in TABLES:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in ("huey_counter", "huey_task", "huey_schedule", "huey_kv"):
            op.execute(f"DROP TABLE IF EXISTS {name}")
