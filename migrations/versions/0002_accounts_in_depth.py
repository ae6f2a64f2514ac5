"""Accounts in depth.

Revision: 0002
Follows: 0001

Only new tables and columns that may be empty: the release before runs beside it.
"""

import sqlalchemy as sa
from alembic import op

from workspace.foundation.db import Json, UtcDateTime

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

NEW = (
    'authenticator_app', 'passkey', 'recovery_code', 'identity', 'email_change', 'data_export',
)


def _of_a_person(name: str, *columns: sa.Column, public: bool = True, one: bool = False) -> None:
    """A table whose rows belong to a person, with the columns that all rows have."""
    unique = [sa.UniqueConstraint('public_id', name=f'uq_{name}_public_id')] if public else []
    if one:
        unique.append(sa.UniqueConstraint('person_id', name=f'uq_{name}_person_id'))
    op.create_table(
        name,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        *([sa.Column('public_id', sa.String(length=22), nullable=False)] if public else []),
        sa.Column('person_id', sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=f'fk_{name}_person_id_person'),
        sa.PrimaryKeyConstraint('id', name=f'pk_{name}'),
        *unique,
    )
    if not one:
        op.create_index(f'ix_{name}_person_id', name, ['person_id'])


def upgrade() -> None:
    with op.batch_alter_table('sign_in') as table:
        table.add_column(sa.Column('second_at', UtcDateTime(), nullable=True))
        table.add_column(
            sa.Column('way', sa.String(length=20), nullable=False, server_default='')
        )
    _of_a_person(
        'authenticator_app',
        sa.Column('secret', sa.String(length=255), nullable=False),
        sa.Column('last_step', sa.BigInteger(), nullable=False),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        one=True,
    )
    _of_a_person(
        'passkey',
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('credential_id', sa.String(length=1400), nullable=False),
        sa.Column('public_key', sa.Text(), nullable=False),
        sa.Column('sign_count', sa.BigInteger(), nullable=False),
        sa.Column('transports', Json, nullable=False),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.UniqueConstraint('credential_id', name='uq_passkey_credential_id'),
    )
    _of_a_person(
        'recovery_code',
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.UniqueConstraint('code_hash', name='uq_recovery_code_code_hash'),
        public=False,
    )
    _of_a_person(
        'identity',
        sa.Column('issuer', sa.String(length=300), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('label', sa.String(length=200), nullable=False),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.UniqueConstraint('issuer', 'subject', name='uq_identity_issuer_subject'),
    )
    _of_a_person(
        'email_change',
        sa.Column('old_email', sa.String(length=254), nullable=False),
        sa.Column('new_email', sa.String(length=254), nullable=False),
        sa.Column('old_hash', sa.String(length=64), nullable=False),
        sa.Column('new_hash', sa.String(length=64), nullable=False),
        sa.Column('old_agreed_at', UtcDateTime(), nullable=True),
        sa.Column('new_agreed_at', UtcDateTime(), nullable=True),
        sa.Column('expires_at', UtcDateTime(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.UniqueConstraint('old_hash', name='uq_email_change_old_hash'),
        sa.UniqueConstraint('new_hash', name='uq_email_change_new_hash'),
    )
    _of_a_person(
        'data_export',
        sa.Column('file_key', sa.String(length=64), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('checksum', sa.String(length=64), nullable=False),
        sa.Column('ready_at', UtcDateTime(), nullable=True),
        sa.Column('expires_at', UtcDateTime(), nullable=True),
    )
    op.create_table(
        'erased_key',
        sa.Column('key', sa.String(length=22), nullable=False),
        sa.Column('erased_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('key', name='pk_erased_key'),
    )


def downgrade() -> None:
    op.drop_table('erased_key')
    for name in reversed(NEW):
        op.drop_table(name)
    with op.batch_alter_table('sign_in') as table:
        table.drop_column('way')
        table.drop_column('second_at')
