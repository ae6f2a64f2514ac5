"""The projection of notes: rows in the same database, for everything that reads plain SQL."""

from __future__ import annotations

from canvases.boards.opening import open_canvas
from canvases.boards.ports import Log, Whole


def rebuild(store: Log, canvas_id: int) -> int:
    """Write the note rows of a canvas anew from its log; the answer counts them.

    A board may be open: when it stores something meanwhile, its room is left to do it.
    Raises KeyError when there is no such canvas.
    """
    opened = open_canvas(store, canvas_id, [])
    if opened is None:
        raise KeyError(canvas_id)
    document = opened.guarded.document
    whole = Whole(opened.row, document.read(), document.title)
    opened.guarded.close()
    store.project(canvas_id, whole)
    return len(whole.notes)
