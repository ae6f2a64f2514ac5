"""Live across workers.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "canvas", sa.Column("last_row", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE canvas SET last_row = COALESCE("
        "(SELECT max(id) FROM canvas_update WHERE canvas_update.canvas_id = canvas.id), 0)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE canvas DROP COLUMN last_row")
