"""Notes counted in the index.

Revision: 0013
Follows: 0012

What a glyph is drawn of, block and status, stands in the index: an overview of many teams reads
nothing else of their notes.
"""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_note_canvas_block", table_name="note")
    op.create_index("ix_note_canvas_block", "note", ["canvas_id", "block", "status"])


def downgrade() -> None:
    op.drop_index("ix_note_canvas_block", table_name="note")
    op.create_index("ix_note_canvas_block", "note", ["canvas_id", "block"])
