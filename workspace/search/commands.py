"""`flask --app wsgi search rebuild`."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from workspace.search import feeding

search = AppGroup("search", help="The search index.")


@search.command("rebuild")
@with_appcontext
def rebuild() -> None:
    """Build the index anew; people may go on working."""
    click.echo(f"The index holds {feeding.rebuild()} things.")
