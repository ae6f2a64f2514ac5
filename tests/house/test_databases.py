"""A test's database is as its model, whoever had it before."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import make_url

from tests.databases import PostgresDatabases, content_of

NUMBER = "SELECT oid FROM pg_database WHERE datname = current_database()"


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def test_a_database_that_was_given_back_is_as_new(postgres_databases: PostgresDatabases) -> None:
    with postgres_databases.fresh(cast=True) as url, connect(url) as mine:
        new = content_of(mine)
        assert len(new.rows) > 10
        mine.execute("UPDATE person SET name = name || ' changed'")
        mine.execute("DELETE FROM role_grant")
        mine.execute("SELECT setval('person_id_seq', 4711)")
        mine.execute("INSERT INTO erased_key VALUES ('43', now())")
        assert content_of(mine) != new
        number = mine.execute(NUMBER).fetchone()
    with pytest.raises(psycopg.OperationalError):
        connect(url)  # whatever runs on behind a test
    with postgres_databases.fresh(cast=True) as again, connect(again) as mine:
        assert mine.execute(NUMBER).fetchone() == number
        assert content_of(mine) == new


@pytest.mark.parametrize("change", [
    "ALTER TABLE person ADD COLUMN shoe text",
    "ALTER TABLE person DROP CONSTRAINT pk_person CASCADE",
    "ALTER TABLE person ALTER COLUMN name SET DEFAULT 'nobody'",
    "CREATE TABLE shoe (size int)",
    "CREATE INDEX ix_shoe ON person (name)",
    "CREATE FUNCTION shoe() RETURNS int LANGUAGE sql AS 'SELECT 43'",
])
def test_a_database_with_other_tables_is_thrown_away(
    change: str, postgres_databases: PostgresDatabases
) -> None:
    with postgres_databases.fresh() as url, connect(url) as mine:
        new = content_of(mine)
        number = mine.execute(NUMBER).fetchone()
        mine.execute(change)
    with postgres_databases.fresh() as other, connect(other) as mine:
        assert mine.execute(NUMBER).fetchone() != number
        assert content_of(mine) == new
