"""How the words of notes come into the search: with the projection, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workspace.search import index

CANVAS, NOTE, FAMILY = "canvas", "note", "notes"


def put_notes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the words of rows of the projection as these are written."""
    index.put(connection, NOTE, FAMILY, [
        index.Entry((it["canvas_id"], it["note_id"]), it["text"], "", it["changed_at"])
        for it in rows
    ])  # fmt: skip


def notes_taken(canvas_id: int, note_id: str | None = None) -> Any:
    """The statement for one removed note, or for all of a canvas."""
    return index.taking(NOTE, canvas_id, note_id)


def put_title(connection: Connection, canvas_id: int, title: str, at: datetime) -> None:
    """Write the title of a canvas that was changed on the board."""
    index.put(connection, CANVAS, FAMILY, [index.Entry((canvas_id, ""), title, "", at)])
