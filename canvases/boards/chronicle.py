"""Says what was edited live: one fact per person and canvas a minute, instead of one per key."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from canvases.boards.facts import NotesChanged, RowPutAside
from canvases.boards.models import Canvas
from canvases.boards.ports import Batch
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.unit import write

log = logging.getLogger(__name__)


class Chronicle:
    """Gathers durable batches; `tell` announces them. The log itself keeps every edit."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._changed: dict[tuple[int, int], set[str]] = {}
        self._aside: list[tuple[int, int]] = []

    def gather(self, batch: Batch, last_row: int) -> None:
        """A listener of Rooms: remember who changed how many notes."""
        with self._lock:
            for person_id in batch.people:
                self._changed.setdefault((batch.canvas_id, person_id), set()).update(batch.notes)

    def put_aside(self, canvas_id: int, row: int) -> None:
        """A row of the log could not be read: that belongs into the record at once."""
        with self._lock:
            self._aside.append((canvas_id, row))
        self._tell_aside()

    def _tell_aside(self) -> None:
        with self._lock:
            aside, self._aside = self._aside, []
        if not aside:
            return
        try:
            with self._app.app_context(), write():
                for canvas_id, row in aside:
                    canvas = session().get(Canvas, canvas_id)
                    if canvas is not None:
                        announce(RowPutAside(None, canvas.team_id, canvas_id, row))
        except Exception:
            log.exception("a row that was put aside was not written into the journal")
            with self._lock:
                self._aside += aside

    def tell(self) -> None:
        """Announce what was gathered since the last time."""
        self._tell_aside()
        with self._lock:
            changed, self._changed = self._changed, {}
        if not changed:
            return
        try:
            with self._app.app_context(), write():
                for (canvas_id, person_id), notes in changed.items():
                    canvas = session().get(Canvas, canvas_id)
                    if canvas is not None:
                        announce(NotesChanged(person_id, canvas.team_id, canvas_id, len(notes)))
        except Exception:
            log.exception("live edits were not written into the journal")
            with self._lock:
                for key, notes in changed.items():
                    self._changed.setdefault(key, set()).update(notes)
