"""How the words of notes come into the search: with the projection, in its transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from workspace.search import index

CANVAS, NOTE, FAMILY = "canvas", "note", "notes"


def notes_put(dialect: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Statements for rows of the projection as they are written."""
    entries = [
        index.Entry((it["canvas_id"], it["note_id"]), it["text"], "", it["changed_at"])
        for it in rows
    ]
    return index.putting(dialect, NOTE, FAMILY, entries)


def notes_taken(canvas_id: int, note_id: str | None = None) -> Any:
    """The statement for one removed note, or for all of a canvas."""
    return index.taking(NOTE, canvas_id, note_id)


def title_put(dialect: str, canvas_id: int, title: str, at: datetime) -> Iterator[Any]:
    """Statements for a canvas whose title was changed on the board."""
    return index.putting(dialect, CANVAS, FAMILY, [index.Entry((canvas_id, ""), title, "", at)])
