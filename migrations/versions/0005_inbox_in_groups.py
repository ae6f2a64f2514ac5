"""Inbox in groups.

Revision: 0005
Follows: 0004

New columns may be empty: the release before runs beside it. Notices of before count as told by
mail, so that the first digest does not repeat a year.
"""

import sqlalchemy as sa
from alembic import op

from workspace.foundation.db import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

NEW = ('snoozed_until', 'mailed_at', 'changed_at', 'was_read_at', 'was_snoozed_until')


def upgrade() -> None:
    for name in NEW:
        op.add_column('notice', sa.Column(name, UtcDateTime(), nullable=True))
    op.execute('UPDATE notice SET mailed_at = created_at')
    op.create_index('ix_notice_unmailed', 'notice', ['mailed_at', 'person_id'])
    op.create_table(
        'notice_choice',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('topic', sa.String(length=40), nullable=False),
        sa.Column('way', sa.String(length=12), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name='fk_notice_choice_person_id_person'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_notice_choice'),
        sa.UniqueConstraint('person_id', 'topic', name='uq_notice_choice_person_id_topic'),
    )
    op.create_table(
        'digest',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name='fk_digest_person_id_person'),
        sa.PrimaryKeyConstraint('id', name='pk_digest'),
        sa.UniqueConstraint('person_id', 'day', name='uq_digest_person_id_day'),
    )
    op.create_table(
        'calendar_feed',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('titles', sa.Boolean(), nullable=False),
        sa.Column('rotated_at', UtcDateTime(), nullable=True),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.Column('revoked_at', UtcDateTime(), nullable=True),
        sa.Column('public_id', sa.String(length=22), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name='fk_calendar_feed_person_id_person'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_calendar_feed'),
        sa.UniqueConstraint('public_id', name='uq_calendar_feed_public_id'),
        sa.UniqueConstraint('token_hash', name='uq_calendar_feed_token_hash'),
    )
    op.create_index('ix_calendar_feed_person_id', 'calendar_feed', ['person_id'])
    op.create_table(
        'calendar_date',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=64), nullable=False),
        sa.Column('mark', sa.String(length=64), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('changed_at', UtcDateTime(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name='fk_calendar_date_person_id_person'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_calendar_date'),
        sa.UniqueConstraint('person_id', 'uid', name='uq_calendar_date_person_id_uid'),
    )


def downgrade() -> None:
    op.drop_table('calendar_date')
    op.drop_table('calendar_feed')
    op.drop_table('digest')
    op.drop_table('notice_choice')
    op.drop_index('ix_notice_unmailed', 'notice')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        for name in NEW:
            batch_op.drop_column(name)
