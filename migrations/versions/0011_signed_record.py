"""Signed record.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

import workspace.foundation.db

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_key",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("proof", sa.String(128), nullable=False),
        sa.Column("leave", sa.String(128), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_key"),
        sa.UniqueConstraint("number", name="uq_record_key_number"),
        sa.UniqueConstraint("public_key", name="uq_record_key_public_key"),
    )
    op.create_table(
        "record_statement",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("names", workspace.foundation.db.Json, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_statement"),
        sa.UniqueConstraint("number", name="uq_record_statement_number"),
    )


def downgrade() -> None:
    op.drop_table("record_statement")
    op.drop_table("record_key")
