"""`flask --app wsgi boards ...`: for whoever runs the workspace."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup
from sqlalchemy import select

from canvases.boards import compaction, projection
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas
from workspace.foundation.db import database, session

boards = AppGroup("boards", help="Look after the live boards.")


@boards.command("compact")
@click.option(
    "--days", default=compaction.WINDOW.days, show_default=True,
    type=click.IntRange(min=1), help="Edits younger than this stay as they were made.",
)  # fmt: skip
def compact_command(days: int) -> None:
    """Keep old edits of every board as one row. May run beside open boards."""
    gone = compaction.compact_all(timedelta(days=days), least=2)
    click.echo(f"{gone} rows were merged.")


# Boards from before public ids were kept from it may have a hyphen first.
@boards.command("rebuild", context_settings={"ignore_unknown_options": True})
@click.argument("canvas", required=False)
def rebuild_command(canvas: str | None) -> None:
    """Write the notes of every board (or of one, by its public id) anew from the log."""
    asked = select(Canvas.id, Canvas.public_id).order_by(Canvas.id)
    if canvas is not None:
        asked = asked.where(Canvas.public_id == canvas)
    found = session().execute(asked).all()
    session().rollback()
    if not found:
        raise click.ClickException("There is no such board.")
    store = SqlLog(database())
    try:
        for row in found:
            click.echo(f"{row.public_id} {projection.rebuild(store, row.id)} notes")
    finally:
        store.close()
