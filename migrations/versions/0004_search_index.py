"""Search index.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

import workspace.foundation.db

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

WORDS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    title, body, content='search_document', content_rowid='id',
    tokenize='unicode61 remove_diacritics 0', prefix='2 3 4'
)
"""
PUT = "INSERT INTO search_words(rowid, title, body) VALUES (new.id, new.title, new.body);"
TAKE = (
    "INSERT INTO search_words(search_words, rowid, title, body) "
    "VALUES ('delete', old.id, old.title, old.body);"
)
TRIGGERS = {
    "search_document_put": ("INSERT", PUT),
    "search_document_taken": ("DELETE", TAKE),
    "search_document_changed": ("UPDATE", TAKE + " " + PUT),
}
GIN = """
CREATE INDEX ix_search_document_words ON search_document USING gin (
    array_to_tsvector(array_remove(string_to_array(title || ' ' || body, ' '), ''))
)
"""


def upgrade() -> None:
    op.create_table(
        'search_document',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=30), nullable=False),
        sa.Column('family', sa.String(length=20), nullable=False),
        sa.Column('thing_id', sa.Integer(), nullable=False),
        sa.Column('part', sa.String(length=40), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('changed_at', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_document')),
        sa.UniqueConstraint(
            'kind', 'thing_id', 'part', name=op.f('uq_search_document_kind_thing_id_part')
        ),
    )
    op.create_table(
        'search_state',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('built_with', sa.String(length=64), nullable=False),
        sa.Column('built_at', workspace.foundation.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_state')),
    )
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(WORDS)
        for name, (event, deed) in TRIGGERS.items():
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON search_document BEGIN {deed} END"
            )
    else:
        op.execute(GIN)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE search_words")
    op.drop_table('search_state')
    op.drop_table('search_document')
