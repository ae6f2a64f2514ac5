"""The projection of notes: rows in the same database, for everything that reads plain SQL."""

from __future__ import annotations

from canvases.boards.opening import open_canvas
from canvases.boards.ports import Log


def rebuild(store: Log, canvas_id: int) -> int:
    """Write the note rows of a canvas anew from its log; the answer counts them.

    A live room writes the same rows at its next edit, so this may run while a board is open.
    Raises KeyError when there is no such canvas.
    """
    opened = open_canvas(store, canvas_id, [])
    if opened is None:
        raise KeyError(canvas_id)
    notes = opened.guarded.document.read()
    opened.guarded.close()
    store.project(canvas_id, notes, opened.row)
    return len(notes)
