"""Tokens of the api.

Revision: 0003
Follows: 0002

Only new tables: the release before runs beside it.
"""

import sqlalchemy as sa
from alembic import op

from workspace.foundation.db import Json, UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'access_token',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('prefix', sa.String(length=20), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('scopes', Json, nullable=False),
        sa.Column('strong', sa.Boolean(), nullable=False),
        sa.Column('expires_at', UtcDateTime(), nullable=False),
        sa.Column('first_used_at', UtcDateTime(), nullable=True),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.Column('revoked_at', UtcDateTime(), nullable=True),
        sa.Column('public_id', sa.String(length=22), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name='fk_access_token_person_id_person'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_access_token'),
        sa.UniqueConstraint('public_id', name='uq_access_token_public_id'),
        sa.UniqueConstraint('token_hash', name='uq_access_token_token_hash'),
    )
    op.create_index('ix_access_token_person_id', 'access_token', ['person_id'])
    op.create_table(
        'replay',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=100), nullable=False),
        sa.Column('asked', sa.String(length=64), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('answer', Json, nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name='fk_replay_person_id_person'),
        sa.PrimaryKeyConstraint('id', name='pk_replay'),
        sa.UniqueConstraint('person_id', 'key', name='uq_replay_person_id_key'),
    )
    op.create_index('ix_replay_person_id', 'replay', ['person_id'])


def downgrade() -> None:
    op.drop_table('replay')
    op.drop_table('access_token')
