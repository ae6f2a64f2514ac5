"""Break glass.

Revision: 0008
Follows: 0007

What administrators open is a table of its own: the release before it knows neither table nor role.
"""

import sqlalchemy as sa
from alembic import op

import workspace.foundation.db


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'glass_broken',
        sa.Column('team_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('ends_at', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.Column('ended_at', workspace.foundation.db.UtcDateTime(), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('public_id', sa.String(length=22), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['ended_by_id'], ['person.id'], name=op.f('fk_glass_broken_ended_by_id_person')
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_glass_broken_person_id_person')
        ),
        sa.ForeignKeyConstraint(
            ['team_id'], ['team.id'], name=op.f('fk_glass_broken_team_id_team')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_glass_broken')),
        sa.UniqueConstraint('public_id', name=op.f('uq_glass_broken_public_id')),
    )
    with op.batch_alter_table('glass_broken', schema=None) as batch_op:
        batch_op.create_index('ix_glass_broken_person_id', ['person_id'], unique=False)
        batch_op.create_index('ix_glass_broken_team_id', ['team_id'], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE role = 'break-glass'")
    op.drop_table('glass_broken')
