"""Command line: `flask --app wsgi backup`, `restore FILE` and `sweep`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from workspace.foundation.db import engine
from workspace.foundation.migrate import are_there
from workspace.operations.archive import BadBackup
from workspace.operations.backup import back_up
from workspace.operations.restore import restore
from workspace.operations.sweep import sweep


@click.command("backup")
@click.option("--to", type=click.Path(path_type=Path), help="A folder, or a new file.")
@with_appcontext
def backup_command(to: Path | None) -> None:
    """Back up the database and the files, while people work."""
    if not are_there(engine()):
        click.echo("backup: There is nothing here to back up: this database has no tables. Name "
                   "the data folder of the workspace.", err=True)
        sys.exit(2)
    try:
        made = back_up(to)
    except BadBackup as problem:
        click.echo(f"backup: {problem}", err=True)
        sys.exit(2)
    click.echo(f"{made.path}")
    click.echo(f"{made.size} bytes: {made.rows} rows, {made.files} files. It was read back.")
    if not made.signed:
        click.echo("The list of erased people is not signed: this machine does not have the key of "
                   "the record.", err=True)
    if made.missing:
        click.echo(f"{made.missing} files that the database names are not in the store.", err=True)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--erased", type=click.Path(path_type=Path), help="The list of erased people.")
@click.option("--trust-erased", is_flag=True,
              help="Take the list of erased people as it is, whoever signed it.")
@with_appcontext
def restore_command(file: Path, erased: Path | None, trust_erased: bool) -> None:
    """Restore a backup into an empty database and data folder."""
    try:
        done = restore(file.absolute(), erased, trust_erased)
    except BadBackup as problem:
        click.echo(f"restore: {problem}", err=True)
        sys.exit(2)
    click.echo(f"Made by release {done.version} at {done.made_at}.")
    click.echo(f"{done.tables} tables with {done.rows} rows: counts and checksums hold.")
    click.echo(f"{done.files} files: checksums hold.")
    if done.missing:
        click.echo(f"{done.missing} files were missing when the backup was made.")
    if done.had_list:
        click.echo(f"{done.erased} people were erased since and are erased again.")
    else:
        click.echo("There is no list of erased people beside the backup: whoever was erased since "
                   "is there again.", err=True)
    for fault in done.faults:
        click.echo(fault)
    click.echo("The record does not hold." if done.faults else "The record holds.")
    click.echo("Everybody signs in anew.")
    sys.exit(1 if done.faults else 0)


@click.command("sweep")
@with_appcontext
def sweep_command() -> None:
    """Delete files that nothing has named for a day."""
    click.echo(f"{sweep()} files deleted.")
