"""Mentors who edit, and statuses that they suggest.

Revision: 0010
Follows: 0009

Both are tables of their own: the release before it knows neither table nor role.
"""

import sqlalchemy as sa
from alembic import op

import workspace.foundation.db


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'invited_editor',
        sa.Column('canvas_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('invited_by_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('until', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.Column('accepted_at', workspace.foundation.db.UtcDateTime(), nullable=True),
        sa.Column('ended_at', workspace.foundation.db.UtcDateTime(), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('public_id', sa.String(length=22), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['canvas_id'], ['canvas.id'], name=op.f('fk_invited_editor_canvas_id_canvas')
        ),
        sa.ForeignKeyConstraint(
            ['ended_by_id'], ['person.id'], name=op.f('fk_invited_editor_ended_by_id_person')
        ),
        sa.ForeignKeyConstraint(
            ['invited_by_id'], ['person.id'], name=op.f('fk_invited_editor_invited_by_id_person')
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_invited_editor_person_id_person')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invited_editor')),
        sa.UniqueConstraint('public_id', name=op.f('uq_invited_editor_public_id')),
    )
    with op.batch_alter_table('invited_editor', schema=None) as batch_op:
        batch_op.create_index('ix_invited_editor_canvas_id', ['canvas_id'], unique=False)
        batch_op.create_index('ix_invited_editor_person_id', ['person_id'], unique=False)
    op.create_table(
        'status_suggestion',
        sa.Column('canvas_id', sa.Integer(), nullable=False),
        sa.Column('note_id', sa.String(length=40), nullable=False),
        sa.Column('suggested_by_id', sa.Integer(), nullable=False),
        sa.Column('was', sa.String(length=20), nullable=False),
        sa.Column('status', sa.String(length=20), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('answered_at', workspace.foundation.db.UtcDateTime(), nullable=True),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('public_id', sa.String(length=22), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['answered_by_id'], ['person.id'],
            name=op.f('fk_status_suggestion_answered_by_id_person'),
        ),
        sa.ForeignKeyConstraint(
            ['canvas_id'], ['canvas.id'], name=op.f('fk_status_suggestion_canvas_id_canvas')
        ),
        sa.ForeignKeyConstraint(
            ['suggested_by_id'], ['person.id'],
            name=op.f('fk_status_suggestion_suggested_by_id_person'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_status_suggestion')),
        sa.UniqueConstraint('public_id', name=op.f('uq_status_suggestion_public_id')),
    )
    with op.batch_alter_table('status_suggestion', schema=None) as batch_op:
        batch_op.create_index(
            'ix_status_suggestion_note', ['canvas_id', 'note_id'], unique=False
        )


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE role = 'canvas-editor'")
    op.drop_table('status_suggestion')
    op.drop_table('invited_editor')
