"""Inbox in groups.

Revision: 0005
Follows: 0004

Notices may sleep; people choose how they hear of things; feeds of dates. The release before writes
notices without the new columns, which may be empty.
"""

import sqlalchemy as sa
from alembic import op

import workspace.foundation.db


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

Instant = workspace.foundation.db.UtcDateTime


def upgrade() -> None:
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('snoozed_until', Instant(), nullable=True))
        batch_op.add_column(sa.Column('digest_at', Instant(), nullable=True))
    op.create_table(
        'mail_choice',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('topic', sa.String(length=40), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_mail_choice_person_id_person')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_choice')),
        sa.UniqueConstraint('person_id', 'topic', name=op.f('uq_mail_choice_person_id_topic')),
    )
    op.create_table(
        'digest_sent',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_digest_sent_person_id_person')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_sent')),
        sa.UniqueConstraint('person_id', 'day', name=op.f('uq_digest_sent_person_id_day')),
    )
    op.create_table(
        'calendar_feed',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('with_titles', sa.Boolean(), nullable=False),
        sa.Column('ended_at', Instant(), nullable=True),
        sa.Column('used_at', Instant(), nullable=True),
        sa.Column('public_id', sa.String(length=22), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id_person')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
        sa.UniqueConstraint('public_id', name=op.f('uq_calendar_feed_public_id')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash')),
    )
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f('ix_calendar_feed_person_id'), ['person_id'], unique=False
        )


def downgrade() -> None:
    op.drop_table('calendar_feed')
    op.drop_table('digest_sent')
    op.drop_table('mail_choice')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_column('digest_at')
        batch_op.drop_column('snoozed_until')
