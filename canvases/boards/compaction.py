"""The log grows by every edit; what is older than the history window is kept as one row.

Rows up to a number that is read in the same transaction are merged into the last of them, so that
a fresh opening, a room that catches up and the projection's rebuilding read the same board as
before. What is lost is only when each old edit was made, and by whom.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from canvases.boards.document import EMPTY, merge
from canvases.boards.models import Canvas, CanvasUpdate
from canvases.boards.opening import readable
from canvases.boards.reader import read_update
from workspace.foundation.clock import now
from workspace.foundation.db import WRITE, Database, database

log = logging.getLogger(__name__)
WINDOW = timedelta(days=180)
"""Edits younger than this stay as they were made."""
LEAST = 50
"""Old rows that are worth a compaction."""
MOST_AT_ONCE = 20_000
_PART = 500


def compact(house: Database, canvas_id: int, before: datetime, least: int = LEAST) -> int:
    """Merge the rows of a canvas from before an instant into one; gives how many went.

    May run beside open boards and other workers: the canvas is locked meanwhile (milliseconds).
    """
    with house.writer if house.is_sqlite else nullcontext(), house.engine.connect() as connection:
        connection = connection.execution_options(**{WRITE: True})
        with connection.begin():
            held = connection.scalar(
                select(Canvas.id).where(Canvas.id == canvas_id).with_for_update(key_share=True)
            )
            return 0 if held is None else _compact(connection, canvas_id, before, least)


def _compact(connection: Connection, canvas_id: int, before: datetime, least: int) -> int:
    table = CanvasUpdate
    rows = connection.execute(
        select(table.id, table.client_id, table.person_id, table.data)
        .where(table.canvas_id == canvas_id, table.at < before)
        .order_by(table.id)
        .limit(MOST_AT_ONCE)
    ).all()
    full = [row for row in rows if row.data != EMPTY]
    if len(full) < max(2, least):
        return 0
    # Clocks may jump: only an unbroken beginning of the log is merged.
    cut = rows[-1].id
    between = connection.scalar(
        select(func.min(table.id)).where(
            table.canvas_id == canvas_id, table.id < cut, table.at >= before
        )
    )
    if between is not None:
        rows = [row for row in rows if row.id < between]
        full = [row for row in rows if row.data != EMPTY]
        if len(full) < max(2, least):
            return 0
        cut = rows[-1].id
    good, bad = readable([(row.id, row.data) for row in full])
    if bad:
        log.warning("canvas %d is not compacted: it has a row that cannot be read", canvas_id)
        return 0
    whole = merge(good)
    if read_update(whole).advance({}) != _clocks(good):
        log.error("canvas %d is not compacted: the merged row is not the same", canvas_id)
        return 0
    # Whose client id it was is known from rows; one of each stays for that, without content.
    kept: dict[str, int] = {
        row.client_id: row.id for row in rows if row.id != cut and row.client_id and row.person_id
    }
    stays: dict[str, Any] = {"data": whole}
    if rows[-1].client_id in kept or not rows[-1].person_id:
        stays |= {"person_id": None, "client_id": "", "clock_from": 0, "clock_to": 0}
    connection.execute(update(table).where(table.id == cut).values(stays))
    gone = [row.id for row in rows if row.id != cut and row.id not in kept.values()]
    stubs = list(kept.values())
    for first in range(0, len(stubs), _PART):
        part = stubs[first : first + _PART]
        connection.execute(update(table).where(table.id.in_(part)).values(data=EMPTY))
    for first in range(0, len(gone), _PART):
        connection.execute(delete(table).where(table.id.in_(gone[first : first + _PART])))
    return len(gone)


def _clocks(updates: list[bytes]) -> dict[int, int]:
    clocks: dict[int, int] = {}
    for each in updates:
        clocks.update(read_update(each).advance(clocks) or {})
    return clocks


def compact_all(window: timedelta = WINDOW, least: int = LEAST) -> int:
    """Compact every canvas that has many old rows; gives how many rows went."""
    before = now() - window
    house = database()
    with house.engine.connect() as connection:
        found = connection.execute(
            select(CanvasUpdate.canvas_id)
            .where(CanvasUpdate.at < before, CanvasUpdate.data != EMPTY)
            .group_by(CanvasUpdate.canvas_id)
            .having(func.count() >= max(2, least))
            .order_by(CanvasUpdate.canvas_id)
        )
        canvases = list(found.scalars())
    return sum(compact(house, canvas_id, before, least) for canvas_id in canvases)


def nightly() -> None:
    """The regular job."""
    compact_all()
