"""Migrations: the tables equal the models on both databases, and every step goes up and down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from tests.cast import assemble
from workspace.foundation import migrate
from workspace.foundation.db import Database
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from wsgi import create_app


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with request.getfixturevalue("postgres_databases").fresh(tables=False) as url:
        yield url


@pytest.fixture
def bare(empty: str) -> Iterator[Engine]:
    house = Database(empty)
    yield house.engine
    house.close()


def revisions() -> list[str]:
    """All revisions, the first first."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return [it.revision for it in walked][::-1]


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_there_is_one_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_tables_equal_models(bare: Engine) -> None:
    migrate.upgrade(bare)
    assert migrate.drift(bare) == []


def test_every_step_goes_down_and_up_again(bare: Engine) -> None:
    migrate.upgrade(bare)
    whole = tables(bare)
    for revision in [*revisions()[-2::-1], "base"]:
        migrate.downgrade(bare, revision)
    assert tables(bare) == set()
    for revision in revisions():
        migrate.upgrade(bare, revision)
    assert tables(bare) == whole


def test_the_newest_step_keeps_people_on_its_way_down_and_up(
    empty: str, bare: Engine, tmp_path: Path
) -> None:
    migrate.upgrade(bare)
    app = create_app(
        Settings(environment="testing", data_dir=str(tmp_path / "data"), database_url=empty)
    )
    with app.app_context(), write():
        assemble()
    app.extensions["innocore.database"].close()
    before = count_people(bare)
    if len(revisions()) > 1:
        migrate.downgrade(bare, revisions()[-2])
        migrate.upgrade(bare)
    assert count_people(bare) == before > 0


def count_people(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("select count(*) from person")) or 0)
