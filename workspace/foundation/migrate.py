"""Migrations: up, down, and whether the tables equal the models."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Connection, Engine, MetaData, inspect

from workspace.foundation.db import Base, engine

ROOT = Path(__file__).parent.parent.parent
MIGRATIONS = ROOT / "migrations"
BUILDINGS = ("workspace", "canvases", "mentors", "transfer", "sponsors", "learning", "facilities")


def metadata() -> MetaData:
    """Every table of every feature: imports all rooms named `models` and the ground's tables."""
    for building in BUILDINGS:
        folder = ROOT / building
        if not folder.is_dir():
            continue
        for found in pkgutil.walk_packages([str(folder)], f"{building}."):
            if found.name.rsplit(".", 1)[-1] == "models" or ".models." in found.name:
                import_module(found.name)
    import_module("workspace.foundation.history")
    import_module("workspace.foundation.jobs")
    return Base.metadata


def is_ours(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Whether a model answers for it: the engines of the search keep tables and an index alone, and
    what wakes workers on PostgreSQL has its own."""
    theirs = kind == "table" and reflected and str(name).startswith(("search_words", "huey_"))
    return not theirs and not (kind == "index" and name == "ix_search_document_words")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _run(target: Engine, call: Any) -> None:
    with target.connect() as connection:
        if target.dialect.name == "sqlite":
            # Tables are rebuilt on SQLite; references are checked again at the end.
            connection.exec_driver_sql("COMMIT") if connection.in_transaction() else None
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        call(_config(connection))
        connection.commit()
        if target.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.commit()


def upgrade(target: Engine, revision: str = "head") -> None:
    """Bring the tables up to `revision`."""
    _run(target, lambda config: command.upgrade(config, revision))


def downgrade(target: Engine, revision: str = "base") -> None:
    """Take the tables down to `revision`."""
    _run(target, lambda config: command.downgrade(config, revision))


def revise(target: Engine, message: str, revision: str | None = None) -> None:
    """Write a new migration from the difference between tables and models."""
    _run(target, lambda config: command.revision(
        config, message=message, autogenerate=True, rev_id=revision))


def newest() -> str:
    """The revision that this release's tables have."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return str(ScriptDirectory.from_config(config).get_current_head())


def present(target: Engine) -> str | None:
    """The revision that the tables of a database have; None without tables."""
    with target.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def are_there(target: Engine) -> bool:
    """Whether the database has tables at all."""
    return inspect(target).has_table("job")


def drift(target: Engine) -> list[Any]:
    """Differences between tables and models; empty when they agree."""
    with target.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True, "target_metadata": metadata(), "include_object": is_ours,
            },
        )
        return list(compare_metadata(context, metadata()))


database_commands = AppGroup("db", help="Tables and migrations.")


@database_commands.command("upgrade")
@click.argument("revision", default="head")
@with_appcontext
def upgrade_command(revision: str) -> None:
    """Bring the tables up to date."""
    upgrade(engine(), revision)
    click.echo("The tables are up to date.")


@database_commands.command("downgrade")
@click.argument("revision")
@with_appcontext
def downgrade_command(revision: str) -> None:
    """Take the tables back."""
    downgrade(engine(), revision)
    click.echo(f"The tables are at {revision}.")


@database_commands.command("revise")
@click.argument("message")
@with_appcontext
def revise_command(message: str) -> None:
    """Write a migration for what changed in the models."""
    revise(engine(), message)


@database_commands.command("drift")
@with_appcontext
def drift_command() -> None:
    """Say where tables and models differ."""
    found = drift(engine())
    for difference in found:
        click.echo(str(difference))
    raise SystemExit(1 if found else 0)
